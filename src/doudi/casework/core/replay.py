"""The household as it was in a month under what is known now: what became different, each from its day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doudi.facts.household import Household, Member, Value


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that became different on a day.

    what: "out" (pid lives no longer there), "in" (pid came), "income" (the month's income of the household is `fen`),
    "assets" (its savings are `fen`), "facts" (facts of a member, or with an empty pid of the household).
    """

    day: date
    what: str
    pid: str = ""
    fen: int | None = None
    relation: str = ""
    facts: tuple[tuple[str, Value], ...] = ()

    def kept(self) -> dict[str, Any]:
        """As an adjustment keeps it."""
        facts = {name: value.isoformat() if isinstance(value, date) else value for name, value in self.facts}
        return {
            "day": self.day.isoformat(),
            "what": self.what,
            "pid": self.pid,
            "fen": self.fen,
            "relation": self.relation,
            "facts": facts,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Effect:
        """From what an adjustment keeps."""
        return cls(
            date.fromisoformat(kept["day"]),
            kept["what"],
            kept["pid"],
            kept["fen"],
            kept["relation"],
            tuple(sorted(kept["facts"].items())),
        )


def household_in(base: Household, effects: Iterable[Effect], month: date) -> Household:
    """The household on the first day of a month: as it was assessed, with everything that happened before that day."""
    members = {one.pid: one for one in base.members}
    facts: dict[str, Value] = dict(base.facts)
    for one in effects:
        if one.day >= month:
            continue
        if one.what == "out":
            members.pop(one.pid, None)
        elif one.what == "in":
            members.setdefault(one.pid, Member(one.pid, dict(one.facts), one.relation or None))
        elif one.what == "income":
            facts["hh_income_month"] = one.fen
        elif one.what == "assets":
            facts["hh_financial_assets"] = one.fen
        elif one.pid in members:
            members[one.pid] = replace(members[one.pid], facts={**members[one.pid].facts, **dict(one.facts)})
        elif not one.pid:
            facts |= dict(one.facts)
    count, income = len(members), facts.get("hh_income_month")
    facts["hh_members"] = count
    derived: dict[str, Value] = {"hh_income_per_head": None, "hh_income_year": None}
    if isinstance(income, int):
        derived = {"hh_income_per_head": income // count if count else None, "hh_income_year": income * 12}
    facts |= derived
    known = {name: value for name, value in facts.items() if value is not None}
    return replace(base, facts=known, members=tuple(members.values()))
