"""The page of live events: who sends how much, and why somebody should ask."""

import pytest

import people
from doudi.exchange import actions, jobs, queries
from doudi.office import queries as office
from web import staged

pytestmark = pytest.mark.django_db


def test_a_stream_that_is_mostly_turned_back_says_why_and_whom_to_ask(client, django_assert_num_queries):
    actions.keep_sender(
        code="fire", label="消防救援", department_code="emergency_management", datasets=["disaster"], doors=["event"],
        by=people.HALL, at=office.now(),
    )  # fmt: skip
    fire = queries.sender("fire")
    row = {"姓名": "王桂兰", "灾种": "火灾", "受灾日期": "昨天"}
    jobs.receive_events(fire, [("disaster", f"f{at}", row) for at in range(6)])
    jobs.receive_events(fire, [("disaster", "good", row | {"受灾日期": "2026-06-01"})])
    staged.signed_in(client, people.keeper_wu())
    with django_assert_num_queries(10):
        words = client.get("/desk/feeds/live/").content.decode()
    assert "<b>1</b> 路要问一问" in words and "消防救援" in words
    assert "7 件里退回 6 件" in words and "“发生日期”不是日期" in words and "还在等的 1 件" in words
    assert "王桂兰" not in words
    assert staged.signed_in(client, people.clerk_li()).get("/desk/feeds/live/").status_code == 403
