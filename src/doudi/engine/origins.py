"""What came from a delivery: whose rows it brought into a cycle, and which findings leaned on the facts those rows gave."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.policy.pack import Pack

_WHO = ("indicator", "subject_kind", "subject", "pid", "hid", "area", "basis", "mask", "values")


@dataclass(frozen=True)
class Origin:
    """What some loads brought into a cycle: people and households with a row of theirs, and the findings that leaned on them."""

    persons: int
    households: int
    findings: pa.Table  # indicator, subject_kind, subject, pid, hid, area, basis, mask, values


def of_batches(lake: Lake, made: Cycle, pack: Pack, batches: Collection[int]) -> Origin:
    """Whose rows came by these loads, and which findings of the cycle may stand on them.

    A finding leans on a load when its rule reads a fact of the load's dataset, and the person it is about (or, where the rule
    reads the household, anybody living there) has a row in the load. That is as near as facts can tell: a sum does not say
    which of its rows made the difference.
    """
    datasets = {one["dataset"] for one in made.manifest["inputs"] if one["batch"] in batches}

    def table(name: str, *columns: str) -> pa.Table:
        return pq.read_table(lake.object(made.manifest["objects"][name]["sha256"]), columns=list(columns) or None)

    batch = table("link", "batch")["batch"].to_numpy()
    rows = np.flatnonzero(np.isin(batch, np.fromiter(batches, np.int64, len(batches))))
    ends = table("person_index", "links")["links"].to_numpy()
    people = np.unique(np.searchsorted(ends, rows, side="right"))
    known = table("person", "pid", "m")
    m = known["m"].to_numpy()
    homes = np.unique(m[people])
    pids = known["pid"].take(pa.array(people))
    hids = table("household", "hid")["hid"].take(pa.array(homes))

    found = table("finding", *_WHO)
    own, whole = _leaning(pack, made, datasets)
    of_own = pc.and_(pc.is_in(found["indicator"], pa.array(sorted(own), pa.string())), pc.is_in(found["pid"], pids))
    of_home = pc.and_(pc.is_in(found["indicator"], pa.array(sorted(whole), pa.string())), pc.is_in(found["hid"], hids))
    return Origin(len(people), len(homes), found.filter(pc.or_(of_own, of_home)))


def _leaning(pack: Pack, made: Cycle, datasets: Collection[str]) -> tuple[set[str], set[str]]:
    """Rules that read a fact of these datasets: those that look at the person alone, and those that look at the household."""
    traced: Mapping[str, Mapping[str, Any]] = made.manifest["facts"]
    own, whole = set(), set()
    for rule in pack.indicators_on(made.on):
        sources = {code for name in rule.facts for code in (*pack.names.facts[name].sources, *traced.get(name, ()))}
        if not sources & set(datasets):
            continue
        reads_home = rule.subject == "household" or any(pack.names.facts[name].subject == "household" for name in rule.facts)
        (whole if reads_home else own).add(rule.code)
    return own, whole


def pids_of_rows(lake: Lake, made: Cycle, batch: int, rows: Collection[int]) -> dict[int, str]:
    """Whose some rows of a load are: number of the row → pid."""

    def table(name: str, *columns: str) -> pa.Table:
        return pq.read_table(lake.object(made.manifest["objects"][name]["sha256"]), columns=list(columns))

    if not rows:
        return {}
    links = table("link", "batch", "row_no")
    number = links["row_no"].to_numpy()
    here = np.flatnonzero((links["batch"].to_numpy() == batch) & np.isin(number, np.fromiter(rows, np.int64, len(rows))))
    people = np.searchsorted(table("person_index", "links")["links"].to_numpy(), here, side="right")
    pids = table("person", "pid")["pid"].take(pa.array(people)).to_pylist()
    return dict(zip(number[here].tolist(), pids, strict=True))
