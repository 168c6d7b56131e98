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

from doudi.policy.language.core import MEMBER_OPS
from doudi.policy.language.errors import RuleError
from doudi.policy.language.sql import Counted, Sql
from doudi.policy.pack import Pack, spread
from doudi.policy.rules import Expression, Indicator


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
    writer = Writer(pack, on, scope, known_on)
    rules = [rule for rule in writer.pack.indicators_on(on) if only is None or rule.code in only]
    branches = [writer.branch(rule) for rule in rules]
    if not branches:
        return (
            "SELECT '' AS subject_kind, '' AS subject, '' AS area, '' AS indicator, '' AS level, '' AS basis, "
            "CAST(0 AS BIGINT) AS mask, '{}' AS \"values\" WHERE FALSE"
        )
    return writer.with_counts("\nUNION ALL\n".join(branches))


def programme_sql(pack: Pack, code: str, on: date, *, scope: str = "", known_on: date | None = None) -> str:
    """One SELECT that assesses every household (or person) for a programme.

    Columns: subject, area, eligible ('yes', 'no', 'unknown'), amount_fen BIGINT (NULL unless eligible is 'yes'), one BOOLEAN
    c_<name> a condition, one BIGINT s_<name> a step of the amount in fen.
    :raises RuleError: no such programme in force on that day
    """
    writer = Writer(pack, on, scope, known_on)
    programme = writer.pack.programme(code, on)
    sql = writer.sql(programme.subject)
    tests = [(condition.name, sql.text(condition.test.core)) for condition in programme.conditions]
    steps = [(step.name, sql.text(step.amount.core)) for step in programme.steps]
    columns = [f"{test} AS c_{name}" for name, test in tests] + [f"CAST({step} AS BIGINT) AS s_{name}" for name, step in steps]
    expressions = [condition.test for condition in programme.conditions] + [step.amount for step in programme.steps]
    inner = (
        f"SELECT {writer.subject(programme.subject)}, {', '.join(columns)} FROM {writer.tables(programme.subject, expressions)}"
    )
    every = " AND ".join(f"c_{name}" for name, _ in tests)
    amount = f"s_{steps[-1][0]}" if steps else "CAST(NULL AS BIGINT)"
    return writer.with_counts(
        f"SELECT subject, area, CASE WHEN {every} THEN 'yes' WHEN NOT ({every}) THEN 'no' ELSE 'unknown' END AS eligible, "
        f"CASE WHEN {every} THEN {amount} END AS amount_fen, * EXCLUDE (subject, area) FROM ({inner})"
    )


def overlap_sql(pack: Pack, code: str, on: date, *, scope: str = "", known_on: date | None = None) -> str:
    """One SELECT of every person an overlap rule finds: subject, area, since DATE, months BIGINT (months of entitlement up to and
    including the month of `on`), benefits BIGINT (how many a month may not be held).

    :raises RuleError: no such overlap rule in force on that day
    """
    writer = Writer(pack, on, scope, known_on)
    rule = next((rule for rule in writer.pack.overlaps_on(on) if rule.code == code), None)
    if rule is None:
        raise RuleError(f"没有叠加规则“{code}”")
    sql = writer.sql("person")
    since, benefits = sql.text(rule.since.core), sql.text(rule.counts.core)
    tables = writer.tables("person", [rule.test, rule.since, rule.counts])
    months = f"(({on.year} * 12 + {on.month}) - (year(since) * 12 + month(since)) + 1)"
    return writer.with_counts(
        f"SELECT subject, area, since, {months} AS months, benefits FROM (SELECT {writer.subject('person')}, {since} AS since, "
        f"{benefits} AS benefits FROM {tables} WHERE {sql.text(rule.test.core)})"
    )


class Writer:
    """Puts branches together; remembers which member counts they need."""

    def __init__(self, pack: Pack, on: date, scope: str = "", known_on: date | None = None) -> None:
        self.pack, self.on, self.scope = pack.known(known_on) if known_on else pack, on, scope
        self.counted = Counted()
        self._parameters: dict[tuple[str, str], str] = {}

    def sql(self, subject: str) -> Sql:
        """The writer of expressions for rules about persons or households."""
        alias = subject[0]
        return Sql(self.on, lambda name: self._parameter(name, alias), self.counted)

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

    def branch(self, rule: Indicator) -> str:
        """The SELECT of one indicator."""
        sql = self.sql(rule.subject)
        tests = [sql.text(clause.test.core) for clause in rule.clauses]
        where = [sql.text(rule.among.core)] if rule.among else []
        if rule.mode == "trigger":
            where += tests
            mask = f"CAST({2 ** len(tests) - 1} AS BIGINT)"
        else:
            where.append(sql.text(rule.fires.core))
            bits = [f"CASE WHEN {test} THEN {2**number} ELSE 0 END" for number, test in enumerate(tests)]
            mask = f"CAST({' + '.join(bits)} AS BIGINT)"
        basis = [f"coalesce(CAST({sql.text(part.core)} AS VARCHAR), '?')" for part in rule.basis]
        values = [f"{_quoted(name)}, {sql.text(value.core)}" for name, value in rule.values.items()]
        expressions = [rule.fires, *(clause.test for clause in rule.clauses), *rule.basis, *rule.values.values()]
        expressions += [rule.among] if rule.among else []
        level = f"'{rule.level}'"
        if rule.level_from:
            level = f"coalesce({self._parameter(rule.level_from, rule.subject[0])}, {level})"
        return (
            f"SELECT '{rule.subject}' AS subject_kind, {self.subject(rule.subject)}, '{rule.code}' AS indicator, "
            f"{level} AS level, {' || chr(124) || '.join(basis) or chr(39) * 2} AS basis, {mask} AS mask, "
            f'CAST(json_object({", ".join(values)}) AS VARCHAR) AS "values"\n'
            f"FROM {self.tables(rule.subject, expressions)}\nWHERE {' AND '.join(where)}"
        )

    def with_counts(self, select: str) -> str:
        """The whole statement, with the grouped pass over the members in front where one is needed."""
        if not self.counted:
            return select
        household = " LEFT JOIN household_facts h ON h.hid = p.hid" if self.counted.reads_household() else ""
        columns = ", ".join(self.counted.columns(self.sql("person")))
        return (
            f"WITH counted AS MATERIALIZED (\nSELECT p.hid AS hid, count(*) AS members, {columns}\n"
            f"FROM person_facts p{household} GROUP BY p.hid)\n{select}"
        )

    def _parameter(self, name: str, alias: str) -> str:
        key = (name, alias)
        if key not in self._parameters:
            self._parameters[key] = self._parameter_text(name, alias)
        return self._parameters[key]

    def _parameter_text(self, name: str, alias: str) -> str:
        """A parameter as a number, or as a CASE over the area where places differ: the longest place first."""
        parameter = self.pack.parameters[name.split(":")[0]]
        kind = {"flag": "BOOLEAN", "date": "DATE", "level": "VARCHAR"}.get(parameter.kind.type, "BIGINT")

        def text(area: str) -> str:
            setting = parameter.at(area, self.on)
            value = spread(parameter, setting.value, self.pack.names).get(name) if setting else None
            if value is None:
                return f"CAST(NULL AS {kind})"
            if kind == "VARCHAR":
                return _quoted(value)
            return f"DATE '{value.isoformat()}'" if kind == "DATE" else f"CAST({value} AS {kind})"

        inside = {s.place for s in parameter.settings if s.place.startswith(self.scope) and s.place != self.scope}
        otherwise = text(self.scope)
        branches = [
            f"WHEN starts_with({alias}.area, '{place}') THEN {text(place)}"
            for place in sorted(inside, key=lambda place: (-len(place), place))
        ]
        if all(branch.endswith(f"THEN {otherwise}") for branch in branches):
            return otherwise
        return f"(CASE {' '.join(branches)} ELSE {otherwise} END)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
