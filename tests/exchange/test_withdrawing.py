"""A delivery taken out of what counts and put back: what counts now, what was known when, who may."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from doudi.exchange import actions, jobs, queries
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.models import Post
from exchange_feeds import tekun_rows, text, write
from people import COUNTY, NOON, clerk, clerk_li, keeper_wu, officer_zhao

pytestmark = pytest.mark.django_db
BY = Party.system("feeds")
LATER = NOON + timedelta(days=400)
ON = date(2100, 1, 1)


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


def arrive(folder: Path, rows: int, day: str, at=NOON) -> int:
    path = write(folder / f"{rows}" / f"tekun_{day}.csv", text(tekun_rows(rows)))
    outcome = jobs.pick_up(path, by=BY, at=at)
    assert not outcome.refused
    (found,) = outcome.loads
    return found


def counting(**more) -> list[int]:
    return [row.batch for row in queries.current_loads(ON, **more)]


def test_withdrawn_it_counts_no_more_and_what_it_replaced_counts_again(tmp_path: Path) -> None:
    old, new = arrive(tmp_path, 20, "20260531"), arrive(tmp_path, 30, "20260630", NOON + timedelta(days=1))
    assert counting() == [new]
    wu, taken, back = keeper_wu(), NOON + timedelta(days=3), NOON + timedelta(days=5)
    actions.withdraw_load(load=new, why="上报口径错了", by=wu, at=taken)
    assert counting() == [old] and queries.latest_day("tekun") == date(2026, 5, 31)
    actions.reinstate_load(load=new, why="查过了，没有错", by=wu, at=back)
    assert counting() == [new]
    known = {hours: counting(known_at=NOON + timedelta(hours=hours)) for hours in (-1, 0, 23, 24, 71, 72, 119, 120)}
    assert known == {-1: [], 0: [old], 23: [old], 24: [new], 71: [new], 72: [old], 119: [old], 120: [new]}
    line = [one.act for one in office.journal_of(f"delivery:{_delivery(new)}")]
    assert sorted(line) == ["exchange.receive_load", "exchange.reinstate_load", "exchange.withdraw_load"]


def _delivery(load: int) -> str:
    from doudi.exchange.models import Load

    return Load.objects.get(pk=load).delivery


def test_the_same_file_again_says_that_it_was_withdrawn(tmp_path: Path) -> None:
    new = arrive(tmp_path, 20, "20260531")
    actions.withdraw_load(load=new, why="发错了", by=BY, at=NOON)
    (told,) = jobs.pick_up(tmp_path / "20", by=BY, at=LATER).refused
    assert told.reason == "withdrawn" and "发错了" in told.message
    assert counting() == []


def test_who_may_and_how(tmp_path: Path) -> None:
    new = arrive(tmp_path, 20, "20260531")
    for stranger in (clerk_li(), officer_zhao(), Party.resident("p" + "0" * 20)):
        with pytest.raises(NotAllowed):
            actions.withdraw_load(load=new, why="发错了", by=stranger, at=NOON)
    other = clerk("wen", "文一", "data", COUNTY)
    Post.objects.filter(clerk=other).update(department="education")  # whose posts withdraw only what their own department sent
    with pytest.raises(NotAllowed, match="部门"):
        actions.withdraw_load(load=new, why="发错了", by=other, at=NOON)
    for why in ("", "  ", "里面有 11010519491231002X"):
        with pytest.raises(NotAllowed):
            actions.withdraw_load(load=new, why=why, by=keeper_wu(), at=NOON)
    with pytest.raises(NotAllowed, match="没有撤回过"):
        actions.reinstate_load(load=new, why="没事", by=keeper_wu(), at=NOON)
    assert counting() == [new]
    actions.withdraw_load(load=new, why="发错了", by=keeper_wu(), at=NOON)
    with pytest.raises(NotAllowed, match="已经撤回"):
        actions.withdraw_load(load=new, why="发错了", by=keeper_wu(), at=NOON)
