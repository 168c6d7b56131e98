"""The register as a list: who is in which tier where, since when, how little is known of whom; read column by column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from doudi.engine import cycle, tiers, unseen
from doudi.engine.lake import Lake

Array = np.ndarray[Any, Any]


@lru_cache(maxsize=8)
def _read(path: Path, columns: tuple[str, ...]) -> pa.Table:
    """Columns of an object; all threads share them, for an object never changes."""
    return pq.read_table(path, columns=list(columns), memory_map=True).combine_chunks()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people of a place are asked for; what is empty asks for everybody."""

    within: str
    tier: str = ""  # a tier's code; "any": in one of them
    came_since: date | None = None  # in their tier since this day or later
    left_since: date | None = None  # left a tier on this day or later and are in none now
    refused_since: date | None = None
    sources: int | None = None  # known to this many departments' sources or fewer
    gaps: int | None = None  # at least so many gaps
    side: str = ""  # a side of life no recent source speaks of


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the register in a list."""

    pid: str
    name: str
    area: str
    tier: str
    from_on: date | None
    left_on: date | None
    left_why: str
    left_tier: str
    sources: int
    gaps: int
    numbered: bool
    open_sides: tuple[str, ...]  # labels of sides of life no recent source speaks of
    old_sides: tuple[str, ...]  # of those, the ones an outdated source speaks of


class Roster:
    """The published register as a list; made anew for each request, its columns are shared."""

    def __init__(self) -> None:
        self.lake = Lake(Path(settings.LAKE))
        self.made = cycle.current(self.lake)

    @property
    def on(self) -> date | None:
        """The day the register speaks of; None before the first."""
        return self.made.on if self.made else None

    def _columns(self, name: str, *columns: str) -> pa.Table | None:
        if self.made is None or name not in self.made.manifest["objects"]:
            return None
        return _read(self.lake.object(self.made.manifest["objects"][name]["sha256"]), columns)

    def _standing(self) -> pa.Table | None:
        """The history beside the people, when it has been brought up to this cycle."""
        found = tiers.current(self.lake)
        if found is None or self.made is None or found.cycle != self.made.id or not found.standing.exists():
            return None
        return _read(found.standing, ("from_on", "exact", "left_on", "left_why", "left_tier"))

    def find(self, wanted: Wanted) -> Array:
        """Whose rows: numbers of people in order of village, then of the register. Nobody where the history is not there."""
        person = self._columns("person", "area", "tier", "died_on")
        if person is None or not wanted.within:
            return np.zeros(0, np.int64)
        area = _coded(person["area"])
        inside = np.array([(code or "").startswith(wanted.within) for code in area.dictionary.to_pylist()], bool)
        kept = (
            inside[np.asarray(area.indices.fill_null(0))] & np.asarray(area.is_valid()) & np.asarray(person["died_on"].is_null())
        )
        tier = _coded(person["tier"])
        in_one = np.asarray(tier.is_valid())
        if wanted.tier == "any":
            kept &= in_one
        elif wanted.tier:
            kept &= np.asarray(pc.equal(tier.cast(pa.string()), wanted.tier).fill_null(False))
        if wanted.came_since or wanted.left_since:
            standing = self._standing()
            if standing is None:
                return np.zeros(0, np.int64)
            if wanted.came_since:
                kept &= in_one & np.asarray(pc.greater_equal(standing["from_on"], wanted.came_since).fill_null(False))
            if wanted.left_since:
                kept &= ~in_one & np.asarray(pc.greater_equal(standing["left_on"], wanted.left_since).fill_null(False))
        if wanted.refused_since:
            kept &= self._refused(wanted.refused_since, len(kept))
        if wanted.sources is not None or wanted.gaps is not None or wanted.side:
            kept &= self._poor(wanted, len(kept))
        found = np.flatnonzero(kept)
        codes = np.array([code or "" for code in area.dictionary.to_pylist()])
        return found[np.argsort(codes[np.asarray(area.indices.take(pa.array(found)))], kind="stable")]

    def _refused(self, since: date, count: int) -> Array:
        """Who was refused help since a day, as our own records say in the facts of the cycle."""
        assert self.made is not None
        path = self.lake.object(self.made.manifest["objects"]["person_facts"]["sha256"])
        if "refused_on" not in pq.read_schema(path).names:
            return np.zeros(count, bool)
        refused = _read(path, ("refused_on",))["refused_on"]
        return np.asarray(pc.greater_equal(refused, since).fill_null(False))

    def _poor(self, wanted: Wanted, count: int) -> Array:
        seen = self._columns("unseen", "matters", "recent", "sources", "gaps")
        if seen is None:  # a cycle of before this was measured
            return np.zeros(count, bool)
        kept = np.ones(count, bool)
        if wanted.sources is not None:
            kept &= seen["sources"].to_numpy() <= wanted.sources
        if wanted.gaps is not None:
            kept &= seen["gaps"].to_numpy() >= wanted.gaps
        if wanted.side:
            bit = [side.code for side in unseen.sides()].index(wanted.side)
            kept &= ((seen["matters"].to_numpy() & ~seen["recent"].to_numpy()) >> bit & 1).astype(bool)
        return kept

    def lines(self, people: Array) -> list[Line]:
        """The people of these numbers, to show."""
        at = pa.array(people)
        person, standing = self._columns("person", "pid", "name", "area", "tier"), self._standing()
        if person is None:
            return []
        rows = person.take(at).to_pylist()
        past: list[dict[str, Any]] = standing.take(at).to_pylist() if standing is not None else [{}] * len(rows)
        seen = self._columns("unseen", "matters", "recent", "old", "sources", "numbered", "gaps")
        poor: list[dict[str, Any]] = seen.take(at).to_pylist() if seen is not None else [{}] * len(rows)
        return [
            Line(
                row["pid"],
                row["name"] or "",
                row["area"] or "",
                row["tier"] or "",
                then.get("from_on"),
                then.get("left_on"),
                then.get("left_why") or "",
                then.get("left_tier") or "",
                gap.get("sources", 0),
                gap.get("gaps", 0),
                gap.get("numbered", True),
                _sides(gap.get("matters", 0) & ~gap.get("recent", 0)),
                _sides(gap.get("matters", 0) & gap.get("old", 0)),
            )
            for row, then, gap in zip(rows, past, poor, strict=True)
        ]

    def line(self, n: int) -> Line:
        """One person by number."""
        return self.lines(np.array([n]))[0]

    def counts(self, people: Array, length: int) -> dict[tuple[str, str], int]:
        """(place cut to so many digits, tier or "") → people."""
        person = self._columns("person", "area", "tier")
        if person is None or not len(people):
            return {}
        at = pa.array(people)
        table = pa.table(
            {
                "place": pc.utf8_slice_codeunits(person["area"].take(at).cast(pa.string()), 0, length),
                "tier": pc.fill_null(person["tier"].take(at).cast(pa.string()), ""),
            }
        )
        found = table.group_by(["place", "tier"]).aggregate([([], "count_all")])
        return {(row["place"], row["tier"]): row["count_all"] for row in found.to_pylist()}

    def number_of(self, pid: str) -> int | None:
        """Which number a person has in this register."""
        index = self._columns("person_index", "key", "n")
        person = self._columns("person", "pid")
        if index is None or person is None or len(pid) != 21:
            return None
        try:
            key = cycle.key_of(pa.array([pid]))[0]
        except ValueError:
            return None
        keys = index["key"].to_numpy()
        at = int(np.searchsorted(keys, key))
        if at >= len(keys) or keys[at] != key:
            return None
        n = int(index["n"][at].as_py())
        return n if person["pid"][n].as_py() == pid else None


def spells(pid: str) -> list[dict[str, Any]]:
    """Every tier a person was in, first to last."""
    return tiers.spells(Lake(Path(settings.LAKE)), pid)


def year_before(on: date) -> date:
    """A day a year ago."""
    return on - timedelta(days=365)


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.DictionaryArray) else whole.dictionary_encode()


def _sides(mask: int) -> tuple[str, ...]:
    return tuple(side.label for bit, side in enumerate(unseen.sides()) if mask >> bit & 1)


def sides() -> dict[str, str]:
    """The sides of life by code."""
    return {side.code: side.label for side in unseen.sides()}
