"""The rules' answer about one household, as a case keeps it: outcome, amount, each condition with its sentence, the trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.casework import core
from doudi.engine import packs as kept
from doudi.engine.lake import Lake
from doudi.engine.packs import PackNotKept
from doudi.facts.household import Household, Member
from doudi.facts.money import spoken
from doudi.policy.assess import Assessment, assess
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Fact
from doudi.policy.pack import Pack
from doudi.rulebook import queries as rulebook

__all__ = ["PackNotKept", "Ruled", "ask", "earlier", "fact", "fits", "household_of", "words"]


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a case keeps of an assessment."""

    outcome: str  # yes | no | unknown
    amount_fen: int | None
    standard_fen: int | None
    pack: str
    trace: dict[str, Any]


def ask(programme: str, household: Household, on: date, area: str, *, subject: str, pack: Pack | None = None) -> Ruled:
    """Let a programme's rules speak about a household on a day; where no rule is in force, that is what is not known.

    :param subject: the person it is asked for, where the programme is one of persons
    :param pack: earlier rules; by default those that count now, whose text is kept, so that the same can be asked again
    """
    if pack is None:
        pack = rulebook.pack()
        kept.keep(Lake(Path(settings.LAKE)), pack)
    try:
        rule = pack.programme(programme, on)
    except RuleError as why:
        return Ruled("unknown", None, None, pack.version, _empty(str(why)))
    if rule.subject == "person" and subject not in {member.pid for member in household.members}:
        return Ruled("unknown", None, None, pack.version, _empty("要帮的人不在一起吃住的家里人里"))
    found = assess(programme, household, on, area, pack, subject=subject if rule.subject == "person" else "")
    return Ruled(found.eligible, found.amount_fen, _standard(programme, household, on, area, pack), pack.version, _trace(found))


def fact(name: str) -> Fact | None:
    """A name of the catalogue of facts; None where it has none."""
    return rulebook.pack().names.facts.get(name)


def fits(one: Fact, value: bool | int | str | date | None) -> bool:
    """Whether a value is one this fact can have: a flag, a whole number not below nothing, one of its codes, a day."""
    if one.type == "flag":
        return isinstance(value, bool)
    if one.type == "date":
        return isinstance(value, date)
    if one.type == "code":
        return isinstance(value, str) and value in one.codes
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= one.bound


def words(one: Fact, value: object) -> str:
    """A value of a fact as it is said."""
    if one.type == "flag":
        return "是" if value else "不是"
    if one.type == "money" and isinstance(value, int):
        return f"{spoken(value)} 元"
    return one.codes.get(str(value), str(value))


def earlier(version: str) -> Pack:
    """The rules of a version, from the text kept when it was first asked.

    :raises PackNotKept: it is not in the lake
    """
    return kept.recall(Lake(Path(settings.LAKE)), version)


def household_of(facts: dict[str, Any], pack: Pack) -> Household:
    """A household as an assessment kept it, days being days again."""

    def again(held: dict[str, Any]) -> dict[str, Any]:
        days = {name for name, fact in pack.names.facts.items() if fact.type == "date"}
        return {
            name: date.fromisoformat(value) if name in days and isinstance(value, str) else value for name, value in held.items()
        }

    people = tuple(Member(one["pid"], again(one["facts"]), one["relation"]) for one in facts["members"])
    return Household(facts["hid"], facts["area"], again(facts["facts"]), people)


def _standard(programme: str, household: Household, on: date, area: str, pack: Pack) -> int | None:
    """The month's standard of the place, of town or country where it is split."""
    there, name = pack.parameters_at(area, on), core.road(programme).standard
    value = there.get(f"{name}:{household.facts.get('hh_place_kind')}", there.get(name))
    return value if isinstance(value, int) else None


def _trace(found: Assessment) -> dict[str, Any]:
    return {
        "article": found.article,
        "conditions": [
            {"name": one.name, "label": one.label, "state": one.state, "says": one.sentence, "article": one.article}
            for one in found.conditions
        ],
        "steps": [{"name": one.name, "label": one.label, "fen": one.fen, "says": one.sentence} for one in found.steps],
        "unknowns": [{"name": one.name, "label": one.label, "settle": one.settle} for one in found.unknowns],
    }


def _empty(why: str) -> dict[str, Any]:
    return {"article": "", "conditions": [], "steps": [], "unknowns": [{"name": "", "label": why, "settle": ""}]}
