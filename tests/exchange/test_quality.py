"""Scores: promises kept, wanted cells, signs about whole deliveries; unknown is not good; planted mistakes are found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import exchange_feeds as feeds
from doudi.exchange import jobs, queries
from doudi.exchange.core import quality
from doudi.exchange.core.quality import Freshness
from doudi.exchange.models import Score
from doudi.office import queries as office
from engine.unit_city import judged
from exchange.test_corrections import officer
from people import HALL, NOON


@pytest.mark.parametrize(
    ("rhythm", "latest", "today", "told"),
    [
        ("monthly", date(2026, 6, 30), date(2026, 7, 1), Freshness.ON_TIME),
        ("monthly", date(2026, 6, 30), date(2026, 8, 15), Freshness.ON_TIME),  # July's is promised by 15 August
        ("monthly", date(2026, 6, 30), date(2026, 8, 16), Freshness.OVERDUE),
        ("monthly", date(2026, 6, 30), date(2026, 9, 16), Freshness.STOPPED),
        ("quarterly", date(2026, 6, 30), date(2026, 10, 20), Freshness.ON_TIME),
        ("quarterly", date(2026, 6, 30), date(2026, 10, 21), Freshness.OVERDUE),
        ("daily", date(2026, 6, 30), date(2026, 7, 4), Freshness.OVERDUE),
        ("term", date(2026, 2, 28), date(2026, 10, 1), Freshness.OVERDUE),
        ("monthly", None, date(2026, 7, 1), Freshness.NEVER),
        ("event", None, date(2026, 7, 1), Freshness.NO_RHYTHM),
    ],
)
def test_freshness_keeps_to_the_promised_rhythm(rhythm, latest, today, told):
    assert quality.freshness(rhythm, latest, today) is told


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.sampled_from(sorted(quality.RHYTHMS)), st.integers(0, 900))
def test_data_never_grow_fresher_by_waiting(latest, rhythm, days):
    order = [Freshness.ON_TIME, Freshness.LATE, Freshness.OVERDUE, Freshness.STOPPED]
    now, later = (quality.freshness(rhythm, latest, latest + timedelta(days=n)) for n in (days, days + 1))
    assert order.index(later) >= order.index(now)


@given(st.dictionaries(st.sampled_from(sorted(quality.WEIGHTS)), st.one_of(st.none(), st.floats(0, 1))))
def test_what_is_not_known_is_named_and_never_raises_a_grade(parts):
    told = quality.grade(parts)
    known = {name: share for name, share in parts.items() if share is not None}
    assert set(told.unknown) == set(quality.WEIGHTS) - set(known)
    if not known:
        assert told.points is None
    else:
        assert told.points is not None and told.points <= 100 * max(known.values()) + 1e-6


def test_a_column_once_filled_is_wanted_even_when_it_is_empty_now():
    contract = queries.contracts()["tekun"]
    empty = {column.name: 0 for column in contract.columns} | {"carer_name": 10, "to_date": 10}
    assert quality.completeness(contract, 10, empty, {}) == 1.0  # neither ever came
    assert quality.completeness(contract, 10, empty, {"carer_name": 0.9}) < 1.0
    assert quality.completeness(contract, 0, {}, {}) is None


def test_signs_of_a_whole_delivery():
    def told(**more):
        given = {"rows": 100, "rows_before": 100, "medians": {"x": 98_850.0}, "medians_before": {"x": 98_850.0}, "again": False}
        return [(one["sign"], one.get("factor")) for one in quality.signs(**(given | more))]

    assert told() == [] == told(medians={"x": 150_000.0}) == told(rows_before=None, medians_before={})
    assert told(medians={"x": 9_885_000.0}) == [("unit", "0.01")]  # fen for yuan
    assert told(medians={"x": 9.9}) == [("unit", "10000")]  # 10,000 yuan for yuan
    assert told(medians={"x": 700_000.0}) == [("jump", None)]
    assert told(rows=60) == [("fewer", None)] and told(again=True) == [("again", None)]


@pytest.mark.django_db
def test_three_months_are_scored_once_and_stand_in_the_trend(tmp_path, settings):
    settings.LAKE = tmp_path / "lake"
    rows = feeds.tekun_rows(40)
    months = {
        "2026-03-31": rows,
        "2026-04-30": rows,  # last month's again, under a new name
        "2026-05-31": [[*row[:6], f"{float(row[6]) * 100:.0f}", *row[7:]] for row in rows[:20]],  # half of it, in fen
    }
    for day, told in months.items():
        end = "\r\n" if day != "2026-04-30" else "\n"
        feeds.write(tmp_path / "in" / f"tekun_{day}.csv", feeds.text(told, end=end))
    jobs.pick_up(tmp_path / "in", by=HALL.system("feeds"), at=NOON)
    assert jobs.score_loads(at=NOON) == 3 and jobs.score_loads(at=NOON) == 0
    march, april, may = Score.objects.select_related("load").order_by("load__as_of")
    assert march.signs == [] and april.again_of_id == march.load_id
    assert march.late_days == (NOON.date() - date(2026, 4, 15)).days
    assert [one["sign"] for one in may.signs] == ["fewer", "unit"] and may.signs[1]["factor"] == "0.01"

    viewer = office.viewer(officer("civil_affairs"), "quality.read", NOON)
    scored = {one.code: one for one in queries.department_scores(viewer, NOON.date())}
    tekun = scored["tekun"]
    assert [point.as_of.month for point in tekun.trend] == [3, 4, 5]
    assert tekun.points is not None and tekun.points <= 40 and "对得上" in tekun.unknown
    assert scored["dibao"].points is None and scored["dibao"].freshness is Freshness.NEVER
    assert {one.department_code for one in scored.values()} == {"civil_affairs"}


def test_every_planted_mistake_of_the_unit_city_is_found_and_none_invented():
    lake, _ = judged()
    home, truth = lake.root.parent, lake.root.parent.parent / "unit" / "truth"
    doudi = str(Path(sys.executable).with_name("doudi"))
    environment = {**os.environ, "DOUDI_HOME": str(home), "DOUDI_DEMO": "1"}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    asked = [doudi, "city", "score", "--kind", "quality", "--truth", str(truth), "--json"]
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    back = told["turned_back"]
    assert back["cells"] == back["for_the_right_reason"] > 0
    assert back["invented"] == back["silently_left_out"] == 0
    for kind in ("N1", "N2", "N4", "D1"):
        one = told["kinds"][kind]
        assert one["planted"] and one["missed"] == one["wrongly"] == 0, (kind, one)
