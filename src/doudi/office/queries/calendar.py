"""The working days this place goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.facts import days
from doudi.office.models import WorkingYear
from doudi.office.queries.clock import today


def years_taken_over() -> list[tuple[int, list[dict[str, str]], list[str], str]]:
    """The latest table of each year taken over here: year, holidays, days worked instead, source; by year."""
    rows = WorkingYear.objects.order_by("year", "id").values_list("year", "holidays", "worked", "source")
    return list({row[0]: row for row in rows}.values())


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year as it is gone by: `taken_over` here, as it came with the programme, or not announced at all."""

    year: int
    source: str
    free: tuple[date, ...]
    worked: tuple[date, ...]
    working_days: int
    is_provisional: bool
    taken_over: bool


def years_gone_by(at: datetime) -> list[YearRow]:
    """Last year, this one and the next two, as clocks count them."""
    here, this = {row[0] for row in years_taken_over()}, today(at).year
    rows = []
    for year in range(this - 1, this + 3):
        found = days.year_of(year)
        count = days.working_days_until(date(year, 12, 31)) - days.working_days_until(date(year - 1, 12, 31))
        free, worked = tuple(sorted(found.free)), tuple(sorted(found.worked))
        rows.append(YearRow(year, found.source, free, worked, count, found.provisional, year in here))
    return rows
