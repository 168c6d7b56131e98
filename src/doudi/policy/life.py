"""Rules with no life: what in a pack can never speak, decides nothing, or soon stops. Says what to count; counts nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from doudi.policy.language.core import MEMBER_OPS, Core, conjunction, negation
from doudi.policy.pack import Pack, spread
from doudi.policy.parameters import LAST_DAY, Setting
from doudi.policy.rules import Expression, Indicator, Overlap, Programme, Supervision
from doudi.policy.sweep import Writer

What = Literal["programme", "indicator", "overlap"]


@dataclass(frozen=True, slots=True)
class Part:
    """Something in a rule that is true, false or unknown of somebody: a condition, a clause, a branch of a `case`."""

    what: What
    code: str
    label: str
    name: str
    subject: str
    text: str
    test: Core
    among: Core | None
    branch: str = ""  # which branch of which `case`


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a part was true, false, unknown: of those it is about."""

    part: Part
    of: int
    true: int
    false: int

    @property
    def unknown(self) -> int:
        return self.of - self.true - self.false

    @property
    def state(self) -> str:
        """never: true of nobody; unknown: known of nobody; always: true of everybody; nobody: it is about nobody; else alive."""
        if not self.of:
            return "nobody"
        if self.unknown == self.of:
            return "unknown"
        if not self.true:
            return "never"
        return "always" if self.true == self.of and not self.part.branch else "alive"


@dataclass(frozen=True, slots=True)
class Stuck:
    """A condition or step of a rule that decides nothing at present; of a `case` the branches nobody takes, together."""

    what: What
    code: str
    label: str
    name: str
    text: str
    state: str
    of: int
    branches: tuple[str, ...]


def stuck(tallies: Iterable[Tally]) -> list[Stuck]:
    """What is not alive, one line a condition or step."""
    together: dict[tuple[str, str, str, bool], list[Tally]] = {}
    for tally in tallies:
        if tally.state != "alive":
            key = (tally.part.code, tally.part.name, tally.state, bool(tally.part.branch))
            together.setdefault(key, []).append(tally)
    return [
        Stuck(
            some[0].part.what, code, some[0].part.label, name, " ".join(some[0].part.text.split()), state, some[0].of,
            tuple(tally.part.branch for tally in some if tally.part.branch),
        )
        for (code, name, state, _), some in together.items()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dead:
    """A fact nobody can know at present, and the rules that lean on it."""

    fact: str
    label: str
    why: str  # not_loaded | always_unknown
    sources: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A number or a rule whose last day is near or past, with nothing after it."""

    what: str  # parameter | programme | indicator | overlap
    name: str
    label: str
    place: str
    to_on: date
    is_over: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A number a rule in force reads and that some places do not have."""

    parameter: str
    label: str
    places: tuple[str, ...]
    rules: tuple[str, ...]


# ---- what rules read ----------------------------------------------------------------------------------------------------


Rule = Programme | Indicator | Overlap | Supervision


def _expressions(rule: Rule) -> list[Expression]:
    if isinstance(rule, Programme):
        own = [condition.test for condition in rule.conditions] + [step.amount for step in rule.steps]
        shown = [one for condition in rule.conditions for one in condition.values.values()]
        return own + shown + [one for step in rule.steps for one in step.values.values()]
    if isinstance(rule, Overlap):
        return [rule.test, rule.since, rule.counts, *rule.values.values()]
    if isinstance(rule, Supervision):
        tests = [clause.test for clause in rule.clauses]
        return [*tests, *rule.basis, *rule.values.values(), *([rule.among] if rule.among else [])]
    clauses = [part for clause in rule.clauses for part in (clause.test, clause.points) if part]
    return [rule.fires, *clauses, *rule.basis, *rule.values.values(), *([rule.among] if rule.among else [])]


def in_force(pack: Pack, on: date) -> list[Rule]:
    """Every rule in force on a day."""
    return [*pack.programmes_on(on), *pack.indicators_on(on), *pack.overlaps_on(on), *pack.supervision_on(on)]


def read_by(pack: Pack, on: date) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Which rules in force read each fact, and each parameter: name → codes."""
    facts: dict[str, list[str]] = {}
    parameters: dict[str, list[str]] = {}
    for rule in in_force(pack, on):
        for expression in _expressions(rule):
            for names, found in ((expression.facts, facts), (expression.parameters, parameters)):
                for name in names:
                    codes = found.setdefault(name, [])
                    if rule.code not in codes:
                        codes.append(rule.code)
    return facts, parameters


# ---- (a) facts without a source -----------------------------------------------------------------------------------------


def dead_facts(pack: Pack, on: date, datasets: Collection[str], known: Mapping[str, int]) -> list[Dead]:
    """Facts that nothing tells of, with the rules that lean on them.

    datasets: those that were loaded. known: of how many subjects each fact is known in the cycle.
    """
    leaning, _ = read_by(pack, on)
    found = []
    for name, fact in pack.names.facts.items():
        if fact.subject not in ("person", "household"):
            continue  # facts of cases and payments come from the office's own books
        if fact.sources and not set(fact.sources) & set(datasets):
            why = "not_loaded"
        elif not known.get(name):
            why = "always_unknown"
        else:
            continue
        found.append(Dead(name, fact.label, why, fact.sources, tuple(leaning.get(name, ()))))
    return found


# ---- (b) parts that never decide ----------------------------------------------------------------------------------------


def parts(pack: Pack, on: date, *, only: Collection[str] | None = None) -> list[Part]:
    """Every condition, clause and `case` branch of the rules in force; what only a number decides is the place's own choice.

    only: codes of indicators to look at.
    """
    found: list[Part] = []
    for programme in pack.programmes_on(on):
        about = ("programme", programme.code, programme.label)
        for condition in programme.conditions:
            found.append(Part(*about, condition.name, programme.subject, condition.test.text, condition.test.core, None))  # type: ignore[arg-type]
        written = [(condition.name, condition.test) for condition in programme.conditions]
        written += [(step.name, step.amount) for step in programme.steps]
        found += _branches(about, programme.subject, written)
    for indicator in pack.indicators_on(on):
        if only is not None and indicator.code not in only:
            continue
        about = ("indicator", indicator.code, indicator.label)
        among = indicator.among.core if indicator.among else None
        if indicator.among:
            found.append(Part(*about, "among", indicator.subject, indicator.among.text, indicator.among.core, None))  # type: ignore[arg-type]
        for clause in indicator.clauses:
            found.append(Part(*about, clause.name, indicator.subject, clause.test.text, clause.test.core, among))  # type: ignore[arg-type]
        found += _branches(about, indicator.subject, [(clause.name, clause.test) for clause in indicator.clauses])
    for overlap in pack.overlaps_on(on):
        about = ("overlap", overlap.code, overlap.label)
        found.append(Part(*about, "if", "person", overlap.test.text, overlap.test.core, None))  # type: ignore[arg-type]
        found += _branches(about, "person", [("if", overlap.test), ("counts", overlap.counts)])
    return [part for part in found if any(node.op == "fact" for node in part.test.walk())]


def _branches(about: tuple[str, str, str], subject: str, written: list[tuple[str, Expression]]) -> Iterator[Part]:
    """The branches of every `case` somebody wrote; a step that another one repeats is looked at once."""
    seen: set[Core] = set()
    for name, expression in written:
        number = 0
        for node, whom in _asked_of(expression.core, subject):
            tests = node.parts[: len(node.parts) // 2 * 2 : 2]
            key = conjunction(list(tests))
            if key in seen or _is_made(node):
                continue
            seen.add(key)
            number += 1
            taken = [conjunction([*map(negation, tests[:at]), test]) for at, test in enumerate(tests)]
            if len(node.parts) % 2:
                taken.append(conjunction(list(map(negation, tests))))
            for at, test in enumerate(taken, start=1):
                branch = f"case {number} 第 {at} 支（共 {len(taken)} 支）"
                yield Part(*about, name, whom, expression.text, test, None, branch)  # type: ignore[arg-type]


def _asked_of(node: Core, subject: str) -> Iterator[tuple[Core, str]]:
    """Every `case` with whom it is asked about: inside any, all, count, sum it is each member."""
    if node.op == "case":
        yield node, subject
    for at, part in enumerate(node.parts):
        inside = node.op in MEMBER_OPS and not (node.op == "at_least" and at)
        yield from _asked_of(part, "person" if inside else subject)


def _is_made(node: Core) -> bool:
    """Whether the compiler made this `case`: a parameter split by a code, a least or greatest."""
    test, first, *others = node.parts
    if first.op == "parameter" and ":" in str(first.value):
        return True
    return test.op == "<=" and bool(others) and set(test.parts) == {first, others[0]}


def tally_sql(pack: Pack, on: date, subject: str, asked: Sequence[Part], *, scope: str = "") -> str:
    """One SELECT of one row over the views of `policy.sweep`: for part n of `asked`, of{n}, true{n}, known{n}.

    asked: parts about this subject. scope: an area prefix everybody lives in, which makes parameters plain numbers.
    """
    writer = Writer(pack, on, scope, None)
    sql = writer.sql(subject)
    among: dict[str, str] = {}  # several clauses are about the same people: those are counted once
    inner, outer = [], []
    for number, part in enumerate(asked):
        test = sql.text(part.test)
        of = "count(*)"
        if part.among is not None:
            whom = among.setdefault(sql.text(part.among), f"a{len(among)}")
            test, of = f"CASE WHEN {sql.text(part.among)} THEN {test} END", f"count_if({whom})"
        inner.append(f"{test} AS t{number}")
        true = f"coalesce(sum(CAST(t{number} AS INTEGER)), 0)"
        outer.append(f"{of} AS of{number}, CAST({true} AS BIGINT) AS true{number}, count(t{number}) AS known{number}")
    inner += [f"{text} AS {name}" for text, name in among.items()]
    tables = writer.tables(subject, [_bare(core) for part in asked for core in (part.test, part.among) if core is not None])
    return writer.with_counts(f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {tables})")


def _bare(core: Core) -> Expression:
    return Expression("", core, lambda *around: None, (), (), "truth", None)  # type: ignore[arg-type]


# ---- (c) what ends, (d) what is missing, (e) what nobody reads ----------------------------------------------------------


def endings(pack: Pack, on: date, within_days: int) -> list[Ending]:
    """Numbers and rules whose last day is past or within so many days, with nothing following."""
    _, reading = read_by(pack, on)
    until = on + timedelta(days=within_days)
    found = []
    for name, parameter in pack.parameters.items():
        latest: dict[str, Setting] = {}
        for setting in parameter.settings:
            if setting.place not in latest or setting.to_on > latest[setting.place].to_on:
                latest[setting.place] = setting
        for place, setting in sorted(latest.items()):
            if setting.to_on > until or parameter.at(place, setting.to_on + timedelta(days=1)) is not None:
                continue
            found.append(
                Ending(
                    "parameter",
                    name,
                    parameter.kind.label,
                    place,
                    setting.to_on,
                    setting.to_on < on,
                    tuple(reading.get(name, ())),
                )
            )
    kinds = (
        ("programme", pack.programmes), ("indicator", pack.indicators), ("overlap", pack.overlaps),
        ("supervision", pack.supervision),
    )  # fmt: skip
    for what, rules in kinds:
        for code, versions in rules.items():
            last = max(versions, key=lambda rule: rule.to_on)
            if last.to_on <= until and last.to_on < LAST_DAY:
                found.append(Ending(what, code, last.label, "", last.to_on, last.to_on < on, (code,)))
    return sorted(found, key=lambda one: (one.to_on, one.what, one.name, one.place))


def gaps(pack: Pack, on: date, places: Sequence[str]) -> list[Gap]:
    """Numbers that rules in force read and some of these places (counties) do not have."""
    _, reading = read_by(pack, on)
    found = []
    for name, codes in reading.items():
        parameter = pack.parameters[name]
        if parameter.rule:
            continue  # a rule's own weight or threshold: without a value the written one counts
        missing = []
        for place in places:
            setting = parameter.at(place, on)
            values = spread(parameter, setting.value, pack.names) if setting else {name: None}
            if any(value is None for value in values.values()):
                missing.append(place)
        if missing:
            found.append(Gap(name, parameter.kind.label, tuple(missing), tuple(codes)))
    return found


def unread(pack: Pack, on: date) -> tuple[list[str], list[str]]:
    """Facts of people and households, and parameters, that no rule in force reads."""
    facts, parameters = read_by(pack, on)
    split = {parameter.kind.by for parameter in pack.parameters.values()}
    people = [name for name, fact in pack.names.facts.items() if fact.subject in ("person", "household")]
    return (
        [name for name in people if name not in facts and name not in split],
        [name for name, parameter in pack.parameters.items() if name not in parameters and not parameter.rule],
    )
