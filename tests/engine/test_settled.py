"""What a person decided about a doubtful pair holds in every later cycle; what is doubtful is handed over, and nothing else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import Settled, fingerprint, fingerprint_sql, roles
from doudi.policy import pack

from .landed import FAR_VILLAGE, KEY, ON, contracts, land, no, person
from .test_linkage import BAO, CHEN, FAMILY, LIU, ROLL, pid_of, typed_wrong

RULES = pack.load()
STRANGER = {**ROLL, "case_no": "D9", "citizen_no": no(*LIU), "name": "赵铁柱", "area_code": FAR_VILLAGE}  # on 刘大山's number
TWICE = no("19561120", 453, "990112")  # 刘大山 under another number
ROWS: dict[str, list[dict[str, Any]]] = {
    "hukou": FAMILY,
    "dibao": [STRANGER, {**ROLL, "case_no": "D2", "citizen_no": no(*CHEN), "name": "陈秀兰"}],
    "disease": [
        {"name": "刘大山", "citizen_no": TWICE, "birth_date": date(1956, 11, 20), "disease_code": "E11", "serious": False}
    ],
    "court": [{"case_no": "C1", "name": "周德顺", "kind": "missing", "ruling_date": ON}],
}


def run(lake: Lake, *settled: Settled) -> Cycle:
    loads = [land(lake, dataset, rows) for dataset, rows in ROWS.items()]
    return cycle.run(lake, contracts(), loads, RULES, ON, key=KEY, settled=settled)


def table(lake: Lake, made: Cycle, name: str) -> list[dict[str, Any]]:
    return pq.read_table(lake.object(made.manifest["objects"][name]["sha256"])).to_pylist()


def whose(lake: Lake, made: Cycle) -> dict[tuple[str, int], tuple[str, str]]:
    """Dataset and row → pid and how."""
    people, ends = table(lake, made, "person"), [one["links"] for one in table(lake, made, "person_index")]
    found, begin = {}, 0
    links = table(lake, made, "link")
    for one, end in zip(people, ends, strict=True):
        found |= {(link["dataset"], link["row_no"]): (one["pid"], link["how"]) for link in links[begin:end]}
        begin = end
    return found


def mark(dataset: str, row_no: int) -> str:
    contract = contracts()[dataset]
    row = ROWS[dataset][row_no - 1]
    return fingerprint(contract, roles(contract)[0], row, KEY)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Cycle]:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    return lake, run(lake)


def test_doubtful_pairs_are_handed_over_with_why(before: tuple[Lake, Cycle]) -> None:
    lake, made = before
    pairs = {(one["kind"], one["left"], one["pid"]): one for one in table(lake, made, "pair")}
    shared = pairs["shared", mark("dibao", 1), pid_of(no(*LIU))]
    assert (shared["dataset"], shared["row_no"]) == ("dibao", 1)
    assert json.loads(shared["why"]) == [["number", "same"], ["name", "other"]]
    offered = pairs["row", mark("court", 1), pid_of(no("19600109", 31))]  # a name alone is offered, never joined
    assert 0.2 <= offered["probability"] < 1 and ["name", "same"] in json.loads(offered["why"])
    assert whose(lake, made)["court", 1][1] == "alone" and made.counts["pairs"]


def test_the_fingerprint_is_the_same_in_sql_and_python_and_in_another_delivery(tmp_path: Path) -> None:
    contract = contracts()["hukou"]
    role = roles(contract)[0]
    rows = [*FAMILY, person("单 雄", "19700101", 3, "B7", citizen_no=typed_wrong(no("19700101", 3)))]
    marks = []
    for told in (rows, rows[::-1]):
        load = land(Lake(tmp_path), "hukou", told)
        found = duckdb.execute(
            f"SELECT {fingerprint_sql(contract, role, KEY)} FROM read_parquet('{load.object}') ORDER BY row_no"
        ).fetchall()
        marks.append([one for (one,) in found])
    assert marks[0] == marks[1][::-1] == [fingerprint(contract, role, one, KEY) for one in rows]
    assert len(set(marks[0])) == len(rows) and all(len(one) == 24 for one in marks[0])
    assert fingerprint(contract, role, rows[0], "cd" * 32) != marks[0][0]


def test_a_row_given_to_somebody_stays_there_and_is_asked_no_more(before: tuple[Lake, Cycle]) -> None:
    lake, first = before
    zhou = pid_of(no("19600109", 31))
    made = run(lake, Settled("row", mark("court", 1), zhou, "same"))
    assert made.id != first.id
    assert whose(lake, made)["court", 1] == (zhou, "decided")
    assert mark("court", 1) not in {one["left"] for one in table(lake, made, "pair")}
    assert made.counts["persons"] == first.counts["persons"] - 1  # who had only this row is nobody any more


def test_a_row_taken_from_somebody_is_a_person_of_its_own(before: tuple[Lake, Cycle]) -> None:
    lake, first = before
    chen = pid_of(no(*CHEN))
    assert whose(lake, first)["dibao", 2] == (chen, "number")
    made = run(lake, Settled("row", mark("dibao", 2), chen, "apart"))
    pid, how = whose(lake, made)["dibao", 2]
    assert pid.startswith("x") and how == "alone" and made.counts["persons"] == first.counts["persons"] + 1
    both = run(lake, Settled("row", mark("dibao", 2), chen, "apart"), Settled("row", mark("dibao", 2), pid_of(no(*BAO)), "same"))
    assert whose(lake, both)["dibao", 2] == (pid_of(no(*BAO)), "decided")


def test_two_numbers_of_one_person_are_one_person_and_can_be_told_apart_again(before: tuple[Lake, Cycle]) -> None:
    lake, first = before
    second, liu = pid_of(TWICE), pid_of(no(*LIU))
    assert whose(lake, first)["disease", 1][0] == second
    one = Settled("person", second, liu, "same")
    made = run(lake, one)
    assert whose(lake, made)["disease", 1][0] == liu and made.counts["persons"] == first.counts["persons"] - 1
    people = table(lake, made, "person")
    assert len({person["pid"] for person in people}) == len(people) and all(person["name"] for person in people)
    undone = run(lake, one, Settled("person", second, liu, "apart"))
    assert whose(lake, undone)["disease", 1][0] == second
    assert run(lake).id == first.id, "nothing settled is the cycle of before"


def test_what_names_nobody_is_passed_over_and_order_does_not_matter(before: tuple[Lake, Cycle]) -> None:
    lake, first = before
    nobody = [Settled("row", "0" * 24, "p" + "0" * 20, "same"), Settled("person", "x" + "1" * 20, pid_of(no(*LIU)), "same")]
    made = run(lake, *nobody)
    assert whose(lake, made) == whose(lake, first)
    assert run(lake, *reversed(nobody)) == made
