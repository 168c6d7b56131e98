"""Numbers for those who watch: how many cases, how many late, how much is in force; by county, never by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from doudi.casework.core import CLOSED, State
from doudi.casework.models import Benefit, Case
from doudi.casework.queries import awards
from doudi.office import queries as office
from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county's cases and help. Counts of cases; money in fen a month."""

    county: str
    label: str
    open: int
    urgent: int
    overdue: int
    shown: int
    confirmed: int
    refused: int
    from_visit: int
    in_force: int
    in_force_fen: int


def by_county(viewer: Viewer, *, at: datetime) -> tuple[CountyRow, ...]:
    """Each county of the viewer's area with its cases; every county of the place book is there, also with nothing.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("figures.read")
    today = office.today(at)
    going = ~Q(state__in=[str(state) for state in CLOSED])
    rows = (
        Case.objects.filter(area__startswith=viewer.within)
        .values(county=Substr("area", 1, 6))
        .annotate(
            n_open=Count("id", filter=going),
            n_urgent=Count("id", filter=going & Q(is_urgent=True)),
            n_overdue=Count("id", filter=going & Q(due_on__lt=today)),
            n_shown=Count("id", filter=Q(state=State.SHOWN)),
            n_confirmed=Count("id", filter=Q(state=State.CONFIRMED)),
            n_refused=Count("id", filter=Q(state=State.REFUSED)),
            n_visit=Count("id", filter=Q(origin="visit")),
        )
    )
    cases = {row["county"]: row for row in rows}
    month = today.replace(day=1)
    held = (
        awards.in_month(Benefit.objects.filter(awards.running(month), area__startswith=viewer.within), month)
        .values(county=Substr("area", 1, 6))
        .annotate(n=Count("id"), fen=Sum("now_fen"))
    )
    benefits = {row["county"]: row for row in held}
    places = [place for place in office.areas(kind="county") if viewer.sees(place.code) or place.code == viewer.area[:6]]
    found = []
    for place in places:
        case, help_ = cases.get(place.code, {}), benefits.get(place.code, {})
        found.append(
            CountyRow(
                county=place.code,
                label=place.label,
                open=case.get("n_open", 0),
                urgent=case.get("n_urgent", 0),
                overdue=case.get("n_overdue", 0),
                shown=case.get("n_shown", 0),
                confirmed=case.get("n_confirmed", 0),
                refused=case.get("n_refused", 0),
                from_visit=case.get("n_visit", 0),
                in_force=help_.get("n", 0),
                in_force_fen=help_.get("fen") or 0,
            )
        )
    return tuple(found)
