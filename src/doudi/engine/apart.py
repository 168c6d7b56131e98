"""Typed rows set apart: the good into one Parquet file, the rejected with their reasons into another, the repeated counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine.contract import Contract
from doudi.engine.recognise import Match, Refused
from doudi.engine.statement import BAD, GOOD, SKIPPED, Layout, kept_columns, typed
from doudi.engine.typing import name_of, quote

HELD_BYTES = 512 << 20  # a file up to this size is typed in memory, a larger one in a table that spills to disk
_ROW_GROUP = 122_880


@dataclass(frozen=True)
class Landed:
    """What became of the rows of one dataset in one file. rows = accepted + rejected + repeated."""

    dataset: str
    rows: int
    accepted: int
    rejected: int
    repeated: int
    skipped: int  # blank rows, repeated headings and totals, which are not rows
    without_number: Mapping[str, int]
    reasons: Mapping[str, int]
    good: Path  # Parquet in the workshop, not yet in the lake
    bad: Path | None
    heading_row: int
    absent: tuple[str, ...]
    extra: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Parts:
    """Counts and files of one table."""

    kinds: Mapping[int, int]
    repeated: int
    states: Mapping[str, int]
    reasons: Mapping[str, int]
    good: Path
    bad: Path | None


def set_apart(
    con: duckdb.DuckDBPyConnection,
    match: Match,
    source: str,
    workshop: Path,
    *,
    broken: bool = False,
    large: bool = False,
    may_be_empty: bool = False,
    notes: tuple[str, ...] = (),
) -> Landed:
    """Type the rows `source` gives and set them apart.

    source: SQL giving c0, c1, … in the order of the headings, and `broken` if lines can be. large: do not hold it in memory.

    :raises Refused: there is no row
    """
    contract = match.contract
    statement = typed(contract, _layout(match, broken=broken), source)
    parts = (_spilling if large else _held)(con, contract, statement, workshop)
    good, bad = parts.kinds.get(GOOD, 0), parts.kinds.get(BAD, 0)
    if not good and not bad and not may_be_empty:
        raise Refused(
            "no_rows",
            f"{contract.label}：只有表头，没有数据。",
            "请检查导出是否成功；确实没有数据的月份，请在清单里写 rows = 0。",
        )
    return Landed(
        dataset=contract.code,
        rows=good + bad,
        accepted=good - parts.repeated,
        rejected=bad,
        repeated=parts.repeated,
        skipped=parts.kinds.get(SKIPPED, 0),
        without_number=parts.states,
        reasons=parts.reasons,
        good=parts.good,
        bad=parts.bad,
        heading_row=match.heading_row + 1,
        absent=match.absent,
        extra=match.extra,
        notes=notes,
    )


def _layout(match: Match, *, broken: bool) -> Layout:
    return Layout(
        fields={name: f"c{at}" for name, at in match.positions.items()},
        headings={f"c{at}": heading for at, heading in enumerate(match.headings)},
        factors=match.factors,
        broken="broken" if broken else None,
    )


def _own_state(contract: Contract) -> str | None:
    """The column that says how good the number is of the person a row is about."""
    return next((f"{c.name}_state" for c in contract.columns if c.type == "citizen_no" and c.person), None)


def _key(contract: Contract) -> str:
    """SQL hash of what usually tells rows apart; only rows alike in it are compared in full."""
    names = []
    for name in contract.key:
        names += [name, f"{name}_raw"] if contract.by_name[name].type == "citizen_no" else [name]
    return f"hash({', '.join(name_of(name) for name in names)})"


def _repeats(contract: Contract, alike: str) -> str:
    """SQL: row numbers of rows that say in every column what an earlier row said; the earlier one stays."""
    columns = ", ".join(name_of(name) for name in kept_columns(contract)[1:])
    return (
        f"SELECT row_no FROM (SELECT row_no, row_number() OVER (PARTITION BY {columns} ORDER BY row_no) AS turn "
        f"FROM typed WHERE _kind = {GOOD} AND {_key(contract)} IN ({alike})) WHERE turn > 1 ORDER BY row_no"
    )


def _alike(contract: Contract) -> str:
    return f"SELECT h FROM (SELECT {_key(contract)} AS h FROM typed WHERE _kind = {GOOD}) GROUP BY h HAVING count(*) > 1"


def _held(con: duckdb.DuckDBPyConnection, contract: Contract, statement: str, workshop: Path) -> _Parts:
    """In memory, as an Arrow table: the quick way."""
    table = con.sql(statement).to_arrow_table()
    table = table.add_column(0, "row_no", pa.array(np.arange(1, table.num_rows + 1, dtype=np.int32)))
    kind = table["_kind"].to_numpy()
    counts = np.bincount(kind, minlength=SKIPPED + 1)
    keep = kind == GOOD
    con.register("typed", table)
    try:
        alike = [h for (h,) in con.execute(_alike(contract)).fetchall()]
        repeated = np.array([], dtype=np.int64)
        if alike:
            repeated = con.execute(_repeats(contract, ", ".join(f"{h}::UBIGINT" for h in alike))).fetchnumpy()["row_no"]
            keep[repeated - 1] = False
    finally:
        con.unregister("typed")
    columns = kept_columns(contract)
    good = table.select(columns)
    if not keep.all():
        good = good.filter(pa.array(keep))
    good_file = workshop / f"{uuid4().hex}.parquet"
    _write(good, good_file)
    states: dict[str, int] = {}
    if state := _own_state(contract):
        without = good[state].filter(pc.is_null(good[state.removesuffix("_state")]))
        states = {one["values"]: one["counts"] for one in pc.value_counts(without).to_pylist()}
    bad_file, reasons = None, Counter[str]()
    if counts[BAD]:
        bad = (
            table.select(["row_no", "_problems", "_raw"])
            .filter(pa.array(kind == BAD))
            .rename_columns(["row_no", "problems", "raw"])
        )
        for problems in bad["problems"].to_pylist():
            reasons.update({problem["reason"] for problem in problems})
        bad_file = workshop / f"{uuid4().hex}.parquet"
        _write(bad, bad_file)
    kinds = {at: int(count) for at, count in enumerate(counts)}
    return _Parts(kinds, len(repeated), dict(sorted(states.items())), dict(sorted(reasons.items())), good_file, bad_file)


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=_ROW_GROUP)


def _spilling(con: duckdb.DuckDBPyConnection, contract: Contract, statement: str, workshop: Path) -> _Parts:
    """In a table DuckDB may move to disk: slower by half, for files of any size."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE lines AS {statement}")
    con.execute("CREATE OR REPLACE TEMP VIEW typed AS SELECT (rowid + 1)::INTEGER AS row_no, * FROM lines")
    try:
        kinds = dict(con.execute("SELECT _kind, count(*) FROM typed GROUP BY _kind").fetchall())
        con.execute(f"CREATE OR REPLACE TEMP TABLE alike AS {_alike(contract)}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS {_repeats(contract, 'SELECT h FROM alike')}")
        (repeated,) = con.execute("SELECT count(*) FROM repeated").fetchone() or (0,)
        good_file, bad_file = workshop / f"{uuid4().hex}.parquet", None
        kept = f"_kind = {GOOD} AND row_no NOT IN (SELECT row_no FROM repeated)"
        columns = ", ".join(name_of(name) for name in kept_columns(contract))
        shape = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_ROW_GROUP})"
        con.execute(f"COPY (SELECT {columns} FROM typed WHERE {kept}) TO {quote(str(good_file))} {shape}")
        states: dict[str, int] = {}
        if state := _own_state(contract):
            number = name_of(state.removesuffix("_state"))
            states = dict(
                con.execute(
                    f"SELECT {name_of(state)}, count(*) FROM typed WHERE {kept} AND {number} IS NULL GROUP BY ALL ORDER BY 1"
                ).fetchall()
            )
        reasons: dict[str, int] = {}
        if kinds.get(BAD):
            bad_file = workshop / f"{uuid4().hex}.parquet"
            con.execute(
                f"COPY (SELECT row_no, _problems AS problems, _raw AS raw FROM typed WHERE _kind = {BAD}) "
                f"TO {quote(str(bad_file))} {shape}"
            )
            reasons = dict(
                con.execute(
                    "SELECT reason, count(*) FROM (SELECT DISTINCT row_no, unnest(_problems).reason AS reason "
                    f"FROM typed WHERE _kind = {BAD}) GROUP BY reason ORDER BY reason"
                ).fetchall()
            )
        return _Parts(kinds, repeated, states, reasons, good_file, bad_file)
    finally:
        con.execute("DROP VIEW IF EXISTS typed; DROP TABLE IF EXISTS lines; DROP TABLE IF EXISTS alike")
        con.execute("DROP TABLE IF EXISTS repeated")
