"""Random acts by random people at random times: money, clocks and permissions hold, and a refused act changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import people
import walk
from doudi.casework import actions, core, jobs
from doudi.casework.core import CLOSED, Clock, State
from doudi.casework.models import Benefit, Case, Decision, Opinion, Question, RunningClock, Showing, Survey, SurveyPaper
from doudi.office import proofs
from doudi.office.core import NotAllowed, Party
from doudi.office.models import JournalEntry
from doudi.payment import actions as payment
from doudi.payment import queries as paid
from doudi.payment.models import Line
from examples import some
from people import NOON

pytestmark = pytest.mark.django_db

DOERS = ("li", "qian", "zhao", "feng", "wang", "chen", "sun", "granny", "uncle")
ACTS = (
    "accept", "ask", "supplement", "consent", "check", "survey", "sign", "unsigned", "judge", "count", "propose",
    "refuse_opinion", "object", "build", "reinvestigate", "end", "resend", "confirm", "confirm_other", "return", "refuse",
    "withdraw", "serve", "extend", "kin",
)  # fmt: skip
ROAD = ("accept", "survey", "sign", "judge", "judge", "judge", "propose", "wait", "confirm", "build")


def by_name(name):
    if name in ("granny", "uncle"):
        return Party.resident(getattr(people, {"granny": "granny_wang", "uncle": "uncle_zhou"}[name])().pid)
    makers = {"li": people.clerk_li, "qian": walk.helper_qian, "zhao": people.officer_zhao, "wang": people.worker_wang}
    makers |= {"chen": people.auditor_chen, "sun": people.clerk_sun}
    return makers[name]() if name in makers else people.clerk("feng", "冯涛", "county", people.COUNTY)


def attempt(act, case, by, at, choice):
    """One act as somebody tries it."""
    given = {"ref": case.ref, "by": by, "at": at}
    question = Question.objects.filter(case=case).order_by("choice", "pk").first()
    member, survey = case.members.last(), case.surveys.last()
    doings = {
        "accept": lambda: actions.accept(**given),
        "ask": lambda: actions.ask_once(missing="户口本", **given),
        "supplement": lambda: actions.supplement(said="来了", **given),
        "consent": lambda: actions.record_consent(pid=case.applicant, channel="paper", **given),
        "check": lambda: actions.request_check(**given),
        "survey": lambda: actions.survey(
            on=at.date(), second="qian", signed_by="王", answers={}, needs=walk.NEEDS, **given
        ),
        "sign": lambda: survey and walk.form_signed(case, survey.ref, at, by),
        "unsigned": lambda: survey and actions.leave_unsigned(
            survey=survey.ref, why="refused", words="不愿意", witness="妇女主任", **given
        ),
        "judge": lambda: question and actions.judge(
            question=question.ref, choice=choice, reason="看过", amount_fen=10000, **given
        ),
        "count": lambda: actions.count_member(member=member.ref, counts=choice != "visit", reason="看过", **given),
        "propose": lambda: actions.propose(kind="help", reason="难", differs_reason="会商", amount_fen=50000, **given),
        "refuse_opinion": lambda: actions.propose(kind="refuse", reason="超了", differs_reason="会商", **given),
        "object": lambda: actions.object_to(said="有车", **given),
        "reinvestigate": lambda: actions.reinvestigate(answer="没有", **given),
        "end": lambda: actions.end_showing(**given),
        "resend": lambda: actions.resend(said="补好", **given),
        "confirm": lambda: actions.confirm(**given),
        "confirm_other": lambda: actions.confirm(amount_fen=12345, differs_reason="会商", **given),
        "return": lambda: actions.return_one(one_thing="照片", **given),
        "refuse": lambda: actions.refuse(article="LAW Art. 18", reason="超了", differs_reason="会商", **given),
        "withdraw": lambda: actions.withdraw(reason="不办了", **given),
        "serve": lambda: walk.served(case, at, by),
        "extend": lambda: actions.extend(reason="难查", **given),
        "kin": lambda: actions.file_near_kin(of="某人", **given),
        "build": lambda: payment.build(county=people.COUNTY, month=at.date(), by=by, at=at),
    }  # fmt: skip
    return doings[act]()


def invariants(case):
    """What must hold whatever was tried."""
    state = State(case.state)
    assert (case.closed_at is not None) == (state in CLOSED)
    if Opinion.objects.filter(case=case).exists():
        assert SurveyPaper.objects.filter(survey__case=case, role="sheet").exists(), "nobody signed what the opinion stands on"
    finals = Decision.objects.filter(case=case, kind__in=["confirm", "refuse"])
    assert finals.count() == (state in (State.CONFIRMED, State.REFUSED))
    benefit = Benefit.objects.filter(case=case).first()
    assert (benefit is not None) == (state is State.CONFIRMED)
    assert Showing.objects.filter(case=case, state="running").exists() == (state is State.SHOWN)
    clocks = {Clock(row.kind): row.due_on for row in RunningClock.objects.filter(case=case, done_at=None)}
    assert core.due_on(state, core.road(case.programme), clocks) in (case.due_on, None)  # what inboxes sort by is what runs
    assert clocks.get(Clock.WHOLE, case.whole_due_on) == case.whole_due_on
    if benefit is not None:
        decision = finals.get()
        assert benefit.amount_fen == decision.amount_fen > 0 and benefit.from_month.replace(day=1) > decision.on
        shown = Showing.objects.filter(case=case, state="ended", amount_fen=decision.opinion.amount_fen)
        assert any(one.ended_at.date() > one.to_on for one in shown)
        assert decision.by != decision.opinion.by and decision.by != case.accepted_by
        assert decision.by.removeprefix("clerk:") not in {
            ref for one in Survey.objects.filter(case=case, level="township") for ref in (one.first, one.second)
        }
        differs = decision.assessment.outcome != "yes" or decision.assessment.amount_fen != decision.amount_fen
        assert not differs or decision.differs_reason
    assert all(line.for_month >= benefit.from_month and line.amount_fen == benefit.amount_fen
               for line in Line.objects.filter(case=case))  # fmt: skip
    ledger = paid.balances(people.COUNTY)
    assert sum(ledger.values()) == 0 and -ledger["granted"] == sum(Line.objects.values_list("amount_fen", flat=True))


choices = st.sampled_from(["homes_1", "data_right", "visit", "amount"])
step = st.tuples(st.sampled_from(ACTS), st.sampled_from(DOERS), st.integers(0, 9), choices)


@settings(max_examples=some(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, len(ROAD)), st.lists(step, min_size=3, max_size=14))
def test_whatever_anybody_tries(sources, begun, tries):
    """The case goes some way down its road; then anybody tries anything."""
    with transaction.atomic():
        granny = people.granny_wang()
        for name in DOERS:
            by_name(name)
        case, at = walk.applied(granny.pid), NOON + timedelta(days=1)
        for act in ROAD[:begun]:
            at += timedelta(days=9 if act == "wait" else 0)
            if act == "wait":
                jobs.run_due(at)
                continue
            case.refresh_from_db()
            doer = by_name("zhao" if act in ("confirm", "build") else "li")
            attempt(act, case, doer, at, "homes_1")
        for act, name, gap, choice in tries:
            at += timedelta(days=gap)
            case.refresh_from_db()
            version, lines = case.version, JournalEntry.objects.count()
            try:
                with transaction.atomic():
                    attempt(act, case, by_name(name), at, choice)
            except NotAllowed as why:
                assert str(why)
                case.refresh_from_db()
                assert (case.version, JournalEntry.objects.count()) == (version, lines)
            case.refresh_from_db()
            invariants(case)
            jobs.run_due(at)
            case.refresh_from_db()
            invariants(case)
        assert Case.objects.count() == 1 and proofs.verify().whole
        transaction.set_rollback(True)
