"""The same rules over everybody, as DuckDB SQL. This module writes text; it runs nothing.

**Input views** (documented for whoever builds them; columns named by the fact catalogue, types: flag BOOLEAN, count BIGINT or
smaller, money BIGINT in fen, date DATE, code VARCHAR or ENUM; NULL is unknown):

* `person_facts(pid VARCHAR, hid VARCHAR, area VARCHAR, <every person fact a rule in force reads>)`, one row a person.
  `hid` is the household the person lives in and is counted with; `area` is the area of that household.
* `household_facts(hid VARCHAR, area VARCHAR, <every household fact a rule in force reads>)`, one row a household.

`needed(pack, on)` says which columns the rules in force read. Other columns may be there.

**Output of `findings_sql`**, one row for each subject and indicator that fires:

    subject_kind VARCHAR  'person' or 'household'
    subject      VARCHAR  pid or hid
    area         VARCHAR  area of the subject as given
    indicator    VARCHAR  code: A01 … D06
    level        VARCHAR  R, O or Y
    basis        VARCHAR  what identifies the episode, e.g. the day of the event; '' for a lasting state. The same event keeps
                          the same basis from cycle to cycle, so (subject, indicator, basis) is the key of an alert
    mask         BIGINT   bit n is set when clause n (from 0) holds
    values       VARCHAR  one JSON object: every fact and number the sentences name, money in fen, days as YYYY-MM-DD,
                          unknown null; `explain.finding` renders it

A clause that is unknown does not fire an indicator; nobody is dropped from a programme for it either.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from doudi.policy.language.core import MEMBER_OPS, Core
from doudi.policy.language.errors import RuleError
from doudi.policy.language.sql import Counted, Sql
from doudi.policy.pack import Pack, spread
from doudi.policy.rules import Expression, Indicator, Overlap, Programme


def needed(pack: Pack, on: date) -> dict[str, tuple[str, ...]]:
    """The fact columns the rules in force on a day read, by view: {"person_facts": (…), "household_facts": (…)}."""
    read = {name for rule in pack.indicators_on(on) for name in rule.facts}
    for programme in pack.programmes_on(on):
        read |= {name for condition in programme.conditions for name in condition.test.facts}
        read |= {name for step in programme.steps for name in step.amount.facts}
    for overlap in pack.overlaps_on(on):
        read |= {name for expression in (overlap.test, overlap.since, overlap.counts) for name in expression.facts}
    return {
        f"{subject}_facts": tuple(name for name, fact in pack.names.facts.items() if fact.subject == subject and name in read)
        for subject in ("person", "household")
    }


def findings_sql(
    pack: Pack, on: date, *, only: Collection[str] | None = None, scope: str = "", known_on: date | None = None
) -> str:
    """One SELECT that finds everybody every indicator in force fires for; columns as in the head of this module.

    only: codes of indicators to run (leave out those `Pack.without_life` reports). scope: an area prefix everybody in the views
    lives in, which makes parameters plain numbers. known_on: judge by the rules and parameters as they were known on that day.
    """
    return Writer(pack, on, scope, known_on).findings(only)


def programme_sql(pack: Pack, code: str, on: date, *, scope: str = "", known_on: date | None = None) -> str:
    """One SELECT that assesses every household (or person) for a programme.

    Columns: subject, area, eligible ('yes', 'no', 'unknown'), amount_fen BIGINT (NULL unless eligible is 'yes'), one BOOLEAN
    c_<name> a condition, one BIGINT s_<name> a step of the amount in fen.
    :raises RuleError: no such programme in force on that day
    """
    return Writer(pack, on, scope, known_on).programme(code)


def overlap_sql(pack: Pack, code: str, on: date, *, scope: str = "", known_on: date | None = None) -> str:
    """One SELECT of every person an overlap rule finds: subject, area, since DATE, months BIGINT (months of entitlement up to and
    including the month of `on`), benefits BIGINT (how many a month may not be held).

    :raises RuleError: no such overlap rule in force on that day
    """
    return Writer(pack, on, scope, known_on).overlap(code)


class Writer:
    """Puts statements together; remembers which member counts they need. One is for one statement."""

    dialect: type[Sql] = Sql
    once = "AS MATERIALIZED"  # a named part of a statement that is computed once, whoever reads it

    def __init__(self, pack: Pack, on: date, scope: str = "", known_on: date | None = None) -> None:
        self.pack, self.on, self.scope = pack.known(known_on) if known_on else pack, on, scope
        self.counted = Counted()
        self._parameters: dict[tuple[str, str], str] = {}
        self._found: dict[str, tuple[list[tuple[str, Core]], Core]] = {}

    def sql(self, subject: str, alias: str = "") -> Sql:
        """The writer of expressions for rules about persons or households. alias: of the table that says the area."""
        alias = alias or subject[0]
        return self.dialect(self.on, lambda name: self._parameter(name, alias), self.counted, self._everywhere)

    def subject(self, subject: str) -> str:
        return "p.pid AS subject, p.area AS area" if subject == "person" else "h.hid AS subject, h.area AS area"

    def tables(self, subject: str, expressions: list[Expression]) -> str:
        """FROM of a branch: only the views its expressions read."""
        nodes = [node for expression in expressions for node in expression.core.outside_members()]
        counts = any(node.op in MEMBER_OPS for node in nodes)
        if subject == "household":
            return "household_facts h" + (" LEFT JOIN counted c ON c.hid = h.hid" if counts else "")
        household = any(node.op == "fact" and node.subject == "household" for node in nodes)
        return (
            "person_facts p"
            + (" LEFT JOIN household_facts h ON h.hid = p.hid" if household else "")
            + (" LEFT JOIN counted c ON c.hid = p.hid" if counts else "")
        )

    def findings(self, only: Collection[str] | None = None) -> str:
        """The statement `findings_sql` tells of."""
        rules = [rule for rule in self.pack.indicators_on(self.on) if only is None or rule.code in only]
        return self.with_counts("\nUNION ALL\n".join(self.branch(rule) for rule in rules)) if rules else self.nothing()

    def nothing(self) -> str:
        """Findings of no rule at all."""
        empty = [f"'' AS {name}" for name in ("subject_kind", "subject", "area", "indicator", "level", "basis")]
        return f"SELECT {', '.join(empty)}, CAST(0 AS BIGINT) AS mask, '{{}}' AS {self.sql('person').named('values')} WHERE FALSE"

    def branch(self, rule: Indicator) -> str:
        """The SELECT of one indicator."""
        told = self.told(rule)
        return (
            f"SELECT '{rule.subject}' AS subject_kind, {self.subject(rule.subject)}, '{rule.code}' AS indicator, "
            f"{told['level']} AS level, {told['basis']} AS basis, {told['mask']} AS mask, "
            f"{told['values']} AS {self.sql(rule.subject).named('values')}\n"
            f"FROM {self.tables(rule.subject, reads(rule))}\nWHERE {told['fires']}"
        )

    def told(self, rule: Indicator) -> dict[str, str]:
        """What an indicator says about one subject, as texts: fires, level, basis, mask, values."""
        sql = self.sql(rule.subject)
        tests = [sql.text(clause.test.core) for clause in rule.clauses]
        fires = [sql.text(rule.among.core)] if rule.among else []
        if rule.mode == "trigger":
            fires += tests
            mask = f"CAST({2 ** len(tests) - 1} AS BIGINT)"
        else:
            fires.append(sql.text(rule.fires.core))
            bits = [f"CASE WHEN {test} THEN {2**number} ELSE 0 END" for number, test in enumerate(tests)]
            mask = f"CAST({' + '.join(bits)} AS BIGINT)"
        basis = [f"coalesce({sql.cast(sql.text(part.core), sql.string)}, '?')" for part in rule.basis]
        level = f"'{rule.level}'"
        if rule.level_from:
            level = f"coalesce({self._parameter(rule.level_from, rule.subject[0])}, {level})"
        return {
            "fires": " AND ".join(fires),
            "level": level,
            "basis": " || chr(124) || ".join(basis) or "''",
            "mask": mask,
            "values": sql.values((name, sql.text(value.core)) for name, value in rule.values.items()),
        }

    def programme(self, code: str) -> str:
        """The statement `programme_sql` tells of."""
        programme = self.pack.programme(code, self.on)
        return self.with_counts(self.assessed(programme))

    def programmes(self) -> str:
        """One statement that assesses everybody for every programme in force, explained.

        Columns: programme, subject_kind, subject, area, eligible, amount_fen as in `programme_sql`; met and unknown BIGINT: bit n
        is set when condition n (from 0) is met, or unknown; steps and values VARCHAR: JSON objects of the steps of the amount and
        of what the sentences name, NULL for those who plainly do not get it.
        """
        rows = [self._explained(programme) for programme in self.pack.programmes_on(self.on)]
        return self.with_counts("\nUNION ALL\n".join(rows))

    def _explained(self, programme: Programme) -> str:
        sql = self.sql(programme.subject)
        tests = [f"c_{condition.name}" for condition in programme.conditions]
        met, unknown = (
            sql.cast(" + ".join(f"CASE WHEN {test}{how} THEN {2**bit} ELSE 0 END" for bit, test in enumerate(tests)), sql.whole)
            for how in ("", " IS NULL")
        )
        steps = sql.values((step.name, f"s_{step.name}") for step in programme.steps)
        return (
            f"SELECT '{programme.code}' AS programme, '{programme.subject}' AS subject_kind, subject, area, eligible, "
            f"amount_fen, {met} AS met, {unknown} AS unknown, CASE WHEN eligible <> 'no' THEN {steps} END AS steps, told AS "
            f"{sql.named('values')} FROM ({self.assessed(programme, explained=True)})"
        )

    def assessed(self, programme: Programme, *, explained: bool = False) -> str:
        """The SELECT of one programme: the columns of `programme_sql`, and `told` where it is not plainly barred."""
        names = [f"c_{one.name}" for one in programme.conditions] + [f"s_{one.name}" for one in programme.steps]
        names += ["told"] if explained else []
        every = " AND ".join(f"c_{one.name}" for one in programme.conditions)
        amount = f"s_{programme.steps[-1].name}" if programme.steps else self.sql(programme.subject).null("number")
        return (
            f"SELECT subject, area, CASE WHEN {every} THEN 'yes' WHEN NOT ({every}) THEN 'no' ELSE 'unknown' END AS eligible, "
            f"CASE WHEN {every} THEN {amount} END AS amount_fen, {', '.join(names)} FROM ({self._reckoned(programme, explained)})"
        )

    def _reckoned(self, rule: Programme, explained: bool) -> str:
        """Every condition and step of a programme, and what its sentences name: subject, area, c_<name>, s_<name>, told.

        Where steps lean on steps they are reckoned one after the other, each from a selection t that carries what is needed.
        """
        named = {name: value for part in (*rule.conditions, *rule.steps) for name, value in part.values.items()}
        read = (
            [one.test for one in rule.conditions]
            + [one.amount for one in rule.steps]
            + (list(named.values()) if explained else [])
        )
        chained = any(node.op == "step" for expression in read for node in expression.core.outside_members())
        sql = self.sql(rule.subject, "t" if chained else "")
        if chained:
            sql.carried, self.counted.alias = {}, "t"
        layers = []
        for step in rule.steps:
            layers.append(f"{sql.cast(sql.text(step.amount.core), sql.whole)} AS s_{step.name}")
            if chained:
                sql.steps[step.key] = f"t.s_{step.name}"
        tests = [(f"c_{one.name}", sql.text(one.test.core)) for one in rule.conditions]
        columns = [f"{text} AS {name}" for name, text in tests]
        columns += [f"t.s_{step.name}" for step in rule.steps] if chained else layers
        if explained:
            told = sql.values((name, sql.text(value.core)) for name, value in named.items())
            columns.append(f"CASE WHEN coalesce({' AND '.join(name for name, _ in tests)}, TRUE) THEN {told} END AS told")
        self.counted.alias = "c"
        subject, tables = self.subject(rule.subject), self.tables(rule.subject, read)
        if sql.carried is None:
            return f"SELECT {', '.join([subject, *columns])} FROM {tables}"
        carried = [f"{fact} AS {sql.named(name)}" for name, fact in sql.carried.items()]
        carried += ["c.*"] if "counted c" in tables else []
        select = f"SELECT {', '.join([subject, *carried])} FROM {tables}"
        for layer in layers:
            select = f"SELECT t.*, {layer} FROM ({select}) t"
        return f"SELECT t.subject, t.area, {', '.join(columns)} FROM ({select}) t"

    def overlap(self, code: str) -> str:
        """The statement `overlap_sql` tells of."""
        rule = next((rule for rule in self.pack.overlaps_on(self.on) if rule.code == code), None)
        if rule is None:
            raise RuleError(f"没有叠加规则“{code}”")
        return self.with_counts(f"SELECT subject, area, since, months, benefits FROM ({self.held(rule)})")

    def overlaps(self) -> str:
        """One statement of everybody any overlap rule in force finds: overlap, then the columns of `overlap_sql`, then values."""
        return self.with_counts("\nUNION ALL\n".join(self.held(rule) for rule in self.pack.overlaps_on(self.on)))

    def held(self, rule: Overlap) -> str:
        """The SELECT of one overlap rule."""
        sql = self.sql("person")
        since, benefits = sql.text(rule.since.core), sql.cast(sql.text(rule.counts.core), sql.whole)
        values = sql.values((name, sql.text(value.core)) for name, value in rule.values.items())
        tables = self.tables("person", [rule.test, rule.since, rule.counts, *rule.values.values()])
        months = sql.cast(f"({self.on.year} * 12 + {self.on.month}) - (year(since) * 12 + month(since)) + 1", sql.whole)
        name = sql.named("values")
        return (
            f"SELECT '{rule.code}' AS overlap, subject, area, since, {months} AS months, benefits, {name} FROM "
            f"(SELECT {self.subject('person')}, {since} AS since, {benefits} AS benefits, {values} AS {name} "
            f"FROM {tables} WHERE {sql.text(rule.test.core)})"
        )

    def with_counts(self, select: str) -> str:
        """The whole statement, with the grouped pass over the members in front where one is needed."""
        if not self.counted:
            return select
        household = " LEFT JOIN household_facts h ON h.hid = p.hid" if self.counted.reads_household() else ""
        columns = ", ".join(self.counted.columns(self.sql("person")))
        return (
            f"WITH counted {self.once} (\nSELECT p.hid AS hid, {columns}\n"
            f"FROM person_facts p{household} GROUP BY p.hid)\n{select}"
        )

    def _parameter(self, name: str, alias: str) -> str:
        key = (name, alias)
        if key not in self._parameters:
            self._parameters[key] = self._parameter_text(name, alias)
        return self._parameters[key]

    def _parameter_text(self, name: str, alias: str) -> str:
        """A parameter as a constant, or as a CASE over the area where places differ: the longest place first."""
        sql = self.dialect(self.on, str, self.counted)

        def text(value: Core) -> str:
            return sql.quoted(value.value) if isinstance(value.value, str) else sql.constant(value)

        inside, otherwise = self._values(name)
        branches = [f"WHEN {sql.starts_with(f'{alias}.area', place)} THEN {text(value)}" for place, value in inside]
        return f"(CASE {' '.join(branches)} ELSE {text(otherwise)} END)" if branches else text(otherwise)

    def _everywhere(self, name: str) -> Core | None:
        """A parameter that is the same all over the scope, as a constant."""
        inside, otherwise = self._values(name)
        return None if inside else otherwise

    def _values(self, name: str) -> tuple[list[tuple[str, Core]], Core]:
        """What a parameter is at each place inside the scope, the longest place first, and what it is elsewhere."""
        if name not in self._found:
            parameter = self.pack.parameters[name.split(":")[0]]
            kind = {"flag": "truth", "date": "day", "level": "code"}.get(parameter.kind.type, "number")

            def value(area: str) -> Core:
                setting = parameter.at(area, self.on)
                held = spread(parameter, setting.value, self.pack.names).get(name) if setting else None
                return Core("constant", value=held, kind=kind, bound=abs(held) if type(held) is int else 0)

            places = {s.place for s in parameter.settings if s.place.startswith(self.scope) and s.place != self.scope}
            inside = [(place, value(place)) for place in sorted(places, key=lambda place: (-len(place), place))]
            otherwise = value(self.scope)
            self._found[name] = ([] if all(told == otherwise for _, told in inside) else inside), otherwise
        return self._found[name]


def reads(rule: Indicator) -> list[Expression]:
    """Everything of an indicator that looks at facts."""
    among = [rule.among] if rule.among else []
    return [rule.fires, *(clause.test for clause in rule.clauses), *rule.basis, *rule.values.values(), *among]
