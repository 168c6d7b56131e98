"""Clocks: counted like somebody who crosses off days, standing still where a place says so, climbing once a step."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

import people
import walk
from doudi.casework import actions, core, jobs, queries
from doudi.casework.core import CLIMBS, Clock, Span, State, Step
from doudi.casework.models import Case, Climb, Pause, RunningClock
from doudi.casework.queries import due
from doudi.facts import days
from doudi.facts.days import Year
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry, Notice
from people import NOON

DAY = timedelta(days=1)
START = date(2026, 9, 1)
span = st.tuples(st.integers(0, 60), st.integers(0, 25))


def crossed_off(started, count, pauses, free, worked):
    """The same by hand: a sheet of the calendar, each day crossed off when offices work and the clock does not stand still."""
    day, left = started, count
    while left:
        day += DAY
        works = day in worked or (day.weekday() < 5 and day not in free)
        still = any(first < day <= last for first, last in pauses)
        if works and not still:
            left -= 1
    return day


@given(
    free=st.sets(st.integers(0, 200), max_size=40),
    worked=st.sets(st.integers(0, 200), max_size=10),
    count=st.integers(1, 45),
    pauses=st.lists(span, max_size=3),
    skip=st.integers(0, 20),
)
def test_whatever_the_calendar_a_clock_runs_out_on_the_day_somebody_would_cross_off(free, worked, count, pauses, skip):
    started = START + DAY * skip
    worked_days = {day for n in worked if (day := START + DAY * n).weekday() > 4}
    free_days = {START + DAY * n for n in free} - worked_days
    told = [Year(year, frozenset(d for d in free_days if d.year == year), frozenset(d for d in worked_days if d.year == year),
                 "随机", False) for year in (2026, 2027)]  # fmt: skip
    apart, after = [], started  # one after the other, as they come in a case's life
    for gap, length in pauses:
        first = after + DAY * gap
        after = first + DAY * length
        apart.append((first, after))
    days.announce(told)
    try:
        out = core.runs_out(started, count, "wd", [Span(*one) for one in apart], on=started)
        assert out == crossed_off(started, count, apart, free_days, worked_days)
        assert days.is_working_day(out) and out > started
    finally:
        days.announce([])


@given(count=st.integers(0, 30), at=st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_showing_is_counted_in_plain_days(count, at):
    assert core.runs_out(at, count, "days", on=at) == at + DAY * count


@given(due=st.dates(date(2026, 1, 1), date(2026, 12, 31)), later=st.integers(-10, 30))
def test_the_stair_is_only_climbed(due, later):
    order = list(Step)
    seen = [core.step_due(Clock.COUNTY, due, due + DAY * n) for n in range(later, later + 5)]
    ranks = [order.index(step) if step else -1 for step in seen]
    assert ranks == sorted(ranks)
    assert core.step_due(Clock.COUNTY, due, due) in (Step.BEFORE, Step.DUE) or not days.is_working_day(due)
    assert core.step_due(Clock.SHOWING, due, due + DAY * 30) is None


@pytest.mark.parametrize("programme", sorted(core.roads()))
def test_every_state_of_every_road_knows_its_clocks_and_none_may_run_longer_than_the_law_lets(programme):
    road = core.road(programme)
    for state in {State.SUBMITTED, *(move.target for move in road.procedure.moves.values())}:
        for clock in core.clocks_in(state, road, accepted=True, unserved=not state.is_open):
            for level in core.Level:
                for extended in (False, True):
                    limit = core.limit(clock, road, level, extended=extended)
                    assert 0 < limit.count <= limit.longest
            assert clock.label
    if "help_first" in road.procedure.moves:
        assert Clock.HELP in core.clocks_in(State.SUBMITTED, road, accepted=False, unserved=False)
        assert core.step_due(Clock.HELP, START, START + DAY) is Step.HEAD  # a day lost is the head's matter


# ---- on a case ------------------------------------------------------------------------------------------------------------

db = pytest.mark.django_db


def running(case):
    return {row.kind: row for row in RunningClock.objects.filter(case=case, done_at__isnull=True)}


@db
def test_each_step_ends_its_clocks_and_starts_the_next(sources):
    case = walk.applied(people.granny_wang().pid)
    assert set(running(case)) == {"contact", "accept"}
    walk.proposed(case, NOON + DAY)
    case.refresh_from_db()
    now = running(case)
    assert set(now) == {"whole", "showing"} and now["whole"].due_on == case.whole_due_on
    assert now["showing"].due_on == (NOON + DAY * 8).date() == case.due_on
    assert now["whole"].due_on == crossed_off(date(2026, 7, 2), 30, [], days.year_of(2026).free, days.year_of(2026).worked)
    jobs.run_due(NOON + DAY * 9)
    assert set(running(case)) == {"whole", "county"}
    actions.confirm(ref=case.ref, by=people.officer_zhao(), at=NOON + DAY * 9)
    assert set(running(case)) == {"notice"}
    walk.served(case, NOON + DAY * 10)
    assert running(case) == {} and not RunningClock.objects.filter(done_by="").exists()


@db
def test_a_clock_stands_still_only_where_the_place_says_so(sources, monkeypatch):
    from doudi.casework.actions import clocks

    monkeypatch.setattr(clocks, "_place_pauses", lambda area, reason, at: reason == "publicity")
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    before = running(case)["whole"].first_due_on
    jobs.run_due(NOON + DAY * 8)
    whole = running(case)["whole"]
    pause = Pause.objects.get()
    assert (pause.reason, pause.from_on, pause.to_on) == ("publicity", NOON.date(), (NOON + DAY * 8).date())
    spent = days.working_days_between(pause.from_on, pause.to_on)
    assert whole.due_on == days.add_working_days(before, spent) and whole.first_due_on == before


@db
def test_an_extension_has_its_reason_and_stops_at_what_the_law_allows(sources):
    case = walk.applied(people.granny_wang().pid)
    actions.accept(ref=case.ref, by=people.clerk_li(), at=NOON)
    actions.extend(ref=case.ref, reason="户籍不在这里", by=people.clerk_li(), at=NOON + DAY)
    whole = running(case)["whole"]
    assert (whole.count, whole.longest) == (45, 45) and whole.extended_by.startswith("clerk:")
    assert whole.due_on == days.add_working_days(NOON.date(), 45) > whole.first_due_on


@db
def test_a_moved_calendar_counts_open_clocks_anew_and_nothing_that_is_done(sources):
    case = walk.applied(people.granny_wang().pid)
    done = walk.applied(people.uncle_zhou().pid)
    actions.withdraw(ref=done.ref, reason="", by=Party.resident(done.applicant), at=NOON)
    actions.accept(ref=case.ref, by=people.clerk_li(), at=NOON)
    kept = list(RunningClock.objects.filter(done_at__isnull=False).order_by("id").values_list("id", "due_on"))
    before, lines = running(case)["whole"].due_on, JournalEntry.objects.count()
    old = days.year_of(2026)
    days.announce([Year(2026, old.free | {date(2026, 7, 2), date(2026, 7, 3)}, old.worked, "改了", False)])
    try:
        assert jobs.recount_clocks(NOON) == 1
        case.refresh_from_db()
        assert case.whole_due_on == running(case)["whole"].due_on == days.add_working_days(NOON.date(), 30) > before
        assert case.due_on == core.leave_for_county(case.whole_due_on, core.road("dibao"))
        assert JournalEntry.objects.count() == lines + 1 and jobs.recount_clocks(NOON) == 0
    finally:
        days.announce([])
    assert list(RunningClock.objects.filter(done_at__isnull=False).order_by("id").values_list("id", "due_on")) == kept


@db
def test_overdue_climbs_to_officer_head_and_county_each_once(sources):
    li, lin = people.clerk_li(), people.director_lin()
    for clerk, phone in ((li, "13700000001"), (lin, "13700000002")):
        clerk.phone = phone
        clerk.save()
    case = walk.applied(people.granny_wang().pid)
    due_on = running(case)["accept"].due_on
    told = Notice.objects.count()
    steps = []
    for n in range(16):
        at = NOON + DAY * n
        for _ in range(2):
            jobs.climb_clocks(at)
        steps += [Climb.objects.filter(clock__kind="accept").count()]
    climbs = list(Climb.objects.filter(clock__kind="accept").order_by("id"))
    assert [one.step for one in climbs] == ["before", "due", "after", "head", "county"]
    assert climbs[0].told == [li.ref] and climbs[3].told == [lin.ref] and lin.ref in climbs[4].told
    assert [core.step_due(Clock.ACCEPT, due_on, office_queries.today(one.at)) for one in climbs] == list(CLIMBS)
    sent = list(Notice.objects.order_by("id"))[told:]
    assert sent and not any("桂兰" in one.body or "低保" in one.body for one in sent)

    looking = office_queries.viewer(lin, "staff.read", NOON + DAY * 15)
    page = queries.late(looking, at=NOON + DAY * 15)
    assert {(row.clock_label, row.climbed) for row in page.rows} == {
        ("受理或一次告知", "报给了县里"), ("和申请人联系", "报给了县里"),
    }  # fmt: skip
    assert page.rows[0].who == "王*兰" and queries.late_count(looking, at=NOON + DAY * 15) == 2
    figure = queries.late_figures(looking, at=NOON + DAY * 15)[0]
    assert (figure.label, figure.late, figure.share) == ("柳塘镇", 2, None)
    with pytest.raises(NotAllowed):
        queries.late(office_queries.viewer(people.worker_wang(), "staff.read", NOON), at=NOON)


@db
def test_many_clocks_are_told_by_as_many_queries_as_a_few_and_each_has_its_line_and_its_text(sources):
    li, lin = people.clerk_li(), people.director_lin()
    for clerk, phone in ((li, "13700000001"), (lin, "13700000002")):
        clerk.phone = phone
        clerk.save()
    for n in range(12):
        one = people.person("周德顺", date(1960, 1, 1 + n), order=100 + n)
        people.household(f"h{n:020d}", (one, "self"))
        walk.applied(one.pid)
    at, job = NOON + DAY * 15, Party.system("climb_clocks")
    refs, before = due.clocks_to_climb(at), JournalEntry.objects.count()
    few, many = refs[:4], refs[4:]
    asked = []
    for some in (few, many):
        with CaptureQueriesContext(connection) as queries_asked:
            assert len(actions.climb(some, by=job, at=at)) == len(some)
        asked.append(len(queries_asked))
    assert len(many) == 20 and asked[0] == asked[1] <= 25
    lines = list(JournalEntry.objects.filter(seq__gte=before).order_by("seq"))
    of_cases = {line.subject for line in lines if line.act == "casework.climb"}
    assert sum(line.act == "casework.climb" for line in lines) == len(refs) == Climb.objects.count() and len(of_cases) == 12
    assert sum(line.act == "office.notify" for line in lines) == Notice.objects.filter(queued_by="system:climb_clocks").count()
    assert all(lin.ref in json.loads(line.detail)["told"] for line in lines if line.act == "casework.climb")

    case = Case.objects.earliest("pk")  # one that goes on, one that was told, one nobody knows
    actions.accept(ref=case.ref, by=li, at=at)
    assert not actions.climb([*refs, "nobody"], by=job, at=at) and JournalEntry.objects.latest("seq").act != "casework.climb"
    with pytest.raises(NotAllowed):
        actions.climb(refs, by=people.worker_wang(), at=at + DAY * 9)


@db
def test_a_clock_that_is_done_says_for_good_whether_it_was_in_time(sources):
    lin = people.director_lin()
    first, late = (walk.applied(one.pid) for one in (people.granny_wang(), people.uncle_zhou()))
    last_day = NOON + (running(first)["accept"].due_on - NOON.date())
    actions.accept(ref=first.ref, by=people.clerk_li(), at=last_day)
    sun = people.clerk("sun", "孙伟", Role.TOWNSHIP, people.TOWNSHIP)
    actions.accept(ref=late.ref, by=sun, at=NOON + DAY * 20)
    kept = dict(RunningClock.objects.filter(kind="accept").values_list("case__ref", "in_time"))
    assert kept == {first.ref: True, late.ref: False} and not RunningClock.objects.filter(done_at=None, in_time=True).exists()
    figure = next(iter(queries.late_figures(office_queries.viewer(lin, "staff.read", NOON), at=NOON + DAY * 20)))
    assert (figure.finished, figure.in_time, figure.share) == (4, 2, 50)


@db
def test_who_is_away_is_reminded_through_who_stands_in(sources):
    case = walk.applied(people.granny_wang().pid)
    li, qian = people.clerk_li(), walk.helper_qian()
    assert case.handler == li.ref
    office.enter_leave(
        clerk="li", kind="ill", from_on=NOON.date(), to_on=(NOON + DAY * 9).date(), stand_in="qian", by=li, at=NOON
    )
    jobs.climb_clocks(NOON)
    assert [one.told for one in Climb.objects.all()] == [[qian.ref], [qian.ref]]


@db
def test_the_clocks_of_a_case_are_read_whole_and_cut_to_the_area(sources, django_assert_num_queries):
    case = walk.applied(people.granny_wang().pid)
    walk.proposed(case, NOON)
    jobs.climb_clocks(NOON + DAY * 7)
    viewer = office_queries.viewer(people.clerk_li(), "case.read", NOON)
    with django_assert_num_queries(4):
        found = queries.clocks_of(case.ref, viewer, at=NOON)
    assert [row.code for row in found.rows][:2] == ["showing", "whole"] and found.calendar_missing == ()
    whole = next(row for row in found.rows if row.code == "whole")
    assert (whole.length, whole.basis, whole.is_late) == ("30 个工作日", "D57 Art. 22", False)
    with pytest.raises(NotAllowed):
        queries.clocks_of(case.ref, office_queries.viewer(people.clerk_sun(), "case.read", NOON), at=NOON)
