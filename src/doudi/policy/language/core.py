"""What every backend runs: a small tree of exact whole-number, day, code and three-valued operations.

No division that could round, no floats, no function of an engine: those were written out by the check. Every operation
but the few named below is unknown when a part of it is unknown.

and or not          three-valued: false and unknown is false, true or unknown is true
case                c1 v1 c2 v2 … [else]; unknown as soon as a condition that is reached is unknown; unknown without else
coalesce            the first part that is known
unknown             whether its part is unknown; itself always known
any all             over the members of the household, as or / and; unknown when nobody is known to live there
count sum           over the members; unknown when a condition or a counted value is unknown
at_least            whether at least so many members fit: decided as soon as the known ones decide it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Op = Literal[
    "constant", "fact", "parameter", "on",
    "add", "subtract", "multiply", "divide_down", "sign", "absolute", "nonzero",
    "<", "<=", "=", "in", "and", "or", "not", "unknown", "case", "coalesce",
    "months_between", "days_between", "add_months", "add_days", "working_days_between", "add_working_days",
    "any", "all", "count", "sum", "at_least",
]  # fmt: skip
MEMBER_OPS = ("any", "all", "count", "sum", "at_least")
LARGEST_TREE = 20_000  # nodes as written out; some operations write a part several times


class TooLarge(ValueError):
    """An expression that would be written out to more than any engine should be given."""


@dataclass(frozen=True, slots=True)
class Core:
    """One operation. `value`: the constant, the name of a fact or parameter, the list of an `in`.

    subject: of a fact, "person" or "household". kind: what comes out. bound: for whole numbers, the largest size it can reach.
    """

    op: Op
    parts: tuple[Core, ...] = ()
    value: object = None
    subject: str = ""
    kind: str = "number"  # number, truth, code, day
    bound: int = 0
    size: int = field(default=1, compare=False)

    def __post_init__(self) -> None:
        if self.op == "case":
            size = sum(part.size * (1 if number % 2 else 2) for number, part in enumerate(self.parts))
        else:
            often = 4 if self.op == "divide_down" and self.parts[1].op != "constant" else 1
            size = sum(part.size for part in self.parts) * often
        if size >= LARGEST_TREE:
            raise TooLarge
        object.__setattr__(self, "size", size + 1)

    def walk(self) -> Iterator[Core]:
        """This node and every node below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def outside_members(self) -> Iterator[Core]:
        """This node and every node below it that is not asked of each member of the household."""
        yield self
        for part in self.parts[1:] if self.op == "at_least" else () if self.op in MEMBER_OPS else self.parts:
            yield from part.outside_members()


TRUE = Core("constant", value=True, kind="truth")
FALSE = Core("constant", value=False, kind="truth")
UNKNOWN_TRUTH = Core("constant", value=None, kind="truth")
ON = Core("on", kind="day")


def whole(value: int) -> Core:
    """A whole number."""
    return Core("constant", value=value, bound=abs(value))


def is_whole(node: Core, value: int | None = None) -> bool:
    """Whether a node is a constant whole number (of this value)."""
    constant = node.op == "constant" and node.kind == "number" and node.value is not None
    return constant and (value is None or node.value == value)


def add(left: Core, right: Core) -> Core:
    if is_whole(left) and is_whole(right):
        return whole(left.value + right.value)  # type: ignore[operator]
    return Core("add", (left, right), bound=left.bound + right.bound)


def subtract(left: Core, right: Core) -> Core:
    if is_whole(left) and is_whole(right):
        return whole(left.value - right.value)  # type: ignore[operator]
    return Core("subtract", (left, right), bound=left.bound + right.bound)


def multiply(left: Core, right: Core) -> Core:
    if is_whole(left) and is_whole(right):
        return whole(left.value * right.value)  # type: ignore[operator]
    if is_whole(left, 1):
        return right
    if is_whole(right, 1):
        return left
    return Core("multiply", (left, right), bound=left.bound * right.bound)


def conjunction(parts: list[Core]) -> Core:
    """All of them; nothing to hold is true."""
    return parts[0] if len(parts) == 1 else Core("and", tuple(parts), kind="truth") if parts else TRUE


def negation(part: Core) -> Core:
    return part.parts[0] if part.op == "not" else Core("not", (part,), kind="truth")
