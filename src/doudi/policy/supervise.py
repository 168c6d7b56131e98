"""Rules that look at the work itself: one case or payment before the rules of supervision, in Python, over plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from doudi.facts.household import Facts
from doudi.policy import explain
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.language.names import SUBJECTS
from doudi.policy.language.python import Around
from doudi.policy.pack import Pack
from doudi.policy.rules import Supervision


@dataclass(frozen=True)
class Supervised:
    """One rule of supervision that holds for a record, or may hold if more were known. A person looks into it."""

    rule: Supervision
    state: Literal["met", "unknown"]
    mask: int  # bit n is set when clause n holds
    facts: Facts
    around: Around
    pack: Pack

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def level(self) -> str:
        """How urgent it is in this place."""
        return self.around.parameters.get(self.rule.level_from) or self.rule.level

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every value the sentences name, money in fen; None is unknown."""
        return self.rule.values.run(self.facts, self.facts, self.around)

    @cached_property
    def basis(self) -> str:
        """What identifies the episode, so that the same one is not raised twice."""
        return "|".join(explain.basis(part.run(self.facts, self.facts, self.around)) for part in self.rule.basis)

    @cached_property
    def unknowns(self) -> tuple[str, ...]:
        """Names of the facts and parameters it reads that are not known, where that is why it cannot be told."""
        if self.state == "met":
            return ()
        tests = [clause.test for clause in self.rule.clauses] + ([self.rule.among] if self.rule.among else [])
        undecided = [test for test in tests if test.run(self.facts, self.facts, self.around) is None]
        facts = [name for test in undecided for name in test.facts if self.facts.get(name) is None]
        held = self.around.parameters
        numbers = [name for test in undecided for name in test.parameters if "." not in name]
        missing = [f"P.{name}" for name in numbers if not any(key.partition(":")[0] == name for key in held)]
        return tuple(dict.fromkeys([*facts, *missing]))

    @cached_property
    def sentence(self) -> str:
        """Why it is here, in plain Chinese; where it cannot be told, what is not known."""
        rule, names = self.rule, self.pack.names
        if self.state == "unknown":
            if rule.unknown:
                return explain.render(rule.unknown, self.values, rule.values, names)
            labels = {**names.labels, **{f"P.{name}": kind.label for name, kind in names.parameters.items()}}
            missing = "、".join(labels[name] for name in self.unknowns)
            return f"{rule.label}：还不知道{missing}，要查一查" if missing else f"{rule.label}：还说不准"
        if rule.words:
            return explain.render(rule.words, self.values, rule.values, names)
        return "；".join(self.reasons) or rule.label

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentence of each clause that holds."""
        return tuple(
            explain.render(clause.words, self.values, self.rule.values, self.pack.names)
            for number, clause in enumerate(self.rule.clauses)
            if self.mask >> number & 1 and clause.words
        )

    @property
    def innocent(self) -> tuple[str, ...]:
        """What may be behind it without any fault."""
        return self.rule.innocent

    @property
    def article(self) -> str:
        """The articles in force on the day."""
        return "；".join(one.text for one in self.rule.articles if one.from_on <= self.around.on <= one.to_on)


def supervise(
    pack: Pack, subject_kind: str, facts: Facts, on: date, area: str, *, members: Sequence[Facts] = ()
) -> list[Supervised]:
    """Every rule of supervision about such a record that holds, or cannot be told.

    subject_kind: case, payment, person or household. facts: by catalogue name as rules count them (money in fen, days as
    dates); what is not there is unknown. members: of a household, where the rules ask them.
    :raises RuleError: a kind or a fact there is not
    """
    if subject_kind not in SUBJECTS:
        raise RuleError(f"没有“{subject_kind}”这种监督对象", hint=f"；有的是 {'、'.join(SUBJECTS)}")
    for name in facts:
        known = pack.names.facts.get(name)
        right = known is not None and known.subject in (subject_kind, "household" if subject_kind == "person" else subject_kind)
        if not right:
            there = [n for n, fact in pack.names.facts.items() if fact.subject == subject_kind]
            raise RuleError(f"{SUBJECTS[subject_kind]}的事实里没有“{name}”", hint=did_you_mean(name, there))
    around = Around(on, pack.parameters_at(area, on), tuple(members))
    asked = (ask(rule, facts, around, pack) for rule in pack.supervision_on(on) if rule.subject == subject_kind)
    return [found for found in asked if found is not None]


def one(
    pack: Pack, code: str, facts: Facts, on: date, area: str, *, members: Sequence[Facts] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Supervised | None:  # fmt: skip
    """One rule for one record; None when it plainly does not hold.

    :raises RuleError: no such rule in force on that day
    """
    rule = next((rule for rule in pack.supervision_on(on) if rule.code == code), None)
    if rule is None:
        raise RuleError(f"监督规则 {code} 在 {on} 没有可用的")
    held = pack.parameters_at(area, on) if parameters is None else parameters
    return ask(rule, facts, Around(on, held, tuple(members)), pack)


def ask(rule: Supervision, facts: Facts, around: Around, pack: Pack) -> Supervised | None:
    """One rule about a record whose facts are right; None when it plainly does not hold. For many records at once."""
    among = rule.among.run(facts, facts, around) if rule.among else True
    if among is False:
        return None
    mask, certain = 0, among is True
    for number, clause in enumerate(rule.clauses):
        held = clause.test.run(facts, facts, around)
        if held is False:
            return None
        if held:
            mask |= 1 << number
        else:
            certain = False
    return Supervised(rule, "met" if certain else "unknown", mask, facts, around, pack)
