"""Every rule over everybody of a published cycle, with explanations: CPU seconds from columns in memory to answers in memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from bench.measure import cpu_of
from bench.table import Row
from doudi.engine import cycle, trial
from doudi.engine.judged import scope_of
from doudi.engine.lake import Lake
from doudi.policy import pack as packs
from doudi.policy import sweep

TIMES = 5


def measure(root: Path, profile: str) -> list[Row]:
    """Indicators alone, then programmes and overlaps too, each the median of five."""
    lake = Lake(root / f"home-{profile}" / "lake")
    published = cycle.current(lake)
    if published is None:
        raise SystemExit(f"no published cycle in {root}/home-{profile}: run `python -m bench city` first")
    pack, on = packs.load(), published.on
    tables = trial.tables(lake, published, sweep.needed(pack, on), pack.names.facts)
    tables = {name: table.combine_chunks() for name, table in tables.items()}
    silent = pack.without_life({one["dataset"] for one in published.manifest["inputs"]}, on)
    only = [rule.code for rule in pack.indicators_on(on) if rule.code not in silent]
    scope = scope_of(tables["household_facts"]["area"].unique().to_pylist())
    people, homes = len(tables["person_facts"]), len(tables["household_facts"])
    with duckdb.connect(":memory:") as con:
        con.execute("SET enable_progress_bar = false")
        for name, table in tables.items():
            con.register(name, table)

        def ask(statement: str) -> pa.Table:
            return con.sql(statement).to_arrow_table()

        def cost(statement: Callable[[], str]) -> tuple[float, int]:
            rows = len(ask(statement()))
            return statistics.median(cpu_of(lambda: ask(statement())) for _ in range(TIMES)), rows

        found, signs = cost(lambda: sweep.findings_sql(pack, on, only=only, scope=scope))
        assessed, answers = cost(lambda: sweep.Writer(pack, on, scope).programmes())
        stacked, overlaps = cost(lambda: sweep.Writer(pack, on, scope).overlaps())
        scan = min(cpu_of(lambda: ask(_scan(tables))) for _ in range(3))
    whom = f"{people:,} persons in {homes:,} households"
    in_force = len(pack.indicators_on(on))
    ran = f"{len(only)} indicators" + (f" ({in_force - len(only)} more have no data here)" if silent else "")
    return [
        Row(
            f"{ran} with masks and values, {whom} → {signs:,}",
            f"{found:.2f} CPU s",
            f"only counting every column: {scan:.2f}",
            "≤ 1.4",
        ),
        Row(
            f"{len(pack.programmes_on(on))} programmes, every condition and step explained → {answers:,} answers",
            f"{assessed:.2f} CPU s",
        ),
        Row(f"{len(pack.overlaps_on(on))} overlap rules, with months → {overlaps:,}", f"{stacked:.2f} CPU s"),
        Row("**programmes + indicators + stacking, explained**", f"**{found + assessed + stacked:.2f} CPU s**"),
    ]


def _scan(tables: dict[str, pa.Table]) -> str:
    """One pass over every column, doing nothing but count."""
    counts = (
        f"{' + '.join(f'count({column})' for column in table.column_names)} AS n FROM {name}" for name, table in tables.items()
    )
    return " UNION ALL ".join(f"SELECT {count}" for count in counts)
