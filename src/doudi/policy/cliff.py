"""One made-up household earning more and more: what all programmes together leave it, step by step. Where more earned leaves less
is a cliff.

The household is of people of 40, able, on no roll, without property, paying nothing out of the ordinary: it shows how the numbers
work together, not anybody's life.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.facts.household import Household, Member
from doudi.policy.assess import Asked
from doudi.policy.pack import Pack
from doudi.policy.scenario import pays, regular
from doudi.policy.stacking import package

POINTS = 48  # steps of earned income on the chart
AGE = 40


@dataclass(frozen=True, slots=True)
class Point:
    """What a household earns a month, what each programme adds, what it has; in fen."""

    earned: int
    given: tuple[tuple[str, int], ...]  # by label
    net: int
    standing: tuple[str, ...]  # programmes without money it would also be entitled to
    unknown: tuple[str, ...]  # programmes that cannot tell


def example(pack: Pack, members: int, kind: str, earned: int, area: str) -> Household:
    """The made-up household."""
    facts: dict[str, Any] = {}
    people: dict[str, Any] = {"age": AGE}
    for name, fact in pack.names.facts.items():
        if fact.type == "flag" and fact.subject in ("person", "household"):
            (people if fact.subject == "person" else facts)[name] = False
        elif fact.subject == "household" and fact.type in ("money", "count"):
            facts[name] = 0
        elif fact.subject == "person" and fact.type == "money":
            people[name] = 0
    facts |= {
        "hh_members": members,
        "hh_place_kind": kind,
        "hh_income_month": earned,
        "hh_income_year": earned * 12,
        "hh_income_per_head": (2 * earned + members) // (2 * members),
    }
    kept = {name: value for name, value in facts.items() if name in pack.names.facts}
    each = {name: value for name, value in people.items() if name in pack.names.facts}
    return Household("example", area, kept, tuple(Member(str(at), facts=each) for at in range(members)))


def line(pack: Pack, members: int, kind: str, on: date, area: str) -> int | None:
    """The standard of such a household in fen, or None where nobody has set one."""
    standard = pack.parameters_at(area, on).get(f"dibao_standard:{kind}")
    return None if standard is None else standard * members


def climb(pack: Pack, members: int, kind: str, on: date, area: str, upto: int) -> list[Point]:
    """What the household has, from nothing earned up to `upto` fen a month, in whole steps of 10 yuan."""
    step = max(upto // POINTS // 1000, 1) * 1000
    return [point(pack, members, kind, on, area, earned) for earned in range(0, upto + 1, step)]


def point(pack: Pack, members: int, kind: str, on: date, area: str, earned: int) -> Point:
    """One step: every programme asked, what bars one another taken out, what is paid as a difference reduced."""
    household = example(pack, members, kind, earned, area)
    asked = Asked(household, on, area, pack)
    rules = {rule.code: rule for rule in regular(pack, on)}
    told = [asked.programme(rule, subject) for rule in rules.values() for subject in asked.subjects(rule.subject)]
    together = package(told, pack)
    given: dict[str, int] = {}
    for one in together.proposed:
        if pays(rules[one.assessment.programme]):
            fen = one.assessment.amount_fen if one.due_fen is None else one.due_fen
            given[one.assessment.label] = given.get(one.assessment.label, 0) + (fen or 0)
    standing = [one.assessment.label for one in together.proposed if not pays(rules[one.assessment.programme])]
    unknown = [one.label for one in told if one.eligible == "unknown"]
    return Point(
        earned, tuple(given.items()), earned + sum(given.values()), tuple(dict.fromkeys(standing)), tuple(dict.fromkeys(unknown))
    )
