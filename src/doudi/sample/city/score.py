"""Scores what was found against what was planted. The truth itself scores 1, an empty submission 0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.sample.city.plan import read_toml

_WRONG_NUMBER = ("N2", "N3", "N6", "N7")


@dataclass(frozen=True)
class Planted:
    """The truth of a city, as its folder holds it."""

    folder: Path

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / f"{name}.parquet")

    @cached_property
    def rows(self) -> pa.Table:
        """Whose every row of the feeds is."""
        rows = self.table("rows")
        return rows.filter(pc.equal(rows["snapshot"], ""))

    @cached_property
    def findings(self) -> pa.Table:
        return self.table("findings")

    def people(self, kind: str, code: str | None = None) -> np.ndarray:
        """Persons of a planted kind."""
        here = pc.equal(self.findings["kind"], kind)
        if code is not None:
            here = pc.and_(here, pc.equal(self.findings["code"], code))
        return np.unique(self.findings.filter(here)["person"].to_numpy())


def submit_truth(planted: Planted) -> dict[str, pa.Table]:
    """The truth as if a platform had found it: links, warnings, anomalies."""
    rows, findings = planted.rows, planted.findings
    links = rows.select(["dataset", "file", "row_no", "role"]).append_column("entity", rows["person"])
    warned = findings.filter(pc.equal(findings["kind"], "warning"))
    warnings = pa.table(
        {
            "indicator": warned["code"],
            "entity": warned["person"],
            "subject": pa.array(np.arange(len(warned), dtype=np.int32)),
        }
    )
    own = planted.table("rows")
    own = own.filter(pc.equal(own["role"], ""))
    parts = []
    for roll, label, snapshot in _lists():
        here = findings.filter(pc.equal(findings["kind"], label))
        if label == "T7":
            here = here.filter(pc.equal(here["code"], "dibao_tekun"))
        kinds = pa.repeat("tekun", len(here)) if not snapshot else here["code"]
        of = own.filter(pc.and_(pc.equal(own["dataset"], roll), pc.equal(own["snapshot"], snapshot)))
        wanted = pa.table({"person": here["person"], "kind": kinds})
        found = wanted.join(of.select(["person", "snapshot", "file", "row_no"]), "person", join_type="inner")
        parts.append(
            found.append_column("roll", pa.repeat(roll, len(found))).select(["snapshot", "roll", "file", "row_no", "kind"])
        )
    return {"links": links, "warnings": warnings, "anomalies": pa.concat_tables(parts).combine_chunks()}


def _lists() -> list[tuple[str, str, str]]:
    """Roll, kind of finding, snapshot of every check that is scored."""
    county = [("disability_subsidy", name.upper(), name) for name in ("p2", "p3", "p4")]
    return [("disability_subsidy", "P1", ""), ("dibao", "T7", ""), *county, ("applicant", "P5", "p5"), ("applicant", "P6", "p6")]


# ---- linking ------------------------------------------------------------------------------------------------------------


def _pairs(counts: np.ndarray) -> float:
    return float((counts.astype(np.float64) * (counts - 1) / 2).sum())


def _group_sizes(*columns: np.ndarray) -> np.ndarray:
    """How many rows agree in all columns, group by group."""
    key = columns[0].astype(np.int64)
    for column in columns[1:]:
        key = key * (int(column.max(initial=0)) + 2) + column
    return np.unique(key, return_counts=True)[1]


def _agreement(true: np.ndarray, said: np.ndarray) -> np.ndarray:
    """Pairs in both, pairs said, pairs true."""
    if not len(true):
        return np.zeros(3)
    return np.array([_pairs(_group_sizes(true, said)), _pairs(_group_sizes(said)), _pairs(_group_sizes(true))])


def _rates(agreed: np.ndarray) -> dict[str, float]:
    both, said, true = (float(one) for one in agreed)
    precision, recall = both / said if said else 0.0, both / true if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 6), "recall": round(recall, 6), "f1": round(f1, 6)}


def _said(planted: Planted, links: pa.Table) -> np.ndarray:
    """The entity said of every true row; a row nobody said anything about is an entity of its own (negative)."""
    keys = ["dataset", "file", "row_no", "role"]
    rows = planted.rows.append_column("at", pa.array(np.arange(len(planted.rows), dtype=np.int64)))
    said = links.select([*keys, "entity"]).set_column(2, "row_no", links["row_no"].cast(pa.int32()))
    joined = rows.select([*keys, "at"]).join(said, keys, join_type="left outer").sort_by("at")
    entity = joined["entity"]
    known = entity.is_valid().to_numpy()
    found = -2 - np.arange(len(rows), dtype=np.int64)
    found[joined["at"].to_numpy()[known]] = entity.drop_null().to_numpy()
    return found


def linking(planted: Planted, links: pa.Table) -> dict[str, Any]:
    """Pairs of rows of one person: precision, recall, F1; over all rows that were delivered, and in the hard slices.

    A slice counts the pairs with at least one row in it. `rows_linked`: the share of rows joined to anybody; repeated and
    rejected rows are not, and cost no recall in `landed`. B³: by row instead of by pair.
    """
    true = planted.rows["person"].to_numpy().astype(np.int64)
    said = _said(planted, links)
    compact = np.unique(said, return_inverse=True)[1]
    landed = said >= 0
    every = _agreement(true, compact)
    result: dict[str, Any] = {"rows": len(true), "rows_linked": round(float(landed.mean()), 6), "overall": _rates(every)}
    result["landed"] = _rates(_agreement(true[landed], compact[landed]))
    result["b_cubed"] = _b_cubed(true[landed], compact[landed])
    result["persons"] = {"true": len(np.unique(true)), "said": len(np.unique(said[landed]))}
    within = _agreement(true[landed], compact[landed])
    result["slices"] = {}
    for name, inside in _slices(planted).items():
        outside = landed & ~inside
        told = _rates(within - _agreement(true[outside], compact[outside]))
        result["slices"][name] = {"rows": int((inside & landed).sum()), **told}
    return result


def _b_cubed(true: np.ndarray, said: np.ndarray) -> dict[str, float]:
    if not len(true):
        return {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    both = true * (int(said.max()) + 1) + said
    sizes = []
    for key in (both, said, true):
        _, place, counts = np.unique(key, return_inverse=True, return_counts=True)
        sizes.append(counts[place])
    precision, recall = float((sizes[0] / sizes[1]).mean()), float((sizes[0] / sizes[2]).mean())
    return {
        "precision": round(precision, 6),
        "recall": round(recall, 6),
        "f1": round(2 * precision * recall / (precision + recall), 6),
    }


def _slices(planted: Planted) -> dict[str, np.ndarray]:
    """Which rows are hard, and why."""
    people = planted.table("persons")
    who = planted.rows["person"].to_numpy()
    cells = planted.table("cells")
    cells = cells.filter(
        pc.and_(pc.equal(cells["snapshot"], ""), pc.is_in(cells["field"], pa.array(["citizen_no", "spouse_no"])))
    )
    role = pc.if_else(pc.equal(cells["field"], "spouse_no"), "spouse", "")
    keys = ["dataset", "file", "row_no", "role"]
    cells = cells.append_column("role", role).select([*keys, "kind"])
    rows = planted.rows.select(keys).append_column("at", pa.array(np.arange(len(who), dtype=np.int64)))

    def with_cell(*kinds: str) -> np.ndarray:
        found = np.zeros(len(who), bool)
        here = rows.join(cells.filter(pc.is_in(cells["kind"], pa.array(kinds))), keys, join_type="inner")
        found[here["at"].to_numpy()] = True
        return found

    def flagged(column: str) -> np.ndarray:
        return people[column].to_numpy()[who].astype(bool)

    return {
        "no_number": with_cell("N4"),
        "fifteen_digits": with_cell("N1"),
        "wrong_number": with_cell(*_WRONG_NUMBER),
        "twins": flagged("twin"),
        "rare_characters": flagged("rare_character"),
        "two_numbers": people["second_no"].is_valid().to_numpy()[who],
    }


# ---- checks -------------------------------------------------------------------------------------------------------------


def _against(found: np.ndarray, planted: np.ndarray) -> dict[str, Any]:
    """Precision and recall of one set of people against another."""
    return _told(len(planted), len(found), len(np.intersect1d(found, planted)))


def _told(planted: int, found: int, right: int) -> dict[str, Any]:
    """Counts with their rates; a rate of nothing is None where nothing was to be found, 0 where nothing was found."""
    precision = right / found if found else 0.0 if planted else None
    recall = right / planted if planted else None
    return {
        **{"planted": planted, "found": found, "right": right},
        "precision": None if precision is None else round(precision, 6),
        "recall": None if recall is None else round(recall, 6),
    }


def _together(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    parts = list(parts)
    return _told(*(sum(one[key] for one in parts) for key in ("planted", "found", "right")))


def checks(planted: Planted, anomalies: pa.Table) -> dict[str, Any]:
    """For each of the papers' checks: who was found, who should have been, by kind; people count once."""
    rows = planted.table("rows")
    rows = rows.filter(pc.equal(rows["role"], ""))
    said = anomalies.set_column(anomalies.column_names.index("row_no"), "row_no", anomalies["row_no"].cast(pa.int32()))
    lists: dict[str, Any] = {}
    for roll, label, snapshot in _lists():
        of = pc.and_(pc.equal(said["roll"], roll), pc.equal(said["snapshot"], snapshot))
        here = said.filter(of).drop_columns(["roll", "snapshot"])
        own = rows.filter(pc.and_(pc.equal(rows["dataset"], roll), pc.equal(rows["snapshot"], snapshot)))
        whose = here.join(own.select(["file", "row_no", "person"]), ["file", "row_no"], join_type="inner")
        name = "T7 dibao and tekun" if label == "T7" else label
        if not snapshot:
            whose = whose.filter(pc.equal(whose["kind"], "tekun"))
            should = planted.people(label, "dibao_tekun" if label == "T7" else None)
            lists[name] = _against(np.unique(whose["person"].to_numpy()), should)
            continue
        kinds = sorted(set(planted.findings.filter(pc.equal(planted.findings["kind"], label))["code"].to_pylist()))
        by_kind = {}
        for kind in kinds:
            found = np.unique(whose.filter(pc.equal(whose["kind"], kind))["person"].to_numpy())
            by_kind[kind] = _against(found, planted.people(label, kind))
        found = np.unique(whose["person"].to_numpy())
        lists[name] = {**_against(found, planted.people(label)), "kinds": by_kind}
    return {**_together(lists.values()), "lists": lists}


# ---- warnings -----------------------------------------------------------------------------------------------------------

# which indicator should find whom, beyond those that have a query of their own
_SHOWS = {
    ("T3", "nursing"): ("B06",),
    ("T3", "living"): ("B05",),
    ("T3", "old_age"): ("B24",),
    ("T3", "student"): ("B17",),
    ("T3", "medical"): ("B15",),
    ("T4", "visible"): ("C14", "C16", "C17"),
    ("T5", "vehicle"): ("C18",),
    ("T5", "dwelling"): ("C19",),
    ("T5", "firm"): ("C17",),
    ("T5", "deposits"): ("C20",),
    ("T6", "death"): ("C01", "C02"),
    ("T6", "hukou"): ("C01", "C04"),
    ("T7", "dibao_tekun"): ("C27",),
    ("T7", "two_places"): ("C26",),
}
_ACCUSES = ("C14", "C16", "C17", "C18", "C19", "C20", "C27")


def persons_of(planted: Planted, links: pa.Table) -> dict[int, int]:
    """Entity → the true person most of its rows belong to; the smaller number where two are equal."""
    said = _said(planted, links)
    true = planted.rows["person"].to_numpy().astype(np.int64)
    here = said >= 0
    width = int(true.max(initial=0)) + 1
    key, counts = np.unique(said[here] * width + true[here], return_counts=True)
    entity, person = np.divmod(key, width)
    order = np.lexsort((person, -counts, entity))
    first = order[np.concatenate([[True], entity[order][1:] != entity[order][:-1]])] if len(order) else order
    return dict(zip(entity[first].tolist(), person[first].tolist(), strict=True))


def warnings(planted: Planted, links: pa.Table, warned: pa.Table) -> dict[str, Any]:
    """By indicator: of those it is true of, how many were warned of, and how many warnings are true.

    Only indicators with a plain meaning are scored (warnings.toml). Also: how much of each planted kind any fitting warning
    finds, and how many of those who only look guilty are named without the warning being true of them.
    """
    person_of = persons_of(planted, links)
    indicator = np.array(warned["indicator"].to_pylist(), object)
    whose = np.array([person_of.get(one, -1) for one in warned["entity"].to_pylist()], np.int64)
    by_code: dict[str, np.ndarray] = (
        {code: np.unique(whose[indicator == code]) for code in np.unique(indicator)} if len(indicator) else {}
    )
    none = np.empty(0, np.int64)
    scored = {
        code: _against(by_code.get(code, none), planted.people("warning", code))
        for code in sorted(read_toml("warnings.toml")["sql"])
    }
    missed = {}
    for (kind, code), codes in _SHOWS.items():
        found = np.unique(np.concatenate([none, *(by_code.get(one, none) for one in codes)]))
        missed[f"{kind} {code}"] = _share(planted, kind, code, found)
    help_codes = [one for one in by_code if one[0] in "AB"]
    found = np.unique(np.concatenate([none, *(by_code[one] for one in help_codes)]))
    for kind, code in (("T1", "event"), ("T1", "points"), ("T1", "nowhere"), ("T2", "")):
        missed[f"{kind} {code}".strip()] = _share(planted, kind, code, found)
    accused = np.unique(np.concatenate([none, *(by_code.get(one, none) for one in _ACCUSES)]))
    innocent = {code: _share(planted, "T9", code, accused) for code in ("name_twin", "sold_car", "joint_account", "firm_unknown")}
    allowed = planted.people("T8")
    return {
        **_together(scored.values()),
        "indicators": scored,
        "planted_kinds": missed,
        "only_look_guilty": innocent,
        "allowed_flagged": len(np.intersect1d(allowed, by_code.get("C27", none))),
        "all_indicators": {code: len(people) for code, people in sorted(by_code.items())},
    }


def _share(planted: Planted, kind: str, code: str, found: np.ndarray) -> dict[str, Any]:
    """How many of the planted households have somebody who was found."""
    here = pc.and_(pc.equal(planted.findings["kind"], kind), pc.equal(planted.findings["code"], code))
    homes = np.unique(planted.findings.filter(here)["household"].to_numpy())
    people = planted.table("persons")
    reached = np.unique(people["household"].to_numpy()[found[found >= 0]])
    right = len(np.intersect1d(homes, reached))
    return {"households": len(homes), "found": right, "share": round(right / len(homes), 6) if len(homes) else None}


_TEXT, _WHOLE = pa.string(), pa.int32()
_EMPTY = {
    "links": {"dataset": _TEXT, "file": _TEXT, "row_no": _WHOLE, "role": _TEXT, "entity": _WHOLE},
    "warnings": {"indicator": _TEXT, "entity": _WHOLE, "subject": _WHOLE},
    "anomalies": {"snapshot": _TEXT, "roll": _TEXT, "file": _TEXT, "row_no": _WHOLE, "kind": _TEXT},
}


def empty() -> dict[str, pa.Table]:
    """A submission that found nothing."""
    return {name: pa.schema(list(columns.items())).empty_table() for name, columns in _EMPTY.items()}
