"""Days: the yearly calendar, periods, months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.facts import days

DAYS = st.dates(date(1901, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # Saturday worked before Spring Festival
        (date(2026, 2, 17), False),
        (date(2026, 7, 1), True),
        (date(2026, 7, 4), False),
        (date(2024, 9, 14), True),
        (date(2025, 10, 8), False),
        (date(2027, 2, 9), False),
        (date(2033, 10, 3), True),  # nobody has announced 2033: only weekends
    ],
)
def test_working_days(day, works):
    assert days.is_working_day(day) is works


def test_the_calendar_is_sound_and_2027_is_provisional():
    for year in range(2024, 2028):
        found = days.year_of(year)
        assert all(day.year == year for day in found.free | found.worked)
        assert all(day.weekday() >= 5 for day in found.worked)
        assert not found.free & found.worked
        assert found.provisional is (year == 2027)
        working = sum(days.is_working_day(date(year, 1, 1) + timedelta(n)) for n in range(365))
        assert 244 <= working <= 252
    assert days.is_provisional(date(2026, 12, 31), date(2027, 1, 4))
    assert not days.is_provisional(date(2026, 12, 31))


def test_thirty_working_days_over_national_day():
    assert days.add_working_days(date(2026, 9, 18), 11) == date(2026, 10, 10)
    assert days.add_working_days(date(2026, 7, 1), 30) == date(2026, 8, 12)
    assert days.working_days_between(date(2026, 7, 1), date(2026, 8, 12)) == 30


def test_a_period_of_days_that_ends_on_a_holiday_ends_after_it():
    assert days.add_calendar_days(date(2026, 9, 24), 7) == date(2026, 10, 8)
    assert days.add_calendar_days(date(2026, 7, 1), 7) == date(2026, 7, 8)


def test_no_period_runs_backwards():
    with pytest.raises(ValueError, match="-1"):
        days.add_working_days(date(2026, 7, 1), -1)
    with pytest.raises(ValueError, match="-1"):
        days.add_calendar_days(date(2026, 7, 1), -1)


def test_months_and_ages():
    assert days.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert days.add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert days.months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert days.months_between(date(2026, 7, 1), date(2026, 6, 30)) == -1
    assert days.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert days.first_of_month(date(2026, 7, 19)) == date(2026, 7, 1)


@given(DAYS, st.integers(0, 60))
def test_working_days_there_and_back(day, count):
    end = days.add_working_days(day, count)
    assert days.working_days_between(day, end) == count
    assert days.working_days_between(end, day) == -count


@given(DAYS, st.integers(-600, 600))
def test_months_there_and_back(day, months):
    if 1902 <= (day.year * 12 + months) // 12 <= 2098:
        later = days.add_months(day, months)
        assert days.months_between(day, later) in (months, months - 1)
        if day.day <= 28:
            assert days.months_between(day, later) == months
