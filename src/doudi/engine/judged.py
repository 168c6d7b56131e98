"""Everybody's answers as Parquet: findings, programmes and overlaps over two tables of facts, whichever engine reckons them.

A folder of facts has `person_facts.parquet` and `household_facts.parquet` (a file or a folder of parts each), with the columns
`policy.sweep` tells of; a fact nobody delivered may be left out and is then not known for anybody.
A folder of answers has one folder each for findings, programmes and overlaps.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine import trial
from doudi.engine.cycle import Cycle, common
from doudi.engine.lake import Lake
from doudi.engine.sql import quote
from doudi.policy.language.names import Fact
from doudi.policy.pack import Pack
from doudi.policy.sweep import Writer, needed

KINDS = ("findings", "programmes", "overlaps")
VIEWS = ("person_facts", "household_facts")
IDS = {"person_facts": ("pid", "hid", "area"), "household_facts": ("hid", "area")}
SQL_TYPES = {"flag": "BOOLEAN", "count": "BIGINT", "money": "BIGINT", "date": "DATE"}


class NoFacts(Exception):
    """There are no facts to judge by, or they are not what the rules need."""


def lay(lake: Lake, cycle: Cycle, pack: Pack, on: date, folder: Path) -> None:
    """Write the facts of a published cycle as a folder of facts.

    :raises trial.NotPublished: the objects of the cycle are not there
    """
    tables = trial.tables(lake, cycle, needed(pack, on), pack.names.facts)
    people, homes = tables["person_facts"], tables["household_facts"]
    hid = pa.array(trial.ids(lake, cycle, "household", range(len(homes))))
    pid = pa.array(trial.ids(lake, cycle, "person", range(len(people))))
    home = hid.take(people["hid"].combine_chunks())
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(people.set_column(0, "pid", pid).set_column(1, "hid", home), folder / "person_facts.parquet")
    pq.write_table(homes.set_column(0, "hid", hid), folder / "household_facts.parquet")


def view(facts: Mapping[str, Fact], needed_columns: Collection[str], name: str, there: Collection[str]) -> str:
    """The select list of a view over Parquet: what is there, and what the rules read besides, as not known.

    :raises NoFacts: a column that says who it is about is missing
    """
    missing = [column for column in IDS[name] if column not in there]
    if missing:
        raise NoFacts(f"{name}.parquet 里没有 {'、'.join(missing)} 这几列。要有的列见 docs/howto/run-on-spark.md。")
    unknown = [column for column in needed_columns if column not in there]
    return ", ".join(["*", *(f"CAST(NULL AS {SQL_TYPES.get(facts[column].type, 'CHAR(1)')}) AS {column}" for column in unknown)])


def parts(folder: Path, name: str) -> str:
    """Where a table lies: one file, or all parts in a folder of its name.

    :raises NoFacts: neither is there
    """
    path = folder / f"{name}.parquet"
    if not path.exists():
        raise NoFacts(f"{folder} 里没有 {name}.parquet。要有的文件和列见 docs/howto/run-on-spark.md。")
    return f"{path}/*.parquet" if path.is_dir() else str(path)


def scope_of(areas: Collection[str | None]) -> str:
    """The area prefix everybody lives in."""
    return common([area for area in areas if area])


def with_duckdb(pack: Pack, on: date, facts: Path, out: Path, *, only: Collection[str] | None = None) -> dict[str, int]:
    """Judge everybody with DuckDB; how many rows there are of each kind.

    :raises NoFacts: the folder of facts is not complete
    """
    rows = {}
    with duckdb.connect(":memory:") as con:
        con.execute("SET enable_progress_bar = false")
        reading = needed(pack, on)
        for name in VIEWS:
            source = f"read_parquet({quote(parts(facts, name))})"
            there = [column[0] for column in con.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            con.execute(f"CREATE VIEW {name} AS SELECT {view(pack.names.facts, reading[name], name, there)} FROM {source}")
        scope = scope_of([row[0] for row in con.sql("SELECT DISTINCT area FROM household_facts").fetchall()])
        for kind, statement in statements(Writer, pack, on, scope, only).items():
            folder = out / kind
            folder.mkdir(parents=True, exist_ok=True)
            con.execute(f"COPY ({statement}) TO {quote(str(folder / 'part-0.parquet'))} (FORMAT parquet)")
            rows[kind] = _count(con, folder)
    return rows


def statements(writer: type[Writer], pack: Pack, on: date, scope: str, only: Collection[str] | None) -> dict[str, str]:
    """The statement of each kind of answers the pack has rules for."""
    found = {"findings": writer(pack, on, scope).findings(only)}
    if pack.programmes_on(on):
        found["programmes"] = writer(pack, on, scope).programmes()
    if pack.overlaps_on(on):
        found["overlaps"] = writer(pack, on, scope).overlaps()
    return found


def differences(one: Path, other: Path) -> dict[str, int]:
    """How many rows stand in one folder of answers and not in the other, by kind: values, money and explanations included."""
    found = {}
    with duckdb.connect(":memory:") as con:
        for kind in KINDS:
            there = [any((folder / kind).glob("*.parquet")) for folder in (one, other)]
            if there == [False, False]:
                continue
            if there != [True, True]:
                found[kind] = sum(
                    _count(con, folder / kind) for folder, is_there in zip((one, other), there, strict=True) if is_there
                )
                continue
            a, b = (f"SELECT * FROM read_parquet({quote(f'{folder / kind}/*.parquet')})" for folder in (one, other))
            found[kind] = con.execute(f"SELECT count(*) FROM (({a} EXCEPT ALL {b}) UNION ALL ({b} EXCEPT ALL {a}))").fetchone()[0]  # type: ignore[index]
    return found


def _count(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    return con.execute(f"SELECT count(*) FROM read_parquet({quote(f'{folder}/*.parquet')})").fetchone()[0]  # type: ignore[index]
