"""A case takes up how an objection to its report ended: it informs the question; whoever judges the case judges."""

from datetime import timedelta

import pytest

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework.models import Case, Question
from doudi.office.core import Party
from doudi.verification import actions as verification
from doudi.verification import queries
from doudi.verification.actions import Disputed, File
from doudi.verification.core.objections import Channel, Outcome
from people import NOON
from verification.objecting import CAR, DOT, delivered

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=1)


@pytest.fixture
def case(sources):
    """Granny's case, whose check found a car; Clerk Li asked, everybody answered, the report is out."""
    granny, li = people.granny_wang(), people.clerk_li()
    sources.row(granny.pid, "vehicle", **CAR)
    delivered()
    case = walk.applied(granny.pid)
    actions.accept(ref=case.ref, by=li, at=NOON)
    case.refresh_from_db()
    return case


def settled(case, outcome, sources=None):
    he, granny = people.checker_he(), Party.resident(case.applicant)
    line = next(one for one in queries.objectable(case.check_ref, case.applicant) if one.dataset == "vehicle")
    one = verification.object_to(
        check=case.check_ref, pid=case.applicant, channel=Channel.PHONE, disputed=[Disputed(line.key, "gone")],
        files=[File("image/png", DOT)], by=granny, at=LATER,
    )  # fmt: skip
    verification.take(ref=one.ref, by=he, at=LATER)
    if sources is not None:
        sources.rows.clear()
    row = one.lines.get()
    verification.recheck(ref=one.ref, line=row.ref, by=he, at=LATER)
    verification.decide_line(ref=one.ref, line=row.ref, outcome=outcome, reason="看过合同", instead="车卖了", by=he, at=LATER)
    return verification.settle(ref=one.ref, answer="看完了", by=he, at=LATER)


def car(case):
    return Question.objects.filter(case=case, kind="vehicle").first()


def test_evidence_stands_beside_the_question_and_leaves_it_open(case):
    one = settled(case, Outcome.EVIDENCE)
    assert jobs.follow_objections(LATER) == 1 and jobs.follow_objections(LATER) == 0
    assert one.number in car(case).person_says and "车卖了" in car(case).person_says and car(case).choice == ""


def test_a_corrected_source_takes_its_question_away(case, sources):
    settled(case, Outcome.CORRECTED, sources)
    assert jobs.run_due(LATER)["follow_objections"] == 1
    assert car(case) is None


def test_what_somebody_judged_stays(case, sources):
    actions.judge(ref=case.ref, question=car(case).ref, choice="data_right", reason="看见车了", by=people.clerk_li(), at=NOON)
    settled(case, Outcome.CORRECTED, sources)
    jobs.follow_objections(LATER)
    assert (car(case).choice, car(case).reason) == ("data_right", "看见车了")


def test_a_case_that_is_over_is_left_alone(case):
    settled(case, Outcome.EVIDENCE)
    actions.withdraw(ref=case.ref, reason="不办了", by=Party.resident(case.applicant), at=LATER)
    version = Case.objects.get(ref=case.ref).version
    assert jobs.follow_objections(LATER) == 0 and queries.objections_to_follow() == []
    assert Case.objects.get(ref=case.ref).version == version


def test_who_decides_the_case_sees_that_its_report_is_contested(case, client):
    line = next(one for one in queries.objectable(case.check_ref, case.applicant) if one.dataset == "vehicle")
    one = verification.object_to(
        check=case.check_ref, pid=case.applicant, channel=Channel.PHONE, disputed=[Disputed(line.key, "gone")],
        by=Party.resident(case.applicant), at=LATER,
    )  # fmt: skip
    client.force_login(people.clerk_li())
    page = client.get(f"/desk/cases/{case.ref}/").content.decode()
    assert f"/desk/objections/{one.ref}/" in page and "有不同意见" in page
