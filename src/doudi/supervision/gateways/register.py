"""What the published register says about many people at once: who died, who stands on another department's list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.supervision.core import Told

LISTS = {
    "on_tekun": "tekun",
    "on_dibao": "dibao",
    "on_living_subsidy": "disability_subsidy",
    "on_nursing_subsidy": "disability_subsidy",
    "on_child_benefit": "child_benefit",
}
"""Facts that say somebody is on a list, and the dataset without which nobody can say so."""


def version() -> str:
    """Which published cycle answers; empty before the first."""
    made = cycle.current(Lake(settings.LAKE))
    return made.id if made else ""


def told(pids: Collection[str]) -> dict[str, Told]:
    """What is known of each of these people; somebody the register lacks is left out. Empty before the first cycle."""
    lake = Lake(settings.LAKE)
    made = cycle.current(lake)
    if made is None:
        return {}
    delivered = {one["dataset"] for one in made.manifest["inputs"]}
    paths = {name: lake.object(made.manifest["objects"][name]["sha256"]) for name in ("person", "person_facts")}
    everybody = pq.read_table(paths["person"], columns=["pid"])["pid"]
    asked = pc.is_in(everybody, value_set=pa.array(sorted(pids), pa.string()))
    there = pq.read_schema(paths["person_facts"]).names
    known = [name for name, dataset in LISTS.items() if name in there and dataset in delivered]
    columns = [*known, *(["died_on"] if "died_on" in there else [])]
    rows = pq.read_table(paths["person_facts"], columns=columns).filter(asked).to_pylist()
    found = everybody.filter(asked).to_pylist()
    return {pid: _told(row, "death" in delivered) for pid, row in zip(found, rows, strict=True)}


def _told(row: dict[str, Any], deaths: bool) -> Told:
    return Told(row.get("died_on"), deaths, {name: row.get(name) for name in LISTS})
