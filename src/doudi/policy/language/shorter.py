"""Core with the same answers that costs an engine less: what is reckoned once for everybody is not reckoned for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from doudi.facts.days import months_between
from doudi.policy.language.core import FALSE, TRUE, UNKNOWN_TRUTH, Core, add, is_whole, multiply, subtract, whole

Fixed = Callable[[str], Core | None]

_FIRST, _LAST = date(1000, 1, 1), date(9000, 1, 1)  # no fact lies outside; a line outside is left as it was written


def shorter(node: Core, on: date, fixed: Fixed = lambda name: None) -> Core:
    """The same for every subject judged on this day.

    fixed: what a parameter is where it is the same for everybody, as a constant; then what follows from it is reckoned here, and
    bounds are narrow enough that few numbers need more than 64 bits.

    * `60 <= months_between(born, on)` becomes `born <= day`: comparing two days instead of taking two calendars apart.
    * `coalesce(case t then v else d, d)` becomes a choice by whether t is known to hold: unknown no longer asked twice.
    """
    return _Shorter(on, fixed).of(node)


class _Shorter:
    def __init__(self, on: date, fixed: Fixed) -> None:
        self.on, self.fixed = on, fixed
        self._steps: dict[object, int] = {}

    def of(self, node: Core) -> Core:
        if node.op == "parameter":
            return self.fixed(str(node.value)) or node
        if node.op == "step":  # what a step holds is written where it is reckoned; only how large it gets is of use
            if node.value not in self._steps:
                self._steps[node.value] = self.of(node.parts[0]).bound
            return replace(node, bound=min(node.bound, self._steps[node.value]))
        if not node.parts:
            return node
        parts = tuple(self.of(part) for part in node.parts)
        if any(new is not old for new, old in zip(parts, node.parts, strict=True)):
            node = _again(node, parts)
        match node.op:
            case "<=" | "<" | "=":
                return _passed(node, self.on)
            case "coalesce":
                return _settled(node)
        return node


def _again(node: Core, parts: tuple[Core, ...]) -> Core:
    """The same operation on other parts: reckoned where they are constants, with the bound that follows from theirs."""
    match node.op:
        case "add" | "subtract" | "multiply":
            return {"add": add, "subtract": subtract, "multiply": multiply}[node.op](*parts)
        case "divide_down":
            up, down = parts
            if is_whole(up) and is_whole(down) and down.value > 0:  # type: ignore[operator]
                return whole(up.value // down.value)  # type: ignore[operator]
            least = int(down.value) if is_whole(down) and down.value > 0 else 1  # type: ignore[call-overload, operator]
            return replace(node, parts=parts, bound=min(node.bound, up.bound // least + 1))
        case "case":
            return _chosen(node, parts)
        case "coalesce":
            return _first_known(node, parts)
        case "and" | "or":
            decided, passed_over = (FALSE, TRUE) if node.op == "and" else (TRUE, FALSE)
            if decided in parts:
                return decided
            kept = tuple(part for part in parts if part != passed_over)
            return kept[0] if len(kept) == 1 else replace(node, parts=kept) if kept else passed_over
        case "not" if parts[0] in (TRUE, FALSE):
            return FALSE if parts[0] == TRUE else TRUE
        case "<" | "<=" | "=" if is_whole(parts[0]) and is_whole(parts[1]):
            one, other = parts[0].value, parts[1].value
            held = one < other if node.op == "<" else one <= other if node.op == "<=" else one == other  # type: ignore[operator]
            return TRUE if held else FALSE
        case "nonzero" | "absolute":
            return replace(node, parts=parts, bound=parts[0].bound)
        case "sum":
            members = node.bound // max(node.parts[0].bound, 1)
            return replace(node, parts=parts, bound=min(node.bound, parts[0].bound * members))
    return replace(node, parts=parts)


def _chosen(node: Core, parts: tuple[Core, ...]) -> Core:
    """A case without the branches nobody reaches."""
    kept: list[Core] = []
    for test, value in zip(parts[0::2], parts[1::2], strict=False):
        if test == FALSE:
            continue
        if test in (TRUE, UNKNOWN_TRUTH):
            kept.append(value if test == TRUE else Core("constant", value=None, kind=node.kind))
            break
        kept += [test, value]
    else:
        kept += [parts[-1]] if len(parts) % 2 else []
    if not kept:
        return Core("constant", value=None, kind=node.kind)
    if len(kept) == 1:
        return kept[0]
    values = [*kept[1::2], *([kept[-1]] if len(kept) % 2 else [])]
    return replace(node, parts=tuple(kept), bound=min(node.bound, max(value.bound for value in values)))


def _first_known(node: Core, parts: tuple[Core, ...]) -> Core:
    """A coalesce without the parts nobody reaches."""
    kept: list[Core] = []
    for part in parts:
        if part.op == "constant" and part.value is None:
            continue
        kept.append(part)
        if never_unknown(part):
            break
    if not kept:
        return Core("constant", value=None, kind=node.kind)
    return kept[0] if len(kept) == 1 else replace(node, parts=tuple(kept), bound=max(part.bound for part in kept))


def never_unknown(node: Core) -> bool:
    """Whether a node is known for everybody, seen from its form alone."""
    match node.op:
        case "constant":
            return node.value is not None
        case "on" | "unknown":
            return True
        case "coalesce":
            return any(never_unknown(part) for part in node.parts)
        case "case":
            pairs = len(node.parts) // 2
            complete = len(node.parts) % 2 == 1
            return complete and all(never_unknown(part) for part in node.parts[: 2 * pairs]) and never_unknown(node.parts[-1])
        case "and" | "or" | "not" | "<" | "<=" | "=" | "add" | "subtract" | "multiply":
            return all(never_unknown(part) for part in node.parts)
    return False


def _passed(node: Core, on: date) -> Core:
    """A comparison of months passed with a fixed number, as a comparison of days."""
    left, right = node.parts
    for months, number, flipped in ((left, right, False), (right, left, True)):
        if months.op != "months_between" or not is_whole(number):
            continue
        start, end = months.parts
        limit = int(number.value)  # type: ignore[call-overload]
        if end.op != "on" and not (end.op == "constant" and end.value is not None):
            continue
        if start.op in ("on", "constant"):
            continue
        until = on if end.op == "on" else end.value
        assert isinstance(until, date)
        if node.op == "=":
            at_least, more = _latest(limit, until), _latest(limit + 1, until)
            if at_least is None or more is None:
                return node
            return Core("and", (_compare("<=", start, at_least), _compare("<", more, start)), kind="truth")
        if flipped:  # number <= months, number < months: begun on that day or before
            line = _latest(limit + (node.op == "<"), until)
            return node if line is None else _compare("<=", start, line)
        line = _latest(limit + (node.op == "<="), until)  # months <= number: not begun as early as that day
        return node if line is None else _compare("<", line, start)
    return node


def _compare(op: str, left: Core | date, right: Core | date) -> Core:
    sides = tuple(Core("constant", value=side, kind="day") if isinstance(side, date) else side for side in (left, right))
    return Core(op, sides, kind="truth")  # type: ignore[arg-type]


def _latest(months: int, until: date) -> date | None:
    """The latest day from which that many whole months have passed on a day; None where no calendar goes that far."""
    return _last_that(lambda day: months_between(day, until) >= months)


def _last_that(holds: Callable[[date], bool]) -> date | None:
    """The last day something holds that holds for early days and not for late ones."""
    if not holds(_FIRST) or holds(_LAST):
        return None
    low, high = _FIRST, _LAST
    while (high - low).days > 1:
        middle = low + timedelta((high - low).days // 2)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _settled(node: Core) -> Core:
    """coalesce(case t then v else d, d): v where t holds (d where v is unknown), else d."""
    choice, *rest = node.parts
    if len(rest) != 1 or choice.op != "case" or len(choice.parts) != 3 or choice.parts[2] != rest[0]:
        return node
    test, value, otherwise = choice.parts
    if not never_unknown(otherwise):
        return node
    if not never_unknown(test):
        test = Core("coalesce", (test, FALSE), kind="truth")
    if not never_unknown(value):
        value = Core("coalesce", (value, otherwise), kind=node.kind, bound=node.bound)
    if test == TRUE:
        return value
    return Core("case", (test, value, otherwise), kind=node.kind, bound=node.bound)
