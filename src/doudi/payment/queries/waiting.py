"""What of money waits for a clerk today, counted; each kind is worked off on its own page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import CharField, Count, Q, QuerySet, Value

from doudi.office.core import Viewer
from doudi.payment.core import LineState
from doudi.payment.models import AccountChange, Arrival, Claim, Line, Run


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """`kind`: missing (nothing arrived, says the family), returned, claims, waivers, calls (about another account), accounts."""

    kind: str
    count: int


def waiting(viewer: Viewer) -> tuple[WaitingRow, ...]:
    """What waits for this viewer, in the viewer's area, in one query; kinds of which nothing waits are left out."""
    if not viewer.within:
        return ()
    inside, me = Q(area__startswith=viewer.within), f"clerk:{viewer.ref}"
    found: list[tuple[str, str, QuerySet]] = [
        ("missing", "arrival.ask", Arrival.objects.filter(inside, answer__in=["no", "unsure"], settled_at__isnull=True)),
        ("claims", "claim.decide", Claim.objects.filter(inside, state="proposed")),
        ("waivers", "claim.waive", Claim.objects.filter(inside, state="waiving").exclude(decided_by=me)),
        ("calls", "account.change", AccountChange.objects.filter(inside, state="asked")),
        ("accounts", "account.agree", AccountChange.objects.filter(inside, state="heard").exclude(by=me).exclude(heard_by=me)),
    ]
    if len(viewer.within) <= 6:  # runs are of counties
        runs = Run.objects.filter(county__startswith=viewer.within)
        came_back = Line.objects.filter(
            run__in=runs, not_arrived=True, state=LineState.FAILED, is_to_reissue=False, again__isnull=True
        )
        found.insert(1, ("returned", "payment.send", came_back))
    parts = [
        rows.order_by().annotate(waits=Value(kind, CharField())).values("waits").annotate(n=Count("pk"))
        for kind, act, rows in found
        if viewer.may(act)
    ]
    if not parts:
        return ()
    counts = {row["waits"]: row["n"] for row in (parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])}
    return tuple(WaitingRow(kind, counts[kind]) for kind, *_ in found if counts.get(kind))
