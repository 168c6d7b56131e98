"""Core as a Python function: one household at a time, the same three values as in SQL.

For each expression a small function is written out and compiled, because one household is asked hundreds of them. No word of a
rule's text is in what is written: it consists of the operations below, of whole numbers and of numbered constants (k0, k1, …).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from doudi.facts.days import add_months, months_between, move_working_days, working_days_between
from doudi.facts.household import Facts
from doudi.policy.language.core import MEMBER_OPS, Core


@dataclass(frozen=True, slots=True)
class Around:
    """What every rule may look at besides the facts: the day of judgement, parameters in force there, who lives there."""

    on: date
    parameters: Mapping[str, Any]
    members: tuple[Facts, ...] = ()
    reckoned: dict[tuple[object, int], tuple[Facts, Any]] = field(default_factory=dict, compare=False)  # steps, once for each


Closure = Callable[[Facts, Facts, Around], Any]
"""Called with the facts of the person (or case, or payment; empty for a household rule), the household's, and what is around."""

DEEPEST = 40  # levels of indentation in one function; what lies deeper becomes a function of its own


@lru_cache(maxsize=20_000)
def closure(node: Core) -> Closure:
    """A function that computes this node for one subject; None is unknown. It is written out when it is first asked."""
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
        case "step":
            return _step(name, closure(node.parts[0]))
    made: Closure | None = None

    def run(p: Facts, h: Facts, a: Around) -> Any:
        nonlocal made
        if made is None:
            made = _Function().of(node)
        return made(p, h, a)

    return run


def every(nodes: Mapping[str, Core]) -> Closure:
    """A function that computes several nodes at once: a dict of their values by name."""
    return _Function().of_all(nodes)


def _step(name: object, part: Closure) -> Closure:
    def run(p: Facts, h: Facts, a: Around) -> Any:
        key = (name, id(p))
        known = a.reckoned.get(key)
        if known is None:
            known = a.reckoned[key] = (p, part(p, h, a))  # whose it is is kept with it, so that its id stays its own
        return known[1]

    return run


_ONE = {"not": "not {0}", "sign": "({0} > 0) - ({0} < 0)", "absolute": "abs({0})", "nonzero": "{0} or None"}
_TWO = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide_down": "{0} // {1}",
    "<": "{0} < {1}",
    "<=": "{0} <= {1}",
    "=": "{0} == {1}",
    "days_between": "({1} - {0}).days",
    "months_between": "months_between({0}, {1})",
    "working_days_between": "working_days_between({0}, {1})",
    "add_months": "add_months({0}, {1})",
    "add_days": "{0} + timedelta(days={1})",
    "add_working_days": "move_working_days({0}, {1})",
}
_USED = {
    "months_between": months_between,
    "working_days_between": working_days_between,
    "add_months": add_months,
    "timedelta": timedelta,
    "move_working_days": move_working_days,
    "abs": abs,
    "id": id,
    "__builtins__": {},
}


class _Function:
    """Writes one function: every node becomes statements that leave its value in a variable of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.held: dict[str, Any] = dict(_USED)
        self.count = 0
        self.person = "p"  # whose facts are read: inside a count over the members, theirs

    def of(self, node: Core) -> Closure:
        self.write(node, "t", 1)
        return self.made("t")

    def of_all(self, nodes: Mapping[str, Core]) -> Closure:
        told = [f"{self.constant(name)}: {self.simple(node) or self.value(node, 1)}" for name, node in nodes.items()]
        return self.made(f"{{{', '.join(told)}}}")

    def made(self, answer: str) -> Closure:
        source = "\n".join(["def run(p, h, a):", *self.lines, f" return {answer}"])
        exec(compile(source, "<rule>", "exec"), self.held)
        return self.held["run"]  # type: ignore[no-any-return]

    def line(self, text: str, depth: int) -> None:
        self.lines.append(" " * depth + text)

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def constant(self, value: object) -> str:
        if value is None or isinstance(value, bool | int):
            return f"({value!r})"
        for name, held in self.held.items():
            if name[0] == "k" and held is value:
                return name
        name = f"k{len(self.held)}"
        self.held[name] = value
        return name

    def simple(self, node: Core) -> str | None:
        """A node that is read in one go."""
        match node.op:
            case "constant":
                return self.constant(node.value)
            case "on":
                return "a.on"
            case "parameter":
                return f"a.parameters.get({self.constant(node.value)})"
            case "fact":
                return f"{'h' if node.subject == 'household' else self.person}.get({self.constant(node.value)})"
        return None

    def write(self, node: Core, to: str, depth: int) -> None:
        """Statements after which the variable `to` holds the value of a node."""
        simple = self.simple(node)
        if simple is not None:
            self.line(f"{to} = {simple}", depth)
        elif node.op == "step" or depth > DEEPEST:
            self.line(f"{to} = {self.constant(closure(node))}({self.person}, h, a)", depth)
        elif node.op in ("and", "or"):
            self.junction(node, to, depth)
        elif node.op == "case":
            self.case(node, to, depth)
        elif node.op == "coalesce":
            self.write(node.parts[0], to, depth)
            for part in node.parts[1:]:
                self.line(f"if {to} is None:", depth)
                self.write(part, to, depth + 1)
        elif node.op in MEMBER_OPS:
            self.members(node, to, depth)
        elif len(node.parts) == 1:
            part = self.value(node.parts[0], depth)
            if node.op == "unknown":
                self.line(f"{to} = {part} is None", depth)
            elif node.op == "in":
                self.line(f"{to} = None if {part} is None else {part} in {self.constant(frozenset(node.value))}", depth)  # type: ignore[arg-type]
            else:
                self.line(f"{to} = None if {part} is None else {_ONE[node.op].format(part)}", depth)
        else:
            self.two(node, to, depth)

    def value(self, node: Core, depth: int) -> str:
        """The variable a node's value is put in."""
        name = self.fresh()
        self.write(node, name, depth)
        return name

    def two(self, node: Core, to: str, depth: int) -> None:
        left, (_, right) = self.value(node.parts[0], depth), node.parts
        if right.op == "constant" and right.value is not None:
            told = _TWO[node.op].format(left, self.constant(right.value))
            self.line(f"{to} = None if {left} is None else {told}", depth)
            return
        self.line(f"if {left} is None:", depth)
        self.line(f"{to} = None", depth + 1)
        self.line("else:", depth)
        other = self.value(right, depth + 1)
        self.line(f"{to} = None if {other} is None else {_TWO[node.op].format(left, other)}", depth + 1)

    def junction(self, node: Core, to: str, depth: int) -> None:
        """and is decided by a false part, or by a true one; undecided and somewhere unknown is unknown."""
        decided = "False" if node.op == "and" else "True"
        self.write(node.parts[0], to, depth)
        for part in node.parts[1:]:
            self.line(f"if {to} is not {decided}:", depth)
            found = self.value(part, depth + 1)
            self.line(f"if {found} is None or {found} is {decided}:", depth + 1)
            self.line(f"{to} = {found}", depth + 2)

    def case(self, node: Core, to: str, depth: int) -> None:
        """The value of the first condition that holds; unknown when one that is reached is unknown."""
        pairs = len(node.parts) // 2
        going = self.fresh()
        self.line(f"{to} = None", depth)
        for number in range(pairs):
            at = depth
            if number:
                self.line(f"if {going} is False:", depth)
                at += 1
            self.write(node.parts[2 * number], going, at)
            self.line(f"if {going}:", at)
            self.write(node.parts[2 * number + 1], to, at + 1)
        if len(node.parts) % 2:
            self.line(f"if {going} is False:", depth)
            self.write(node.parts[-1], to, depth + 1)

    def members(self, node: Core, to: str, depth: int) -> None:
        if node.op == "at_least":
            self.at_least(node, to, depth)
            return
        start = {"any": "False", "all": "True", "count": "0", "sum": "0"}[node.op]
        self.line(f"{to} = {start} if a.members else None", depth)
        self.line("for m in a.members:", depth)
        self.person = "m"
        found = self.value(node.parts[0] if node.op != "sum" else node.parts[1], depth + 1)
        if node.op in ("any", "all"):
            decided = "True" if node.op == "any" else "False"
            self.line(f"if {found} is {decided}:", depth + 1)
            self.line(f"{to} = {decided}", depth + 2)
            self.line("break", depth + 2)
            self.line(f"if {found} is None:", depth + 1)
            self.line(f"{to} = None", depth + 2)
        else:
            self.unless_known(found, to, depth + 1)
            self.line(f"if {found}:", depth + 1)
            counted = "1"
            if node.op == "sum":
                counted = self.value(node.parts[0], depth + 2)
                self.unless_known(counted, to, depth + 2)
            self.line(f"{to} += {counted}", depth + 2)
        self.person = "p"

    def unless_known(self, found: str, to: str, depth: int) -> None:
        self.line(f"if {found} is None:", depth)
        self.line(f"{to} = None", depth + 1)
        self.line("break", depth + 1)

    def at_least(self, node: Core, to: str, depth: int) -> None:
        """True as soon as so many are known to fit, false as soon as they no longer can."""
        wanted, fit, unsure = self.value(node.parts[1], depth), self.fresh(), self.fresh()
        self.line(f"{fit} = {unsure} = 0", depth)
        self.line("for m in a.members:", depth)
        self.person = "m"
        found = self.value(node.parts[0], depth + 1)
        self.person = "p"
        self.line(f"if {found} is None:", depth + 1)
        self.line(f"{unsure} += 1", depth + 2)
        self.line(f"elif {found}:", depth + 1)
        self.line(f"{fit} += 1", depth + 2)
        self.line(f"if {wanted} is None or not a.members:", depth)
        self.line(f"{to} = None", depth + 1)
        self.line("else:", depth)
        self.line(f"{to} = True if {fit} >= {wanted} else False if {fit} + {unsure} < {wanted} else None", depth + 1)
