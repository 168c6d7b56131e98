"""A published cycle opened for questions: what would these rules say about everybody? Nothing is written.

Inside, people and households are numbers (row n of the person table is person n); `ids` gives the pids and hids of a few of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.cycle import Cycle
from doudi.engine.facts import arrow_type
from doudi.engine.lake import Lake
from doudi.policy.language.names import Fact

VIEWS = ("person_facts", "household_facts")


class NotPublished(Exception):
    """There is no cycle to ask, or its objects are gone."""


Needed = Mapping[str, Sequence[str]]


def tables(
    lake: Lake, cycle: Cycle, needed: Needed | None = None, catalogue: Mapping[str, Fact] | None = None
) -> dict[str, pa.Table]:
    """The views of `policy.sweep` as Arrow tables: person_facts(pid, hid, area, …) and household_facts(hid, area, …).

    pid and hid are places (int32), area is the area of the household.
    :param needed: which facts to read, by view, as `sweep.needed` says; without it, all of them
    :param catalogue: the facts of the pack that will ask; those the cycle was made without are unknown for everybody
    :raises NotPublished: the objects of the cycle are not there
    """
    household = _read(lake, cycle, "household", ["area"])
    area = household["area"].combine_chunks()
    m = _read(lake, cycle, "person", ["m"])["m"].combine_chunks()
    ids = {
        "person_facts": {"pid": pa.array(np.arange(len(m), dtype=np.int32)), "hid": m, "area": area.take(m)},
        "household_facts": {"hid": pa.array(np.arange(len(household), dtype=np.int32)), "area": area},
    }
    found = {}
    for view in VIEWS:
        there = pq.read_schema(_path(lake, cycle, view)).names
        wanted = there if needed is None else [name for name in needed.get(view, ()) if name in there]
        facts = _read(lake, cycle, view, wanted)
        subject = view.removesuffix("_facts")
        later = [fact for fact in (catalogue or {}).values() if fact.subject == subject and fact.name not in there]
        found[view] = pa.table(
            ids[view]
            | {name: facts[name] for name in wanted}
            | {fact.name: pa.nulls(len(facts), arrow_type(fact)) for fact in later if needed is None or fact.name in needed[view]}
        )
    return found


@contextmanager
def open_cycle(
    lake: Lake,
    cycle: Cycle,
    needed: Needed | None = None,
    catalogue: Mapping[str, Fact] | None = None,
    *,
    memory: str = "1000MB",
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the views person_facts and household_facts over everybody in a published cycle, for `policy.sweep`.

    :param needed: which facts the rules read, by view, as `sweep.needed` says: less to read; without it, all of them
    :param catalogue: the facts of the pack that will ask; those the cycle was made without are unknown for everybody
    :raises NotPublished: the objects of the cycle are not there
    """
    with lake.workshop() as workshop:
        settings = {"memory_limit": memory, "temp_directory": str(workshop / "spill")}
        with duckdb.connect(":memory:", config=settings) as con:
            for view, table in tables(lake, cycle, needed, catalogue).items():
                con.register(view, table)
            yield con


def ids(lake: Lake, cycle: Cycle, kind: str, places: Sequence[int]) -> list[str]:
    """The pids (`kind` "person") or hids ("household") of the people or households at these places."""
    name, column = {"person": ("person", "pid"), "household": ("household", "hid")}[kind]
    return _read(lake, cycle, name, [column])[column].take(pa.array(places, pa.int64())).to_pylist()


def _path(lake: Lake, cycle: Cycle, name: str) -> str:
    path = lake.object(cycle.manifest["objects"][name]["sha256"])
    if not path.exists():
        raise NotPublished(f"{cycle.on} 那次算出来的数据不全了。请重新运行 doudi cycle。")
    return str(path)


def _read(lake: Lake, cycle: Cycle, name: str, columns: list[str]) -> pa.Table:
    return pq.read_table(_path(lake, cycle, name), columns=columns, memory_map=True)
