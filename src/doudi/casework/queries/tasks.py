"""What waits for a clerk beside cases: papers to type, calls to make, letters to bring, reviews … counted in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.fields import CharField

from doudi.casework.core import papers
from doudi.casework.models import (
    Call,
    FollowUp,
    Inquiry,
    Objection,
    OutreachOffer,
    PaperForm,
    PlaceRequest,
    Review,
    Service,
    Sheet,
)
from doudi.casework.queries.inbox import after_prefix
from doudi.office.core import Viewer
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of one kind waits in a viewer's area, how much of it is late, and when the first runs out."""

    kind: str
    count: int
    late: int
    first_due_on: date | None


def waiting(viewer: Viewer, *, at: datetime) -> tuple[Waiting, ...]:
    """Everything beside cases that waits where the viewer works and that their post may do; kinds with nothing are left out."""
    if not viewer.within:
        return ()
    on = today(at)
    parts = [
        rows.order_by()
        .annotate(waits=Value(kind, CharField()), runs_out=F(due))
        .values("waits")
        .annotate(n=Count("pk"), behind=Count("pk", filter=Q(runs_out__lt=on)), first=Min("runs_out"))
        for kind, act, rows, due in _kinds(viewer, on)
        if viewer.may(act)
    ]
    if not parts:
        return ()
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    rows = [Waiting(row["waits"], row["n"], row["behind"], row["first"]) for row in found]
    return tuple(sorted((row for row in rows if row.count), key=lambda row: (row.first_due_on or date.max, row.kind)))


def _kinds(viewer: Viewer, on: date) -> list[tuple[str, str, QuerySet, str]]:
    """Each kind: its name, the act that does it, what waits of it here, and the column it is due by."""

    def here(path: str = "area") -> Q:
        return Q(**{f"{path}__gte": viewer.within, f"{path}__lt": after_prefix(viewer.within)})

    brought = Service.objects.filter(sheet=OuterRef("pk"))
    letters = [one.code for one in papers.catalogue().values() if one.is_letter]
    objections = Objection.objects.filter(
        here("showing__area"), answered_at__isnull=True, showing__case__in_doubt=True, showing__case__closed_at__isnull=True
    )
    return [
        ("forms", "case.register", PaperForm.objects.filter(here(), dropped_at=None, read_at=None), "due_on"),
        ("calls", "call.take", Call.objects.filter(here(), rung_at=None, back_on__isnull=False), "back_on"),
        ("offers", "outreach.work", OutreachOffer.objects.filter(here(), state="waiting"), "due_on"),
        (
            "letters",
            "letter.serve",
            Sheet.objects.filter(here("case__area"), ~Exists(brought), code__in=letters),
            "serve_by",
        ),
        ("elsewhere", "elsewhere.answer", PlaceRequest.objects.filter(here(), outcome=""), "due_on"),
        ("shown", "case.object", objections, "due_on"),
        ("inquiries", "case.survey", Inquiry.objects.filter(here("case__area"), state="sent"), "due_on"),
        ("reviews", "case.review", Review.objects.filter(here("benefit__area"), closed_at__isnull=True), "due_on"),
        (
            "followups",
            "case.review",
            FollowUp.objects.filter(here("benefit__area"), done_at__isnull=True, due_on__lte=on),
            "due_on",
        ),
    ]
