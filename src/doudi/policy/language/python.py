"""Core as a Python closure: one household at a time, the same three values as in SQL."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from doudi.facts.days import add_months, months_between, move_working_days, working_days_between
from doudi.facts.household import Facts
from doudi.policy.language.core import Core


@dataclass(frozen=True, slots=True)
class Around:
    """What every rule may look at besides the facts: the day of judgement, parameters in force there, who lives there."""

    on: date
    parameters: Mapping[str, Any]
    members: tuple[Facts, ...] = ()
    reckoned: dict[tuple[object, int], tuple[Facts, Any]] = field(default_factory=dict, compare=False)  # steps, once for each


Closure = Callable[[Facts, Facts, Around], Any]
"""Called with the facts of the person (or case, or payment; empty for a household rule), the household's, and what is around."""


def closure(node: Core) -> Closure:
    """A function that computes this node for one subject; None is unknown."""
    name = node.value
    match node.op:
        case "constant":
            return lambda p, h, a: name
        case "on":
            return lambda p, h, a: a.on
        case "parameter":
            return lambda p, h, a: a.parameters.get(name)
        case "fact":
            if node.subject == "household":
                return lambda p, h, a: h.get(name)
            return lambda p, h, a: p.get(name)
        case "any" | "all" | "count" | "sum" | "at_least":
            return _members(node)
        case "and" | "or":
            return _junction(tuple(closure(part) for part in node.parts), node.op == "or")
        case "case":
            return _case(tuple(closure(part) for part in node.parts))
        case "coalesce":
            return _coalesce(tuple(closure(part) for part in node.parts))
        case "in":
            return _in(closure(node.parts[0]), frozenset(name))  # type: ignore[arg-type]
        case "step":
            return _step(name, closure(node.parts[0]))
        case "unknown":
            part = closure(node.parts[0])
            return lambda p, h, a: part(p, h, a) is None
    if len(node.parts) == 1:
        return _one(_ONE[node.op], closure(node.parts[0]))
    right = node.parts[1]
    if right.op == "constant" and right.value is not None:
        return _with_constant(_TWO[node.op], closure(node.parts[0]), right.value)
    return _two(_TWO[node.op], closure(node.parts[0]), closure(right))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


_ONE: dict[str, Callable[[Any], Any]] = {
    "not": operator.not_,
    "sign": _sign,
    "absolute": abs,
    "nonzero": lambda number: number or None,
}
_TWO: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide_down": operator.floordiv,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "months_between": months_between,
    "days_between": lambda start, end: (end - start).days,
    "add_months": add_months,
    "working_days_between": working_days_between,
    "add_working_days": move_working_days,
    "add_days": lambda day, count: day + timedelta(days=count),
}


def _one(act: Callable[[Any], Any], part: Closure) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> Any:
        value = part(p, h, a)
        return None if value is None else act(value)

    return compute


def _with_constant(act: Callable[[Any, Any], Any], left: Closure, right: Any) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> Any:
        value = left(p, h, a)
        return None if value is None else act(value, right)

    return compute


def _two(act: Callable[[Any, Any], Any], left: Closure, right: Closure) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> Any:
        one = left(p, h, a)
        if one is None:
            return None
        other = right(p, h, a)
        return None if other is None else act(one, other)

    return compute


def _junction(parts: tuple[Closure, ...], decided_by: bool) -> Closure:
    """and (decided by a false part) or or (decided by a true one); undecided and somewhere unknown is unknown."""

    def compute(p: Facts, h: Facts, a: Around) -> bool | None:
        unknown = False
        for part in parts:
            value = part(p, h, a)
            if value is None:
                unknown = True
            elif value is decided_by:
                return decided_by
        return None if unknown else not decided_by

    return compute


def _case(parts: tuple[Closure, ...]) -> Closure:
    pairs = tuple(zip(parts[0::2], parts[1::2], strict=False))
    otherwise = parts[-1] if len(parts) % 2 else None

    def compute(p: Facts, h: Facts, a: Around) -> Any:
        for test, value in pairs:
            reached = test(p, h, a)
            if reached is None:
                return None
            if reached:
                return value(p, h, a)
        return None if otherwise is None else otherwise(p, h, a)

    return compute


def _coalesce(parts: tuple[Closure, ...]) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> Any:
        for part in parts:
            value = part(p, h, a)
            if value is not None:
                return value
        return None

    return compute


def _step(name: object, part: Closure) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> Any:
        key = (name, id(p))
        known = a.reckoned.get(key)
        if known is None:
            known = a.reckoned[key] = (p, part(p, h, a))  # whose it is is kept with it, so that its id stays its own
        return known[1]

    return compute


def _in(part: Closure, listed: frozenset[str]) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> bool | None:
        value = part(p, h, a)
        return None if value is None else value in listed

    return compute


def _members(node: Core) -> Closure:
    if node.op == "sum":
        return _sum(closure(node.parts[0]), closure(node.parts[1]))
    test = closure(node.parts[0])
    if node.op in ("any", "all"):
        decided_by = node.op == "any"

        def decide(p: Facts, h: Facts, a: Around) -> bool | None:
            unknown = not a.members
            for member in a.members:
                value = test(member, h, a)
                if value is None:
                    unknown = True
                elif value is decided_by:
                    return decided_by
            return None if unknown else not decided_by

        return decide

    def tally(h: Facts, a: Around) -> tuple[int, int]:
        fit = unsure = 0
        for member in a.members:
            value = test(member, h, a)
            if value is None:
                unsure += 1
            elif value:
                fit += 1
        return fit, unsure

    if node.op == "count":

        def count(p: Facts, h: Facts, a: Around) -> int | None:
            fit, unsure = tally(h, a)
            return fit if a.members and not unsure else None

        return count
    least = closure(node.parts[1])

    def at_least(p: Facts, h: Facts, a: Around) -> bool | None:
        wanted = least(p, h, a)
        if wanted is None or not a.members:
            return None
        fit, unsure = tally(h, a)
        if fit >= wanted:
            return True
        return False if fit + unsure < wanted else None

    return at_least


def _sum(number: Closure, test: Closure) -> Closure:
    def compute(p: Facts, h: Facts, a: Around) -> int | None:
        if not a.members:
            return None
        total = 0
        for member in a.members:
            counted = test(member, h, a)
            if counted is None:
                return None
            if counted:
                value = number(member, h, a)
                if value is None:
                    return None
                total += value
        return total

    return compute
