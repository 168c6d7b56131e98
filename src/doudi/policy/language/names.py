"""The names a rule may use: facts of the catalogue, parameters, their types and units, and how large they can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal

from doudi.facts import money

Type = Literal["flag", "code", "count", "money", "date", "ratio", "formula", "level"]
FACT_TYPES = ("flag", "code", "count", "money", "date")
PARAMETER_TYPES = ("flag", "count", "money", "ratio", "date", "formula")
SUBJECTS = {"person": "个人", "household": "家庭", "case": "一件办理", "payment": "一笔发放"}
"""Whom or what a rule is about; rules about persons also read the household's facts."""

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
class Currency:
    """The money of a pack: inside always whole smallest pieces (fen, cents), in files whole units with decimals."""

    code: str = "CNY"
    unit: str = "元"
    decimals: int = 2

    @property
    def piece(self) -> int:
        """How many of the smallest pieces one unit is: 100 fen a yuan."""
        return 10**self.decimals

    @property
    def word(self) -> str:
        """How the language writes an amount: yuan(500) in China, money(500) anywhere."""
        return "yuan" if self.code == "CNY" else "money"

    @property
    def decimals_told(self) -> str:
        """How many decimals an amount may have, in words."""
        return {0: "不带小数", 2: "最多两位小数"}.get(self.decimals, f"最多 {self.decimals} 位小数")

    def pieces(self, written: object) -> int:
        """An amount as people write it → whole smallest pieces.

        :raises NotMoney: not an amount, or more decimals than this money has
        """
        if self == YUAN:
            return money.fen(written)  # type: ignore[arg-type]
        try:
            scaled = Decimal(str(written).strip().replace(",", "")).scaleb(self.decimals)
        except InvalidOperation:
            scaled = Decimal("NaN")
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise money.NotMoney(f"“{written}”不是金额：请写成 {self.unit}，{self.decimals_told}")
        if abs(scaled) > money.LARGEST_FEN:
            raise money.NotMoney(f"“{written}”太大了，请核对单位是不是 {self.unit}")
        return int(scaled)

    def plain(self, pieces: int) -> str:
        """For files and machines: 90050 → "900.50"."""
        whole, rest = divmod(abs(pieces), self.piece)
        return f"{'-' if pieces < 0 else ''}{whole}" + (f".{rest:0{self.decimals}d}" if self.decimals else "")

    def spoken(self, pieces: int) -> str:
        """As people read it: 1842000 → "18,420"."""
        whole, rest = divmod(abs(pieces), self.piece)
        return f"{'-' if pieces < 0 else ''}{whole:,}" + (f".{rest:0{self.decimals}d}" if rest else "")


YUAN = Currency()


@dataclass(frozen=True, slots=True)
class Fact:
    """One name of the catalogue: what can be known about a person or a household."""

    name: str
    subject: Literal["person", "household", "case", "payment"]
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
class Variant:
    """One text of a formula: a place and a time choose it, as they choose a number."""

    text: str
    says: str = ""
    says_not: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A parameter as rules see it: its type, its unit, how many decimals a ratio keeps, what splits it.

    by: a code fact (one value a code), or whole numbers (a table): a count fact or an expression that counts.
    rows: the whole numbers of such a table. answers, subject, variants: of a formula.
    """

    name: str
    type: Type
    unit: str
    label: str
    decimals: int = 0
    by: str = ""
    rows: tuple[int, ...] = ()
    more: bool = False  # a table that says what each further one adds
    answers: str = ""
    subject: str = ""
    variants: tuple[Variant, ...] = ()

    @property
    def scale(self) -> int:
        """What one whole unit of a ratio is counted in: 100 with two decimals."""
        return 10**self.decimals

    @property
    def bound(self) -> int:
        match self.type:
            case "money":
                return 10**10
            case "ratio":
                return 10**4 * self.scale
            case "formula":
                return len(self.variants)
        return COUNT_UNITS.get(self.unit, 0)


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a rule may name, and the money it counts in."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, Kind] = field(default_factory=dict)
    money: Currency = YUAN

    @property
    def labels(self) -> dict[str, str]:
        return {name: fact.label for name, fact in self.facts.items()}
