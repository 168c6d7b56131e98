"""Days: working days by the State Council's yearly calendar, periods as the Civil Code counts them, whole months."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

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


def read_year(entry: Mapping[str, Any]) -> Year:
    """A year as it is written down: `year`, `source`, `provisional`, `worked` days, `holiday`: name, from, and to.

    :raises ValueError: days of another year, turned around, worked and free at once, or a worked day that is no weekend day
    """
    year, free = entry["year"], set[date]()
    for holiday in entry["holiday"]:
        first, last = holiday["from"], holiday.get("to", holiday["from"])
        if last < first or {first.year, last.year} != {year}:
            raise ValueError(f"{holiday['name']}：{first} 到 {last}，不是 {year} 年里先后的两天")
        free.update(first + ONE_DAY * n for n in range((last - first).days + 1))
    worked = frozenset(entry["worked"])
    for day in sorted(worked):
        if day.year != year or day.weekday() < 5:
            raise ValueError(f"调休上班的 {day} 不是 {year} 年的周末")
        if day in free:
            raise ValueError(f"{day} 又放假又上班")
    return Year(year, frozenset(free), worked, entry["source"], entry["provisional"])


@cache
def _ours() -> dict[int, Year]:
    listed = tomllib.loads(_CALENDAR.read_text(encoding="utf-8"))["year"]
    return {entry["year"]: read_year(entry) for entry in listed}


_announced: dict[int, Year] = {}  # taken over by this place since; put here by `announce`


def announce(years: Iterable[Year]) -> bool:
    """Go by these years too, in this process, in place of those listed here for the same years; returns whether that is news."""
    told = {year.year: year for year in years}
    if told == _announced:
        return False
    _announced.clear()
    _announced.update(told)
    _years.cache_clear()
    listed.cache_clear()
    return True


@cache
def _years() -> dict[int, Year]:
    return {**_ours(), **_announced}


def calendar() -> frozenset[Year]:
    """All years as they are gone by now; two of these are equal when nothing moved."""
    return frozenset(_years().values())


def year_of(year: int) -> Year:
    """The calendar of a year. A year nobody has announced has only its weekends, and says that it is provisional."""
    return _years().get(year) or Year(year, frozenset(), frozenset(), "未公布，只按周末计算", True)


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: make-up weekends count, holidays do not."""
    year = year_of(day.year)
    if day in year.worked:
        return True
    return day.weekday() < 5 and day not in year.free


@dataclass(frozen=True, slots=True)
class Listed:
    """The years that are listed, counted through once, so that no period is ever walked day by day.

    more: for each listed day, how many more working days there have been up to it than plain weekdays (less is negative).
    reached: for each working day within, which day it is: the first is working day number `before` + 1 of all time.
    Days of all time are counted from 1 January of the year 1, a Monday; outside of the listed years weekends alone are free.
    """

    first: date
    more: tuple[int, ...]
    before: int
    reached: tuple[date, ...]


@cache
def listed() -> Listed:
    """The calendar of every listed year, and of those between."""
    first, last = date(min(_years()), 1, 1), date(max(_years()), 12, 31)
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    worked = [is_working_day(day) for day in days]
    more = accumulate(works - (day.weekday() < 5) for day, works in zip(days, worked, strict=True))
    reached = tuple(day for day, works in zip(days, worked, strict=True) if works)
    return Listed(first, tuple(more), _weekdays_until(first - ONE_DAY), reached)


def _weekdays_until(day: date) -> int:
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def working_days_until(day: date) -> int:
    """How many working days there have been up to a day, that day included, since the year 1."""
    known, at = listed(), (day - listed().first).days
    return _weekdays_until(day) + (0 if at < 0 else known.more[min(at, len(known.more) - 1)])


def working_day_number(number: int) -> date:
    """The so-manieth working day of all time."""
    known = listed()
    at = number - known.before - 1
    if 0 <= at < len(known.reached):
        return known.reached[at]
    weeks, rest = divmod(number - (known.more[-1] if at >= 0 else 0) - 1, 5)
    return date.fromordinal(weeks * 7 + rest + 1)


def add_working_days(day: date, count: int) -> date:
    """The last day of a period of so many working days; the first day is not counted (Civil Code Art. 201).

    :raises ValueError: a negative count
    """
    if count < 0:
        raise ValueError(f"a period of {count} working days")
    return move_working_days(day, count)


def move_working_days(day: date, count: int) -> date:
    """So many working days on or, with a negative count, back; the day itself is not counted, and with none it stays."""
    if not count:
        return day
    return working_day_number(working_days_until(day if count > 0 else day - ONE_DAY) + count + (count < 0))


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
    return working_days_until(end) - working_days_until(start)


def is_provisional(*days: date) -> bool:
    """Whether any of these days lies in a year whose calendar is not announced yet."""
    return any(year_of(day.year).provisional for day in days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later or earlier; the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months passed from start to end; not yet reached months count down (the day before start is −1)."""
    return (end.year * 12 + end.month) - (start.year * 12 + start.month) - (end.day < start.day)


def age_on(born: date, on: date) -> int:
    """Age in full years; someone born on 29 February is a year older on 1 March of other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def first_of_month(day: date) -> date:
    """The first day of the month of this day."""
    return day.replace(day=1)
