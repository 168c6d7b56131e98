"""Days: working days by the State Council's yearly calendar, periods as the Civil Code counts them, whole months."""

from __future__ import annotations

import calendar
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

ONE_DAY = timedelta(days=1)
_CALENDAR = Path(__file__).parent / "working_days.toml"


@dataclass(frozen=True, slots=True)
class Year:
    """Which weekdays of a year are free, which weekend days are worked (调休), and whether that is already announced."""

    year: int
    free: frozenset[date]
    worked: frozenset[date]
    source: str
    provisional: bool


@cache
def _years() -> dict[int, Year]:
    listed = tomllib.loads(_CALENDAR.read_text(encoding="utf-8"))["year"]
    years = {}
    for entry in listed:
        free: set[date] = set()
        for holiday in entry["holiday"]:
            first, last = holiday["from"], holiday.get("to", holiday["from"])
            free.update(first + ONE_DAY * n for n in range((last - first).days + 1))
        years[entry["year"]] = Year(
            entry["year"], frozenset(free), frozenset(entry["worked"]), entry["source"], entry["provisional"]
        )
    return years


def year_of(year: int) -> Year:
    """The calendar of a year. A year nobody has announced has only its weekends, and says that it is provisional."""
    return _years().get(year) or Year(year, frozenset(), frozenset(), "未公布，只按周末计算", True)


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: make-up weekends count, holidays do not."""
    year = year_of(day.year)
    if day in year.worked:
        return True
    return day.weekday() < 5 and day not in year.free


def add_working_days(day: date, count: int) -> date:
    """The last day of a period of so many working days; the first day is not counted (Civil Code Art. 201).

    :raises ValueError: a negative count
    """
    if count < 0:
        raise ValueError(f"a period of {count} working days")
    while count:
        day += ONE_DAY
        count -= is_working_day(day)
    return day


def add_calendar_days(day: date, count: int) -> date:
    """The last day of a period of calendar days; one that ends on a free day ends the next working day (Art. 201, 203).

    :raises ValueError: a negative count
    """
    if count < 0:
        raise ValueError(f"a period of {count} days")
    return next_working_day(day + ONE_DAY * count)


def next_working_day(day: date) -> date:
    """The day itself when offices work, else the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days of a period are used up on `end` when it began on `start`; negative when end is before start."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))


def is_provisional(*days: date) -> bool:
    """Whether any of these days lies in a year whose calendar is not announced yet."""
    return any(year_of(day.year).provisional for day in days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later or earlier; the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months passed from start to end; not yet reached months count down (the day before start is −1)."""
    return (end.year * 12 + end.month) - (start.year * 12 + start.month) - (end.day < start.day)


def age_on(born: date, on: date) -> int:
    """Age in full years; someone born on 29 February is a year older on 1 March of other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def first_of_month(day: date) -> date:
    """The first day of the month of this day."""
    return day.replace(day=1)
