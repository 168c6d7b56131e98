"""What the published cycle doubts, one delivered row by its place, and who a new record may be, in this room's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import cycle, placing
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.registry.core.pairs import Doubt, settled_kind


def doubts(of_cycle: str = "") -> Iterator[Doubt]:
    """The doubtful pairs of the published cycle, or of one named, each with where both records are."""
    lookup = Lookup(settings.LAKE, of_cycle)
    found = lookup.pairs()
    people = {row["pid"] for row in found} | {row["left"] for row in found if settled_kind(row["left"]) == "person"}
    lives = lookup.areas(people)
    for row in found:
        yield Doubt(
            kind=row["kind"],
            left=row["left"],
            right=row["pid"],
            dataset=row["dataset"] or "",
            role=row["role"] or "",
            batch=row["batch"],
            row_no=row["row_no"],
            weight=row["weight"],
            probability=row["probability"],
            why=tuple((what, how) for what, how in json.loads(row["why"] or "[]")),
            area=lives.get(row["pid"], ""),
            other_area=lives.get(row["left"], "") if settled_kind(row["left"]) == "person" else row["area"] or "",
        )


def delivered(batch: int, row_no: int) -> dict[str, Any] | None:
    """One delivered row that still counts: dataset, as_of, values."""
    return Lookup(settings.LAKE).delivered(batch, row_no)


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody a new record may be about, and how surely."""

    pid: str
    probability: float
    why: tuple[tuple[str, str], ...]


def likely(*, name: str, number: str, born: date | None, area: str) -> list[Likely]:
    """Who in the published register somebody may be, likeliest first; nobody before the first cycle."""
    lake = Lake(Path(settings.LAKE))
    now = cycle.current(lake)
    if now is None:
        return []
    record = placing.Record(dataset="hukou", number=number, name=name, born=born, area=area)
    try:
        placed = placing.place(lake, now, record, settings.LINKING_KEY)
    except placing.NotPublished:  # a cycle of before there was anything to place with
        return []
    return [Likely(one.pid, one.probability, tuple(one.why)) for one in placed.candidates]
