"""Help while writing a condition: what was understood, or where it was not and what was meant, and the names that fit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Names
from doudi.policy.writing import Writer
from doudi.rulebook.core.spoken import spoken
from doudi.web.desk.rules.words import TYPES, UNITS

MOST = 8
_LAST = re.compile(r"(P\.)?([A-Za-z_][A-Za-z0-9_.]*|[一-鿿]+)$")


@dataclass(frozen=True, slots=True)
class Offer:
    """A name that may be meant."""

    name: str
    label: str
    about: str


@dataclass(frozen=True, slots=True)
class Help:
    """What a machine makes of a text."""

    understood: str  # read back in words; empty when not
    problem: str
    line: int | None
    column: int | None
    shown: str  # the line of the text the mistake is in
    offers: tuple[Offer, ...]
    reads: tuple[Offer, ...]


def read(text: str, subject: str, names: Names) -> Help:
    """Read a condition as far as it is written."""
    offers = offered(text, subject, names)
    if not text.strip():
        return Help("", "", None, None, "", offers, ())
    try:
        expression = Writer(names).condition(text, subject)
        facts = [_fact(names, name) for name in expression.facts]
        numbers = [_parameter(names, name) for name in expression.parameters if name in names.parameters]
        return Help(spoken(text, names), "", None, None, "", (), (*facts, *numbers))
    except RuleError as why:
        lines = text.splitlines()
        shown = lines[why.line - 1] if why.line and why.line <= len(lines) else ""
        return Help("", f"{why.message}{why.hint}", why.line, why.column, shown, offers, ())


def offered(text: str, subject: str, names: Names) -> tuple[Offer, ...]:
    """Facts and numbers that go on from the last word, by name or by what they are called."""
    found = _LAST.search(text)
    if not found:
        return ()
    wants_number, word = bool(found[1]), found[2].lower()
    facts = [] if wants_number else [name for name, fact in names.facts.items() if _fits(word, name, fact.label)]
    facts = [name for name in facts if names.facts[name].subject in ("person", "household")]
    numbers = [name for name, kind in names.parameters.items() if "." not in name and _fits(word, name, kind.label)]
    facts.sort(key=lambda name: (not name.startswith(word), names.facts[name].subject != subject, name))
    numbers.sort(key=lambda name: (not name.startswith(word), name))
    offers = [_fact(names, name) for name in facts] + [_parameter(names, name) for name in numbers]
    return tuple(one for one in offers if one.name != text[found.start() :])[:MOST]


def _fits(word: str, name: str, label: str) -> bool:
    return word in name.lower() or word in label


def _fact(names: Names, name: str) -> Offer:
    fact = names.facts[name]
    whose = {"person": "个人", "household": "家庭"}.get(fact.subject, "")
    codes = "：" + "、".join(f"'{code}' {label}" for code, label in list(fact.codes.items())[:6]) if fact.codes else ""
    return Offer(name, fact.label, f"{whose}，{UNITS.get(fact.unit) or TYPES[fact.type]}{codes}")


def _parameter(names: Names, name: str) -> Offer:
    kind = names.parameters[name]
    return Offer(f"P.{name}", kind.label or name, f"各地定的，{UNITS.get(kind.unit) or TYPES[kind.type]}")
