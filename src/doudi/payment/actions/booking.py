"""Booking: in which month an entry goes, and the entries of single acts. Steps inside acts; none of them is an act itself."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Sum

from doudi.facts.days import add_months
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.queries import today
from doudi.payment.core import MonthClosed, first_of
from doudi.payment.models import Entry, Line, MonthClose, Run, RunSum


def closed_to(county: str) -> date | None:
    """The last closed month of a county."""
    return MonthClose.objects.filter(county=county).order_by("-month").values_list("month", flat=True).first()


def book_month(county: str, at: datetime) -> date:
    """The month something is booked in that happens now: this one, or the one after the last closed."""
    last, month = closed_to(county), first_of(today(at))
    return month if last is None or month > last else add_months(last, 1)


def run_month(run: Run, at: datetime) -> date:
    """The month a run's entries are booked in.

    :raises MonthClosed: it is closed
    """
    last = closed_to(run.county)
    if last is not None and run.month <= last:
        late = add_months(last, 1)
        raise MonthClosed(f"本月发放已封账，从 {late.month} 月起补发 {run.month.month} 月。")
    return run.month


def recount(run: Run) -> None:
    """Keep what a run's lines come to; every act that writes or changes them does it, holding the run."""
    told = Line.objects.filter(run=run).order_by().values_list("programme", "state").annotate(Count("id"), Sum("amount_fen"))
    found = [
        RunSum(run=run, programme=programme, state=state, lines_count=count, total_fen=fen)
        for programme, state, count, fen in told
    ]
    RunSum.objects.filter(run=run).delete()
    RunSum.objects.bulk_create(found)


def book(
    source: str,
    target: str,
    amount_fen: int,
    *,
    county: str,
    area: str,
    decision: str,
    by: By,
    at: datetime,
    line: Line | None = None,
    about: str = "",
    month: date | None = None,
) -> None:
    """One entry."""
    Entry.objects.create(
        county=county,
        area=area,
        month=month or book_month(county, at),
        line=line,
        about=about,
        decision=decision,
        source=source,
        target=target,
        amount_fen=amount_fen,
        at=at,
        by=office.party(by),
    )
