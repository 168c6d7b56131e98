"""Make the whole city: world, feeds, the lists of the papers' checks, truth."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import doudi.exchange
from doudi.engine.contract import Contract, read_contracts
from doudi.sample.city import errors, write
from doudi.sample.city.checks import make_checks
from doudi.sample.city.departments.base import City
from doudi.sample.city.feeds import details, make_table
from doudi.sample.city.findings import Clean, tell
from doudi.sample.city.lives import income, live
from doudi.sample.city.more import details as more_details
from doudi.sample.city.more import make_more
from doudi.sample.city.plan import Plan
from doudi.sample.city.plant import happen, plant
from doudi.sample.city.tables import Table
from doudi.sample.city.truth import Truth
from doudi.sample.city.world import make_world

Progress = Callable[[str], None]


def contracts() -> dict[str, Contract]:
    """The written contracts the files are made to."""
    return read_contracts(Path(doudi.exchange.__file__).parent / "contracts")


def make_people(plan: Plan) -> City:
    """The world and everything that is true in it."""
    world = make_world(plan)
    lives = live(world)
    plant(world, lives)
    happen(world, lives)
    income(world, lives)
    details(world, lives)
    more_details(world, lives)
    return City(world, lives)


def make_city(folder: Path, plan: Plan, progress: Progress = lambda step: None) -> dict[str, Any]:
    """Write a city into a folder: feeds, more, checks, truth. What was there from an earlier one goes.

    Returns rows by dataset, persons, and the hash of the manifest of all files.
    """
    (folder / "manifest.json").unlink(missing_ok=True)
    for name in ("feeds", "more", "checks", "truth"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    progress("world")
    city = make_people(plan)
    known = contracts()
    as_of = plan.as_of.isoformat()
    truth = Truth(folder / "truth", city)
    entries = [_division(folder / "feeds", city, known["division"], as_of)]
    counts, clean = {}, Clean()
    for dataset in plan.figures["feeds"]:
        progress(dataset)
        table = make_table(city, dataset)
        clean.keep(table)
        errors.spoil(city, table)
        counts[dataset] = len(table)
        files = []
        for stem, at in _files(known[dataset], table):
            part = table if at is None else table.taken(at)
            rng = plan.stream("headings", dataset, stem)
            path = write.write_feed(folder / "feeds", known[dataset], part.columns, stem, rng)
            entries.append(write.entry(path, known[dataset], len(part), as_of))
            files.append((path.name, np.arange(len(table)) if at is None else at))
        truth.add(table, files)
    write.write_json(folder / "feeds" / "manifest.json", {"as_of": as_of, "files": entries})
    progress("more")
    more = make_more(folder / "more", city, known, clean)
    progress("checks")
    abnormal = make_checks(folder / "checks", city, known, truth)
    progress("truth")
    tell(city, truth, clean)
    truth.close()
    write.write_json(folder / "truth" / "plan.json", {"profile": plan.profile, "seed": plan.seed, "as_of": as_of})
    told = write.hashes(folder)
    write.write_json(folder / "manifest.json", {"profile": plan.profile, "seed": plan.seed, "as_of": as_of, "sha256": told})
    return {"rows": sum(counts.values()), "datasets": counts, "more": more, "persons": plan.persons, "checks": abnormal}


def _division(folder: Path, city: City, contract: Contract, as_of: str) -> dict[str, Any]:
    rows = list(zip(*city.world.places.rows, strict=True))
    code, label, kind, parent, place = (list(column) for column in rows)
    words = {column.name: {value: word[0] for value, word in column.codes.items()} for column in contract.columns}
    shown = {
        "区划代码": pa.array(code),
        "名称": pa.array(label),
        "级别": pa.array([words["kind"][one] for one in kind]),
        "上级代码": pa.array([one or None for one in parent]),
        "城乡": pa.array([words["place_kind"][one] if one else None for one in place]),
    }
    path = folder / "division.csv"
    write.write_csv(path, shown, "utf-8")
    return write.entry(path, contract, len(code), as_of)


def _files(contract: Contract, table: Table) -> Iterator[tuple[str, np.ndarray | None]]:
    """A feed in one file (None: all its rows), or one a county with its rows."""
    stem = f"{contract.no}_{contract.code}"
    if table.county is None:
        yield stem, None
        return
    for county in np.unique(table.county):
        yield f"{stem}_{county}", np.flatnonzero(table.county == county)
