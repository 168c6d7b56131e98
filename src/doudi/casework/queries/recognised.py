"""What a person is recognised as: one confirmation counts for every department (LAW Art. 42). Who may ask, rooms above say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from doudi.casework import core
from doudi.casework.models import Benefit, Case, CaseMember
from doudi.registry import queries as registry


@dataclass(frozen=True, slots=True)
class Recognised:
    """A status in force of somebody's household, or of them alone; nothing of money."""

    programme: str
    label: str
    receipt: str
    area: str
    from_on: date
    until_month: date | None  # its last month; None: until it is looked at again
    review_due_on: date


@dataclass(frozen=True, slots=True)
class OfCase:
    """Whom a case is about, for what is asked of others for them."""

    ref: str
    area: str
    applicant: str
    names: dict[str, str]  # pid → name, of who lives together and is in the register


def recognised(pid: str, *, on: date) -> tuple[Recognised, ...]:
    """What is in force on a day for a person: as the one it is paid to, or as a member who counts; the oldest first."""
    pids = registry.pids_of(pid)
    first = on.replace(day=1)
    mine = [one.case_id for one in CaseMember.objects.filter(pid__in=pids) if one.counts]
    rows = Benefit.objects.filter(Q(to_month__isnull=True) | Q(to_month__gte=first), from_month__lte=first)
    rows = rows.filter(Q(payee__in=pids) | Q(case__in=mine)).select_related("case").order_by("from_month", "pk")
    return tuple(
        Recognised(
            programme=row.programme,
            label=core.road(row.programme).label,
            receipt=row.case.receipt,
            area=row.area,
            from_on=row.from_month,
            until_month=row.to_month,
            review_due_on=row.review_due_on,
        )
        for row in rows
    )


def of_case(ref: str) -> OfCase | None:
    """Whom a case is about, or None when there is no such case."""
    row = Case.objects.filter(ref=ref).first()
    if row is None:
        return None
    living = [one for one in CaseMember.objects.filter(case=row).order_by("id") if one.pid and one.counts]
    return OfCase(row.ref, row.area, row.applicant, {row.applicant: row.name, **{one.pid: one.name for one in living}})
