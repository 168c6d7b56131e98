"""A delivery withdrawn: the next cycle is as if it had not come, what came from it is listed, what people decided stays."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from doudi.exchange import actions as exchange
from doudi.exchange import jobs as arriving
from doudi.exchange.queries import contracts
from doudi.monitoring import actions, jobs, queries
from doudi.monitoring.jobs import aftermath
from doudi.monitoring.models import Aftermath, Alert, Touched
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from engine.landed import ON
from engine.town import TOWN
from people import NOON, clerk_li, clerk_sun, keeper_wu, places

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BY = Party.system("feeds")


def deliver(folder: Path, dataset: str) -> int:
    """One dataset of the town as its department's file, through the front door."""
    contract = contracts()[dataset]
    rows = TOWN[dataset]
    names = [column for column in contract.columns if any(column.name in row for row in rows)]

    def cell(column: Any, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if column.type == "money":
            return f"{value / 100:.2f}"
        if column.codes and value in column.codes:
            return column.codes[value][0]
        return value.isoformat() if isinstance(value, date) else str(value)

    path = folder / f"{dataset}_20260630.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([column.label for column in names])
        writer.writerows([[cell(column, row.get(column.name)) for column in names] for row in rows])
    outcome = arriving.pick_up(path, by=BY, at=NOON)
    assert not outcome.refused, outcome.refused
    (found,) = outcome.loads
    return found


@pytest.fixture
def loads(tmp_path: Path, settings: Any) -> dict[str, int]:
    settings.LAKE = tmp_path / "lake"
    places()
    return {dataset: deliver(tmp_path, dataset) for dataset in ("hukou", "dibao", "disaster", "vehicle")}


def fire_alert() -> Alert:
    found = [(one.indicator, one.basis, one.figures) for one in Alert.objects.all()]
    alert = Alert.objects.filter(basis__contains="2026-06-11").first()
    assert alert is not None, found
    return alert


def test_what_came_from_it_is_gone_and_listed_and_decisions_stay(loads: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.evaluate(ON)
    li, wu = clerk_li(), keeper_wu()
    fire = fire_alert()
    others = set(Alert.objects.exclude(ref=fire.ref).values_list("ref", "state"))
    car = Alert.objects.filter(pid__in=Alert.objects.values("pid")).exclude(ref=fire.ref).first()
    assert car is not None and fire.state == "open"
    coming = queries.coming(loads["disaster"], office.viewer(wu, "feed.withdraw", NOON))
    assert coming and (coming.persons, coming.households) == (1, 1) and sum(coming.alerts.values()) >= 1
    exchange.withdraw_load(load=loads["disaster"], why="火灾名单发错了村", by=wu, at=NOON + timedelta(days=1))

    def cut(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(aftermath.actions, "keep_aftermath", cut)
        with pytest.raises(KeyboardInterrupt):
            jobs.evaluate(ON)
    assert Alert.objects.get(ref=fire.ref).state == "lapsed" and not Aftermath.objects.exists()
    jobs.evaluate(ON)
    jobs.evaluate(ON)
    (made,) = Aftermath.objects.all()
    assert made.counts["rows"] == made.counts["persons"] == 1 and made.counts["gone"] >= 1
    assert fire.ref in set(Touched.objects.filter(change="gone").values_list("ref", flat=True))
    touched = set(Touched.objects.values_list("ref", flat=True))
    assert {one for one in others if one[0] not in touched} <= set(Alert.objects.values_list("ref", "state"))
    here, there = office.viewer(li, "alert.list", NOON), office.viewer(clerk_sun(), "alert.list", NOON)
    assert here and there
    assert [row.ref for row in queries.touched(here)] and not queries.touched(there)
    assert "火灾名单发错了村" in queries.alert(fire.ref, here).withdrawn
    with pytest.raises(NotAllowed):
        queries.coming(loads["disaster"], here)
    exchange.reinstate_load(load=loads["disaster"], why="名单没有错", by=wu, at=NOON + timedelta(days=2))
    jobs.evaluate(ON)
    assert Alert.objects.get(ref=fire.ref).state == "open" and queries.alert(fire.ref, here).withdrawn == ""


def test_a_closed_alert_stays_closed(loads: dict[str, int]) -> None:
    jobs.evaluate(ON)
    fire = fire_alert()
    actions.dismiss(ref=fire.ref, outcome="already_helped", reason="村里帮着修好了", by=clerk_li(), at=NOON)
    exchange.withdraw_load(load=loads["disaster"], why="发错了", by=BY, at=NOON)
    jobs.evaluate(ON)
    assert Alert.objects.get(ref=fire.ref).state == "closed"
    assert Touched.objects.get(ref=fire.ref).state == "closed"
