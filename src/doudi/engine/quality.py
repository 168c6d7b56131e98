"""How well landed rows answer for themselves: what is empty, what repeats, in which size the sums are; and where they disagree
with the register, in bulk over a cycle's links. Counts only: what they mean is `exchange.core.quality`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import Landed
from doudi.engine.sql import name_of, quote

# Who is paid or supported by these rolls ought to be alive.
ROLLS = frozenset(
    {
        *("dibao", "tekun", "near_dibao", "rigid_expenditure", "disability_subsidy"),
        *("old_age_allowance", "child_benefit", "monitored", "unemployed"),
    }
)
FAR_ABOVE = 8  # times the 99th of a hundred sums, from which a sum is far above nearly all
_SHEET_DAY = "[0-9]{1,2}月[0-9]{1,2}日"  # what a spreadsheet makes of a class or a house number such as 5-3
_SURE = ("number", "number15")  # rows whose number says whose they are, so that a name may disagree


@dataclass(frozen=True)
class Measured:
    """Counts over the accepted rows of one load."""

    rows: int
    empty: Mapping[str, int]  # column → rows in which it says nothing; of a citizen number: no number to trust
    same_key: int  # rows beyond the first that share the contract's key with another and differ from it elsewhere
    medians: Mapping[str, float]  # money column → median of what is above zero, in fen


def measure(path: Path, contract: Contract) -> Measured:
    """Count over one landed object."""
    contract = _as_landed(contract, path)
    columns = [name_of(column.name) for column in contract.columns]
    sums = [column.name for column in contract.columns if column.type == "money"]
    counted = ", ".join([f"count({one})" for one in columns])
    middle = "".join(f", median({name_of(one)}) FILTER ({name_of(one)} > 0)" for one in sums)
    keys = [name_of(one) for one in contract.key]
    with duckdb.connect(":memory:") as con:
        con.execute(f"CREATE VIEW landed AS SELECT * FROM read_parquet({quote(str(path))})")
        row = con.execute(f"SELECT count(*), {counted}{middle} FROM landed").fetchone() or (0,)
        same = 0
        if keys and row[0]:
            known = " AND ".join(f"{one} IS NOT NULL" for one in keys)
            found = con.execute(
                f"SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM landed WHERE {known} GROUP BY {', '.join(keys)} HAVING n > 1)"
            ).fetchone()
            same = int(found[0] or 0) if found else 0
    rows, filled, medians = row[0], row[1 : 1 + len(columns)], row[1 + len(columns) :]
    empty = {column.name: rows - n for column, n in zip(contract.columns, filled, strict=True)}
    return Measured(rows, empty, same, {name: float(one) for name, one in zip(sums, medians, strict=True) if one is not None})


@dataclass(frozen=True)
class Agreed:
    """How one load agrees with what else is known. A row nobody could compare is in neither count."""

    compared: Mapping[str, int]
    differ: Mapping[str, int]
    differing: pa.Table  # row_no, pid, and `checks`: those in which the row differs


def agreement(
    lake: Lake, made: Cycle, contracts: Mapping[str, Contract], loads: Sequence[Landed], *, memory: str = "600MB"
) -> dict[int, Agreed]:
    """Compare every linked row of some loads with its own number and with the register of a published cycle, by batch.

    loads: those the cycle was made from; others have no links and are left out.
    """
    told = {one["batch"] for one in made.manifest["inputs"]}
    found: dict[int, Agreed] = {}
    with (
        lake.workshop() as workshop,
        duckdb.connect(":memory:", config={"memory_limit": memory, "temp_directory": str(workshop / "spill")}) as con,
    ):
        _people(con, lake, made)
        for load in loads:
            if load.dataset not in contracts or load.batch not in told:
                continue
            contract = _as_landed(contracts[load.dataset], load.object)
            checks = _checks(contract, load) | _sizes(con, contract, load)
            if checks:
                found[load.batch] = _of_load(con, load, checks)
    return found


def _as_landed(contract: Contract, path: Path) -> Contract:
    """A contract with the columns a load has: one landed before a column was added to its contract stays as it was told."""
    there = set(pq.read_schema(path).names)
    return replace(contract, columns=tuple(column for column in contract.columns if column.name in there))


def _people(con: duckdb.DuckDBPyConnection, lake: Lake, made: Cycle) -> None:
    """Whose every row is, and what the register says of them: `whose` and `person`."""
    place = {name: lake.object(one["sha256"]) for name, one in made.manifest["objects"].items()}
    ends = pq.read_table(place["person_index"], columns=["links"])["links"].to_numpy()
    link = pq.read_table(place["link"], columns=["dataset", "role", "batch", "row_no", "how"])
    n = np.searchsorted(ends, np.arange(len(link)), side="right").astype(np.int32)
    link = link.append_column("n", pa.array(n))
    con.register("links", link)
    con.execute("CREATE TEMP TABLE whose AS SELECT batch, row_no, n, how FROM links WHERE role = ''")
    con.unregister("links")
    wanted = ["pid", "name", "area", "died_on"]
    person = pq.read_table(place["person"], columns=wanted)
    con.register("people", person.append_column("n", pa.array(np.arange(len(person), dtype=np.int32))))
    con.execute("CREATE TEMP TABLE person AS SELECT * FROM people")
    con.unregister("people")


def _checks(contract: Contract, load: Landed) -> dict[str, tuple[str, str]]:
    """What can be checked of a dataset: check → SQL of whether a row can be compared, SQL of whether it differs."""
    columns = {column.name: column for column in contract.columns}
    own = next((one.name for one in contract.columns if one.type == "citizen_no" and one.person), None)
    found: dict[str, tuple[str, str]] = {}
    number = f"r.{name_of(own)}" if own else ""
    if own and "birth_date" in columns:
        in_number = f"try_strptime(substr({number}, 7, 8), '%Y%m%d')::DATE"
        found["birth"] = (f"{number} IS NOT NULL AND r.birth_date IS NOT NULL", f"r.birth_date <> {in_number}")
    if own and "sex" in columns and {"1", "2"} <= set(columns["sex"].codes):
        in_number = f"CASE WHEN substr({number}, 17, 1)::INTEGER % 2 = 1 THEN '1' ELSE '2' END"
        found["sex"] = (f"{number} IS NOT NULL AND r.sex IN ('1', '2')", f"r.sex <> {in_number}")
    if own == "citizen_no" and "name" in columns and contract.code != "hukou":
        sure = ", ".join(map(quote, _SURE))
        found["name"] = (f"w.how IN ({sure}) AND p.name IS NOT NULL", "r.name <> p.name")
    if "area_code" in columns and contract.code != "hukou":
        found["area"] = ("p.area IS NOT NULL AND r.area_code IS NOT NULL", "left(r.area_code, 6) <> left(p.area, 6)")
    texts = [name_of(column.name) for column in contract.columns if column.type == "text"]
    if texts:
        able = " OR ".join(f"r.{one} IS NOT NULL" for one in texts)
        found["damaged"] = (able, " OR ".join(map(damaged, texts)))
    if contract.code in ROLLS:
        ended = "r.to_date > p.died_on OR r.to_date IS NULL" if "to_date" in columns else "true"
        found["died"] = ("p.pid IS NOT NULL", f"p.died_on < DATE '{load.as_of:%Y-%m-01}' AND ({ended})")
    return found


def _sizes(con: duckdb.DuckDBPyConnection, contract: Contract, load: Landed) -> dict[str, tuple[str, str]]:
    """Whether a sum is written in another unit than the rest of its column: far above nearly all, and among them once divided.

    Where sums differ by much among themselves, nobody can tell, and nothing is said.
    """
    sums = [name_of(column.name) for column in contract.columns if column.type == "money"]
    if not sums:
        return {}
    ends = ", ".join(f"quantile_cont({one}, [0.01, 0.99]) FILTER ({one} > 0)" for one in sums)
    rows = con.execute(f"SELECT {ends} FROM read_parquet({quote(str(load.object))})").fetchone() or ()
    able, differs = [], []
    for one, told in zip(sums, rows, strict=True):
        if told is not None:
            least, most = told
            able.append(f"r.{one} > 0")
            differs.append(f"(r.{one} > {FAR_ABOVE} * {most} AND r.{one} / 100 BETWEEN {least} AND {most})")
    return {"unit": (" OR ".join(able), " OR ".join(differs))} if able else {}


def damaged(column: str) -> str:
    """SQL: whether a text of a row `r` is what a spreadsheet makes of 5-3."""
    return f"regexp_full_match(r.{column}, '{_SHEET_DAY}')"


def _of_load(con: duckdb.DuckDBPyConnection, load: Landed, checks: Mapping[str, tuple[str, str]]) -> Agreed:
    flags = ", ".join(
        f"coalesce({able}, false) AS c_{name}, coalesce(({able}) AND ({differs}), false) AS d_{name}"
        for name, (able, differs) in checks.items()
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS SELECT r.row_no, p.pid, {flags}
        FROM read_parquet({quote(str(load.object))}) r
        LEFT JOIN whose w ON w.batch = {load.batch:d} AND w.row_no = r.row_no LEFT JOIN person p ON p.n = w.n"""
    )
    sums = ", ".join(f"sum(c_{name}::INTEGER), sum(d_{name}::INTEGER)" for name in checks)
    (row,) = con.execute(f"SELECT {sums} FROM judged").fetchall()  # all of it, so that the connection is free again
    counts = [int(one or 0) for one in row]
    named = ", ".join(f"CASE WHEN d_{name} THEN {quote(name)} END" for name in checks)
    anywhere = " OR ".join(f"d_{name}" for name in checks)
    differing = con.sql(
        f"""SELECT row_no, pid, list_filter([{named}], lambda one: one IS NOT NULL) AS checks
        FROM judged WHERE {anywhere} ORDER BY row_no"""
    ).to_arrow_table()
    return Agreed(
        compared=dict(zip(checks, counts[::2], strict=True)),
        differ=dict(zip(checks, counts[1::2], strict=True)),
        differing=differing,
    )
