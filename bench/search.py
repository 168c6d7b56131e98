"""Searching at full size: the act a page calls, with its trace, by somebody who may see the whole city and by a township."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measure import django_on, spent
from bench.table import Row

EACH = 60  # searches of each kind
LIMIT = "≤ 300 ms"


def _kinds(one: Any, village: str, pick: random.Random) -> Iterator[tuple[str, str]]:
    """What somebody might type to find this person."""
    from doudi.engine.finding import sounds

    letters = [sounds(character)[0] for character in one.name]
    first = pick.randrange(max(len(one.name) - 1, 1))
    yield "whole name", one.name
    yield "part of a name", one.name[first : first + 2]
    yield "surname", one.name[0]
    yield "pinyin in full", "".join(letters)
    yield "pinyin, two words", f"{letters[0]} {''.join(letters[1:])}"
    yield "pinyin being typed", "".join(letters)[:-1]
    yield "initials", "".join(letter[:1] for letter in letters)
    yield "initials and year of birth", f"{''.join(letter[:1] for letter in letters)} {one.born_on.year}"
    if one.number:
        yield "last four of the number", one.number[-4:]
        yield "last six of the number", one.number[-6:]
        yield "birthday", one.number[6:14]
        yield "whole number", one.number
    yield "telephone", f"139{pick.randrange(10**8):08d}"
    yield "village", village
    yield "surname, given name, village", f"{one.name[0]} {one.name[1:]} {village}"
    yield "name and village in one", f"{one.name}{village}"


def measure(root: Path, profile: str) -> list[Row]:
    """Median and 99th percentile of each kind of question."""
    django_on(root / f"home-{profile}")
    from django.conf import settings
    from django.core.management import call_command

    from doudi.engine import cycle, finding
    from doudi.engine.lake import Lake
    from doudi.office import queries as office
    from doudi.office.core import Party, Role, Viewer
    from doudi.registry import actions
    from doudi.sample import staff

    call_command("migrate", verbosity=0)
    lake = Lake(Path(settings.LAKE))
    now = cycle.current(lake)
    if now is None:
        raise SystemExit("no cycle is published there: run the part `city` first")
    made = spent(lambda: finding.make(lake, now.manifest["objects"]["person"]["sha256"])).wall
    index = finding.finder(lake)
    assert index is not None
    pick = random.Random(4)
    people = [index._hit(pick.randrange(len(index.dead))) for _ in range(EACH)]
    people = [one for one in people if len(one.name) > 1 and one.born_on]
    at = office.now()
    rows = [Row(f"search: index of {len(index.dead):,} people, made once a cycle", f"{made:.1f} s", "", "")]
    staff.appoint_all(at=at)
    clerk = office.clerk("li")
    assert clerk is not None
    for where, area in (("city", people[0].area[:4] + "00"), ("township", "")):
        times: dict[str, list[float]] = {}
        found: dict[str, int] = {}
        for one in people:
            place = area or one.area[:9]
            viewer = Viewer("", clerk.username, Role.VERIFICATION, place, "person.find", clerk.ref)
            for kind, text in _kinds(one, office.area_label(one.area), pick):
                asked = spent(lambda text=text, viewer=viewer: _asked(actions, text, viewer, Party("clerk", clerk.ref), at))
                times.setdefault(kind, []).append(asked.wall)
                told = asked.answer
                found[kind] = found.get(kind, 0) + (one.pid in {hit.pid for hit in told.people} or told.count > len(told.people))
        for kind, took in times.items():
            slow = sorted(took)[max(round(len(took) * 0.99) - 1, 0)]
            share = f"{100 * found[kind] / len(took):.0f} % in the list, or the list says there are more"
            words = f"{1000 * statistics.median(took):.0f} ms, p99 {1000 * slow:.0f} ms"
            rows.append(Row(f"search, {where}: {kind}", words, "" if kind == "telephone" else share, LIMIT))
    return rows


def _asked(actions: Any, text: str, viewer: Any, by: Any, at: Any) -> Any:
    """The act, undone afterwards: the bench asks more often than a person may."""
    from django.db import transaction

    with transaction.atomic():
        answer = actions.search(text=text, viewer=viewer, by=by, at=at)
        transaction.set_rollback(True)
    return answer
