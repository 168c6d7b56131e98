"""A place takes over the working days of a year: what is refused, who sees it, and that a missing year is said."""

from datetime import date

import pytest

import people
from doudi.facts import days
from doudi.office import actions, jobs, queries
from doudi.office.core import NotAllowed
from doudi.office.gateways import calendar
from doudi.office.models import JournalEntry, WorkingYear
from people import NOON

pytestmark = pytest.mark.django_db
SPRING = ("春节", date(2027, 2, 5), date(2027, 2, 12))


@pytest.fixture
def own_calendar(settings, tmp_path):
    """A file of this test alone; afterwards the process goes by what came with the programme again."""
    settings.WORKING_DAYS = tmp_path / "working_days.json"
    yield
    settings.WORKING_DAYS = tmp_path / "none.json"
    calendar.refresh()
    assert days.year_of(2027).provisional


def taken(by, **changed):
    told = {"year": 2027, "holidays": [SPRING], "worked": [date(2027, 2, 14)], "source": "国办发明电〔2026〕9 号"}
    return actions.announce_year(**{**told, **changed}, by=by, at=NOON)


def test_a_year_taken_over_counts_in_every_process_and_the_same_again_is_nothing(
    own_calendar, django_capture_on_commit_callbacks
):
    wu = people.keeper_wu()
    assert days.year_of(2027).provisional and not days.is_working_day(date(2027, 2, 14))
    with django_capture_on_commit_callbacks(execute=True):
        taken(wu)
    assert not days.year_of(2027).provisional and days.is_working_day(date(2027, 2, 14))
    assert not days.is_working_day(date(2027, 2, 12)) and days.add_working_days(date(2027, 2, 4), 1) == date(2027, 2, 14)
    lines = JournalEntry.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        taken(wu)
    assert (JournalEntry.objects.count(), WorkingYear.objects.count()) == (lines, 1)
    row = {one.year: one for one in queries.years_gone_by(NOON)}[2027]
    assert (row.taken_over, row.is_provisional, row.source) == (True, False, "国办发明电〔2026〕9 号")

    days.announce([])  # another process, which reads the file when it begins something
    calendar._read.clear()
    queries.now()
    assert days.is_working_day(date(2027, 2, 14)) and jobs.share_calendar(NOON) == 0

    with django_capture_on_commit_callbacks(execute=True):
        taken(wu, worked=[])  # the State Council changed its notice
    assert not days.is_working_day(date(2027, 2, 14)) and WorkingYear.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"source": " "}, "出自哪个通知"),
        ({"holidays": []}, "节假日"),
        ({"year": 1999}, "年份"),
        ({"worked": [date(2027, 2, 15)]}, "不是 2027 年的周末"),
        ({"worked": [date(2027, 2, 6)]}, "又放假又上班"),
        ({"holidays": [("春节", date(2027, 2, 5), date(2027, 2, 1))]}, "先后的两天"),
        ({"holidays": [("春节", date(2026, 2, 5), date(2027, 2, 6))]}, "先后的两天"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(changed, words):
    with pytest.raises(NotAllowed, match=words):
        taken(people.keeper_wu(), **changed)
    assert not WorkingYear.objects.exists()


def test_only_who_keeps_the_calendar():
    for clerk in (people.clerk_li(), people.auditor_chen(), people.worker_wang()):
        with pytest.raises(NotAllowed):
            taken(clerk)


def test_a_year_nobody_announced_is_counted_by_weekends_and_says_so():
    assert days.is_provisional(date(2033, 5, 2)) and days.year_of(2033).source == "未公布，只按周末计算"
    assert days.add_working_days(date(2033, 4, 29), 1) == date(2033, 5, 2)  # 1 May, a Sunday, is free; Monday is counted
