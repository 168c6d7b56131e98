"""The working days of a year, taken over from the State Council's notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction

from doudi.facts import days
from doudi.office import queries
from doudi.office.actions.journal import By, party, record
from doudi.office.core import NotAllowed
from doudi.office.gateways import calendar
from doudi.office.models import WorkingYear


@transaction.atomic
def announce_year(
    *, year: int, holidays: Sequence[tuple[str, date, date]], worked: Sequence[date], source: str, by: By, at: datetime
) -> WorkingYear:
    """Take over the working days of a year. Open clocks are counted anew by the next run of what is due; what is done stays.

    The same again is the same row; another table of the year, which the State Council changed, is a later row.

    :param holidays: name, first and last free day of each, with the weekends inside
    :param worked: days of weekends that are worked instead
    :param source: the notice it stands in, with its number
    :raises NotAllowed: not theirs to keep, a year far off, no source, or days that cannot be
    """
    queries.need(by, "calendar.keep", area=None, at=at)
    words = source.strip()[:200]
    if not words:
        raise NotAllowed("请写明出自哪个通知、文号。")
    if not 2020 <= year <= 2100:
        raise NotAllowed("年份不对。")
    if not holidays:
        raise NotAllowed("还没有写一个节假日。")
    kept = [{"name": name.strip()[:20], "from": first.isoformat(), "to": last.isoformat()} for name, first, last in holidays]
    extra = sorted({day.isoformat() for day in worked})
    try:
        days.read_year(calendar.entry_of(year, kept, extra, words))
    except ValueError as why:
        raise NotAllowed(f"日子不对：{why}。") from None
    latest = WorkingYear.objects.select_for_update().filter(year=year).order_by("-id").first()
    if latest is not None and (latest.holidays, latest.worked, latest.source) == (kept, extra, words):
        return latest
    made = WorkingYear.objects.create(year=year, holidays=kept, worked=extra, source=words, at=at, by=party(by))
    transaction.on_commit(partial(calendar.write, queries.years_taken_over()))
    record("office.announce_year", subject="calendar", by=by, at=at, detail={"row": made.ref, "year": year})
    return made
