"""Households of the made-up city visited, as far as the platform's answers would show it: only here the truth is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

import doudi.exchange
from doudi.engine import people, register, visited
from doudi.engine.contract import read_contracts
from doudi.engine.cycle import Cycle
from doudi.engine.households import Proposal
from doudi.engine.lake import Lake
from doudi.engine.living import Known
from doudi.engine.visited import Pairs
from doudi.policy import pack
from doudi.sample.city import score_homes
from doudi.sample.city.score_homes import Truth

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class _Load:
    dataset: str
    batch: int
    object: Path
    as_of: date


def known_of(lake: Lake, made: Cycle, key: str) -> Known:
    """What registers said of everybody in a cycle, worked out again from its loads: households are proposed from this."""
    contracts = read_contracts(Path(doudi.exchange.__file__).parent / "contracts")
    loads: dict[str, list[_Load]] = {}
    for one in made.manifest["inputs"]:
        load = _Load(one["dataset"], one["batch"], lake.object(one["object"]), date.fromisoformat(one["as_of"]))
        loads.setdefault(load.dataset, []).append(load)
    with lake.workshop() as workshop, duckdb.connect(config={"temp_directory": str(workshop / "spill")}) as con:
        datasets = register.link(con, contracts, loads, made.on, key=key)
        summed = register.sum_up(con, contracts, datasets, pack.load().names.facts, made.on)
        return people.known(con, summed, pack.load().names.facts, key, made.on)


def visit(known: Known, proposal: Proposal, pairs: Pairs, true: Truth, count: int, seed: int = 1) -> list[visited.Said]:
    """What `count` visited households would have said: half of them asked for by the proposal, half taken at random.

    Of each is known, for everybody with a tie to it, whether they live there.
    """
    rng = np.random.default_rng(seed)
    home_of = np.full(known.count, -1, np.int64)
    here = true.entity >= 0
    home_of[true.entity[here]] = true.home[here]
    heads = np.unique(proposal.home[~known.dead])
    asked = np.unique(proposal.home[(proposal.look > 0) & ~known.dead])
    some = rng.permutation(asked)[: count // 2]
    some = np.concatenate([some, rng.permutation(np.setdiff1d(heads, some))[: count - len(some)]])
    seen = np.isin(proposal.home, some)
    both = (home_of[pairs.a] >= 0) & (home_of[pairs.b] >= 0) & (seen[pairs.a] | seen[pairs.b])
    return [
        ("together", int(pairs.b[at]), int(pairs.a[at]), bool(home_of[pairs.a[at]] == home_of[pairs.b[at]]), 0)
        for at in np.flatnonzero(both).tolist()
    ]


def after_visits(known: Known, on: date, true: Truth, counts: Sequence[int]) -> dict[str, Any]:
    """How many households are exactly right after so many were visited: all of them, and those nobody visited."""
    ruled = visited.propose(known, [], on)
    pairs = visited.pairs_of(known, ruled)
    told: dict[str, Any] = {}
    for count in counts:
        said = visit(known, ruled, pairs, true, count)
        found = score_homes.score(true, visited.propose(known, said, on).home)
        learned = visited.learn(pairs, said, known.count)
        told[str(count)] = {"exact": found["exact"], **found["pairs"], "answers": len(said), "learned": learned is not None}
    return told


def booklets(known: Known) -> Array:
    """Households as the booklets alone say."""
    apart = np.arange(known.count, dtype=np.uint64)
    named: Array = np.unique(np.where(known.book != 0, known.book, apart), return_inverse=True)[1]
    return named
