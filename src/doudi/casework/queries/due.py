"""What the schedule has to do."""

from __future__ import annotations

from datetime import datetime

from doudi.casework.core import WORKING, State
from doudi.casework.models import Benefit, Case, Showing
from doudi.office.queries import today


def showings_over(at: datetime) -> list[str]:
    """Refs of cases whose last day on the board has passed."""
    rows = Showing.objects.filter(state="running", to_on__lt=today(at), case__state=State.SHOWN).order_by("to_on", "id")
    return list(rows.values_list("case__ref", flat=True))


def reviews_due(at: datetime) -> list[str]:
    """Refs of benefits whose review is due and not called."""
    rows = Benefit.objects.filter(review_state="none", review_due_on__lte=today(at), to_month__isnull=True)
    return list(rows.order_by("review_due_on", "id").values_list("ref", flat=True))


def assistance_over(at: datetime) -> list[str]:
    """Refs of cases whose help has been paid to its last month; what was signed for them ends."""
    rows = Benefit.objects.filter(to_month__lt=today(at).replace(day=1)).order_by("to_month", "id")
    return list(rows.values_list("case__ref", flat=True))


def cases_with_checks() -> list[tuple[str, str, int]]:
    """Cases being worked on whose sources were asked: ref, check, and how many later answers were taken in."""
    rows = Case.objects.filter(state__in=WORKING).exclude(check_ref="").order_by("id")
    return list(rows.values_list("ref", "check_ref", "answers_taken"))
