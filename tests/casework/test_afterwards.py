"""Help in force: awards, changes replayed month by month, hearings before less, suspension, exit, death, restoring, reviews."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

import people
import walk
from doudi.casework import actions, jobs, queries
from doudi.casework.core import AlreadyDone, Changed, Missing
from doudi.casework.core import awards as sums
from doudi.casework.core.awards import Given
from doudi.casework.core.causes import Asked
from doudi.casework.models import Adjustment, Award, Benefit, FollowUp, Happening, Hearing, Review
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.registry import actions as registry
from people import NOON

pytestmark = pytest.mark.django_db
AUTUMN = datetime(2026, 10, 12, 10, 0, tzinfo=people.HERE)
FIRST = date(2026, 8, 1)


@pytest.fixture
def benefit(sources):
    """Granny Wang's help, 1,443 yuan a month for two from August."""
    granny = people.granny_wang()
    sources.row(granny.pid, "insurance", event="pension_start", event_date=date(2010, 1, 1), base=21300)
    return Benefit.objects.get(case=walk.confirmed(walk.applied(granny.pid)))


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def pays(benefit: Benefit, first: date = FIRST, last: date = date(2027, 6, 1)) -> dict[date, int]:
    told = queries.entitlements([benefit.ref], first, last)[benefit.ref]
    return {one: held.amount_fen for one, held in told.items()}


def propose(benefit: Benefit, kind: str, cause: str, at: datetime = AUTUMN, **more: object) -> Adjustment:
    happening = str(more.pop("happening", ""))
    asked = Asked(kind=kind, cause=cause, reason="看过了", **more)  # type: ignore[arg-type]
    return actions.propose_adjustment(benefit=benefit.ref, asked=asked, happening=happening, by=people.clerk_li(), at=at)


def heard(kept: Adjustment, at: datetime = AUTUMN) -> Hearing:
    return actions.record_hearing(
        ref=kept.ref, outcome="heard", on=at.date(), views="知道了", signed_by="王桂兰", by=people.clerk_li(), at=at
    )


def decided(kept: Adjustment, at: datetime = AUTUMN) -> Adjustment:
    return actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=at)


def test_a_confirmation_writes_the_first_award_and_payment_reads_it(benefit):
    award = Award.objects.get()
    assert (award.from_month, award.amount_fen, award.decision) == (FIRST, benefit.amount_fen, benefit.decision)
    (row,) = queries.in_force(people.COUNTY, month=month(9))
    assert (row.amount_fen, row.decision_ref) == (144300, benefit.decision.ref)
    assert queries.in_force(people.COUNTY, month=month(7)) == [] and pays(benefit, month(7), month(8)) == {FIRST: 144300}


def test_less_income_told_late_is_paid_back_by_the_rules_of_each_month_and_needs_no_hearing(benefit):
    granny = Party.resident(benefit.payee)
    told = actions.tell_happening(
        benefit=benefit.ref, kind="income_down", on=date(2026, 8, 20), channel="phone", said="养老金停了", by=granny, at=AUTUMN
    )
    assert not told.is_late and told.state == "open"
    kept = propose(benefit, "change", "income_down", on=date(2026, 8, 20), figure_fen=0, happening=told.ref)
    assert not kept.is_less and kept.from_month == month(9)
    assert [one["month"] for one in kept.months] == ["2026-09-01", "2026-10-01", "2026-11-01"]
    assert all(one["was_fen"] == 144300 < one["rule_fen"] == one["after_fen"] and one["why"] for one in kept.months)
    with pytest.raises(NotAllowed, match="不能"):
        actions.decide_adjustment(ref=kept.ref, by=people.clerk_li(), at=AUTUMN)
    decided(kept)
    more = kept.months[0]["rule_fen"]
    assert pays(benefit, FIRST, month(11)) == {FIRST: 144300, month(9): more, month(10): more, month(11): more}
    (changed,) = queries.changed_since(people.COUNTY, Award.objects.earliest("pk").pk)
    assert (changed.benefit_ref, changed.from_month) == (benefit.ref, month(9))
    with pytest.raises(AlreadyDone):
        decided(kept)
    told.refresh_from_db()
    assert told.state == "taken" and Award.objects.count() == 2


def test_nothing_is_cut_before_the_person_was_heard(benefit):
    kept = propose(benefit, "change", "income_up", on=date(2026, 9, 3), figure_fen=120000)
    assert kept.is_less and kept.from_month == month(11)  # what cuts begins the month after the decision
    with pytest.raises(NotAllowed, match="四十八条"):
        decided(kept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adjustment.objects.filter(pk=kept.pk).update(state="decided", decided_at=AUTUMN, decided_by="clerk:x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            benefit=benefit, adjustment=kept, from_month=month(11), amount_fen=1, members=2, is_less=True, at=AUTUMN, by="clerk:x"
        )
    heard(kept)
    decided(kept)
    assert pays(benefit, month(10), month(11))[month(11)] == kept.months[-1]["rule_fen"] < 144300 == pays(benefit)[month(10)]
    assert Award.objects.latest("pk").hearing is not None


def test_who_does_not_come_was_invited_twice_and_looked_for(benefit):
    kept, li = propose(benefit, "end", "own_wish"), people.clerk_li()
    later = AUTUMN + timedelta(days=20)
    for day in (16, 23):
        actions.invite(ref=kept.ref, way="come", for_on=date(2026, 10, day), place="镇便民中心", by=li, at=AUTUMN)
    with pytest.raises(AlreadyDone):
        actions.invite(ref=kept.ref, way="come", for_on=date(2026, 10, 23), by=li, at=AUTUMN)
    absent = {"ref": kept.ref, "outcome": "absent", "on": later.date(), "by": li, "at": later}
    with pytest.raises(Missing, match="上门"):
        actions.record_hearing(**absent)
    actions.record_hearing(**absent, visited_on=date(2026, 10, 28))
    assert decided(kept, later).heard == "absent"


def test_the_family_answers_by_phone_and_may_change_its_mind_until_it_was_heard(benefit):
    kept, granny = propose(benefit, "end", "own_wish"), Party.resident(benefit.payee)
    made = actions.invite(ref=kept.ref, way="phone", for_on=date(2026, 10, 16), by=people.clerk_li(), at=AUTUMN)
    with pytest.raises(NotAllowed):
        actions.answer_invitation(ref=made.ref, answer="agree", by=Party.resident(people.uncle_zhou().pid), at=AUTUMN)
    with pytest.raises(Missing):
        actions.answer_invitation(ref=made.ref, answer="written", by=granny, at=AUTUMN)
    for answer in ("come", "agree"):
        actions.answer_invitation(ref=made.ref, answer=answer, by=granny, at=AUTUMN)
    actions.record_hearing(ref=kept.ref, outcome="waived", on=AUTUMN.date(), by=people.clerk_li(), at=AUTUMN)
    with pytest.raises(AlreadyDone):
        actions.answer_invitation(ref=made.ref, answer="come", by=granny, at=AUTUMN)
    with pytest.raises(Changed):
        actions.decide_adjustment(ref=kept.ref, by=people.officer_zhao(), at=AUTUMN, version=1)


def test_a_suspension_has_a_cause_and_an_end_and_resumes_by_itself(benefit):
    with pytest.raises(Missing, match="3 个月"):
        propose(benefit, "suspend", "not_cooperating", until_month=month(2, 2027))
    kept = propose(benefit, "suspend", "not_cooperating", until_month=month(12))
    heard(kept)
    decided(kept)
    winter = {month(11): 0, month(12): 0, month(1, 2027): 144300}
    assert {key: fen for key, fen in pays(benefit).items() if key in winter} == winter
    benefit.refresh_from_db()
    assert benefit.to_month is None
    back = propose(benefit, "resume", "settled", datetime(2026, 12, 2, 9, 0, tzinfo=people.HERE), rights=kept.ref)
    decided(back, datetime(2026, 12, 3, 9, 0, tzinfo=people.HERE))
    assert set(pays(benefit).values()) == {144300}  # November and December are to be paid back
    with pytest.raises(Missing):
        propose(benefit, "suspend", "death", until_month=month(1, 2027))


def test_golden_18_a_job_ends_help_gradually_and_the_family_is_asked_after(benefit):
    with pytest.raises(Missing, match="6 个月"):
        propose(benefit, "exit", "job", on=date(2026, 9, 20), figure_fen=300000, months=7)
    kept = propose(benefit, "exit", "job", on=date(2026, 9, 20), figure_fen=300000, months=6)
    assert kept.is_less and not kept.differs
    heard(kept)
    decided(kept)
    assert [pays(benefit)[days.add_months(month(11), more)] for more in range(7)] == [144300] * 6 + [0]
    benefit.refresh_from_db()
    assert (benefit.to_month, benefit.ended_why) == (month(4, 2027), "job")
    due = list(FollowUp.objects.order_by("due_on").values_list("after_months", "due_on"))
    assert due == [(3, month(8, 2027)), (6, month(11, 2027)), (12, month(5, 2028))]
    first, asked = FollowUp.objects.earliest("due_on"), datetime(2027, 8, 3, 9, 0, tzinfo=people.HERE)
    actions.follow_up(ref=first.ref, outcome="fine", way="call", note="还在做", by=people.worker_wang(), at=asked)
    with pytest.raises(AlreadyDone):
        actions.follow_up(ref=first.ref, outcome="fine", way="call", note="还在做", by=people.worker_wang(), at=asked)


def test_a_death_counts_from_the_month_after_and_what_was_paid_meanwhile_is_shown(benefit):
    boy = people.grandson_wang().pid
    kept = propose(benefit, "change", "death", on=date(2026, 8, 14), pid=boy)
    assert kept.from_month == month(9) and kept.is_less and [one["members"] for one in kept.months] == [1, 1, 1]
    actions.record_hearing(
        ref=kept.ref, outcome="heard", on=AUTUMN.date(), views="孩子没了", signed_by="王桂兰", by=people.clerk_li(), at=AUTUMN
    )
    decided(kept)
    assert pays(benefit)[FIRST] == 144300 > pays(benefit)[month(9)] == kept.months[0]["rule_fen"] > 0


def test_a_wrong_end_is_put_right_as_if_it_had_not_been(benefit):
    wrong = propose(benefit, "end", "not_cooperating")
    actions.record_hearing(ref=wrong.ref, outcome="waived", on=AUTUMN.date(), signed_by="王桂兰", by=people.clerk_li(), at=AUTUMN)
    decided(wrong)
    assert queries.in_force(people.COUNTY, month=month(11)) == []
    spring = datetime(2027, 2, 10, 9, 0, tzinfo=people.HERE)
    right = propose(benefit, "restore", "our_mistake", spring, rights=wrong.ref)
    assert not right.is_less
    decided(right, spring)
    benefit.refresh_from_db()
    assert benefit.to_month is None and benefit.ended_why == "" and set(pays(benefit).values()) == {144300}
    assert set(FollowUp.objects.values_list("outcome", flat=True)) == {"needless"}


def test_data_alone_stop_nothing(benefit):
    job = Party.system("note_changes")
    for _ in range(2):
        actions.tell_happening(
            benefit=benefit.ref, kind="death", on=date(2026, 9, 1), channel="data", source_ref="e1", pid=benefit.payee,
            by=job, at=AUTUMN,
        )  # fmt: skip
    assert Happening.objects.count() == 1
    jobs.run_due(AUTUMN)
    assert set(pays(benefit).values()) == {144300} and not Adjustment.objects.exists()
    told = Happening.objects.get()
    actions.leave_happening(ref=told.ref, reason="同名的另一位，本人好好的", by=people.clerk_li(), at=AUTUMN)
    with pytest.raises(AlreadyDone):
        actions.leave_happening(ref=told.ref, reason="同名", by=people.clerk_li(), at=AUTUMN)


def test_a_review_where_nothing_changed_is_closed_in_one_press_on_what_data_say(benefit, sources):
    due = datetime.combine(benefit.review_due_on, NOON.timetz()) + timedelta(days=1)
    assert jobs.call_reviews(due) == 1
    review = Review.objects.get()
    seen = queries.then_and_now(benefit, due)
    assert seen.is_same, seen
    Review.objects.update(is_drawn=True)
    with pytest.raises(NotAllowed, match="先打开"):
        actions.close_review(ref=review.ref, together=True, by=people.clerk_li(), at=due)
    actions.open_review(ref=review.ref, by=people.clerk_li(), at=due)
    actions.close_review(ref=review.ref, together=True, by=people.clerk_li(), at=due)
    benefit.refresh_from_db()
    assert benefit.review_state == "none" and benefit.review_due_on > due.date()
    assert Review.objects.get().compared["rows"]
    assert queries.in_force(people.COUNTY, month=due.date())[0].amount_fen == 144300


def test_a_review_with_something_new_wants_words_and_never_goes_with_the_others(benefit, sources):
    due = datetime.combine(benefit.review_due_on, NOON.timetz()) + timedelta(days=1)
    jobs.call_reviews(due)
    review = Review.objects.get()
    Review.objects.update(is_drawn=False)
    actions.tell_happening(benefit=benefit.ref, kind="job", on=due.date(), channel="visit", by=people.worker_wang(), at=due)
    for more in ({"together": True}, {}):
        with pytest.raises(NotAllowed):
            actions.close_review(ref=review.ref, by=people.clerk_li(), at=due, **more)
    actions.close_review(ref=review.ref, note="问过村里，只是帮了两天忙", by=people.clerk_li(), at=due)


def test_what_the_register_knows_is_noted_once_and_changes_nothing(benefit):
    registry.report_event(
        kind="death", person=people.grandson_wang().pid, on=date(2026, 9, 20), channel="window", by=people.clerk_li(), at=AUTUMN
    )
    assert [jobs.note_happenings(AUTUMN) for _ in range(2)] == [1, 0]
    told = Happening.objects.get()
    assert (told.kind, told.channel, told.state) == ("death", "data", "open") and set(pays(benefit).values()) == {144300}


def test_three_refused_offers_decide_nothing_by_themselves(benefit):
    for day in (1, 8, 15):
        actions.record_offer(
            benefit=benefit.ref, pid=benefit.payee, on=date(2026, 9, day), work="保洁", offered_by="镇劳保所", answer="refused",
            reason="太远", by=people.worker_wang(), at=AUTUMN,
        )  # fmt: skip
    jobs.run_due(AUTUMN)
    assert set(pays(benefit).values()) == {144300}


MONTHS = [days.add_months(FIRST, more) for more in range(12)]
AWARDS = st.lists(
    st.tuples(st.integers(0, 11), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 300000)), min_size=1, max_size=3)),
    max_size=8,
)


@hypothesis(deadline=None)
@given(st.integers(1, 300000), AWARDS)
def test_paid_and_arrears_less_claims_come_to_what_was_due_to_the_fen(first, later):
    """Whatever is awarded and corrected backwards: a month paid as it was known, then made up or claimed, ends at what is due."""
    held = [Given(FIRST, first, 2)]
    paid = dict.fromkeys(MONTHS, 0)
    arrears = dict.fromkeys(MONTHS, 0)
    claims = dict.fromkeys(MONTHS, 0)
    for turn, now in enumerate(MONTHS):
        for when, changes in later:
            if when == turn:
                new = sums.runs((MONTHS[min(max(turn - back, 0), 11)], fen, 2) for back, fen in sorted(changes, reverse=True))
                less = sums.is_less(held, new, MONTHS[-1])
                assert all(any(
                    (sums.in_month(held, one) or held[0]).amount_fen > step.amount_fen for one in MONTHS if one >= step.from_month
                ) for step, cut in zip(new, less, strict=True) if cut)  # fmt: skip
                held += new
        for one in MONTHS[:turn]:  # past months are made up for or claimed
            wanted = sums.in_month(held, one).amount_fen
            there = paid[one] + arrears[one] - claims[one]
            arrears[one] += max(0, wanted - there)
            claims[one] += max(0, there - wanted)
        paid[now] = sums.in_month(held, now).amount_fen
    for one in MONTHS[:-1]:
        assert paid[one] + arrears[one] - claims[one] == sums.in_month(held, one).amount_fen >= 0


@hypothesis(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_award_gives_less_without_a_hearing_whatever_is_proposed(benefit, data):
    at = AUTUMN
    with transaction.atomic():
        for _ in range(4):
            kind, cause, more = data.draw(
                st.sampled_from(
                    [
                        ("change", "income_up", {"on": at.date(), "figure_fen": 60000}),
                        ("change", "income_down", {"on": at.date() - timedelta(days=70), "figure_fen": 0}),
                        ("change", "death", {"on": at.date() - timedelta(days=40), "pid": people.grandson_wang().pid}),
                        ("suspend", "not_cooperating", {"until_month": days.add_months(at.date().replace(day=1), 2)}),
                        ("end", "own_wish", {}),
                    ]
                )
            )
            listen = data.draw(st.booleans())
            try:
                kept = propose(benefit, kind, cause, at, **more)
                if listen:
                    heard(kept, at)
                decided(kept, at)
            except NotAllowed:
                waiting = Adjustment.objects.filter(benefit=benefit, state="proposed").first()
                if waiting:
                    actions.drop_adjustment(ref=waiting.ref, reason="不办了", by=people.clerk_li(), at=at)
            at += timedelta(days=35)
        rows: list[Given] = []
        for award in Award.objects.filter(benefit=benefit).order_by("pk"):
            before = sums.in_month(rows, award.from_month)
            if before is not None and award.amount_fen < before.amount_fen:
                assert award.hearing is not None
            rows.append(Given(award.from_month, award.amount_fen, award.members))
        assert all(fen >= 0 for fen in pays(benefit).values())
        transaction.set_rollback(True)


def test_nobody_of_another_place_changes_anything(benefit):
    stranger = people.clerk("fu", "付远", people.Role.TOWNSHIP, people.OTHER_TOWNSHIP)
    with pytest.raises(NotAllowed):
        actions.propose_adjustment(
            benefit=benefit.ref, asked=Asked(kind="end", cause="own_wish", reason="x"), by=stranger, at=AUTUMN
        )
    with pytest.raises(NotAllowed):
        actions.tell_happening(benefit=benefit.ref, kind="job", on=AUTUMN.date(), channel="window", by=stranger, at=AUTUMN)
    assert office.viewer(people.clerk_li(), "benefit.list", AUTUMN).may("benefit.list")


READERS = {Role.TOWNSHIP, Role.COUNTY, Role.AUDITOR}


@pytest.mark.parametrize("area", [people.COUNTY, people.TOWNSHIP, people.OTHER_COUNTY, people.OTHER_TOWNSHIP])
def test_help_in_force_is_read_where_it_is_and_by_who_reads_cases(benefit, area):
    actions.tell_happening(benefit=benefit.ref, kind="job", on=AUTUMN.date(), channel="window", by=people.clerk_li(), at=AUTUMN)
    here = area in (people.COUNTY, people.TOWNSHIP)
    for role in (role for role in Role if role != Role.RESIDENT):
        clerk = people.clerk(f"{role}{area}", "某人", role, area)
        viewer = office.viewer(clerk, "benefit.list", AUTUMN)
        asks = (
            lambda viewer=viewer: queries.benefits(viewer, at=AUTUMN, pile="told"),
            lambda viewer=viewer: queries.benefit_counts(viewer, at=AUTUMN)["told"],
            lambda viewer=viewer: queries.benefit_page(benefit.ref, viewer, at=AUTUMN),
        )
        for ask in asks:
            try:
                shown = bool(ask())
            except NotAllowed:
                shown = False
            assert shown == (role in READERS and here), f"{role} of {area}"


def test_a_list_asks_the_database_the_same_however_many_wait(benefit, django_assert_num_queries):
    for kind in ("job", "illness", "income_up"):
        actions.tell_happening(
            benefit=benefit.ref, kind=kind, on=AUTUMN.date(), channel="window", by=people.clerk_li(), at=AUTUMN
        )
    viewer = office.viewer(people.clerk_li(), "benefit.list", AUTUMN)
    with django_assert_num_queries(3):
        assert len(queries.benefits(viewer, at=AUTUMN, pile="told")) == 3
    with django_assert_num_queries(7):  # one for each list, and one for how soon a place calls soon
        queries.benefit_counts(viewer, at=AUTUMN)
