"""The scorer: the truth itself scores one, nothing scores nothing, plain equality of numbers something between."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from doudi.engine import cycle
from doudi.exchange import jobs, queries
from doudi.office import queries as office
from doudi.office.core import Party
from doudi.policy import pack
from doudi.sample.city import score
from doudi.sample.city.make import contracts
from doudi.sample.city.score_register import register
from doudi.sample.city.verify import read_table

SNAPSHOT = date(2026, 6, 30)


@pytest.fixture(scope="module")
def planted(pilot) -> score.Planted:
    return score.Planted(pilot / "truth")


def test_the_truth_scores_one(planted):
    told = score.submit_truth(planted)
    linking = score.linking(planted, told["links"])
    assert linking["overall"] == linking["landed"] == linking["b_cubed"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert linking["rows_linked"] == 1.0
    assert linking["persons"] == {"true": 6000, "said": 6000}
    assert all(one["f1"] == 1.0 and one["rows"] > 0 for one in linking["slices"].values())
    checks = score.checks(planted, told["anomalies"])
    assert (checks["precision"], checks["recall"]) == (1.0, 1.0)
    assert checks["lists"]["P1"]["planted"] == 17
    assert all(kind["recall"] == 1.0 for one in checks["lists"].values() for kind in one.get("kinds", {}).values())
    warnings = score.warnings(planted, told["links"], told["warnings"])
    assert (warnings["precision"], warnings["recall"]) == (1.0, 1.0)
    assert sum(one["planted"] > 0 for one in warnings["indicators"].values()) >= 20
    assert warnings["allowed_flagged"] == 0


def test_nothing_scores_nothing(planted):
    told = score.empty()
    linking = score.linking(planted, told["links"])
    assert linking["overall"]["f1"] == linking["landed"]["f1"] == linking["b_cubed"]["f1"] == linking["rows_linked"] == 0.0
    checks = score.checks(planted, told["anomalies"])
    assert (checks["precision"], checks["recall"]) == (0.0, 0.0)
    warnings = score.warnings(planted, told["links"], told["warnings"])
    assert (warnings["precision"], warnings["recall"]) == (0.0, 0.0)
    assert all(one["found"] == 0 for one in warnings["planted_kinds"].values())


def test_wrong_links_cost_precision(planted):
    links = score.submit_truth(planted)["links"]
    half = np.asarray(links["entity"]) // 2  # every two persons taken for one
    told = score.linking(planted, links.set_column(4, "entity", pa.array(half)))
    assert told["overall"]["recall"] == 1.0
    assert 0.2 < told["overall"]["precision"] < 0.8
    assert told["b_cubed"]["precision"] < 1.0


def test_split_links_cost_recall(planted):
    links = score.submit_truth(planted)["links"]
    own = np.asarray(links["entity"]) * 2 + np.asarray(links["row_no"]) % 2
    told = score.linking(planted, links.set_column(4, "entity", pa.array(own)))
    assert told["overall"]["precision"] == 1.0
    assert 0.2 < told["overall"]["recall"] < 0.8


def test_plain_equality_of_numbers_misses_two_to_four_in_a_hundred(pilot, planted):
    """The reference run: rows are one person's when the number is written the same; spec §9 gate 4."""
    known = contracts()
    rows = planted.rows
    entities = np.empty(len(rows), object)
    files = np.array(rows["file"].to_pylist(), object)
    for file in np.unique(files):
        here = files == file
        dataset = rows["dataset"][int(np.flatnonzero(here)[0])].as_py()
        table = read_table(pilot / "feeds" / file, known[dataset])
        for role, column in (("", "citizen_no"), ("spouse", "spouse_no")):
            at = here & np.array(pc.equal(rows["role"], role))
            if at.any():
                entities[at] = np.array(table[column].to_pylist(), object)[rows["row_no"].to_numpy()[at] - 1]
    numbered = [bool(text) and len(text) >= 15 and len(set(text)) > 1 for text in entities]
    given = np.array([text if ok else f"none {at}" for at, (text, ok) in enumerate(zip(entities, numbered, strict=True))])
    links = rows.select(["dataset", "file", "row_no", "role"]).append_column(
        "entity", pa.array(np.unique(given, return_inverse=True)[1])
    )
    told = score.linking(planted, links)
    assert 0.92 < told["overall"]["recall"] < 0.98
    assert told["overall"]["precision"] > 0.99
    assert told["slices"]["fifteen_digits"]["recall"] < 0.1


def test_accusing_name_twins_costs_precision(pilot, planted):
    """Whoever takes an owner's row without a number for the applicant of the same name is wrong about them."""
    rows = planted.table("rows")
    known = contracts()
    folder = pilot / "checks" / "p5"
    path = next(folder.glob("dwelling.*"))
    nameless = [row["name"] for row in read_table(path, known["dwelling"]).to_pylist() if not row["citizen_no"]]
    applicants = read_table(folder / "applicant.csv", known["applicant"]).to_pylist()
    twins = [at + 1 for at, row in enumerate(applicants) if row["name"] in nameless]
    assert twins
    found = score.submit_truth(planted)["anomalies"]
    accused = pa.table(
        {
            "snapshot": ["p5"] * len(twins),
            "roll": ["applicant"] * len(twins),
            "file": ["applicant.csv"] * len(twins),
            "row_no": pa.array(twins, pa.int32()),
            "kind": ["dwelling"] * len(twins),
        }
    )
    told = score.checks(planted, pa.concat_tables([found, accused.cast(found.schema)]))
    assert told["lists"]["P5"]["recall"] == 1.0
    assert told["lists"]["P5"]["found"] == told["lists"]["P5"]["planted"] + len(twins)
    assert rows.num_rows > 0


@pytest.mark.slow
@pytest.mark.lake
def test_whom_few_know(planted, pilot, tmp_path, settings, db):
    """The pilot city through the front door: those one department knows are on the list."""
    settings.LAKE = tmp_path / "lake"
    jobs.pick_up(pilot / "feeds", by=Party.system("feeds"), at=office.now())
    lake = queries.lake()
    rules = pack.load(settings.PACKS)
    cycle.run(lake, queries.contracts(), queries.current_loads(SNAPSHOT), rules, SNAPSHOT, key=settings.LINKING_KEY)
    told = register(planted, lake)
    assert told["one_source"]["planted"] >= 10 and told["one_source"]["recall"] >= 0.9
    assert told["no_hukou"]["recall"] >= 0.9 and told["one_source_with_number"]["precision"] >= 0.4
    assert sum(told["gaps"].values()) >= 5900
