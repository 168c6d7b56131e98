"""The register, part one: every row of every dataset joined to a person, and each dataset summed up to one row a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from doudi.engine import decided, linkage, matching
from doudi.engine.contract import Contract
from doudi.engine.facts import HOUSEHOLD_COLUMN, keep, prepare, summarise
from doudi.engine.linkage import HOWS, Landed, Settled, roles, rows_table
from doudi.engine.sql import quote
from doudi.engine.weights import Weights
from doudi.policy.language.names import Fact

# ---- whose is every row -------------------------------------------------------------------------------------------------


def link(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    loads: Mapping[str, Sequence[Landed]],
    on: date,
    *,
    key: str,
    settled: Sequence[Settled] = (),
    weights: Weights | None = None,
) -> list[str]:
    """Read every dataset about people and join its rows to them; returns the datasets read, the household register first.

    :param key: the linking key, for fingerprints of rows and ids of people
    :param settled: what people decided about doubtful pairs; it holds whatever else the data say
    :param weights: how much each agreement says; by default as the program comes
    """
    datasets = sorted((code for code in loads if roles(contracts[code])), key=lambda code: (code != "hukou", code))
    read = [(code, role) for code in datasets for role in roles(contracts[code])]
    if "hukou" in datasets:
        linkage.read_base(con, loads["hukou"])
    else:
        linkage.no_base(con)
    for code, role in read:
        linkage.read_rows(con, contracts[code], role, loads[code], keep(contracts[code]), key)
    homes = {code: column for code, column in HOUSEHOLD_COLUMN.items() if code in datasets}
    apart = [(one.left, one.right) for one in settled if (one.kind, one.verdict) == ("person", "apart")]
    matching.settle(con, read, homes, on, key, weights, apart)
    decided.carry_out(con, contracts, read, loads, key, settled)
    return datasets


def links_sql(contracts: Mapping[str, Contract], datasets: Iterable[str]) -> str:
    """SQL: whose every row is (n of the person, dataset, role, batch, row_no, how), in the order of people."""
    every = [(code, role) for code in datasets for role in roles(contracts[code])]

    def enum(words: Iterable[str]) -> str:
        return f"ENUM({', '.join(quote(word) for word in dict.fromkeys(words))})"

    dataset, called = enum(code for code, _ in every), enum(role.called for _, role in every)
    rows = " UNION ALL ".join(
        f"SELECT n, {quote(code)}::{dataset} AS dataset, {quote(role.called)}::{called} AS role, line, how "
        f"FROM {rows_table(code, role)}"
        for code, role in every
    )
    how = "".join(f" WHEN {code} THEN {quote(name)}" for code, name in HOWS.items())
    return (
        f"SELECT n, dataset, role, (line >> 32)::INTEGER AS batch, (line & 4294967295)::INTEGER AS row_no, "
        f"(CASE how{how} END)::{enum(HOWS.values())} AS how FROM ({rows}) "
        "ORDER BY n, dataset, role, line"
    )


def sum_up(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    datasets: Iterable[str],
    catalogue: Mapping[str, Fact],
    on: date,
) -> dict[str, pa.Table]:
    """Sum every dataset up to one row a person."""
    prepare(con)
    return {code: summarise(con, contracts[code], catalogue, on) for code in datasets}


def place_kinds(con: duckdb.DuckDBPyConnection, loads: Sequence[Landed]) -> dict[str, str]:
    """Which places are urban and which rural, by code; nothing when no division was delivered."""
    if not loads:
        return {}
    return dict(
        con.execute(
            f"SELECT code, min(place_kind) FROM ({linkage.source(loads)}) WHERE place_kind IS NOT NULL GROUP BY code"
        ).fetchall()
    )
