"""A cycle: the same from the same, changed when something changed, published in one step or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import doudi
from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.policy import pack

from .landed import KEY, ON, contracts
from .town import BAO, CHEN, LIU, ROLL, TOWN, ZHOU, town

RULES = pack.load()


class PowerCut(BaseException):
    """The end of the process, as far as anything in it can notice."""


def run(lake: Lake, *, mark: Any = lambda step: None, on: date = ON, **more: Any) -> Cycle:
    return cycle.run(lake, contracts(), town(lake, **more), RULES, on, key=KEY, mark=mark)


def table(lake: Lake, made: Cycle, name: str) -> list[dict[str, Any]]:
    return pq.read_table(lake.object(made.manifest["objects"][name]["sha256"])).to_pylist()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Cycle, list[str]]:
    lake, steps = Lake(tmp_path_factory.mktemp("town")), []
    return lake, run(lake, mark=steps.append), steps


def test_what_a_cycle_made_is_counted_and_lies_under_its_content(made: tuple[Lake, Cycle, list[str]]) -> None:
    lake, first, _ = made
    counts = first.counts
    assert (counts["persons"], counts["findings"]) == (13, sum(counts["by_indicator"].values()))
    assert sum(counts["links"].values()) == sum(len(rows) for rows in TOWN.values())
    assert counts["tiers"] == {"dibao": 3, "tekun": 1} and counts["links"]["alone"] == 1
    assert cycle.current(lake) == first and first.on == ON
    assert set(first.manifest["objects"]) == {
        "person", "person_facts", "household", "household_facts", "living", "edge", "link", "pair", "placing", "placing_beside",
        "finding", "person_index", "household_index", "unseen",
    }  # fmt: skip
    for name, told in first.manifest["objects"].items():
        assert pq.read_metadata(lake.object(told["sha256"])).num_rows == told["rows"], name


def test_findings_name_whom_they_are_about_and_no_number(made: tuple[Lake, Cycle, list[str]]) -> None:
    lake, first, _ = made
    found = table(lake, first, "finding")
    people = {one["pid"]: one for one in table(lake, first, "person")}
    assert {"A10", "B03", "C18"} <= {one["indicator"] for one in found}
    for one in found:
        assert one["masked_name"].startswith(people[one["pid"]]["name"][0]) and "*" in one["masked_name"]
        assert one["area"].startswith("990101001")
        assert not any(number in str(one) for number in (LIU, CHEN, BAO, ZHOU))
    assert [tuple(one.values()) for one in found] == list(cycle.findings(lake, first))


def test_a_rule_without_its_data_is_named_and_says_nothing(made: tuple[Lake, Cycle, list[str]]) -> None:
    _, first, _ = made
    assert first.counts["silent"] and not set(first.counts["silent"]) & set(first.counts["by_indicator"])


def test_the_same_again_builds_nothing_and_elsewhere_gives_the_same_bytes(
    made: tuple[Lake, Cycle, list[str]], tmp_path: Path
) -> None:
    lake, first, _ = made
    steps: list[str] = []
    assert run(lake, mark=steps.append) == first and steps == ["current"]
    assert run(Lake(tmp_path)) == first


@pytest.mark.parametrize(
    "changed",
    [
        {"on": date(2026, 7, 1)},
        {"vehicle": [{"citizen_no": LIU, "name": "刘大山", "plate": "A1", "class": "farm",
                      "first_registered": date(2026, 6, 1), "status": "normal"}]},
    ],
)  # fmt: skip
def test_a_change_makes_another_cycle_and_the_old_one_stays_readable(tmp_path: Path, changed: dict[str, Any]) -> None:
    lake = Lake(tmp_path)
    first = run(lake)
    second = run(lake, **changed)
    assert second.id != first.id and cycle.current(lake) == second and cycle.read(lake, first.id) == first
    if "vehicle" in changed:
        assert second.counts["by_indicator"].get("C18", 0) < first.counts["by_indicator"]["C18"]


def test_nothing_loaded_is_said(tmp_path: Path) -> None:
    with pytest.raises(cycle.NothingLoaded):
        cycle.run(Lake(tmp_path), contracts(), [], RULES, ON, key=KEY)
    assert cycle.current(Lake(tmp_path)) is None


def test_an_object_gone_from_the_lake_is_made_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = run(lake)
    lake.object(first.manifest["objects"]["finding"]["sha256"]).unlink()
    assert run(lake) == first and table(lake, first, "finding")


def test_cut_off_at_any_step_and_run_again_it_ends_the_same(made: tuple[Lake, Cycle, list[str]], tmp_path: Path) -> None:
    _, whole, steps = made
    lake = Lake(tmp_path)
    before = run(lake, on=date(2026, 6, 29))
    for stop in (*range(1, len(steps), 2), len(steps)):
        told: list[str] = []

        def cut(step: str, told: list[str] = told, stop: int = stop) -> None:
            told.append(step)
            if len(told) == stop:
                raise PowerCut

        with pytest.raises(PowerCut):
            run(lake, mark=cut)
        assert cycle.current(lake) == before, f"half a cycle was published at {told[-1]}"
        assert cycle.read(lake, whole.id) in (None, whole)
    assert run(lake) == whole == cycle.current(lake)
    assert not list((lake.root / "tmp").iterdir())


_KILLED = """
import os, sys
from pathlib import Path
from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.policy import pack
from engine.landed import KEY, ON, contracts
from engine.town import town

def mark(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), 9)

lake = Lake(Path(sys.argv[1]))
cycle.run(lake, contracts(), town(lake), pack.load(), ON, key=KEY, mark=mark)
"""


@pytest.mark.slow
def test_killed_for_real_and_run_again_it_ends_the_same(made: tuple[Lake, Cycle, list[str]], tmp_path: Path) -> None:
    _, whole, _ = made
    lake = Lake(tmp_path)
    paths = os.pathsep.join(str(path) for path in (Path(doudi.__file__).parents[1], Path(__file__).parents[1]))
    environment = {**os.environ, "PYTHONPATH": paths}
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path), "keep link"], env=environment, check=False)
    assert killed.returncode == -9 and cycle.current(lake) is None
    assert run(lake) == whole == cycle.current(lake)


def test_members_of_a_roll_household_are_together(made: tuple[Lake, Cycle, list[str]]) -> None:
    lake, first, _ = made
    homes = {one["name"]: one["m"] for one in table(lake, first, "person") if one["pid"].startswith("p")}
    assert homes["刘大山"] == homes["陈秀兰"] == homes["刘小宝"] != homes["周德顺"]
    assert ROLL["area_code"] in {one["area"] for one in table(lake, first, "household")}
