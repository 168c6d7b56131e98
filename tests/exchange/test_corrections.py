"""校核申请: who may ask and answer, the clock of working days, one at a time, both ways."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from doudi.exchange import actions, queries
from doudi.exchange.actions.corrections import NotAMove
from doudi.exchange.core.corrections import Pace, pace
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import Clerk, JournalEntry, Post
from people import CITY, COUNTY, HERE, NOON, OTHER_COUNTY, TOWNSHIP, VILLAGE, clerk, clerk_li, places

pytestmark = pytest.mark.django_db
LAW_DAY = NOON  # 1 July 2026, a Wednesday


def officer(department: str = "", username: str = "") -> Clerk:
    """A data officer; of one department where it is named."""
    places()
    one = Clerk.objects.create(username=username or f"data-{department}", name="舒文")
    Post.objects.create(clerk=one, role=Role.DATA, area=CITY, department=department, from_on=date(2026, 1, 1))
    return one


def seen(who: Clerk, at: datetime = LAW_DAY):
    return office.viewer(who, "correction.list", at)


def ask(by, at=LAW_DAY, **more):
    said = {
        "dataset": "vehicle",
        "field": "plate",
        "believed": "无车",
        "evidence": "购车发票是别人的",
        "pid": "p1",
        "area": VILLAGE,
    }
    return actions.ask_correction(**(said | more), by=by, at=at)


def test_ten_working_days_then_ten_more_once_and_each_step_one_line():
    police, li = officer("traffic_police"), clerk_li()
    asked = ask(li, origin="objection", cause="o1")
    assert asked.due_on == date(2026, 7, 15)
    assert ask(li, at=LAW_DAY + timedelta(days=1)).pk == asked.pk  # one at a time about one cell

    later = datetime(2026, 7, 15, 9, tzinfo=HERE)
    actions.extend_correction(ref=asked.ref, why="等省厅回函", by=police, at=later)
    asked.refresh_from_db()
    assert asked.due_on == date(2026, 7, 29)
    with pytest.raises(NotAMove, match="只能延长一次"):
        actions.extend_correction(ref=asked.ref, why="还要等", by=police, at=later)
    actions.stand_correction(ref=asked.ref, why="查了底册，就是他的", by=police, at=later)
    with pytest.raises(NotAMove):
        actions.correct_correction(ref=asked.ref, value="", why="", by=police, at=later)
    acts = list(JournalEntry.objects.filter(subject=asked.ref).order_by("seq").values_list("act", flat=True))
    assert acts == ["exchange.ask_correction", "exchange.extend_correction", "exchange.stand_correction"]
    assert "发票" not in "".join(JournalEntry.objects.filter(subject=asked.ref).values_list("detail", flat=True))


def test_a_department_sees_and_answers_its_own_only():
    police, health = officer("traffic_police"), officer("health")
    asked = ask(clerk_li())
    day = date(2026, 7, 2)
    assert [one.ref for one in queries.corrections(seen(police), day)] == [asked.ref]
    assert queries.corrections(seen(health), day) == [] == queries.pressing(seen(health), day)
    assert queries.correction(asked.ref, seen(health), day) is None
    for act in (actions.correct_correction, actions.stand_correction):
        more = {"value": "x"} if act is actions.correct_correction else {}
        with pytest.raises(NotAllowed):
            act(ref=asked.ref, why="核过", by=health, at=LAW_DAY, **more)
    with pytest.raises(NotAllowed, match="自己部门"):
        ask(police, pid="p9")


def test_people_of_other_places_see_nothing_and_may_not_ask():
    asked = ask(clerk_li())
    stranger = clerk("qian", "钱云", Role.COUNTY, OTHER_COUNTY)
    assert queries.corrections(seen(stranger), date(2026, 7, 2)) == []
    assert queries.correction(asked.ref, seen(stranger), date(2026, 7, 2)) is None
    assert queries.corrections_of_person("p1", seen(stranger), date(2026, 7, 2)) == []
    with pytest.raises(NotAllowed):
        ask(stranger)
    with pytest.raises(NotAllowed, match="住在哪里"):
        ask(clerk_li(), area="")
    with pytest.raises(NotAllowed):
        actions.withdraw_correction(ref=asked.ref, by=stranger, at=LAW_DAY)


def test_a_data_officer_of_one_county_sees_its_people_only():
    asked = ask(clerk_li(), dataset="tekun", field="name", believed="王芳")
    theirs, others = (clerk(f"d{area}", "舒文", Role.DATA, area) for area in (COUNTY, OTHER_COUNTY))
    day = date(2026, 7, 2)
    assert queries.correction(asked.ref, seen(theirs), day) and not queries.correction(asked.ref, seen(others), day)
    assert queries.letter("civil_affairs", seen(others), day).lines == []


def test_a_resident_asks_about_their_own_rows_only():
    assert ask(Party.resident("p1"), origin="objection").asked_by
    with pytest.raises(NotAllowed, match="自己"):
        ask(Party.resident("p2"), origin="objection")


def test_a_department_asks_us_and_does_not_answer_itself():
    health, ours = officer("health"), officer("", "shu")
    asked = ask(health, dataset="case_record", field="step", believed="退出")
    assert (asked.direction, asked.department) == ("in", "health")
    with pytest.raises(NotAllowed, match="部门向我们提的"):
        actions.stand_correction(ref=asked.ref, why="没错", by=health, at=LAW_DAY)
    actions.correct_correction(ref=asked.ref, value="退出", why="上月已退出", by=ours, at=LAW_DAY)
    assert queries.correction(asked.ref, seen(health), date(2026, 7, 2)).line.state == "corrected"


def test_late_requests_are_escalated_after_five_working_days():
    due = date(2026, 7, 15)
    days = {
        d: pace(due, d)
        for d in (date(2026, 7, 10), date(2026, 7, 13), due, date(2026, 7, 16), date(2026, 7, 22), date(2026, 7, 23))
    }
    assert list(days.values()) == [Pace.CALM, Pace.SOON, Pace.SOON, Pace.LATE, Pace.LATE, Pace.ESCALATED]
    officer("traffic_police")
    ask(clerk_li())
    (row,) = queries.pressing(seen(officer("", "shu")), date(2026, 7, 23))
    assert (row.open, row.late, row.escalated) == (1, 1, 1)


def test_a_post_of_a_department_opens_nothing_else():
    police = officer("traffic_police")
    viewer = seen(police)
    assert viewer.may("feed.list") and not viewer.may("clerk.appoint") and not viewer.may("data.retain")
    with pytest.raises(NotAllowed):
        office.need(police, "clerk.appoint", area=TOWNSHIP, at=LAW_DAY)
