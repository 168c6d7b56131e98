"""The names a rule may use: facts of the catalogue, parameters, their types and units, and how large they can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal["flag", "code", "count", "money", "date", "ratio"]
FACT_TYPES = ("flag", "code", "count", "money", "date")
PARAMETER_TYPES = ("flag", "count", "money", "ratio", "date")

MONEY_UNIT = "fen"
COUNT_UNITS = {
    "count": 10**6, "heads": 10**3, "years": 10**3, "months": 10**4, "days": 10**5, "grade": 10**3, "points": 10**5,
}  # fmt: skip
"""Units of whole numbers other than money, each with the largest size the compiler counts on."""

LARGEST_MONEY = 10**13  # fen; larger facts are a mistake in a source and are refused where they enter
UNIT_WORDS = {
    "fen": "钱", "count": "个数", "heads": "人数", "years": "岁数或年数", "months": "月数", "days": "天数", "grade": "等级",
    "points": "分数", "": "纯数字",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One name of the catalogue: what can be known about a person or a household."""

    name: str
    subject: Literal["person", "household"]
    type: Type
    unit: str
    label: str
    sources: tuple[str, ...] = ()
    sensitivity: str = "personal"
    codes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    settle: str = ""  # what would make it known, said to a clerk

    @property
    def bound(self) -> int:
        """The largest size of this number the compiler counts on."""
        return LARGEST_MONEY if self.type == "money" else COUNT_UNITS.get(self.unit, 0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter as rules see it: its type, its unit, how many decimals a ratio keeps, which code fact splits it."""

    name: str
    type: Type
    unit: str
    label: str
    decimals: int = 0
    by: str = ""

    @property
    def scale(self) -> int:
        """What one whole unit of a ratio is counted in: 100 with two decimals."""
        return 10**self.decimals

    @property
    def bound(self) -> int:
        if self.type == "money":
            return 10**10
        return 10**4 * self.scale if self.type == "ratio" else COUNT_UNITS.get(self.unit, 0)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a rule may name."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, Kind] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        return {name: fact.label for name, fact in self.facts.items()}
