"""A place in a home of its own, for tests in which two places ask each other: it does what it is told, line by line."""

# ruff: noqa: E402 - Django is started by hand here, in a process of its own
from __future__ import annotations

import json
import os
import signal
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "doudi.config.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from delivered import deliver_town
from doudi.engine.lake import Lake
from doudi.monitoring import jobs as monitoring
from doudi.office import actions as office_actions
from doudi.office import queries as office
from doudi.office.core import Party, Role, mask_name
from doudi.office.models import JournalEntry
from doudi.office.sealing import blind
from doudi.registry.models import Person
from doudi.verification import actions, jobs
from doudi.verification import queries as checks
from doudi.verification.core import Asked, Basis
from doudi.verification.models import Check, Letter, PlaceExchange, Question
from doudi.verification.queries import exchanges, peers
from engine.landed import ON
from engine.town import LIU
from people import HALL, NOON, clerk, pid_of, places
from signed import sign

HOME_OF_LIU, VILLAGE_OF_ASKERS = "990101001201", "990201001201"
DATASETS = ["vehicle"]


def tables() -> dict[str, Any]:
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    return {}


def begin(days: float = 0) -> None:
    """Places, and the clock of this place."""
    places()
    office_actions.move_clock(to=NOON + timedelta(days=days), by=HALL, at=office.now())


def set_up_answering() -> dict[str, Any]:
    """The place whose departments delivered something about Liu; its clock is three days ahead."""
    begin(days=3)
    deliver_town(Lake(Path(settings.LAKE)))
    monitoring.evaluate(ON)
    return {"card": peers.own_card(office.clock())}


def set_up_asking() -> dict[str, Any]:
    """The place whose household has a son in the other place; he signed."""
    begin()
    Person.objects.create(
        pid=pid_of(LIU), name="刘大山", masked_name=mask_name("刘大山"), citizen_no=LIU,
        number_blind=blind(LIU), short_blind=blind("x", "short"), phone="", sex="1", born_on=date(1955, 5, 5), area=HOME_OF_LIU,
        kept_at=NOON, kept_by="system:hall",
    )  # fmt: skip
    for dataset in DATASETS:
        actions.keep_source(
            code=f"far-{dataset.replace('_', '-')}", label="外地核对机构", dataset=dataset, adapter="place",
            address="990101", by=HALL, at=office.now(),
        )  # fmt: skip
    return {"card": peers.own_card(office.clock())}


def know(card: str, relation: str = "beside", via: str = "") -> dict[str, Any]:
    """Take in the other's card and compare its fingerprint."""
    me = Party.system("peer")
    made = actions.add_peer(card=card, relation=relation, via=via, by=me, at=office.now(), clock=office.clock())
    row = peers.peer(made.code)
    actions.check_peer(code=made.code, fingerprint=row.fingerprint, by=me, at=office.now())
    return {"place": row.code}


def allow(peer: str) -> dict[str, Any]:
    """Two people let questions of a place be answered at once."""
    first, second = (clerk(name, name, Role.COUNTY, "990101") for name in ("zhao", "jiang"))
    at = office.now()
    made = actions.draft_standing_answer(
        peer=peer,
        programmes=["dibao"],
        datasets=DATASETS,
        from_on=at.date(),
        to_on=at.date() + timedelta(days=90),
        by=first,
        at=at,
    )
    actions.approve_standing_answer(ref=made.ref, by=second, at=at)
    return {"standing": made.ref}


def ask(case: str = "case") -> dict[str, Any]:
    """The son is checked: he signs, a clerk asks, the worker carries the questions."""
    son = Person.objects.get(pid=pid_of(LIU))
    at = office.now()
    sign(son, subject=case, area=VILLAGE_OF_ASKERS, at=at, role="supporter", relation="child")
    check = actions.request(
        subject=case, area=VILLAGE_OF_ASKERS, programme="dibao", people=[Asked(son.pid, son.name, True, role="supporter")],
        sources=DATASETS, basis=Basis.CONSENT, by=clerk("li", "李敏", Role.TOWNSHIP, "990201001"), at=at + timedelta(seconds=1),
    )  # fmt: skip
    jobs.ask_sources(by=Party.system("ask"), now=lambda: office.now() + timedelta(seconds=2))
    return {"check": check.ref}


def _die_after(step: int) -> None:
    """Let this process kill itself right after its step-th step: an act, or a part handed over but not yet noted."""
    from doudi.verification.gateways import places as gateway
    from doudi.verification.jobs import places as running

    done = [0]

    def dying(function: Any) -> Any:
        def stepped(*words: Any, **named: Any) -> Any:
            found = function(*words, **named)
            done[0] += 1
            if done[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return found

        return stepped

    for name in ("read_letter", "mark_moved", "mark_not_moved", "answer_place", "say_once_more"):
        setattr(running.actions, name, dying(getattr(running.actions, name)))
    gateway.hand = dying(gateway.hand)


def die_everywhere() -> dict[str, Any]:
    """Rounds killed after their first step, then after their second, and so on until one has no step left to die after.

    After the first alone a part would be handed over for ever, and never noted.
    """
    deaths = 0
    while deaths < 200:
        connection.close()
        child = os.fork()
        if child == 0:
            _die_after(1 + deaths % 2)
            jobs.run_places()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            return {"deaths": deaths, "code": os.WEXITSTATUS(status)}
        deaths += 1
    return {"deaths": deaths, "code": 1}


def run() -> dict[str, Any]:
    done = jobs.run_places()
    return {"handed": done.handed, "waiting": done.waiting, "read": done.read}


def report() -> dict[str, Any]:
    """States, digests, answers as the check has them, lines of the journal, letters still on their way."""
    answers = {}
    for check in Check.objects.order_by("id"):
        rows = [row for row in checks.answers(check.ref) if row.adapter == "place"]
        answers[check.ref] = sorted((row.dataset, row.said, len(row.items)) for row in rows)
    lines: dict[str, int] = {}
    for line in JournalEntry.objects.filter(act__startswith="verification."):
        key = f"{line.act} {line.subject[:6]}"
        lines[key] = lines.get(key, 0) + 1
    told = [json.loads(one.detail)["what"] for one in JournalEntry.objects.filter(act="office.look", subject=pid_of(LIU))]
    return {
        "exchanges": [exchanges.exchange_json(ref) for ref in exchanges.exchanges_of()],
        "answers": answers,
        "lines": lines,
        "looks": told,
        "verdicts": sorted({one.verdict for one in exchanges.comparisons()}),
        "held": {ref: exchanges.held(ref) for ref in exchanges.exchanges_of()},
        "open_letters": Letter.objects.filter(done_at__isnull=True).count(),
        "problems": list(Letter.objects.exclude(problem="").values_list("way", "problem")),
        "questions": sorted(Question.objects.filter(adapter="place").values_list("state", flat=True)),
        "sealed_left": sum(piece.raw is not None for letter in Letter.objects.all() for piece in letter.pieces.all()),
    }


def alter() -> dict[str, Any]:
    """Somebody with access to the database changes what this place told: 1 vehicle becomes none."""
    one = PlaceExchange.objects.order_by("id").first()
    for told in one.answer["answers"]:
        told |= {"said": "nothing", "rows": []}
    one.save()
    return {"exchange": one.ref}


WORDS = {
    "tables": tables,
    "set-up-answering": set_up_answering, "set-up-asking": set_up_asking, "know": know, "allow": allow, "ask": ask, "run": run,
    "die-everywhere": die_everywhere, "report": report, "alter": alter,
}  # fmt: skip

if __name__ == "__main__":
    for line in sys.stdin:
        word, *more = json.loads(line)
        sys.stdout.write(json.dumps(WORDS[word](*more), ensure_ascii=False) + "\n")
        sys.stdout.flush()
