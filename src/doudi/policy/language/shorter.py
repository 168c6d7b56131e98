"""Core with the same answers that costs an engine less: what is reckoned once for everybody is not reckoned for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from doudi.facts.days import months_between
from doudi.policy.language.core import FALSE, TRUE, Core, is_whole

_FIRST, _LAST = date(1000, 1, 1), date(9000, 1, 1)  # no fact lies outside; a line outside is left as it was written


def shorter(node: Core, on: date) -> Core:
    """The same for every subject judged on this day.

    * `60 <= months_between(born, on)` becomes `born <= day`: comparing two days instead of taking two calendars apart.
    * `coalesce(case t then v else d, d)` becomes a choice by whether t is known to hold: unknown no longer asked twice.
    """
    if not node.parts or node.op == "step":  # what a step holds is written where it is reckoned
        return node
    parts = tuple(shorter(part, on) for part in node.parts)
    if any(new is not old for new, old in zip(parts, node.parts, strict=True)):
        node = replace(node, parts=parts)
    match node.op:
        case "<=" | "<" | "=":
            return _passed(node, on)
        case "coalesce":
            return _settled(node)
    return node


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
