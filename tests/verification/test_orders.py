"""Task orders: two people, a purpose, lists, a place, days; nothing is checked without one, by any way in."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings as site
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.office.models import JournalEntry
from doudi.verification import actions, jobs, queries
from doudi.verification.core.orders import NoOrder, Order, OrderState, why_not
from doudi.verification.models import BatchRun, TaskOrder
from people import CITY, COUNTY, NOON, OTHER_COUNTY, TOWNSHIP, checker_he, clerk_li, director_lin, keeper_wu, officer_zhao
from verification.rolls import BY, order

DAYS = {"from_on": date(2026, 7, 1), "until_on": date(2026, 9, 30)}


def draft(**other) -> TaskOrder:
    told = {"purpose": "按季度复核", "rolls": ["dibao"], "datasets": ["death", "tekun"], "area": COUNTY} | DAYS
    return actions.draft_order(**{"by": checker_he(), "at": NOON} | told | other)


@pytest.mark.django_db
def test_one_drafts_another_approves_and_the_journal_tells_both() -> None:
    drafted = draft()
    assert drafted.number == "RW2026000001" and draft().number == "RW2026000002"
    with pytest.raises(NoOrder) as why:
        queries.standing(drafted.number, datasets=["death"], area=TOWNSHIP, at=NOON, roll="dibao")
    assert why.value.reason == "order_not_approved"
    actions.approve_order(number=drafted.number, by=officer_zhao(), at=NOON)
    assert queries.standing(drafted.number, datasets=["death"], area=TOWNSHIP, at=NOON, roll="dibao").rolls == ("dibao",)
    told = [line.act for line in office.journal_of(drafted.number)]
    assert told == ["verification.draft_order", "verification.approve_order"]
    with pytest.raises(NotAllowed):
        actions.approve_order(number=drafted.number, by=director_lin(), at=NOON)


@pytest.mark.django_db
def test_nobody_approves_their_own_not_even_in_the_table() -> None:
    drafted = draft(by=officer_zhao())
    with pytest.raises(NotAllowed, match="另一个人"):
        actions.approve_order(number=drafted.number, by=officer_zhao(), at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskOrder.objects.filter(pk=drafted.pk).update(state="approved", decided_by=drafted.drafted_by)


@pytest.mark.django_db
@pytest.mark.parametrize("who", [clerk_li, keeper_wu])
def test_only_posts_that_may_draft_and_approve(who) -> None:
    with pytest.raises(NotAllowed):
        draft(by=who())
    drafted = draft()
    with pytest.raises(NotAllowed):
        actions.approve_order(number=drafted.number, by=who(), at=NOON)
    with pytest.raises(NotAllowed):
        actions.approve_order(number=drafted.number, by=checker_he(), at=NOON)  # drafts, does not approve
    with pytest.raises(NotAllowed):
        draft(area=OTHER_COUNTY)
    with pytest.raises(NotAllowed):
        draft(area=CITY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": " "},
        {"datasets": []},
        {"datasets": ["nothing"]},
        {"until_on": date(2026, 6, 1)},
        {"until_on": date(2028, 1, 1)},
        {"from_on": date(2026, 5, 1), "until_on": date(2026, 6, 1)},
    ],
)
def test_what_an_order_must_say(wrong: dict) -> None:
    with pytest.raises(NotAllowed):
        draft(**wrong)


REASONS = {
    "no_order": {"number": "RW2026999999"},
    "order_expired": {"at": NOON + timedelta(days=200)},
    "order_wrong_area": {"area": OTHER_COUNTY},
    "order_wrong_sources": {"datasets": ["deposit"]},
}


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [*REASONS, "roll"])
def test_what_an_order_does_not_name_is_not_checked(reason: str) -> None:
    number = order(area=COUNTY, rolls=["dibao"], datasets=["death"], **DAYS)
    asked = {"number": number, "datasets": ["death"], "area": COUNTY, "at": NOON, "roll": "dibao"}
    assert queries.standing(asked.pop("number"), **asked)
    asked |= {"number": number} | REASONS.get(reason, {"roll": "tekun"})
    with pytest.raises(NoOrder) as why:
        queries.standing(asked.pop("number"), **asked)
    assert why.value.reason == (reason if reason in REASONS else "order_wrong_sources")


@pytest.mark.django_db
def test_a_stopped_order_stops_at_once_what_waits_too(tmp_path, settings) -> None:
    settings.LAKE = tmp_path
    number = order(area=COUNTY, rolls=["dibao"], datasets=["death"], **DAYS)
    run = actions.ask_run(order=number, roll="dibao", words=["died"], datasets=["death"], by=checker_he(), at=NOON)
    actions.stop_order(number=number, why="目的已经达到", by=officer_zhao(), at=NOON)
    assert jobs.work_off(at=NOON) == 1
    run.refresh_from_db()
    assert run.state == "failed" and "停用" in run.problem
    assert jobs.work_off(at=NOON) == 0


@pytest.mark.django_db
def test_no_way_in_checks_a_roll_without_an_order(tmp_path, settings, client) -> None:
    settings.LAKE = tmp_path
    drafted = draft()
    for ask in (
        lambda: jobs.run_batch("dibao", ["died"], order="", by=BY, at=NOON),
        lambda: jobs.run_batch("dibao", ["died"], order=drafted.number, by=BY, at=NOON),
        lambda: actions.ask_run(order=drafted.number, roll="dibao", words=["died"], datasets=["death"], by=checker_he(), at=NOON),
    ):
        with pytest.raises(NoOrder):
            ask()
    client.force_login(checker_he())
    asked = {"roll": "dibao", "against": ["died"]}
    assert client.post(f"/desk/checks/new/?order={drafted.number}", asked).status_code == 404
    assert client.post("/desk/checks/new/", asked).status_code == 404
    assert not BatchRun.objects.exists() and not JournalEntry.objects.filter(act__contains="run").exists()


def test_the_command_needs_an_order() -> None:
    words = [sys.executable, "-c", "from doudi.config.cli import cli; cli()", "check", "--roll", "dibao", "--against", "died"]
    told = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=site.BASE_DIR if hasattr(site, "BASE_DIR") else None
    )
    assert told.returncode == 2 and "--order" in told.stderr


CODES = st.sampled_from(["dibao", "tekun", "death", "deposit"])
PLACES = st.sampled_from([CITY, COUNTY, OTHER_COUNTY, TOWNSHIP, "", "990101001201"])
ORDERS = st.builds(
    Order,
    number=st.just("RW1"),
    state=st.sampled_from(OrderState),
    rolls=st.lists(CODES, max_size=2).map(tuple),
    datasets=st.lists(CODES, max_size=3).map(tuple),
    area=PLACES,
    from_on=st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    until_on=st.dates(date(2026, 3, 1), date(2026, 12, 1)),
)


@given(ORDERS, st.lists(CODES, max_size=3), PLACES, st.dates(date(2026, 1, 1), date(2026, 12, 31)), CODES)
def test_an_order_carries_only_what_it_names(one: Order, datasets: list[str], area: str, on: date, roll: str) -> None:
    if why_not(one, "RW1", datasets=datasets, area=area, on=on, roll=roll) is None:
        assert one.state is OrderState.APPROVED and one.from_on <= on <= one.until_on
        assert set(datasets) <= set(one.datasets) and roll in one.rolls
        assert area and area.startswith(one.area[:4] if one.area == CITY else one.area)
