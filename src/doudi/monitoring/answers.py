"""What the rules say about one person's household, as it was known at the end of a day: asked again, the same bytes.

Three things change after a day: what departments said (a later cycle), the rules and numbers (a later pack), and what was
known of them (known_since). All three are taken as they stood; where one is no longer there, nothing is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from doudi.monitoring import queries
from doudi.monitoring.gateways import lake
from doudi.monitoring.gateways.lake import Known, NotKept, PackNotKept
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.policy import answers, stacking
from doudi.policy.assess import Asked, Assessment
from doudi.policy.pack import Pack
from doudi.policy.rules import Programme
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

__all__ = ["EVERY", "Answer", "CannotAnswer", "ask", "of_person"]

EVERY = answers.EVERY


class CannotAnswer(Exception):
    """The question cannot be answered as of that day; the words say why and what to do."""


@dataclass(frozen=True)
class Answer:
    """An answer in canonical form, and beside it what pages need and machines are not told: names and days of birth."""

    body: dict[str, Any]
    names: dict[str, str]
    born: dict[str, date | None]
    sensitive: frozenset[str]  # facts of the catalogue that only their owner and those who must may read
    published_at: datetime
    program_changed: bool  # the program itself was changed since that cycle was made

    @cached_property
    def raw(self) -> bytes:
        """The bytes the digest is over."""
        return answers.canonical(self.body)

    @cached_property
    def sha256(self) -> str:
        return answers.digest(self.body)


def of_person(
    pid: str, programme: str, viewer: Viewer, *, at: datetime, on: date | None = None, known_on: date | None = None
) -> Answer:
    """The answer about a person of the viewer's area. The page that shows it notes the look.

    :raises NotAllowed: the post does not allow it, or the household lives outside the viewer's area
    :raises NotKnown: nobody of this id
    :raises CannotAnswer: nothing was published by that day, or what was is no longer there
    :raises RuleError: no such programme in force on the day asked about
    """
    registry.person(pid, viewer)
    return ask(pid, programme, at=at, on=on, known_on=known_on)


def ask(pid: str, programme: str, *, at: datetime, on: date | None = None, known_on: date | None = None) -> Answer:
    """The answer for whoever may have it already: the person themselves, or the machine's keeper at the command line.

    :param on: the day of judgement, by default the day it was known on
    :param known_on: as what was known at the end of this day, by default today
    :raises CannotAnswer: nothing was published by that day, or what was is no longer there
    :raises RuleError: no such programme in force on the day asked about
    """
    today = office.today(at)
    known_on = known_on or today
    on = on or known_on
    if known_on > today:
        raise CannotAnswer(f"{known_on} 还没有到，那天知道什么，现在说不了。")
    evaluation = queries.current_on(known_on)
    if evaluation is None:
        raise CannotAnswer(f"到 {known_on} 为止还没有算过一次，没有可以照着答的数据。")
    try:
        known = lake.known_in(evaluation.cycle, pid)
        if known_on == today:
            now = rulebook.pack()
            lake.note_pack(now, at)
            added = now.added
        else:
            added = rulebook.added(known_on)
        pack = lake.rules_of(known_on, office.today, known.packs, added).known(known_on)
    except (NotKept, PackNotKept) as why:
        raise CannotAnswer(str(why)) from None
    if known.household is None:
        raise CannotAnswer("那时各部门的数据里还没有这个人。请上门看一看，或者先替他登记。")
    rules = answers.programmes(pack, programme, on)
    home = known.household
    asked = answers.ask(home, on, home.area, pack)
    found = [(rule, one) for rule in rules for one in _assessments(asked, rule)]
    every: dict[str, Any] = {"overlaps": [], "package": {"proposed": [], "aside": []}}
    if programme == EVERY:
        every["overlaps"] = [answers.overlap(one) for one in asked.overlaps()]
        every["package"] = answers.together(stacking.package([one for _rule, one in found], pack))
    return Answer(
        body={
            "asked": {"person": pid, "programme": programme, "on": on.isoformat(), "known_on": known_on.isoformat()},
            "facts": {"cycle": known.cycle, "on": known.on.isoformat(), "manifest": known.manifest},
            "pack": {"version": pack.version},
            "household": {"id": home.hid, "area": home.area, "members": [one.pid for one in home.members]},
            "answers": [_answer(rule, one, known, pack) for rule, one in found],
            **every,
        },
        names={one.pid: one.name for one in home.members},
        born=known.born,
        sensitive=frozenset(name for name, fact in pack.names.facts.items() if fact.sensitivity == "sensitive"),
        published_at=evaluation.published_at,
        program_changed=known.engine != lake.engine_now(),
    )


def _assessments(asked: Asked, rule: Programme) -> list[Assessment]:
    return [asked.programme(rule, subject) for subject in asked.subjects(rule.subject)]


def _answer(rule: Programme, found: Assessment, known: Known, pack: Pack) -> dict[str, Any]:
    """One programme for one subject, each condition with the facts it stands on and the rows behind them."""
    told = answers.assessment(found)
    for condition, written in zip(found.conditions, told["conditions"], strict=True):
        written["facts"] = [
            {**fact, "rows": known.rows(fact["whose"], fact["name"], pack.names.facts[fact["name"]].sources)}
            for fact in answers.stands_on(condition)
        ]
    return {"programme": rule.code, "label": rule.label, "unit": rule.subject, "subject": found.subject, **told}
