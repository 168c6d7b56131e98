"""What a delivery brought into a published cycle, as alerts name it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from doudi.engine import cycle, origins, packs
from doudi.engine.lake import Lake
from doudi.monitoring.core import ref_of
from doudi.policy.pack import Pack


@dataclass(frozen=True, slots=True)
class Leaning:
    """A finding that leaned on a delivery: the alert it is, and what it said."""

    ref: str
    pid: str
    area: str
    told: tuple[int, str]  # clauses and figures


@dataclass(frozen=True, slots=True)
class Came:
    """What some loads brought into a cycle."""

    persons: int
    households: int
    findings: tuple[Leaning, ...]


def _kept(lake: Lake, cycle_id: str) -> cycle.Cycle | None:
    made = cycle.read(lake, cycle_id)
    whole = made is not None and all(lake.object(one["sha256"]).exists() for one in made.manifest["objects"].values())
    return made if whole else None


def used(cycle_id: str, batches: Collection[int]) -> bool:
    """Whether a cycle whose manifest is still kept was made with one of these loads."""
    made = cycle.read(Lake(Path(settings.LAKE)), cycle_id)
    return made is not None and any(one["batch"] in batches for one in made.manifest["inputs"])


def came_of(cycle_id: str, batches: Collection[int], otherwise: Pack) -> Came | None:
    """What these loads brought into a cycle; None when the cycle is not in the lake any more.

    :param otherwise: the rules to read by where those the cycle was made with are not kept
    """
    lake = Lake(Path(settings.LAKE))
    made = _kept(lake, cycle_id)
    if made is None:
        return None
    try:
        pack = packs.recall(lake, made.manifest["packs"])
    except packs.PackNotKept:
        pack = otherwise
    found = origins.of_batches(lake, made, pack, batches)
    rows = found.findings.to_pylist()
    leaning = tuple(
        Leaning(ref_of(row["indicator"], row["subject"], row["basis"]), row["pid"], row["area"], (row["mask"], row["values"]))
        for row in rows
    )
    return Came(found.persons, found.households, leaning)


def said(cycle_id: str) -> dict[str, tuple[int, str]]:
    """What every finding of a cycle says, by the alert it is."""
    lake = Lake(Path(settings.LAKE))
    made = _kept(lake, cycle_id)
    if made is None:
        return {}
    return {ref_of(row[0], row[3], row[8]): (row[9], row[10]) for row in cycle.findings(lake, made)}
