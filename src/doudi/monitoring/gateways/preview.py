"""Two versions of the law asked about everybody in a published cycle: whom each finds, and where they live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from doudi.engine import cycle, trial
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.engine.trial import NotPublished
from doudi.office.core import mask_name
from doudi.policy import sweep
from doudi.policy.pack import Pack
from doudi.policy.rules import Expression, Indicator, Programme

__all__ = ["Compared", "NotPublished", "compare"]

DESCRIBED = ("age", "sex", "is_disabled")
BANDS = ((0, 17, "未满 18 岁"), (18, 59, "18–59 岁"), (60, 79, "60–79 岁"), (80, 200, "80 岁以上"))
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """One rule before and after a change, in one area: numbers of subjects, of people in groups, a few masked names.

    Of a warning, whom it finds; of a programme, who is or may be entitled: not everything is known of everybody before a check.
    """

    code: str
    subject: str  # person or household
    before: int
    after: int
    gained: int
    lost: int
    cost_before: int | None  # fen a month; of programmes
    cost_after: int | None
    groups: dict[str, dict[str, tuple[int, int]]]  # people gained and lost, by township, sex, age, disability
    gained_names: tuple[tuple[str, str], ...]  # masked name, area
    lost_names: tuple[tuple[str, str], ...]


def compare(
    cycle_id: str, before: Pack, after: Pack, on: date, indicators: Sequence[str], programmes: Sequence[str], within: str
) -> list[Compared]:
    """Ask both packs about everybody inside an area, rule by rule.

    :param within: what the areas of the people counted begin with
    :raises NotPublished: the cycle is not in the lake any more
    """
    lake = Lake(Path(settings.LAKE))
    made = cycle.read(lake, cycle_id)
    if made is None:
        raise NotPublished(f"{cycle_id} 那次算好的数据不在了。请重新运行 doudi cycle。")
    rules = [*_rules(before, on, indicators, programmes), *_rules(after, on, indicators, programmes)]
    found = []
    with trial.open_cycle(lake, made, _needed(after, rules), after.names.facts) as con:
        for code in indicators:
            subject = next(rule.subject for rule in rules if rule.code == code)
            for side, pack in (("before", before), ("after", after)):
                _keep(con, side, sweep.findings_sql(pack, on, only=[code]), within, "NULL")
            found.append(_compared(con, lake, made, code, subject, False))
        for code in programmes:
            for side, pack in (("before", before), ("after", after)):
                sql = f"SELECT * FROM ({sweep.programme_sql(pack, code, on)}) WHERE eligible <> 'no'"
                _keep(con, side, sql, within, "amount_fen")
            found.append(_compared(con, lake, made, code, after.programme(code, on).subject, True))
    return found


def _rules(pack: Pack, on: date, indicators: Sequence[str], programmes: Sequence[str]) -> list[Indicator | Programme]:
    warnings = [rule for rule in pack.indicators_on(on) if rule.code in indicators]
    return [*warnings, *(rule for rule in pack.programmes_on(on) if rule.code in programmes)]


def _needed(pack: Pack, rules: Iterable[Indicator | Programme]) -> dict[str, tuple[str, ...]]:
    """Only the facts these rules read, and what people are described by."""
    read = set(DESCRIBED)
    for rule in rules:
        read |= {name for one in _expressions(rule) for name in one.facts}
    return {
        f"{subject}_facts": tuple(name for name, fact in pack.names.facts.items() if fact.subject == subject and name in read)
        for subject in ("person", "household")
    }


def _expressions(rule: Indicator | Programme) -> list[Expression]:
    if isinstance(rule, Programme):
        return [*(one.test for one in rule.conditions), *(one.amount for one in rule.steps)]
    points = [one.points for one in rule.clauses if one.points]
    among = [rule.among] if rule.among else []
    return [rule.fires, *(one.test for one in rule.clauses), *points, *rule.basis, *rule.values.values(), *among]


def _keep(con: duckdb.DuckDBPyConnection, side: str, sql: str, within: str, amount: str) -> None:
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {side} AS SELECT CAST(subject AS INTEGER) AS n, CAST(max({amount}) AS BIGINT) AS fen "
        f"FROM ({sql}) WHERE starts_with(CAST(area AS VARCHAR), ?) GROUP BY 1",
        [within],
    )


def _compared(con: duckdb.DuckDBPyConnection, lake: Lake, made: cycle.Cycle, code: str, subject: str, money: bool) -> Compared:
    totals = {side: _one(con, f"SELECT count(*), sum(fen) FROM {side}") for side in ("before", "after")}
    for change, here, there in (("gained", "after", "before"), ("lost", "before", "after")):
        con.execute(f"CREATE OR REPLACE TEMP TABLE {change} AS SELECT n FROM {here} ANTI JOIN {there} USING (n)")
    return Compared(
        code=code,
        subject=subject,
        before=totals["before"][0],
        after=totals["after"][0],
        gained=_one(con, "SELECT count(*) FROM gained")[0],
        lost=_one(con, "SELECT count(*) FROM lost")[0],
        cost_before=int(totals["before"][1] or 0) if money else None,
        cost_after=int(totals["after"][1] or 0) if money else None,
        groups=_groups(con, "pid" if subject == "person" else "hid"),
        gained_names=_names(con, lake, made, "gained", subject),
        lost_names=_names(con, lake, made, "lost", subject),
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    return con.execute(sql).fetchone()


def _groups(con: duckdb.DuckDBPyConnection, key: str) -> dict[str, dict[str, tuple[int, int]]]:
    """People concerned, in groups: of a household, everybody who lives in it."""
    bands = " ".join(f"WHEN p.age BETWEEN {low} AND {high} THEN '{label}'" for low, high, label in BANDS)
    split = {
        "township": "substr(CAST(p.area AS VARCHAR), 1, 9)",
        "sex": "CAST(p.sex AS VARCHAR)",
        "age": f"CASE {bands} END",
        "disabled": "CASE WHEN p.is_disabled THEN 'yes' WHEN NOT p.is_disabled THEN 'no' END",
    }
    found = {}
    for name, expression in split.items():
        order = "min(p.age) NULLS LAST" if name == "age" else "1"
        rows = con.execute(
            f"SELECT coalesce({expression}, '') AS one, count(*) FILTER (g.n IS NOT NULL), count(*) FILTER (l.n IS NOT NULL) "
            f"FROM person_facts p LEFT JOIN gained g ON g.n = p.{key} LEFT JOIN lost l ON l.n = p.{key} "
            f"WHERE g.n IS NOT NULL OR l.n IS NOT NULL GROUP BY 1 ORDER BY {order}, 1"
        ).fetchall()
        found[name] = {one: (gained, lost) for one, gained, lost in rows}
    return found


def _names(
    con: duckdb.DuckDBPyConnection, lake: Lake, made: cycle.Cycle, side: str, subject: str
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    """A few of them by masked name, spread over all; of a household, whoever is listed first in it."""
    column = "n" if subject == "person" else "(SELECT min(p.pid) FROM person_facts p WHERE p.hid = n)"
    rows = con.execute(f"SELECT {column} FROM {side} ORDER BY hash(n) LIMIT {SAMPLE}").fetchall()
    places = [row[0] for row in rows if row[0] is not None]
    if not places:
        return ()
    lookup = Lookup(lake, made.id)
    people = [lookup.person(pid) for pid in trial.ids(lake, made, "person", places)]
    return tuple((mask_name(one["name"] or "") or "*", one["area"] or "") for one in people if one)
