"""What is not known and would settle a question: named, with whose it is and how it becomes known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from doudi.policy import explain
from doudi.policy.language.core import Core
from doudi.policy.language.names import Kind
from doudi.policy.language.python import Closure, closure
from doudi.policy.rules import Expression

if TYPE_CHECKING:
    from doudi.policy.assess import Subject


@dataclass(frozen=True)
class Unknown:
    """Something that is not known and would settle a question: the fact, whose, and how it becomes known."""

    name: str
    label: str
    settle: str
    members: tuple[str, ...] = ()


def unknowns_of(expression: Expression, subject: Subject) -> tuple[Unknown, ...]:
    """Which facts and parameters an expression reads that are not known for this subject."""
    names, found = subject.pack.names, []
    read = _reached(expression, subject)
    for name in [name for op, name in read if op == "fact"]:
        fact = names.facts[name]
        whose: tuple[str, ...] = ()
        if fact.subject == "household":
            missing = subject.household.facts.get(name) is None
        elif fact.subject != "person" or (subject.member is not None and not _only_members(expression, name)):
            missing = subject.facts.get(name) is None
        else:
            whose = tuple(member.pid for member in subject.household.members if member.facts.get(name) is None)
            missing = bool(whose) or not subject.household.members
        if missing:
            found.append(Unknown(name, fact.label, explain.settle(fact, subject.pack.sources), whose))
    for name in dict.fromkeys(name.partition(":")[0] for op, name in read if op == "parameter"):
        kind, parameter = names.parameters[name], subject.pack.parameters[name]
        if not parameter.rule and not _is_set(name, kind, subject):  # of a rule's own numbers the rule says one itself
            what = "这个地方还没有写" if kind.type == "formula" else "这个地方还没有定"
            found.append(Unknown(f"P.{name}", kind.label, f"{what}“{kind.label}”，请有权的部门先定"))
    return tuple(found)


@lru_cache(maxsize=4096)
def fallbacks(core: Core) -> tuple[tuple[tuple[Closure, frozenset[str]], ...], ...]:
    """Every `coalesce` of an expression outside its members: each part with the facts it reads, for it may be passed over."""
    return tuple(
        tuple((closure(part), frozenset(str(one.value) for one in part.walk() if one.op == "fact")) for part in node.parts)
        for node in core.outside_members()
        if node.op == "coalesce"
    )


@lru_cache(maxsize=4096)
def _names_in(core: Core) -> tuple[tuple[str, str], ...]:
    """What an expression reads, (op, name) each once."""
    return tuple(dict.fromkeys((node.op, str(node.value)) for node in core.walk()))


def _reached(expression: Expression, subject: Subject) -> tuple[tuple[str, str], ...]:
    """What an expression may look at, (op, name) each once; of a formula only the text that counts in the place."""
    if not any(subject.pack.names.parameters[name].type == "formula" for name in expression.parameters):
        return _names_in(expression.core)
    parameters, kinds = subject.around.parameters, subject.pack.names.parameters

    def walk(node: Core) -> Iterator[Core]:
        which = node.parts[0].parts[0] if node.op == "case" and node.parts[0].op == "=" else None
        if which is not None and which.op == "parameter" and kinds[str(which.value).partition(":")[0]].type == "formula":
            yield which
            chosen = parameters.get(which.value)
            if chosen is not None:
                yield from walk(node.parts[2 * chosen + 1])
            return
        yield node
        for part in node.parts:
            yield from walk(part)

    return tuple(dict.fromkeys((node.op, str(node.value)) for node in walk(expression.core)))


def _is_set(name: str, kind: Kind, subject: Subject) -> bool:
    """Whether a place has set a number; of one that is split, the entry this subject is in, where that is known."""
    held = subject.around.parameters
    if not kind.by:
        return held.get(name) is not None
    fact = subject.pack.names.facts.get(kind.by)
    if fact is not None and fact.type == "code":
        split = (subject.household if fact.subject == "household" else subject).facts.get(kind.by)
        return held.get(f"{name}:{split}") is not None if split else True
    own = subject.member is not None and (fact is None or fact.subject == "person")
    row = subject.pack.row_of(kind, "person" if own else "household")(subject.facts, subject.household.facts, subject.around)
    if row is None:
        return True
    return held.get(f"{name}:{row if not kind.rows or row <= kind.rows[-1] else 'more'}") is not None


def _only_members(expression: Expression, name: str) -> bool:
    return all(node.value != name for node in expression.core.outside_members() if node.op == "fact")
