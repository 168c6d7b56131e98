"""What the rules say about one household: each condition with its state, each step of the amount, each warning; no decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from doudi.facts.days import add_months, first_of_month
from doudi.facts.household import Facts, Household, Member
from doudi.policy import explain
from doudi.policy.language.names import Currency
from doudi.policy.language.python import Around
from doudi.policy.pack import Pack
from doudi.policy.rules import Article, Condition, Expression, Indicator, Named, Overlap, Programme, Step
from doudi.policy.supervise import supervise as supervise  # asked in the same way as everything here
from doudi.policy.unknowns import Unknown, fallbacks, unknowns_of

State = Literal["met", "not_met", "unknown"]
Answer = Literal["yes", "no", "unknown"]
NOBODY: Facts = {}
# What is answered is made by the hundred for one household, so these classes are not frozen (that takes three times as long);
# nobody changes an answer.
_STATES: dict[bool | None, State] = {True: "met", False: "not_met", None: "unknown"}


@dataclass(eq=False)
class Subject:
    """Whom a rule is asked about, with all it may look at."""

    household: Household
    member: Member | None
    around: Around
    pack: Pack
    area: str

    @property
    def facts(self) -> Facts:
        return self.member.facts if self.member else NOBODY

    @property
    def id(self) -> str:
        return self.member.pid if self.member else self.household.hid

    def run(self, expression: Expression) -> Any:
        """The value of an expression for this subject."""
        return expression.run(self.facts, self.household.facts, self.around)

    def values(self, expressions: Named) -> dict[str, Any]:
        """Values by name."""
        return expressions.run(self.facts, self.household.facts, self.around)


@dataclass(eq=False)
class ConditionResult:
    """One condition of a programme for one subject. Sentences are written when they are read."""

    name: str
    state: State
    condition: Condition
    subject: Subject
    on: date

    @property
    def label(self) -> str:
        return self.condition.label or self.name

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every value the sentence names, money in fen; None is unknown."""
        return self.subject.values(self.condition.values)

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """What is not known, where that is why the condition is."""
        if self.state != "unknown":
            return ()
        settle = self.condition.settle
        found = unknowns_of(self.condition.test, self.subject)
        if not found:
            return (Unknown(self.name, self.label, settle or "要工作人员来定"),)
        return tuple(replace(unknown, settle=settle or unknown.settle) for unknown in found)

    @cached_property
    def assumed(self) -> tuple[Unknown, ...]:
        """What is not known and was passed over, because the rule says `coalesce` aloud."""
        passed_over: set[str] = set()
        subject = self.subject
        for parts in fallbacks(self.condition.test.core):
            for run, facts in parts:
                if run(subject.facts, subject.household.facts, subject.around) is not None:
                    break
                passed_over |= facts
        if not passed_over:
            return ()
        return tuple(unknown for unknown in unknowns_of(self.condition.test, subject) if unknown.name in passed_over)

    @cached_property
    def sentence(self) -> str:
        """Why, in plain Chinese."""
        return explain.condition(self)

    @property
    def article(self) -> str:
        """The articles in force on the day of judgement."""
        return article_on(self.condition.articles, self.on)


@dataclass(eq=False)
class StepResult:
    """One step of the amount; None where it cannot be reckoned."""

    name: str
    fen: int | None
    step: Step
    subject: Subject

    @property
    def label(self) -> str:
        return self.step.label or self.name

    @cached_property
    def values(self) -> dict[str, Any]:
        return self.subject.values(self.step.values)

    @cached_property
    def sentence(self) -> str:
        """How it was reckoned, in plain Chinese."""
        return explain.render(self.step.words, self.values, self.step.values, self.subject.pack.names)


@dataclass(eq=False)
class Assessment:
    """What the rules of one programme say about one subject on one day. A person decides."""

    programme: str
    label: str
    subject: str
    on: date
    area: str
    eligible: Answer
    amount_fen: int | None  # only when eligible is "yes" and the programme pays
    conditions: tuple[ConditionResult, ...]
    steps: tuple[StepResult, ...]
    article: str
    pack_version: str

    @property
    def money(self) -> Currency:
        """What the amount is counted in."""
        return self.conditions[0].subject.pack.names.money

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Everything that would settle the question, each once; nothing when it is settled."""
        if self.eligible == "no":
            return ()
        found: dict[str, Unknown] = {}
        for result in self.conditions:
            for unknown in result.unknowns:
                found.setdefault(unknown.name, unknown)
        if self.eligible == "yes" and self.steps and self.amount_fen is None:
            for step in self.steps:
                for unknown in unknowns_of(step.step.amount, step.subject):
                    found.setdefault(unknown.name, unknown)
        return tuple(found.values())


@dataclass(eq=False)
class Sign:
    """One indicator for one subject."""

    indicator: Indicator
    subject_kind: Literal["person", "household"]
    subject: Subject
    state: State
    mask: int

    @property
    def level(self) -> str:
        """How urgent it is in this place: what the rule says, unless a value of the place says otherwise."""
        return self.subject.around.parameters.get(self.indicator.level_from) or self.indicator.level

    @cached_property
    def values(self) -> dict[str, Any]:
        return self.subject.values(self.indicator.values)

    @cached_property
    def basis(self) -> str:
        """The same text as in `sweep.findings_sql`."""
        return "|".join(explain.basis(self.subject.run(part)) for part in self.indicator.basis)


@dataclass(frozen=True)
class Overlapping:
    """Two benefits held together: since when, which months of entitlement, how many benefits a month."""

    rule: Overlap
    subject: Subject
    state: State
    months: tuple[date, ...]
    benefits: int | None

    @cached_property
    def values(self) -> dict[str, Any]:
        return self.subject.values(self.rule.values)


class Asked:
    """One household put before the rules of one day and place: whole and each member, ready to be asked anything."""

    def __init__(
        self, household: Household, on: date, area: str, pack: Pack, parameters: Mapping[str, Any] | None = None
    ) -> None:
        """parameters: those to judge by; without them, the ones in force for the area on the day."""
        held = pack.parameters_at(area, on) if parameters is None else parameters
        around = Around(on, held, tuple(member.facts for member in household.members))
        self.on, self.pack = on, pack
        self.whole = Subject(household, None, around, pack, area)
        self.each = [Subject(household, member, around, pack, area) for member in household.members]

    def subjects(self, kind: str) -> list[Subject]:
        """Whom a rule about persons or households is asked about."""
        return [self.whole] if kind == "household" else self.each

    def programme(self, rule: Programme, subject: Subject) -> Assessment:
        """One programme for one subject."""
        return _assessed(rule, subject, self.on)

    def programmes(self) -> list[Assessment]:
        """Every programme in force, for everybody it is about."""
        rules = self.pack.programmes_on(self.on)
        return [_assessed(rule, subject, self.on) for rule in rules for subject in self.subjects(rule.subject)]

    def sign(self, rule: Indicator, subject: Subject) -> Sign | None:
        """One indicator for one subject; None when it plainly does not fire."""
        return _sign(rule, subject)

    def signs(self) -> list[Sign]:
        """Every indicator that fires (state "met") or might fire if more were known ("unknown")."""
        asked = (_sign(rule, subject) for rule in self.pack.indicators_on(self.on) for subject in self.subjects(rule.subject))
        return [sign for sign in asked if sign is not None]

    def overlaps(self, until: date | None = None) -> list[Overlapping]:
        """Every overlap rule that holds or cannot be told for a member, with the months of entitlement until a day."""
        found = []
        for subject in self.each:
            for rule in self.pack.overlaps_on(self.on):
                held = subject.run(rule.test)
                if held is False:
                    continue
                since = subject.run(rule.since) if held else None
                months = () if since is None else _months(since, until or self.on)
                found.append(Overlapping(rule, subject, _STATES[held], months, subject.run(rule.counts) if held else None))
        return found


def assess(
    programme: str, household: Household, on: date, area: str, pack: Pack, *, subject: str = "", known_on: date | None = None
) -> Assessment:
    """Assess one household (or one of its members) for one programme.

    subject: the pid, for a programme of persons; may be left out where one person lives alone. area: whose parameters count.
    known_on: judge by the rules and parameters as they were known on that day.
    :raises RuleError: no such programme in force on that day
    :raises ValueError: a programme of persons, and nobody said which of several members
    :raises KeyError: the person named is not a member
    """
    pack = pack.known(known_on) if known_on else pack
    rule = pack.programme(programme, on)
    asked = Asked(household, on, area, pack)
    if rule.subject == "household":
        return asked.programme(rule, asked.whole)
    if not subject and len(asked.each) != 1:
        raise ValueError(f"{rule.label}按人认定，要说明是哪一位")
    pid = subject or asked.each[0].id
    household.member(pid)
    return asked.programme(rule, next(one for one in asked.each if one.id == pid))


def assess_each(
    programme: str, household: Household, on: date, area: str, pack: Pack, *, known_on: date | None = None
) -> tuple[Assessment, ...]:
    """Assess a household for a programme of households, or each of its members for a programme of persons.

    :raises RuleError: no such programme in force on that day
    """
    pack = pack.known(known_on) if known_on else pack
    rule = pack.programme(programme, on)
    asked = Asked(household, on, area, pack)
    return tuple(asked.programme(rule, subject) for subject in asked.subjects(rule.subject))


def assess_all(household: Household, on: date, area: str, pack: Pack) -> tuple[list[Assessment], list[Sign]]:
    """Every programme in force and every indicator that fires or cannot be told, for the household and each member."""
    asked = Asked(household, on, area, pack)
    return asked.programmes(), asked.signs()


def signs(household: Household, on: date, area: str, pack: Pack) -> list[Sign]:
    """Every indicator that fires (state "met") or might fire if more were known ("unknown")."""
    return Asked(household, on, area, pack).signs()


def overlaps(household: Household, on: date, area: str, pack: Pack, *, until: date | None = None) -> list[Overlapping]:
    """Every overlap rule that holds or cannot be told for a member, with the months of entitlement up to `until` (else `on`)."""
    return Asked(household, on, area, pack).overlaps(until)


def article_on(articles: tuple[Article, ...], on: date) -> str:
    """The articles in force on a day, in one line."""
    return "；".join(article.text for article in articles if article.from_on <= on <= article.to_on)


def _assessed(rule: Programme, subject: Subject, on: date) -> Assessment:
    facts, household, around = subject.facts, subject.household.facts, subject.around
    results, eligible = [], "yes"
    for condition in rule.conditions:
        state = _STATES[condition.test.run(facts, household, around)]
        if state == "not_met" or (state == "unknown" and eligible == "yes"):
            eligible = "no" if state == "not_met" else "unknown"
        results.append(ConditionResult(condition.name, state, condition, subject, on))
    steps = tuple(StepResult(step.name, step.amount.run(facts, household, around), step, subject) for step in rule.steps)
    return Assessment(
        rule.code, rule.label, subject.id, on, subject.area, eligible, steps[-1].fen if steps and eligible == "yes" else None,  # type: ignore[arg-type]
        tuple(results), steps, article_on(rule.articles, on), subject.pack.version,
    )  # fmt: skip


def _sign(rule: Indicator, subject: Subject) -> Sign | None:
    """One indicator for one subject; None when it plainly does not fire."""
    facts, household, around = subject.facts, subject.household.facts, subject.around
    among = rule.among.run(facts, household, around) if rule.among else True
    if among is False:
        return None
    if rule.mode == "trigger":
        mask, fires = 0, among
        for number, clause in enumerate(rule.clauses):
            held = clause.test.run(facts, household, around)
            if held is False:
                return None
            if held:
                mask |= 1 << number
            else:
                fires = None
    else:
        if not rule.possible.run(facts, household, around):
            return None
        fires = True if among and rule.fires.run(facts, household, around) else None
        mask = sum(1 << n for n, clause in enumerate(rule.clauses) if clause.test.run(facts, household, around))
    return Sign(rule, rule.subject, subject, "met" if fires else "unknown", mask)


def _months(since: date, until: date) -> tuple[date, ...]:
    first, months = first_of_month(since), []
    while first <= until:
        months.append(first)
        first = add_months(first, 1)
    return tuple(months)
