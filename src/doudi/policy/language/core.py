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
step                its only part, reckoned once: an earlier step of an amount, used by later ones under its name
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
    "any", "all", "count", "sum", "at_least", "step",
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
    key: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        parts = tuple(part.key for part in self.parts)
        object.__setattr__(self, "key", hash((self.op, parts, self.value, self.subject, self.kind, self.bound)))
        if self.op == "step":
            size = 0
        elif self.op == "case":
            size = sum(part.size * (1 if number % 2 else 2) for number, part in enumerate(self.parts))
        else:
            often = 4 if self.op == "divide_down" and self.parts[1].op != "constant" else 1
            size = sum(part.size for part in self.parts) * often
        if size >= LARGEST_TREE:
            raise TooLarge
        object.__setattr__(self, "size", size + 1)

    def __hash__(self) -> int:
        return self.key

    def __eq__(self, other: object) -> bool:
        if self is other or not isinstance(other, Core):
            return self is other
        if (self.key, self.op, self.value, self.kind) != (other.key, other.op, other.value, other.kind):
            return False  # compared through the key first, so that a difference is seen without walking down
        return self.op == "step" or (self.parts, self.subject, self.bound) == (other.parts, other.subject, other.bound)

    def walk(self, *, into_members: bool = True, seen: set[object] | None = None) -> Iterator[Core]:
        """This node and every node below it; what stands in a step only once."""
        seen = set() if seen is None else seen
        if self.op == "step":
            if self.value in seen:
                return
            seen.add(self.value)
        yield self
        parts = self.parts
        if not into_members and self.op in MEMBER_OPS:
            parts = parts[1:] if self.op == "at_least" else ()
        for part in parts:
            yield from part.walk(into_members=into_members, seen=seen)

    def outside_members(self) -> Iterator[Core]:
        """This node and every node below it that is not asked of each member of the household."""
        return self.walk(into_members=False)


TRUE = Core("constant", value=True, kind="truth")
FALSE = Core("constant", value=False, kind="truth")
UNKNOWN_TRUTH = Core("constant", value=None, kind="truth")
ON = Core("on", kind="day")


LARGE = 120
"""From this size on an earlier step is not written into the later ones again but reckoned once."""


def step(name: str, node: Core) -> Core:
    """An earlier step of an amount as later ones read it. name: its own in all packs."""
    return node if node.size < LARGE else Core("step", (node,), value=name, kind=node.kind, bound=node.bound)


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
