"""Recount a city from its files alone, with plain means, against what was promised."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from doudi.engine.contract import Contract, plain_header
from doudi.sample.city import write
from doudi.sample.city.checks import SNAPSHOTS, sizes
from doudi.sample.city.make import contracts
from doudi.sample.city.plan import Plan

_PROPERTY = ("dwelling", "vehicle", "business")


@dataclass(frozen=True)
class Count:
    """One promise: what was expected and what the files hold."""

    what: str
    expected: int
    found: int

    @property
    def right(self) -> bool:
        return self.expected == self.found


def read_table(path: Path, contract: Contract) -> pa.Table:
    """A delivered file as text, under the contract's column names."""
    if path.suffix == ".xlsx":
        head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        columns = zip(*rows, strict=True) if rows else [()] * len(head)
        table = pa.table(
            [pa.array([str(cell) or None for cell in column], pa.string()) for column in columns], [str(one) for one in head]
        )
    else:
        raw = path.read_bytes()
        text = raw.decode("gb18030" if "gb18030" in contract.arrives else "utf-8-sig").encode()
        names = text[: text.index(b"\n")].decode().split(",")
        types = pcsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        table = pcsv.read_csv(pa.BufferReader(text), convert_options=types)
    return table.rename_columns([contract.by_heading[plain_header(name)].name for name in table.column_names])


def verify(folder: Path) -> dict[str, Any]:
    """Every promise about a city with what its files hold; `right` when all of them are kept.

    :raises FileNotFoundError: there is no city in the folder
    """
    told = json.loads((folder / "manifest.json").read_text())
    plan = Plan(told["profile"], told["seed"], date.fromisoformat(told["as_of"]))
    known = contracts()
    counts = [Count("files as first written", len(told["sha256"]), _unchanged(folder, told["sha256"]))]
    counts += list(_feeds(folder, plan, known))
    counts += list(_more(folder, known))
    counts += list(_p1(folder, plan, known))
    for snapshot in SNAPSHOTS:
        counts += list(_snapshot(folder, plan, known, snapshot))
    counts += list(_truth(folder, plan))
    wrong = [asdict(one) for one in counts if not one.right]
    return {
        "profile": plan.profile,
        "right": not wrong,
        "checked": len(counts),
        "wrong": wrong,
        "counts": [asdict(one) for one in counts],
    }


def _unchanged(folder: Path, sha256: dict[str, str]) -> int:
    now = write.hashes(folder)
    return sum(now.get(name) == one for name, one in sha256.items())


def _feeds(folder: Path, plan: Plan, known: dict[str, Contract]) -> Iterator[Count]:
    """Rows by feed, counted in the files, and true distinct persons by the truth."""
    entries = json.loads((folder / "feeds" / "manifest.json").read_text())["files"]
    rows: Counter[str] = Counter()
    for entry in entries:
        table = read_table(folder / "feeds" / entry["file"], known[entry["dataset"]])
        rows[entry["dataset"]] += table.num_rows
        yield Count(f"rows of {entry['file']} by the manifest", entry["rows"], table.num_rows)
    whose = pq.read_table(folder / "truth" / "rows.parquet", columns=["snapshot", "dataset", "person"])
    whose = whose.filter(pc.equal(whose["snapshot"], ""))
    distinct = (
        whose.group_by(["dataset", "person"]).aggregate([]).group_by("dataset").aggregate([("person", "count")]).to_pydict()
    )
    persons = dict(zip(distinct["dataset"], distinct["person_count"], strict=True))
    for dataset in plan.figures["feeds"]:
        expected = plan.feed(dataset)
        yield Count(f"rows of {dataset}", expected[0], rows[dataset])
        yield Count(f"distinct persons of {dataset}", expected[1], persons.get(dataset, 0))
    yield Count(
        "rows of all feeds",
        sum(plan.feed(dataset)[0] for dataset in plan.figures["feeds"]),
        sum(rows.values()) - rows["division"],
    )
    yield Count("persons in the feeds", plan.persons, len(pc.unique(whose["person"])))
    feeds = whose.group_by(["dataset", "person"]).aggregate([]).group_by("person").aggregate([("dataset", "count")])
    yield Count(
        "persons with one feed", plan.of("status", "one_feed", least=3), pc.sum(pc.equal(feeds["dataset_count"], 1)).as_py()
    )


def _more(folder: Path, known: dict[str, Contract]) -> Iterator[Count]:
    """Rows of the files beyond the 26 feeds."""
    for entry in json.loads((folder / "more" / "manifest.json").read_text())["files"]:
        table = read_table(folder / "more" / entry["file"], known[entry["dataset"]])
        yield Count(f"rows of {entry['file']} by the manifest", entry["rows"], table.num_rows)


def _p1(folder: Path, plan: Plan, known: dict[str, Contract]) -> Iterator[Count]:
    """Disability subsidies against Tekun: by plain equality of what is written, and in truth."""
    feeds = folder / "feeds"
    subsidy = read_table(feeds / "S07_disability_subsidy.csv", known["disability_subsidy"])
    tekun = read_table(feeds / "S03_tekun.csv", known["tekun"])
    plain = pc.is_in(subsidy["citizen_no"], value_set=pc.unique(tekun["citizen_no"]).drop_null())
    yield Count("P1 persons", plan.feed("disability_subsidy")[0], subsidy.num_rows)
    yield Count("P1 by plain equality", plan.p1_plain, pc.sum(plain).as_py())
    findings = pq.read_table(folder / "truth" / "findings.parquet", filters=[("kind", "=", "P1")])
    abnormal = plan.p1_plain + sum(plan.p1_repair.values())
    yield Count("P1 abnormal", abnormal, findings.num_rows)
    explained = sum(plan.of("p1", cause) for cause in ("left_that_month", "shared_number", "record_error"))
    yield Count("P1 explained", explained, findings["outcome"].to_pylist().count("explained"))
    rows = pq.read_table(
        folder / "truth" / "rows.parquet", filters=[("dataset", "in", ["disability_subsidy", "tekun"]), ("snapshot", "=", "")]
    )
    draws, supported = (
        set(rows.filter(pc.equal(rows["dataset"], name))["person"].to_pylist()) for name in ("disability_subsidy", "tekun")
    )
    yield Count("P1 one person on both", abnormal - plan.of("p1", "shared_number"), len(draws & supported))


def _snapshot(folder: Path, plan: Plan, known: dict[str, Contract], snapshot: str) -> Iterator[Count]:
    """A frozen list against the others, by plain equality and the plainest reading of each paper."""
    here = folder / "checks" / snapshot
    told = json.loads((here / "manifest.json").read_text())
    tables = {entry["dataset"]: read_table(here / entry["file"], known[entry["dataset"]]).to_pylist() for entry in told["files"]}
    roll, kinds, stop = sizes(plan, snapshot)
    label = snapshot.upper()
    found = _county(tables, told["as_of"]) if "disability_subsidy" in tables else _applicants(tables)
    listed = tables.get("disability_subsidy") or tables["applicant"]
    yield Count(f"{label} persons", roll, len({row["citizen_no"] for row in listed}))
    for kind, count in kinds.items():
        yield Count(f"{label} {kind}", count, len(found[kind]))
    abnormal = sum(kinds.values())
    yield Count(f"{label} abnormal", abnormal, len(set().union(*found.values())))
    twins = plan.figures["checks"][snapshot].get("name_twins")
    if twins:
        names = {row["name"]: row["citizen_no"] for row in listed}
        by_name = {names.get(row["name"]) for dataset in _PROPERTY for row in tables[dataset] if not row["citizen_no"]} - {None}
        yield Count(f"{label} by plain equality", abnormal + plan.scaled(twins), len(set().union(*found.values()) | by_name))
    findings = pq.read_table(folder / "truth" / "findings.parquet", filters=[("kind", "=", label)])
    yield Count(f"{label} to stop after review", stop, findings["outcome"].to_pylist().count("stop"))


def _county(tables: dict[str, list[dict[str, str]]], as_of: str) -> dict[str, set[str]]:
    listed = {row["citizen_no"]: row for row in tables["disability_subsidy"]}
    times = Counter(row["citizen_no"] for row in tables["disability_subsidy"])

    def both(dataset: str) -> list[dict[str, str]]:
        return [row for row in tables[dataset] if row["citizen_no"] in listed]

    return {
        "tekun": {row["citizen_no"] for row in both("tekun")},
        "died": {row["citizen_no"] for row in both("death") if row["death_date"] <= as_of},
        "certificate": {
            row["citizen_no"]
            for row in both("disability_certificate")
            if row["valid_to"] < as_of
            or "一二三四".index(row["grade"][0]) > "一二三四".index(listed[row["citizen_no"]]["grade"][0])
        },
        "moved": {row["citizen_no"] for row in both("hukou") if row["status"] == "迁出"},
        "prison": {row["citizen_no"] for row in both("custody")},
        "twice": {number for number, count in times.items() if count > 1},
    }


def _applicants(tables: dict[str, list[dict[str, str]]]) -> dict[str, set[str]]:
    members = {row["citizen_no"]: int(row["members"]) for row in tables["applicant"]}
    earned: Counter[str] = Counter()
    for row in tables["income"]:
        earned[row["citizen_no"]] += round(float(row["income_month"]) * 100)
    return {
        "dwelling": {row["citizen_no"] for row in tables["dwelling"] if row["event"] == "购入"} & members.keys(),
        "vehicle": {row["citizen_no"] for row in tables["vehicle"] if row["class"] == "小型轿车"} & members.keys(),
        "firm": {row["citizen_no"] for row in tables["business"] if row["status"] == "存续"} & members.keys(),
        "income": {number for number, total in earned.items() if number in members and total > 12 * 200_000 * members[number]},
        "deposits": {row["citizen_no"] for row in tables["deposit"] if float(row["balance"]) > 60_000} & members.keys(),
    }


def _truth(folder: Path, plan: Plan) -> Iterator[Count]:
    """Statuses and planted kinds."""
    persons = pq.read_table(
        folder / "truth" / "persons.parquet", columns=["tier", "single", "rigid", "twin", "second_no", "citizen_no"]
    )
    tiers = Counter(persons["tier"].to_pylist())
    for tier, count in plan.tiers.items():
        yield Count(f"status {tier}", count, tiers[tier])
    yield Count("single-person dibao", plan.of("status", "single", least=4), pc.sum(persons["single"]).as_py())
    yield Count("rigid expenditure", plan.feed("rigid_expenditure")[1], pc.sum(persons["rigid"]).as_py())
    yield Count("two numbers", plan.of("status", "two_numbers", least=2), persons.num_rows - persons["second_no"].null_count)
    if not plan.whole:
        return
    yield Count("twins", 2 * plan.of("status", "twins"), pc.sum(persons["twin"]).as_py())
    shared = plan.of("status", "shared_numbers")
    yield Count("numbers of two persons", shared, persons.num_rows - len(pc.unique(persons["citizen_no"])))
    findings = pq.read_table(folder / "truth" / "findings.parquet", columns=["kind", "code", "household"])
    by_kind = Counter(zip(findings["kind"].to_pylist(), findings["code"].to_pylist(), strict=True))
    for kind in ("t1", "t3", "t4", "t6", "t7", "t9"):
        for code, count in plan.group(kind).items():
            yield Count(f"{kind.upper()} {code}", count, by_kind[kind.upper(), code])
    yield Count("T8", plan.of("t8", "allowed"), by_kind["T8", ""])
    for kind, (people, homes) in plan.figures["plants"].items():
        here = findings.filter(pc.equal(findings["kind"], kind.upper()))
        yield Count(f"{kind.upper()} persons", people, here.num_rows)
        yield Count(f"{kind.upper()} households", homes, len(pc.unique(here["household"])))
