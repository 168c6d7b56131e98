"""Linking scored row by row: the truth is right everywhere, rows wrongly joined are counted; the profile hard is harder."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from doudi.sample.city import score
from doudi.sample.city.plan import Plan
from doudi.sample.city.score_rows import by_row

NONE = pa.schema(
    [("kind", pa.string()), ("dataset", pa.string()), ("file", pa.string()), ("row_no", pa.int32()), ("role", pa.string()),
     ("entity", pa.int32()), ("other", pa.int32())]
).empty_table()  # fmt: skip


@pytest.fixture(scope="module")
def planted(pilot) -> score.Planted:
    return score.Planted(pilot / "truth")


def test_the_truth_is_right_in_every_slice(planted):
    told = by_row(planted, score.submit_truth(planted)["links"], NONE)
    for name in ("without_usable_number", "number_missing", "number_mistyped", "number_of_somebody_else"):
        assert told[name]["rows"] > 0 and (told[name]["precision"], told[name]["recall"]) == (1.0, 1.0)
    assert told["number_of_somebody_else"]["found"] == 1.0
    assert told["people_with_two_numbers"]["one_record"] == told["people_with_two_numbers"]["persons"] > 0
    some = told["without_usable_number_but_more_than_a_name"]["rows"]
    assert 0 < some < told["without_usable_number"]["rows"]


def test_a_row_given_to_another_is_wrong_and_a_row_left_alone_is_not(planted):
    links = score.submit_truth(planted)["links"]
    entity = np.asarray(links["entity"]).copy()
    missing = by_row(planted, links, NONE)["number_missing"]["rows"]
    cells = planted.table("cells")
    lacking = {
        (dataset, file, row_no, "spouse" if column == "spouse_no" else "")
        for dataset, file, row_no, column, kind in zip(
            *(cells[name].to_pylist() for name in ("dataset", "file", "row_no", "field", "kind")), strict=True
        )
        if kind == "N4" and column in ("citizen_no", "spouse_no")
    }
    names = ("dataset", "file", "row_no", "role")
    at = [place for place, key in enumerate(zip(*(links[name].to_pylist() for name in names), strict=True)) if key in lacking]
    assert len(at) == missing
    other = entity.copy()
    other[at] = (entity[at] + 1) % 6000
    alone = entity.copy()
    alone[at] = 10_000 + np.arange(len(at))
    wrong = by_row(planted, links.set_column(4, "entity", pa.array(other)), NONE)["number_missing"]
    assert wrong["joined_wrongly"] > 0.9 * missing and wrong["recall"] < 0.1
    apart = by_row(planted, links.set_column(4, "entity", pa.array(alone)), NONE)["number_missing"]
    assert (apart["joined_wrongly"], apart["recall"], apart["precision"]) == (0, 0.0, None)


def test_the_hard_city_is_the_same_city_with_more_dirt_and_more_missed():
    city, hard = Plan("city", 1), Plan("hard", 1)
    assert hard.persons == city.persons and hard.whole and hard.hard and not city.hard
    assert hard.feed("dibao") == city.feed("dibao")
    assert hard.errors["N4"]["marriage"] == pytest.approx(1.9 * city.errors["N4"]["marriage"])
    assert hard.errors["C3"]["all"] == 0.95 and hard.errors["R4"] == city.errors["R4"]
    assert hard.of("t1", "nowhere") == 5 * city.of("t1", "nowhere")
