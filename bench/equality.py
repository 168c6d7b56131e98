"""One rule, one answer: every indicator, programme and overlap rule by Python, DuckDB and Spark over random households."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench import households
from bench.measure import cpu_of
from bench.table import Row
from doudi.engine import judged, spark
from doudi.facts.household import Household
from doudi.policy import pack as packs
from doudi.policy.assess import Asked
from doudi.policy.pack import Pack

ON = date(2026, 8, 31)
PIECE = 5_000  # households that are compared with Python at once
Answers = dict[str, set[tuple[Any, ...]]]


def by_python(pack: Pack, on: date, made: Iterable[Household]) -> Answers:
    """What Python says of each household, as rows of `policy.sweep`."""
    found: Answers = {kind: set() for kind in judged.KINDS}
    for household in made:
        asked = Asked(household, on, household.area, pack)
        for sign in asked.signs():
            if sign.state == "met":
                whom = (sign.subject_kind, sign.subject.id, sign.subject.area)
                told = (sign.indicator.code, sign.level, sign.basis, sign.mask, _json(sign.values))
                found["findings"].add(whom + told)
        for rule in pack.programmes_on(on):
            for subject in asked.subjects(rule.subject):
                answer = asked.programme(rule, subject)
                states = [condition.state for condition in answer.conditions]
                met, unknown = (sum(1 << bit for bit, state in enumerate(states) if state == one) for one in ("met", "unknown"))
                steps = values = None
                if answer.eligible != "no":
                    steps = _json({step.name: step.fen for step in answer.steps})
                    parts = (*answer.conditions, *answer.steps)
                    values = _json({name: value for part in parts for name, value in part.values.items()})
                whom = (rule.code, rule.subject, subject.id, subject.area)
                found["programmes"].add((*whom, answer.eligible, answer.amount_fen, met, unknown, steps, values))
        for over in asked.overlaps():
            if over.state == "met":
                since = over.subject.run(over.rule.since)
                months = since and (on.year * 12 + on.month) - (since.year * 12 + since.month) + 1
                whom = (over.rule.code, over.subject.id, over.subject.area)
                found["overlaps"].add((*whom, since, months, over.benefits, _json(over.values)))
    return found


def _json(values: dict[str, Any]) -> str:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def read(folder: Path) -> Answers:
    """A folder of answers as rows."""
    found: Answers = {kind: set() for kind in judged.KINDS}
    for kind in judged.KINDS:
        for part in sorted((folder / kind).glob("*.parquet")):
            found[kind] |= set(zip(*(column.to_pylist() for column in pq.read_table(part).columns), strict=True))
    return found


def write(tables: dict[str, pa.Table], folder: Path) -> Path:
    """Two tables as a folder of facts."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder


def taken(pack: Pack, on: date, made: Iterable[Household]) -> tuple[int, int]:
    """Of the three answers each clause and condition can give, how many were seen, and how many there are."""
    tests = [(f"{r.code}.{c.name}", r.subject, c.test) for r in pack.indicators_on(on) for c in r.clauses]
    tests += [(f"{r.code}.{c.name}", r.subject, c.test) for r in pack.programmes_on(on) for c in r.conditions]
    seen: set[tuple[str, bool | None]] = set()
    for household in made:
        asked = Asked(household, on, household.area, pack)
        for name, kind, test in tests:
            seen |= {(name, subject.run(test)) for subject in asked.subjects(kind)}
    return len(seen), 3 * len(tests)


def piece(folder: Path, seed: int, count: int) -> tuple[dict[str, int], dict[str, int]]:
    """One piece: its facts are kept for Spark; rows by kind, and rows that differ between Python and DuckDB."""
    pack = packs.load()
    made = households.make(pack, ON, count, seed)
    facts = write(made.tables, folder / f"facts-{seed}")
    judged.with_duckdb(pack, ON, facts, folder / f"duckdb-{seed}")
    one, other = by_python(pack, ON, made.households), read(folder / f"duckdb-{seed}")
    return {kind: len(one[kind]) for kind in one}, {kind: len(one[kind] ^ other[kind]) for kind in one}


def measure(root: Path, profile: str) -> list[Row]:
    """Python against DuckDB in pieces on all cores, DuckDB against Spark at once."""
    count = int(os.environ.get("HOUSEHOLDS", "100000"))
    folder = root / "equality"
    shutil.rmtree(folder, ignore_errors=True)
    pack = packs.load()
    seeds = range(max(count // PIECE, 1))
    rows, wrong = dict.fromkeys(judged.KINDS, 0), dict.fromkeys(judged.KINDS, 0)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for told, differ in pool.map(piece, [folder] * len(seeds), seeds, [min(PIECE, count)] * len(seeds)):
            for kind in judged.KINDS:
                rows[kind] += told[kind]
                wrong[kind] += differ[kind]
    everybody = folder / "facts"
    for name in judged.VIEWS:
        (everybody / f"{name}.parquet").mkdir(parents=True)
        for seed in seeds:
            (folder / f"facts-{seed}" / f"{name}.parquet").rename(everybody / f"{name}.parquet" / f"part-{seed}.parquet")
    own = cpu_of(lambda: judged.with_duckdb(pack, ON, everybody, folder / "duckdb"))
    spark.with_spark(spark.session(), pack, ON, everybody, folder / "spark")
    apart = judged.differences(folder / "duckdb", folder / "spark")
    seen, possible = taken(pack, ON, households.make(pack, ON, min(count, 3000), 0).households)
    told = ", ".join(f"{rows[kind]:,} {kind}" for kind in judged.KINDS)
    what = f"{count:,} random households: {told}"
    shutil.rmtree(folder)
    return [
        Row(what, f"Python ≠ DuckDB: **{sum(wrong.values())}** rows", f"DuckDB: {own:.1f} CPU s", "0"),
        Row("the same by Spark, local mode", f"DuckDB ≠ Spark: **{sum(apart.values())}** rows", "", "0"),
        Row("answers of clauses and conditions seen (true, false, unknown)", f"{seen:,} of {possible:,}", "", ""),
    ]
