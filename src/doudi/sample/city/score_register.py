"""Scores the list of people of whom little is known against who was really delivered by one department, or by none but others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doudi.engine import cycle, unseen
from doudi.engine.lake import Lake
from doudi.sample.city import published
from doudi.sample.city.score import Planted, persons_of


def register(planted: Planted, lake: Lake) -> dict[str, Any]:
    """People known to one source, and people without household register: planted, found, right; and how much is not known.

    Precision counts entities: a row that could be joined to nobody stands on the list as somebody of whom little is known, which
    is true of the row, and wrong of the person; among those with a number there are none of these.

    :raises NothingPublished: no cycle has been published yet, or one of before this was measured
    """
    made = cycle.current(lake)
    if made is None or "unseen" not in made.manifest["objects"]:
        raise published.NothingPublished("No cycle has been published that measures this. Run `doudi cycle` first.")
    links, _ = published.from_cycle(lake)
    table = pq.read_table(lake.object(made.manifest["objects"]["unseen"]["sha256"]))
    sources, numbered, gaps = (table[name].to_numpy() for name in ("sources", "numbered", "gaps"))
    person_of = persons_of(planted, links)
    entity = links["entity"].to_numpy()
    dataset = links["dataset"].combine_chunks().dictionary_encode()
    names = dataset.dictionary.to_pylist()
    of_row = np.asarray(dataset.indices)

    rows = planted.rows
    true_set = rows["dataset"].combine_chunks().dictionary_encode()
    delivered = np.array([name in names and name not in unseen.own() for name in true_set.dictionary.to_pylist()])
    code = np.asarray(true_set.indices)
    there = delivered[code]
    pairs = np.unique(rows["person"].to_numpy()[there].astype(np.int64) * 1000 + code[there])
    people, counts = np.unique(pairs // 1000, return_counts=True)
    one = people[counts == 1]
    hukou = true_set.dictionary.to_pylist().index("hukou") if "hukou" in true_set.dictionary.to_pylist() else -1
    without = np.setdiff1d(people, pairs[pairs % 1000 == hukou] // 1000)

    few = np.flatnonzero(sources <= 1)
    in_hukou = np.zeros(len(sources), bool)
    in_hukou[entity[of_row == names.index("hukou")]] = True
    return {
        "one_source": _of(few, one, person_of),
        "one_source_with_number": _of(few[numbered[few]], one, person_of),
        "no_hukou": _of(np.flatnonzero(~in_hukou), without, person_of),
        "no_hukou_with_number": _of(np.flatnonzero(~in_hukou & numbered), without, person_of),
        "gaps": {str(n): int(count) for n, count in enumerate(np.bincount(gaps)) if count},
        "unknown_sides": {
            side.code: int(np.count_nonzero((table["matters"].to_numpy() & ~table["recent"].to_numpy()) >> bit & 1))
            for bit, side in enumerate(unseen.sides())
        },
    }


def _of(entities: np.ndarray[Any, Any], planted: np.ndarray[Any, Any], person_of: dict[int, int]) -> dict[str, Any]:
    whose = np.array([person_of.get(int(one), -1) for one in entities], np.int64)
    right = np.isin(whose, planted)
    found = np.unique(whose[right])
    return {
        "planted": len(planted),
        "found": len(entities),
        "right": int(right.sum()),
        "precision": round(float(right.mean()), 6) if len(entities) else None,
        "recall": round(len(found) / len(planted), 6) if len(planted) else None,
    }
