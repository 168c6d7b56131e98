"""The page of live events: who sends how much, and why somebody should ask."""

import pytest

import people
from doudi.exchange import actions, jobs, queries
from doudi.office import queries as office
from web import staged
from web.browser import DESK, PHONE, looked_at, picture, violations
from web.desk_login import sign_in

pytestmark = pytest.mark.django_db


def tell():
    """Six fires turned back, one taken."""
    actions.keep_sender(
        code="fire", label="消防救援", department_code="emergency_management", datasets=["disaster"], doors=["event"],
        by=people.HALL, at=office.now(),
    )  # fmt: skip
    fire = queries.sender("fire")
    row = {"姓名": "王桂兰", "灾种": "火灾", "受灾日期": "昨天"}
    jobs.receive_events(fire, [("disaster", f"f{at}", row) for at in range(6)])
    jobs.receive_events(fire, [("disaster", "good", row | {"受灾日期": "2026-06-01"})])


def test_a_stream_that_is_mostly_turned_back_says_why_and_whom_to_ask(client, django_assert_num_queries):
    tell()
    staged.signed_in(client, people.keeper_wu())
    with django_assert_num_queries(10):
        words = client.get("/desk/feeds/live/").content.decode()
    assert "<b>1</b> 路要问一问" in words and "消防救援" in words
    assert "7 件里退回 6 件" in words and "“发生日期”不是日期" in words and "还在等的 1 件" in words
    assert "王桂兰" not in words
    assert staged.signed_in(client, people.clerk_li()).get("/desk/feeds/live/").status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_open_list_says_that_alerts_came_and_streams_read_well_on_a_phone(open_browser):
    tell()
    staged.alerted()
    page = open_browser(DESK)
    sign_in(page, people.clerk_li().username)
    page.goto("/desk/alerts/")
    staged.alerted(2, indicator="A01")
    page.get_by_text("又有 1 条新的预警").wait_for(timeout=12_000)
    picture(page, "alerts-new")
    assert violations(page) == []
    page = open_browser(PHONE)
    sign_in(page, people.keeper_wu().username)
    page.goto("/desk/feeds/live/")
    looked_at(page, "streams", fingers=())
