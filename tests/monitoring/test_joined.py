"""Alerts of two records found to be one person: none lost, none doubled, and back again when it is undone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doudi.casework import queries as casework
from doudi.casework.models import Case
from doudi.monitoring import actions, queries
from doudi.monitoring.core import Finding, State, ref_of
from doudi.monitoring.models import Alert
from doudi.office import queries as office
from doudi.registry import actions as registry
from doudi.registry.core import RegisterHousehold, RegisterMember, RegisterPerson
from doudi.registry.gateways import register
from people import HALL, NOON, OTHER_VILLAGE, VILLAGE, clerk_li, granny_wang, worker_wang

pytestmark = pytest.mark.django_db
ON, LATER = date(2026, 6, 30), NOON + timedelta(days=1)
TWIN, HOME, HERS = "x" + "7" * 20, "h" + "7" * 20, "h" + "1" * 20


@pytest.fixture
def granny(monkeypatch):
    """Granny Wang, and the record without a number that is her too, in a household of its own."""
    found = granny_wang()
    twin = RegisterPerson(TWIN, "王桂蘭", "", "2", found.born_on, VILLAGE)
    home = RegisterHousehold(HOME, VILLAGE, (RegisterMember(twin, "self"),))
    hers = RegisterHousehold(HERS, VILLAGE, (RegisterMember(RegisterPerson(found.pid, "", "", "", None, VILLAGE), "self"),))
    monkeypatch.setattr(register, "person", lambda pid: twin if pid == TWIN else None)
    monkeypatch.setattr(register, "household_of", {TWIN: home, found.pid: hers}.get)
    return found


def bill(pid, *, kind="person", subject="", month="2026-06", area=VILLAGE, figures="{}"):
    return Finding("A06", "R", kind, subject or pid, pid, HERS, area, "王*兰", month, 3, figures)


def publish(*findings, cycle):
    return actions.publish(findings, cycle=cycle, judged_on=ON, counts={}, by=HALL, at=NOON)


def joined(granny):
    return registry.merge_persons(goes=TWIN, stays=granny.pid, reason="同一个人", by=clerk_li(), at=NOON)


def states():
    return {(one.subject, one.basis): str(one.state) for one in Alert.objects.all()}


def test_what_was_closed_under_the_old_id_does_not_come_back(granny):
    publish(bill(TWIN), cycle="c1")
    actions.dismiss(ref=bill(TWIN).ref, outcome="already_helped", reason="上周去过", by=clerk_li(), at=NOON)
    made = joined(granny)
    assert publish(bill(granny.pid), cycle="c2")["closed"] == 1
    assert states() == {(TWIN, "2026-06"): "closed"}
    viewer = office.viewer(clerk_li(), "x", NOON)
    assert [row.state for row in queries.of_person(granny.pid, viewer)] == [State.CLOSED]
    registry.undo_settlement(ref=made.ref, why="两个人", by=clerk_li(), at=LATER)
    publish(bill(TWIN), bill(granny.pid), cycle="c3")
    assert states() == {(TWIN, "2026-06"): "closed", (granny.pid, "2026-06"): "open"}


def test_nobody_is_asked_to_go_twice(granny):
    publish(bill(TWIN), bill(HERS, kind="household", subject=HOME), cycle="c1")
    for one in Alert.objects.all():
        actions.assign(ref=one.ref, worker=worker_wang().username, by=clerk_li(), at=NOON)
    joined(granny)
    counted = publish(bill(granny.pid, figures='{"a": 1}'), bill(granny.pid, kind="household", subject=HERS), cycle="c2")
    assert (counted["new"], counted["kept"]) == (0, 2) and set(states().values()) == {"assigned"}
    assert Alert.objects.get(subject=TWIN).figures == '{"a": 1}'


def test_an_open_one_stays_itself_in_the_same_place_and_moves_to_where_the_person_lives(granny):
    publish(bill(TWIN), bill(TWIN, month="2026-05", area=OTHER_VILLAGE), cycle="c1")
    due = Alert.objects.get(basis="2026-06").due_on
    joined(granny)
    publish(bill(granny.pid), bill(granny.pid, month="2026-05"), cycle="c2")
    assert states() == {
        (TWIN, "2026-06"): "open",
        (TWIN, "2026-05"): "lapsed",
        (granny.pid, "2026-05"): "open",
    }
    assert Alert.objects.get(basis="2026-06").due_on == due


def test_both_had_it_each_keeps_what_was_done(granny):
    publish(bill(TWIN), bill(granny.pid), cycle="c1")
    actions.dismiss(ref=bill(TWIN).ref, outcome="false_alarm", reason="不是她", by=clerk_li(), at=NOON)
    joined(granny)
    publish(bill(granny.pid), cycle="c2")
    assert states() == {(TWIN, "2026-06"): "closed", (granny.pid, "2026-06"): "open"}


def test_a_closed_alert_of_a_home_that_went_does_not_silence_the_family(granny):
    publish(bill(TWIN, kind="household", subject=HOME), cycle="c1")
    actions.dismiss(ref=ref_of("A06", HOME, "2026-06"), outcome="false_alarm", reason="一个人过", by=clerk_li(), at=NOON)
    joined(granny)
    assert publish(bill(granny.pid, kind="household", subject=HERS), cycle="c2")["new"] == 1


def test_a_visit_under_the_old_id_opens_the_case_of_the_one_that_stands(granny):
    publish(bill(TWIN), cycle="c1")
    joined(granny)
    viewer = office.viewer(clerk_li(), "x", NOON)
    assert queries.alert(bill(TWIN).ref, viewer).pid == TWIN
    actions.close_visit(
        ref=bill(TWIN).ref, visit_ref="visit-0001", visited_at=NOON, answers={"home": "yes"}, wish="yes",
        consents=[granny.pid], consent_channel="visit", by=clerk_li(), at=NOON,
    )  # fmt: skip
    (case,) = casework.cases_of(TWIN, viewer, at=NOON)
    assert casework.my_case(case.ref, granny.pid, at=NOON).ref == case.ref
    assert Case.objects.get().applicant == granny.pid
