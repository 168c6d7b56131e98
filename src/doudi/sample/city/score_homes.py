"""Scores proposed households against who truly lives together, and what visits to some of them would teach.

Only the living count: a household is right when exactly its people, no fewer and no more, are said to live together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.sample.city.score import Planted

_LARGEST = 5  # sizes beyond are told together
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Truth:
    """People alive: `home`, who truly lives together; `entity`, the platform's person for each, or -1; and what slices need."""

    person: Array
    home: Array
    entity: Array
    size: Array  # of the household
    wrong_roll: Array  # T11: living together and standing in one booklet are not the same
    tier: Array


def truth(planted: Planted, links: pa.Table) -> Truth:
    """Who truly lives together, with the platform's number for each person: the one most of their rows are joined to."""
    persons = planted.table("persons")
    alive = np.asarray(persons["died"].is_null())
    who = persons["person"].to_numpy()
    entity = np.full(len(who), -1, np.int64)
    keys = ["dataset", "file", "row_no", "role"]
    said = links.select([*keys, "entity"]).set_column(2, "row_no", links["row_no"].cast(pa.int32()))
    joined = planted.rows.select([*keys, "person"]).join(said, keys, join_type="inner")
    pair = joined["person"].to_numpy().astype(np.int64) * (1 << 32) + joined["entity"].to_numpy()
    pairs, rows = np.unique(pair, return_counts=True)
    order = np.lexsort((-pairs, rows, pairs >> 32))  # the last of each person has most rows, of equals the lowest number
    of, number = pairs[order] >> 32, pairs[order] & 0xFFFFFFFF
    known = of < len(who)  # people of frozen lists stand outside the register
    entity[of[known]] = number[known]
    home = persons["household"].to_numpy()[alive]
    size = np.bincount(home, minlength=int(home.max(initial=0)) + 1)
    wrong = np.isin(home, planted.findings.filter(pc.equal(planted.findings["kind"], "T11"))["household"].to_numpy())
    tier = persons["tier"].cast(pa.string()).to_numpy(zero_copy_only=False)[alive]
    return Truth(who[alive], home, entity[alive], size[home], wrong, tier)


def score(true: Truth, home_of: Array) -> dict[str, Any]:
    """Pairs of people said to live together, and households exactly right, over all and in slices.

    :param home_of: the household said of every person of the platform, by number
    """
    said = np.where(true.entity >= 0, home_of[np.maximum(true.entity, 0)], -2 - np.arange(len(true.home)))
    said = np.unique(said, return_inverse=True)[1]
    right = exactly(true.home, said)
    count = len(true.size)
    both = _pairs(np.unique(true.home.astype(np.int64) * (count + 1) + said, return_counts=True)[1])
    told: dict[str, Any] = {
        "persons": count,
        "households": len(np.unique(true.home)),
        "pairs": {
            "precision": round(both / max(_pairs(np.bincount(said)), 1.0), 6),
            "recall": round(both / max(_pairs(np.bincount(true.home)), 1.0), 6),
        },
        "exact": _share(true, right),
        "largest": int(np.bincount(said).max(initial=0)),
    }
    told["by_size"] = {
        str(size) if size < _LARGEST else f"{size}+": _of(
            true, right, true.size == size if size < _LARGEST else true.size >= size
        )
        for size in range(1, _LARGEST + 1)
    }
    told["wrong_roll"] = {"T11": _of(true, right, true.wrong_roll), "others": _of(true, right, ~true.wrong_roll)}
    told["by_tier"] = {tier: _of(true, right, true.tier == tier) for tier in sorted(set(true.tier.tolist()))}
    return told


def exactly(home: Array, said: Array) -> Array:
    """For each person whether their whole household is right: all say the same, and nobody else says it."""
    lowest, highest = np.full(int(home.max(initial=0)) + 1, len(home)), np.full(int(home.max(initial=0)) + 1, -1)
    np.minimum.at(lowest, home, said)
    np.maximum.at(highest, home, said)
    return (lowest[home] == highest[home]) & (np.bincount(said)[said] == np.bincount(home)[home])


def _share(true: Truth, right: Array) -> float:
    """The share of households that are right: each counts once, whatever its size."""
    return round(float((right / true.size).sum() / max((1 / true.size).sum(), 1e-9)), 6)


def _of(true: Truth, right: Array, here: Array) -> dict[str, Any]:
    weight = 1 / true.size[here]
    households = round(float(weight.sum()))
    return {
        "households": households,
        "exact": round(float((right[here] * weight).sum() / weight.sum()), 6) if households else None,
    }


def _pairs(counts: Array) -> float:
    return float((counts.astype(np.float64) * (counts - 1) / 2).sum())
