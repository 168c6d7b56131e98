"""Payments as the family sees them, and those of a case as the office does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.casework.core import road
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.payment.core import LineState
from doudi.payment.models import Line
from doudi.payment.queries.runs import LineRow, line_row
from doudi.registry import queries as registry

WHY = {
    "reissue": "上次没到账，再发一次",
    "arrears": "以前少发的，补给您",
    "price": "物价涨得多，另外补的",
    "cash": "急难时当面给的现金",
}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A month's money as the family sees it."""

    for_month: date
    programme_label: str
    amount_fen: int
    state: str
    state_label: str
    on: date | None
    account_tail: str
    reason: str
    kind: str = "regular"
    why: str = ""  # what makes it another than a month's own money: arrears, paid again, kept back
    withheld_fen: int = 0


def my_payments(pid: str, *, limit: int = 24) -> tuple[PaymentRow, ...]:
    """The payments to a resident, latest first; only for the one signed in. A month that came back is shown by its last try."""
    rows = (
        Line.objects.filter(payee__in=registry.pids_of(pid), again__isnull=True)
        .select_related("run")
        .order_by("-for_month", "-pk")[:limit]
    )
    return tuple(
        PaymentRow(
            for_month=row.for_month,
            programme_label=road(row.programme).label,
            amount_fen=row.amount_fen,
            state=row.state,
            state_label=LineState(row.state).label,
            on=today(row.answered_at) if row.answered_at else None,
            account_tail=row.account[-4:],
            reason=row.reason,
            kind=row.kind,
            why=WHY.get(row.kind, ""),
            withheld_fen=row.withheld_fen,
        )
        for row in rows
    )


def payments_of(case_ref: str, viewer: Viewer) -> tuple[LineRow, ...]:
    """The payments of a case, latest first, inside the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = [row for row in Line.objects.filter(case=case_ref).order_by("-for_month", "-pk") if viewer.sees(row.area)]
    labels = office.area_labels([row.area for row in rows])
    return tuple(line_row(row, labels) for row in rows)
