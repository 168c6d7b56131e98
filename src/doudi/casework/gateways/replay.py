"""What the rules say of a household month by month, each by the rules and numbers of that month; and the place's numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.casework.core import road
from doudi.casework.core.replay import Effect, household_in
from doudi.casework.gateways import rules
from doudi.engine import packs as kept
from doudi.engine.lake import Lake
from doudi.rulebook import queries as rulebook


@dataclass(frozen=True, slots=True)
class ByRule:
    """What the rules say for one month: sum (None: not known), how many live there, and why, in a sentence."""

    month: date
    outcome: str  # yes | no | unknown
    amount_fen: int | None
    members: int
    why: str


def by_rule(
    programme: str, facts: Mapping[str, Any], effects: Iterable[Effect], months: Iterable[date], area: str, *, subject: str
) -> tuple[list[ByRule], str]:
    """Each month by the rules that counted then, on the household as it was then under what is known now.

    :param facts: the household as an assessment kept it
    :returns: the months, and the version of the rules asked
    """
    pack, told = rulebook.pack(), tuple(effects)
    kept.keep(Lake(Path(settings.LAKE)), pack)
    base = rules.household_of(dict(facts), pack)
    its_road = road(programme)
    alone, found = its_road.unit != "household", []
    for month in months:
        home = household_in(base, told, month)
        if not home.members or (alone and subject not in {one.pid for one in home.members}):
            found.append(ByRule(month, "no", 0, 0, "家里没有别人了" if not home.members else "要帮的人不在了"))
            continue
        said = rules.ask(programme, home, month, area, subject=subject, pack=pack)
        fen = 0 if said.outcome == "no" else said.amount_fen if said.outcome == "yes" else None
        found.append(ByRule(month, said.outcome, fen, its_road.helps(len(home.members)), _why(said)))
    return found, pack.version


def _why(said: rules.Ruled) -> str:
    if said.outcome == "yes":
        return "；".join(one["says"] for one in said.trace["steps"][-1:])
    if said.outcome == "no":
        return "；".join(one["says"] for one in said.trace["conditions"] if one["state"] == "not_met")
    return "还不知道：" + "、".join(one["label"] for one in said.trace["unknowns"])


def number(name: str, area: str, on: date) -> int:
    """A count the place sets.

    :raises KeyError: nobody set it
    """
    value = rulebook.pack().parameters_at(area, on)[name]
    if not isinstance(value, int):
        raise KeyError(name)
    return value


def share_bp(name: str, area: str, on: date) -> int:
    """A ratio the place sets, in ten-thousandths.

    :raises KeyError: nobody set it
    """
    return int(Fraction(str(rulebook.pack().parameters_at(area, on)[name])) * 10_000)
