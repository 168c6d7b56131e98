"""Papers whose time is over: what would go, class by class; nothing goes before a person agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from doudi.casework.core import papers
from doudi.casework.models import Benefit, Case, Retirement, Scan, Sheet
from doudi.facts import days
from doudi.office.core import Viewer
from doudi.office.queries import today

LONGEST_LIST = 100  # rows of one class on one page; agreed ones make room for the next


@dataclass(frozen=True, slots=True)
class OverTime:
    """The papers of one class of one closed case, kept until a day that is over."""

    case_ref: str
    receipt: str
    masked_name: str
    keeps: str
    keeps_label: str
    closed_on: date  # the case closed, or the last day of the last month help was paid for
    kept_until: date
    sheets: int
    scans: int

    @property
    def key(self) -> str:
        """What a form sends to name it."""
        return f"{self.case_ref}:{self.keeps}"


def over_time(viewer: Viewer, *, on: date) -> tuple[OverTime, ...]:
    """What would go now, inside the viewer's area, the longest over first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("file.retire")
    found: list[OverTime] = []
    for keep in papers.keeps().values():
        codes = [one.code for one in papers.catalogue().values() if one.keeps == keep.code]
        begun = days.add_months(on, -12 * keep.years)
        gone = Retirement.objects.filter(case=OuterRef("pk"), keeps=keep.code)
        held = Exists(Sheet.objects.filter(case=OuterRef("pk"), code__in=codes))
        held |= Exists(Scan.objects.filter(case=OuterRef("pk"), code__in=codes))
        cases = Case.objects.filter(~Exists(gone), held, area__startswith=viewer.within, closed_at__date__lt=begun)
        rows = list(cases.select_related("benefit").order_by("closed_at", "pk")[:LONGEST_LIST])
        found += [row for case in rows if (row := papers_over(case, keep, on)) is not None]
    return tuple(sorted(found, key=lambda one: one.kept_until))


def papers_over(case: Case, keep: papers.Keep, on: date) -> OverTime | None:
    """The papers of one class of a case, when their time is over on a day; None while help runs, or while they are kept."""
    if case.closed_at is None:
        return None
    ended, benefit = today(case.closed_at), Benefit.objects.filter(case=case).first()
    if benefit is not None:
        if benefit.to_month is None:
            return None
        ended = max(ended, days.add_months(benefit.to_month, 1) - days.ONE_DAY)
    until = keep.until(ended)
    if on <= until:
        return None
    codes = [one.code for one in papers.catalogue().values() if one.keeps == keep.code]
    sheets = Sheet.objects.filter(case=case, code__in=codes).count()
    scans = Scan.objects.filter(case=case, code__in=codes).count()
    if not sheets and not scans:
        return None
    return OverTime(case.ref, case.receipt, case.masked_name, keep.code, keep.label, ended, until, sheets, scans)
