"""What the platform found, read from what it published, in the words of the scorer: files and rows instead of batches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.exchange import queries
from doudi.office.core import Role, Viewer
from doudi.sample.city.checks import SNAPSHOTS


class NothingPublished(Exception):
    """There is no cycle, or no check, to score; says what to run."""


@dataclass(frozen=True)
class Found:
    """What the platform says, for scoring. Entities are its persons, numbered.

    links: dataset, file, row_no, role, entity. warnings: indicator, entity; of a household one row for each of its people, and
    `subject`, a number for whom the warning is about. anomalies: snapshot, roll, file, row_no, kind.
    """

    links: pa.Table
    warnings: pa.Table
    anomalies: pa.Table


def files(snapshot: str = "") -> dict[int, str]:
    """File name of every load of a snapshot."""
    viewer = Viewer("scorer", "scorer", Role.DATA, "99", "scoring of the made-up city")
    found: dict[int, str] = {}
    while some := queries.loads(viewer, snapshot=snapshot, first=len(found), count=500):
        found |= {load.id: PurePosixPath(load.file_name).name for load in some}
    return found


def _named(batches: pa.ChunkedArray, names: dict[int, str]) -> pa.Array:
    """The file of each row's batch."""
    ids = sorted(names)
    return pa.array([names[one] for one in ids], pa.string()).take(
        pc.index_in(batches.cast(pa.int64()), pa.array(ids, pa.int64()))
    )


def _object(lake: Lake, made: cycle.Cycle, name: str) -> pa.Table:
    return pq.read_table(lake.object(made.manifest["objects"][name]["sha256"]))


def from_cycle(lake: Lake) -> tuple[pa.Table, pa.Table]:
    """The links and warnings of the current cycle.

    :raises NothingPublished: no cycle has been published yet
    """
    made = cycle.current(lake)
    if made is None:
        raise NothingPublished("No cycle has been published. Run `doudi feeds load` and `doudi cycle` first.")
    link, index = _object(lake, made, "link"), _object(lake, made, "person_index")
    ends = index["links"].to_numpy()
    entity = np.searchsorted(ends, np.arange(len(link)), side="right").astype(np.int32)
    links = pa.table(
        {
            "dataset": link["dataset"].cast(pa.string()),
            "file": _named(link["batch"], files()),
            "row_no": link["row_no"],
            "role": link["role"].cast(pa.string()),
            "entity": pa.array(entity),
        }
    )
    return links, _warnings(lake, made)


def homes(lake: Lake) -> tuple[np.ndarray, np.ndarray]:
    """The household of every person of the current cycle, by number: as the register keeps it, and as all ties propose it.

    :raises NothingPublished: no cycle has been published yet, or one of before households were proposed
    """
    made = cycle.current(lake)
    if made is None or "living" not in made.manifest["objects"]:
        raise NothingPublished("No cycle with proposed households has been published. Run `doudi cycle` first.")
    living = _object(lake, made, "living")
    living = living.filter(living["own"])
    proposed = np.empty(len(living), np.int64)
    proposed[living["n"].to_numpy()] = living["home"].to_numpy()
    return _object(lake, made, "person")["m"].to_numpy().astype(np.int64), proposed


def _warnings(lake: Lake, made: cycle.Cycle) -> pa.Table:
    finding, person, household = (_object(lake, made, name) for name in ("finding", "person", "household"))
    pids, hids = person["pid"].cast(pa.string()), household["hid"].cast(pa.string())
    subject = finding["subject"].cast(pa.string())
    is_person = pc.equal(finding["subject_kind"].cast(pa.string()), "person").to_numpy(zero_copy_only=False)
    own = np.flatnonzero(is_person)
    entity = pc.index_in(subject.take(pa.array(own)), value_set=pids.combine_chunks()).to_numpy(zero_copy_only=False)
    of_home = np.flatnonzero(~is_person)
    home = pc.index_in(subject.take(pa.array(of_home)), value_set=hids.combine_chunks()).to_numpy(zero_copy_only=False)
    m = person["m"].to_numpy()
    order = np.argsort(m, kind="stable")
    begin, end = np.searchsorted(m[order], home), np.searchsorted(m[order], home, side="right")
    rows = np.concatenate([own, np.repeat(of_home, end - begin)])
    members = [order[a:b] for a, b in zip(begin, end, strict=True)]
    return pa.table(
        {
            "indicator": finding["indicator"].cast(pa.string()).take(pa.array(rows)),
            "entity": pa.array(np.concatenate([entity, *members]).astype(np.int32)),
            "subject": pa.array(rows.astype(np.int32)),
        }
    )


def from_checks(lake: Lake) -> pa.Table:
    """The anomalies of every comparison kept in the lake.

    :raises NothingPublished: no roll has been compared yet
    """
    paths = sorted((lake.root / "checks").glob("*.parquet"))
    if not paths:
        raise NothingPublished(
            "No roll has been compared. Run `doudi check --order RW… --roll disability_subsidy --against tekun` first."
        )
    wanted = ["roll", "roll_batch", "roll_row", "kind"]
    rows = pa.concat_tables(pq.read_table(path, columns=wanted) for path in paths)
    parts = []
    for snapshot in ("", *SNAPSHOTS):
        names = files(snapshot)
        here = rows.filter(pc.is_in(rows["roll_batch"].cast(pa.int64()), value_set=pa.array(sorted(names), pa.int64())))
        parts.append(
            pa.table(
                {
                    "snapshot": pa.repeat(snapshot, len(here)),
                    "roll": here["roll"].cast(pa.string()),
                    "file": _named(here["roll_batch"], names),
                    "row_no": here["roll_row"],
                    "kind": here["kind"].cast(pa.string()),
                }
            )
        )
    return pa.concat_tables(parts)
