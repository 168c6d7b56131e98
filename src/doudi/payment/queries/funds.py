"""Reading the reserve funds of townships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.payment.models import Fund, FundCount, FundMove

KINDS = {"paid_in": "拨入", "replenished": "补足", "handed_out": "发给"}


@dataclass(frozen=True, slots=True)
class CountRow:
    on: date
    counted_fen: int
    ledger_fen: int
    why: str
    by: str
    second: str


@dataclass(frozen=True, slots=True)
class FundRow:
    """A township's fund: what is in it by the ledger, and when two people last counted it."""

    area: str
    label: str
    balance_fen: int
    last_count: CountRow | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    kind_label: str
    amount_fen: int  # above 0 comes in, below 0 goes out
    masked_name: str
    case_ref: str
    voucher: str
    is_replenished: bool
    at: datetime
    by: str


def funds(viewer: Viewer) -> tuple[FundRow, ...]:
    """The funds of the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("fund.read")
    rows = list(Fund.objects.filter(area__startswith=viewer.within).order_by("area")) if viewer.within else []
    if len(viewer.within) == 12:
        rows = []
    labels = office.area_labels([row.area for row in rows])
    last: dict[int, FundCount] = {}
    for one in FundCount.objects.filter(fund__in=rows).order_by("on"):
        last[one.fund_id] = one
    names = office.clerk_names([by.partition(":")[2] for one in last.values() for by in (one.by, one.second)])
    return tuple(
        FundRow(
            row.area, labels.get(row.area, row.area), row.balance_fen, _count(last[row.pk], names) if row.pk in last else None
        )
        for row in rows
    )


def _count(row: FundCount, names: dict[str, str]) -> CountRow:
    by, second = (names.get(one.partition(":")[2], "") for one in (row.by, row.second))
    return CountRow(row.on, row.counted_fen, row.ledger_fen, row.why, by, second)


def moves(area: str, viewer: Viewer, *, limit: int = 100) -> tuple[MoveRow, ...]:
    """The movements of one fund, latest first.

    :raises NotAllowed: the post does not allow it, or another place
    """
    viewer.need("fund.read", area)
    rows = list(FundMove.objects.filter(fund__area=area).select_related("line").order_by("-pk")[:limit])
    names = office.clerk_names([row.by.partition(":")[2] for row in rows])
    return tuple(
        MoveRow(
            KINDS[row.kind],
            -row.amount_fen if row.kind == "handed_out" else row.amount_fen,
            mask_name(row.line.name) if row.line else "",
            row.line.case if row.line else "",
            row.voucher,
            row.replenished_id is not None,
            row.at,
            names.get(row.by.partition(":")[2], ""),
        )
        for row in rows
    )
