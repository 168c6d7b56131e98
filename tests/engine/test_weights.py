"""Weights: what a file of them must hold, and what Splink learns from rows with a good number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from doudi.engine import cycle, register, weights
from doudi.engine.lake import Lake
from doudi.engine.linkage import roles
from doudi.engine.weights import LEVELS, BadWeights
from doudi.policy import pack

from .landed import KEY, ON, contracts, land
from .test_placing import rows_of_many


def test_better_agreement_weighs_more() -> None:
    told = weights.trained()
    for comparison in LEVELS:
        falling = told.list(comparison)
        assert falling[0] > 0 > falling[-1], comparison
        assert falling[0] == max(falling) or comparison == "name", comparison


def test_weights_written_are_read_again_and_bad_ones_are_refused(tmp_path: Path) -> None:
    told = weights.trained()
    (tmp_path / weights.FILE).write_text(weights.text_of(told, "a copy"))
    again, name = weights.standing(tmp_path)
    assert name and again.weight("birth", "same") == pytest.approx(told.weight("birth", "same"), rel=1e-4)
    assert weights.standing(tmp_path / "elsewhere") == (told, "")
    for broken, said in (("m = ", "x = "), ("[place]", "[plaice]"), ("sure = 0.95", "sure = 1.5")):
        (tmp_path / weights.FILE).write_text(weights.text_of(told, "broken").replace(broken, said))
        with pytest.raises(BadWeights):
            weights.standing(tmp_path)


def test_weights_of_a_lake_make_another_cycle(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    loads = [land(lake, "hukou", rows_of_many()["hukou"][:20])]
    first = cycle.run(lake, contracts(), loads, pack.load(), ON, key=KEY)
    (tmp_path / weights.FILE).write_text(weights.text_of(weights.trained(), "trained here"))
    second = cycle.run(lake, contracts(), loads, pack.load(), ON, key=KEY)
    assert second.id != first.id and "weights" in second.manifest and "weights" not in first.manifest


def test_splink_learns_from_rows_with_a_good_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from doudi.engine import splinking

    lake = Lake(tmp_path)
    rows = rows_of_many()
    rows["disease"] = [
        {"citizen_no": one["citizen_no"], "name": one["name"], "birth_date": one["birth_date"], "area_code": one["area_code"],
         "disease_code": "E11", "serious": False}
        for one in rows["hukou"]
    ]  # fmt: skip
    loads = {dataset: [land(lake, dataset, told)] for dataset, told in rows.items()}
    given = weights.trained()
    with duckdb.connect() as con:
        datasets = register.link(con, contracts(), loads, ON, key=KEY)
        read = [(code, role) for code in datasets for role in roles(contracts()[code])]
        with pytest.raises(splinking.TooFew, match="少于"):
            splinking.train(con, contracts(), read, loads, {}, given)
        monkeypatch.setattr(splinking, "LEAST", 100)
        learned, gold = splinking.train(con, contracts(), read, loads, {}, given)
    assert gold >= 240
    assert learned.m["birth"]["same"] > 0.99 and learned.u["birth"]["same"] < 0.05
    assert learned.m["place"]["village"] > 0.9 > learned.u["place"]["village"]
    assert learned.m["number"] == given.m["number"], "a good number shows nothing about bad ones"


def test_splink_is_imported_only_to_train() -> None:
    asked = "import doudi.engine.cycle, doudi.engine.placing, sys; print('splink' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
