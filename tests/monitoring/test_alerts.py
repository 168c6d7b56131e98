"""Alerts: all or none, never doubled, closed ones stay closed; and what people may do with one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from doudi.monitoring import actions, core, queries
from doudi.monitoring.core import Finding, Outcome, State
from doudi.monitoring.models import Alert, Evaluation, Visit
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.registry.gateways import register
from people import (
    HALL,
    NOON,
    VILLAGE,
    auditor_chen,
    clerk_li,
    clerk_sun,
    granny_wang,
    household,
    officer_zhao,
    person,
    worker_wang,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 30)
BILL = Finding(
    "A06", "R", "person", "p" + "1" * 20, "p" + "1" * 20, "h" + "1" * 20, VILLAGE, "马*芬", "2026-06", 3, '{"medical": 1}'
)
FIRE = Finding("A10", "R", "person", "p" + "2" * 20, "p" + "2" * 20, "h" + "2" * 20, VILLAGE, "周*顺", "2026-06-11", 1, "{}")
FAR = BILL._replace(subject="p" + "3" * 20, pid="p" + "3" * 20, area="990102001201")


def publish(*findings: Finding, cycle: str = "c1") -> dict[str, int]:
    return actions.publish(findings, cycle=cycle, judged_on=ON, counts={}, by=HALL, at=NOON)


def viewer(clerk, purpose="alert.list"):
    found = office.viewer(clerk, purpose, NOON)
    assert found
    return found


def test_new_alerts_stand_at_the_desk_with_a_day_by_level():
    assert publish(BILL, FIRE._replace(level="Y")) == {"new": 2, "kept": 0, "returned": 0, "lapsed": 0, "closed": 0, "open": 2}
    bill, fire = Alert.objects.get(ref=BILL.ref), Alert.objects.get(ref=FIRE.ref)
    assert (bill.state, bill.due_on, bill.reason) == ("open", core.due_on("R", NOON.date()), "")
    assert fire.due_on > bill.due_on


def test_the_same_cycle_again_changes_nothing_and_leaves_no_second_line():
    first = publish(BILL, FIRE)
    lines = len(office.journal_of("alerts"))
    assert publish(BILL, FIRE) == first
    assert (Alert.objects.count(), Evaluation.objects.count(), len(office.journal_of("alerts"))) == (2, 1, lines)


def test_a_later_cycle_keeps_what_stands_and_lets_lapse_what_is_gone():
    publish(BILL, FIRE)
    assert publish(BILL, cycle="c2") == {"new": 0, "kept": 1, "returned": 0, "lapsed": 1, "closed": 0, "open": 1}
    assert Alert.objects.get(ref=FIRE.ref).state == State.LAPSED
    assert publish(BILL, FIRE, cycle="c3") == {"new": 0, "kept": 1, "returned": 1, "lapsed": 0, "closed": 0, "open": 2}


def test_a_closed_alert_stays_closed_until_something_new_happens():
    publish(BILL)
    actions.dismiss(ref=BILL.ref, outcome=Outcome.ALREADY_HELPED, reason="上月已经办了临时救助", by=clerk_li(), at=NOON)
    assert publish(BILL, cycle="c2")["open"] == 0
    assert Alert.objects.get(ref=BILL.ref).state == State.CLOSED
    again = BILL._replace(basis="2026-07")
    assert publish(BILL, again, cycle="c3")["new"] == 1


def test_an_assigned_alert_stays_with_its_worker_even_when_the_register_changes_its_mind():
    publish(BILL)
    worker_wang()
    actions.assign(ref=BILL.ref, worker="wang", by=clerk_li(), at=NOON)
    publish(cycle="c2")
    assert Alert.objects.get(ref=BILL.ref).state == State.ASSIGNED


def test_a_publication_that_breaks_leaves_nothing():
    def broken():
        yield BILL
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError), transaction.atomic():
        actions.publish(broken(), cycle="c1", judged_on=ON, counts={}, by=HALL, at=NOON)
    assert not Alert.objects.exists()
    assert publish(BILL)["new"] == 1


def test_one_episode_is_one_row_whatever_writes_it():
    publish(BILL)
    row = Alert.objects.get(ref=BILL.ref)
    row.pk = "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_lists_end_at_the_border_of_the_area():
    publish(BILL, FIRE, FAR)
    assert {row.ref for row in queries.inbox(viewer(clerk_li())).rows} == {BILL.ref, FIRE.ref}
    assert queries.inbox(viewer(clerk_sun())).rows == ()
    assert queries.counts(viewer(officer_zhao()))["all"] == 2
    with pytest.raises(NotAllowed):
        queries.alert(FAR.ref, viewer(clerk_li(), "alert.read"))


def test_a_village_worker_sees_only_what_they_were_asked_to_visit():
    publish(BILL, FIRE)
    worker_wang()
    assert queries.inbox(viewer(worker_wang(), "visit.list"), state="assigned").rows == ()
    actions.assign(ref=FIRE.ref, worker="wang", by=clerk_li(), at=NOON)
    assert [row.ref for row in queries.inbox(viewer(worker_wang(), "visit.list"), state="assigned").rows] == [FIRE.ref]


def test_pages_follow_each_other_without_gap_or_double():
    findings = [BILL._replace(subject=f"p{n:020d}", pid=f"p{n:020d}") for n in range(7)]
    publish(*findings)
    seen, after = [], ""
    while True:
        page = queries.inbox(viewer(clerk_li()), after=after, size=3)
        seen += [row.ref for row in page.rows]
        if not (after := page.next):
            break
    assert sorted(seen) == sorted(one.ref for one in findings)


def test_a_list_costs_the_same_whatever_its_length(django_assert_num_queries):
    publish(*[BILL._replace(subject=f"p{n:020d}", pid=f"p{n:020d}") for n in range(25)])
    sees = viewer(clerk_li())
    with django_assert_num_queries(2):
        assert len(queries.inbox(sees).rows) == 25


def test_dismissing_needs_a_reason_and_the_right_place():
    publish(BILL)
    for by, outcome, reason in (
        (clerk_li(), Outcome.FALSE_ALARM, "  "),
        (clerk_li(), Outcome.APPLICATION_STARTED, "走访过"),
        (clerk_sun(), Outcome.FALSE_ALARM, "不是这里的"),
        (auditor_chen(), Outcome.FALSE_ALARM, "审计不办案"),
        (Party.system("job"), Outcome.APPLICATION_STARTED, "机器不能"),
    ):
        with pytest.raises(NotAllowed):
            actions.dismiss(ref=BILL.ref, outcome=outcome, reason=reason, by=by, at=NOON)
    assert Alert.objects.get(ref=BILL.ref).state == State.OPEN


def visit(**more):
    given = {
        "ref": BILL.ref,
        "visit_ref": "visit-0001",
        "visited_at": NOON,
        "answers": {"home": "yes", "true": "yes"},
        "wish": "no",
        "by": worker_wang(),
        "at": NOON,
    }
    return actions.close_visit(**{**given, **more})


def test_a_no_is_respected_and_closes_the_alert():
    publish(BILL)
    visit(note="他说儿子会管")
    row = Alert.objects.get(ref=BILL.ref)
    assert (row.state, row.outcome) == (State.CLOSED, Outcome.OFFERED_DECLINED)
    assert queries.alert(BILL.ref, viewer(clerk_li(), "alert.read")).visits[0].note == "他说儿子会管"


def test_the_same_visit_sent_twice_is_one_visit():
    publish(BILL)
    assert visit().ref == visit().ref
    assert Visit.objects.count() == 1


def test_nobody_home_leaves_the_alert_open():
    publish(BILL)
    visit(answers={"home": "no"}, wish="later")
    assert Alert.objects.get(ref=BILL.ref).state == State.OPEN


@pytest.mark.parametrize(
    "wrong",
    [
        {"wish": "maybe"},
        {"answers": {"colour": "red"}},
        {"answers": {"home": "sometimes"}},
        {"way": "drone"},
        {"visit_ref": "x"},
        {"visited_at": NOON + timedelta(days=1)},
        {"outcome": "application_started"},
        {"wish": "yes", "consents": []},
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_is_kept(wrong):
    granny = granny_wang()
    bill = BILL._replace(subject=granny.pid, pid=granny.pid)
    publish(bill)
    with pytest.raises(NotAllowed), transaction.atomic():
        visit(ref=bill.ref, **wrong)
    assert not Visit.objects.exists()
    assert Alert.objects.get(ref=bill.ref).state == State.OPEN


def test_every_act_leaves_its_line():
    publish(BILL, FIRE)
    worker_wang()
    actions.assign(ref=BILL.ref, worker="wang", by=clerk_li(), at=NOON)
    visit()
    assert [line.act for line in office.journal_of("alerts")] == ["monitoring.publish"]
    assert [line.act for line in office.journal_of(BILL.ref)] == ["monitoring.assign"]
    assert [line.act for line in office.journal_of("visit-0001")] == ["monitoring.close_visit"]


def test_a_worker_of_another_place_is_not_sent():
    publish(BILL._replace(area="990101001202"))
    worker_wang()
    with pytest.raises(NotAllowed):
        actions.assign(ref=BILL.ref, worker="wang", by=clerk_li(), at=NOON)


def family(monkeypatch):
    """A boy noticed by a rule, his grandmother at home, and an empty register around them."""
    for name in ("person", "by_number", "household_of"):
        monkeypatch.setattr(register, name, lambda *asked: None)
    monkeypatch.setattr(register, "facts", lambda *asked: {})
    monkeypatch.setattr(register, "everything", lambda *asked: [])
    granny, boy = granny_wang(), person("王小宝", date(2015, 5, 5), sex="1", order=3)
    household("h" + "5" * 20, (granny, "self"), (boy, "grandchild"))
    found = BILL._replace(indicator="B11", subject=boy.pid, pid=boy.pid)
    publish(found)
    return found, granny, boy


def test_for_a_child_the_adult_who_agreed_applies(monkeypatch):
    found, granny, _ = family(monkeypatch)
    kept = visit(ref=found.ref, wish="yes", consents=[granny.pid], consent_channel="paper")
    assert kept.outcome == Outcome.APPLICATION_STARTED
    assert kept.case_ref


def test_for_a_grown_up_nobody_else_says_yes(monkeypatch):
    found, _, boy = family(monkeypatch)
    uncle = person("王大山", date(1980, 1, 1), sex="1", order=5)
    Alert.objects.filter(ref=found.ref).update(pid=uncle.pid)
    with pytest.raises(NotAllowed), transaction.atomic():
        visit(ref=found.ref, wish="yes", consents=[boy.pid], consent_channel="paper")


def test_who_cannot_say_and_has_nobody_stays_on_the_list():
    publish(BILL)
    assert visit(wish="cannot").outcome == ""
    assert Alert.objects.get(ref=BILL.ref).state == State.OPEN
