"""What supervision hands on: what the register told of people, hits, and boards; never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

BOARDS = {
    "process": "办理过程",
    "review": "救助复核",
    "payment": "资金发放",
    "in_out": "应保尽保、应退尽退",
    "overlap": "政策叠加",
}
"""The five supervisions, in their order."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the register says about one person. `deaths`: whether registers of deaths were delivered at all."""

    died_on: date | None
    deaths: bool
    lists: Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something to look into, or something that cannot be told; never a verdict. `case`: what it is about."""

    code: str
    state: str  # met | unknown
    level: str
    subject_kind: str
    case: str
    receipt: str
    masked_name: str
    area: str
    programme: str
    sentence: str
    month: date | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of a board with what it found. `asked`: how many cases or payments there were to ask about at all."""

    code: str
    board: str
    label: str
    level: str
    subject_kind: str
    article: str
    advice: str
    innocent: tuple[str, ...]
    found: int
    unknown: int
    asked: int
    missing: tuple[str, ...]  # what is not known, in words, where something cannot be told

    @property
    def state(self) -> str:
        """found; no_data: nothing can be told of any; unsure: of some; clean: asked and nothing there; nobody: none to ask."""
        if self.found:
            return "found"
        if self.unknown:
            return "no_data" if self.unknown == self.asked else "unsure"
        return "clean" if self.asked else "nobody"


@dataclass(frozen=True, slots=True)
class Board:
    """One of the five boards."""

    code: str
    label: str
    rules: tuple[RuleRow, ...]

    @property
    def found(self) -> int:
        return sum(rule.found for rule in self.rules)

    @property
    def without_data(self) -> int:
        return sum(rule.state == "no_data" for rule in self.rules)
