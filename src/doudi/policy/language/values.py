"""What an expression can be while it is checked: a truth, a number as a fraction with its unit, a code, a day, a word."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from doudi.policy.language.core import Core, add, is_whole, multiply, negation, whole
from doudi.policy.language.names import UNIT_WORDS


@dataclass(frozen=True, slots=True)
class Truth:
    node: Core


@dataclass(frozen=True, slots=True)
class Number:
    """A fraction: `down` is a positive whole number or, where something was divided by, a tree that is positive or unknown."""

    up: Core
    down: Core
    unit: str
    literal: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Code:
    node: Core
    codes: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Day:
    node: Core


@dataclass(frozen=True, slots=True)
class Word:
    """A text in quotes: only means something beside a code."""

    text: str


Value = Truth | Number | Code | Day | Word
_CALLED = {Truth: "真假", Number: "数", Code: "代码", Day: "日期", Word: "文字"}
ONE = whole(1)


def called(value: Value) -> str:
    """What a value is called in a refusal."""
    if isinstance(value, Number):
        return UNIT_WORDS.get(value.unit, value.unit)
    return _CALLED[type(value)]


def node_kind(type_: str) -> str:
    """The kind of a core node of a type."""
    return {"flag": "truth", "code": "code", "date": "day"}.get(type_, "number")


def plain(number: Fraction) -> str:
    """A number as it is written in a rule."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.12f}".rstrip("0")


def over_one(left: Number, right: Number) -> tuple[Core, Core, Core]:
    """Both numerators over one denominator."""
    if left.down == right.down:
        # a / x against b / x: x may be unknown, and then the answer is unknown, so it stays in the expression
        if left.down.op == "constant":
            return left.up, right.up, left.down
        return multiply(left.up, left.down), multiply(right.up, right.down), multiply(left.down, right.down)
    if left.down.op == "constant" and right.down.op == "constant":
        down = lcm(int(left.down.value), int(right.down.value))  # type: ignore[call-overload]
        return (
            multiply(left.up, whole(down // left.down.value)),  # type: ignore[operator]
            multiply(right.up, whole(down // right.down.value)),  # type: ignore[operator]
            whole(down),
        )
    return multiply(left.up, right.down), multiply(right.up, left.down), multiply(left.down, right.down)


def is_fixed(number: Number) -> bool:
    """Whether a number is a constant or a parameter: the same for every member."""
    return is_whole(number.down, 1) and number.up.op in ("constant", "parameter")


def is_negative_parameter(node: Core) -> bool:
    """Whether a node is a parameter with a minus: -P.days."""
    return node.op == "subtract" and is_whole(node.parts[0], 0) and node.parts[1].op == "parameter"


def counted(sign: str, count: Core, limit: Core, *, below: bool) -> Core:
    """A count against a fixed number, decided by the known members where they decide it.

    below: count < limit, count <= limit, count = limit; else limit < count, limit <= count.
    """

    def at_least(least: Core) -> Core:
        return Core("at_least", (count.parts[0], least), kind="truth")

    more = add(limit, ONE)
    if sign == "=":
        return Core("and", (at_least(limit), negation(at_least(more))), kind="truth")
    if below:
        return negation(at_least(limit if sign == "<" else more))
    return at_least(more if sign == "<" else limit)
