"""How much is not known about each person: which sides of life no recent source speaks of, how many sources there are at all.

Every count is the sum of items a person can be shown one by one; nothing is weighed or learnt. What is not known is no fault
of theirs: it is a reason to go and see them, and for nothing else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """A side of life: which datasets speak of it, for whom it matters, how old they may be."""

    code: str
    label: str
    about: tuple[str, ...]
    list: tuple[str, ...]
    age: tuple[int, int]
    months: int


@cache
def sides() -> tuple[Side, ...]:
    """The sides of life in order; bit n of a mask is the n-th."""
    told = _told()
    return tuple(
        Side(
            one["code"],
            one["label"],
            tuple(one.get("about", ())),
            tuple(one.get("list", ())),
            tuple(one.get("age", (0, 200))),
            one["months"],
        )
        for one in told["side"]
    )


@cache
def own() -> frozenset[str]:
    """Datasets that are our own records and no department's source."""
    return frozenset(_told()["own"])


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def measure(links: pa.Table, person: pa.Table, as_of: Mapping[int, date], newest: Mapping[str, date], on: date) -> pa.Table:
    """One row a person: `matters`, `recent`, `old` (masks of sides), `sources`, `numbered`, `gaps`.

    `recent`: a recent source speaks of that side, or it is known from complete lists that there is nothing. `old`: only an
    outdated one does. `gaps`: sides that matter and are not recent, one more for no number, one more for at most one source.

    :param links: n, dataset, batch of every joined row
    :param as_of: batch → the day it speaks of; `newest`: dataset → the latest such day
    """
    count = len(person)
    n = links["n"].to_numpy()
    coded = links["dataset"].combine_chunks()
    coded = coded if isinstance(coded, pa.DictionaryArray) else coded.dictionary_encode()
    names, dataset = coded.dictionary.to_pylist(), np.asarray(coded.indices)
    batches = links["batch"].to_numpy()
    known = np.array(sorted(as_of), np.int64)
    ages = np.array([_months(as_of[int(one)], on) for one in known], np.int32)
    age_of_row = ages[np.searchsorted(known, batches)] if len(known) else np.zeros(len(batches), np.int32)

    sources = np.zeros(count, np.uint8)
    here: dict[str, Array] = {}
    age_of: dict[str, Array] = {}
    for code, name in enumerate(names):
        rows = np.flatnonzero(dataset == code)
        if not len(rows):
            continue
        whose = np.zeros(count, bool)
        whose[n[rows]] = True
        youngest = np.full(count, 32767, np.int16)
        np.minimum.at(youngest, n[rows], age_of_row[rows].astype(np.int16))
        here[name], age_of[name] = whose, youngest
        if name not in own():
            sources += whose
    numbered = np.asarray(person["citizen_no"].is_valid())
    years = _years(person["born_on"], on)
    matters, recent, old = (np.zeros(count, np.uint16) for _ in range(3))
    for bit, side in enumerate(sides()):
        for_whom = (years < 0) | ((years >= side.age[0]) & (years <= side.age[1]))  # an age nobody knows leaves nothing out
        told, told_once = np.zeros(count, bool), np.zeros(count, bool)
        for name in (*side.about, *side.list):
            if name in here:
                told |= here[name] & (age_of[name] <= side.months)
                told_once |= here[name]
        if side.list and all(name in newest and _months(newest[name], on) <= side.months for name in side.list):
            told |= numbered
        for mask, where in ((matters, for_whom), (recent, told), (old, told_once & ~told)):
            mask[where] |= np.uint16(1 << bit)
    open_sides = matters & ~recent
    gaps = sum(((open_sides >> bit) & 1).astype(np.uint8) for bit in range(len(sides())))
    gaps = gaps + (~numbered).astype(np.uint8) + (sources <= 1).astype(np.uint8)
    return pa.table(
        {
            "matters": matters,
            "recent": recent,
            "old": old,
            "sources": sources,
            "numbered": numbered,
            "gaps": gaps,
        }
    )


def _months(day: date, on: date) -> int:
    return max((on.year - day.year) * 12 + on.month - day.month, 0)


def _years(born_on: pa.ChunkedArray, on: date) -> Array:
    """Whole years, near enough for who goes to school; -1 where nobody knows."""
    return np.asarray(pc.fill_null(pc.subtract(pa.scalar(on.year, pa.int64()), pc.year(born_on)), -1))
