"""What a pack consists of once it is understood: programmes, indicators, overlaps, each with its words and its compiled text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from doudi.facts.household import Facts
from doudi.policy.language.check import Value
from doudi.policy.language.core import Core
from doudi.policy.language.python import Around, Closure, every

Subject = Literal["person", "household"]
Level = Literal["R", "O", "Y"]
SUPERVISED = {
    "process": "办理过程", "review": "定期核查", "payment": "资金发放", "in_out": "进出", "overlap": "重复领取",
}  # fmt: skip
"""The packs of supervision, as oversight names them."""


class Tunable(NamedTuple):
    """Something of a rule a [[value]] may set: its name, what it is, and what the rule itself says."""

    name: str
    kind: Literal["weight", "threshold", "level", "on"]
    written: int | str | bool


class SwitchedOff(NamedTuple):
    """A rule that asks nobody in a place for a time, and who said so."""

    code: str
    label: str
    place: str
    from_on: date
    to_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text, its core, its closure, what it reads, and the unit of what comes out.

    down: what a ratio is counted in (100 with two decimals); 1 for everything else.
    """

    text: str
    core: Core
    run: Closure
    facts: tuple[str, ...]
    parameters: tuple[str, ...]
    unit: str
    value: Value
    down: int = 1


class Named(dict[str, Expression]):
    """What sentences name, by the name in the sentence, computed all at once."""

    _made: Closure | None = None

    def run(self, person: Facts, household: Facts, around: Around) -> dict[str, Any]:
        """Every value for one subject."""
        if self._made is None:  # nothing is named any more once a rule is read
            self._made = every({name: expression.core for name, expression in self.items()})
        return self._made(person, household, around)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Article:
    """Where a rule stands, and from when to when it stood there."""

    text: str
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence with places for values: `人均 {hh_income_per_head} 元`; empty when nobody wrote one."""

    text: str
    names: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Variants:
    """The sentences of a formula, met and not met, for each of its texts: the place decides which is said."""

    formula: str
    met: tuple[Words, ...]
    not_met: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a programme."""

    name: str
    label: str
    test: Expression
    met: Words
    not_met: Words
    unknown: Words
    asks: Words
    ask: Expression | None
    settle: str
    articles: tuple[Article, ...]
    values: Named  # what its sentences name and its own facts, by the name in the sentence
    by_variant: Variants | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of an amount, in fen; the last step is the amount."""

    name: str
    label: str
    amount: Expression
    words: Words
    values: Named
    key: str  # its own name in all packs


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme in one of its versions: who may get it and how much."""

    code: str
    label: str
    subject: Subject
    from_on: date
    to_on: date
    articles: tuple[Article, ...]
    conditions: tuple[Condition, ...]
    steps: tuple[Step, ...]
    note: str
    where: str
    known_since: date


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an indicator. points: what it adds to the score now, in eighths of a point, where points are counted."""

    name: str
    test: Expression
    words: Words
    points: Expression | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A warning in one of its versions. It opens a visit or a check; it never changes anybody's money."""

    code: str
    label: str
    subject: Subject
    mode: Literal["trigger", "points"]
    level: Level  # as written; `level_from` is the parameter that sets another one for some places
    from_on: date
    to_on: date
    articles: tuple[Article, ...]
    among: Expression | None
    clauses: tuple[Clause, ...]
    fires: Expression
    possible: Expression  # whether it would fire if every unknown clause held
    basis: tuple[Expression, ...]
    words: Words
    advice: str
    innocent: tuple[str, ...]
    values: Named
    where: str
    known_since: date
    tunables: tuple[Tunable, ...] = ()
    level_from: str = ""

    @property
    def facts(self) -> frozenset[str]:
        """Every fact it reads, members' facts included."""
        read = [self.fires, *self.basis, *self.values.values(), *([self.among] if self.among else [])]
        return frozenset(name for expression in read for name in expression.facts)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two benefits that may not be held together, judged per month of entitlement."""

    code: str
    label: str
    from_on: date
    to_on: date
    articles: tuple[Article, ...]
    test: Expression
    since: Expression
    counts: Expression
    words: Words
    values: Named
    innocent: tuple[str, ...]
    where: str
    known_since: date


@dataclass(frozen=True, slots=True)
class Supervision:
    """A rule that looks at the work itself: a case or a payment (or somebody), and asks the office, not the people."""

    code: str
    pack: str
    label: str
    subject: Literal["person", "household", "case", "payment"]
    level: Level
    from_on: date
    to_on: date
    articles: tuple[Article, ...]
    among: Expression | None
    clauses: tuple[Clause, ...]
    basis: tuple[Expression, ...]
    words: Words
    unknown: Words
    advice: str
    innocent: tuple[str, ...]
    values: Named
    where: str
    known_since: date
    tunables: tuple[Tunable, ...] = ()
    level_from: str = ""

    @property
    def facts(self) -> frozenset[str]:
        """Every fact it reads."""
        read = [*(clause.test for clause in self.clauses), *self.basis, *self.values.values()]
        return frozenset(name for expression in [*read, *([self.among] if self.among else [])] for name in expression.facts)


@dataclass(frozen=True, slots=True)
class Response:
    """How soon a warning of a level is answered."""

    code: str  # the level: R, O or Y
    label: str
    contact_hours: int | None
    visit_working_days: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset by the name people know, and who holds it."""

    code: str
    label: str
    department: str


@dataclass(frozen=True, slots=True)
class Case:
    """An example beside the rules, written by a policy officer: facts in, answers out. What is not written is not known."""

    name: str
    rule: str
    on: date
    area: str
    facts: Mapping[str, object]
    members: tuple[Mapping[str, object], ...]
    parameters: Mapping[str, object]
    expect: Mapping[str, object]
    where: str
    record: Mapping[str, object]  # the case or payment a rule of supervision is asked about
