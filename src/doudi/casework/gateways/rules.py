"""The rules' answer about one household, as a case keeps it: outcome, amount, each condition with its sentence, the trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.facts.household import Household
from doudi.policy.assess import Assessment, assess
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.rulebook import queries as rulebook

STANDARD = {"dibao": "dibao_standard", "near_dibao": "dibao_standard", "tekun": "tekun_living_standard"}


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a case keeps of an assessment."""

    outcome: str  # yes | no | unknown
    amount_fen: int | None
    standard_fen: int | None
    pack: str
    trace: dict[str, Any]


def ask(programme: str, household: Household, on: date, area: str, *, applicant: str) -> Ruled:
    """Let a programme's rules speak about a household on a day; where no rule is in force, that is what is not known."""
    pack = rulebook.pack()
    try:
        rule = pack.programme(programme, on)
    except RuleError as why:
        return Ruled("unknown", None, None, pack.version, _empty(str(why)))
    if rule.subject == "person" and applicant not in {member.pid for member in household.members}:
        return Ruled("unknown", None, None, pack.version, _empty("申请人不在一起吃住的家里人里"))
    found = assess(programme, household, on, area, pack, subject=applicant if rule.subject == "person" else "")
    return Ruled(found.eligible, found.amount_fen, _standard(programme, household, on, area, pack), pack.version, _trace(found))


def _standard(programme: str, household: Household, on: date, area: str, pack: Pack) -> int | None:
    """The month's standard of the place, of town or country where it is split."""
    there, name = pack.parameters_at(area, on), STANDARD[programme]
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
