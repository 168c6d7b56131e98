"""Reading what was paid too much, for those who decide and for the family."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Sum

from doudi.casework import queries as casework
from doudi.casework.core import road
from doudi.facts.days import add_months
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.payment.core import CLAIM_STATES
from doudi.payment.models import Claim, Line, Recovery, ReturnFile
from doudi.registry import queries as registry

PAGE = 50


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in a list; money in fen. `left_fen`: what is still to come back."""

    ref: str
    masked_name: str
    area_label: str
    case_ref: str
    programme_label: str
    amount_fen: int
    left_fen: int
    state: str
    state_label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimMonthRow:
    month: date
    paid_fen: int
    entitled_fen: int
    over_fen: int


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    how_label: str
    amount_fen: int
    voucher: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One claim: the months it is made of, what was decided by whom and why, what came back."""

    row: ClaimRow
    name: str
    months: tuple[ClaimMonthRow, ...]
    recoveries: tuple[RecoveryRow, ...]
    way: str
    share: int
    from_month: date | None
    is_hardship: bool
    why: str
    decided_by: str
    decided_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    is_own: bool  # decided by whoever looks, who then cannot agree to giving it up
    area: str
    payers: tuple[tuple[str, str], ...] = ()  # while it waits for a decision: benefits that go on, which months may pay it back


WAYS = {"at_once": "一次退回", "instalments": "从以后每月的救助里慢慢抵", "waive": "免收"}
HOW = {"paid_in": "家里退回", "kept_back": "从当月救助里抵"}


class NoClaim(NotAllowed):
    """There is no such claim, or it is not the reader's to see."""


def claims(viewer: Viewer, *, state: str = "", page: int = 0) -> tuple[tuple[ClaimRow, ...], bool]:
    """The claims of the viewer's area, those that wait for a decision first; and whether there are more.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = Claim.objects.filter(area__startswith=viewer.within) if viewer.within else Claim.objects.none()
    if state in CLAIM_STATES:
        rows = rows.filter(state=state)
    found = list(rows.order_by("state", "-pk")[page * PAGE : page * PAGE + PAGE + 1])
    return _rows(found[:PAGE]), len(found) > PAGE


def _rows(rows: list[Claim]) -> tuple[ClaimRow, ...]:
    back = dict(Recovery.objects.filter(claim__in=rows).values_list("claim").annotate(Sum("amount_fen")))
    labels = office.area_labels([row.area for row in rows])
    return tuple(
        ClaimRow(
            ref=row.ref,
            masked_name=mask_name(row.name),
            area_label=labels.get(row.area, row.area),
            case_ref=row.case,
            programme_label=road(row.programme).label,
            amount_fen=row.amount_fen,
            left_fen=0 if row.state == "waived" else row.amount_fen - back.get(row.pk, 0),
            state=row.state,
            state_label=CLAIM_STATES[row.state],
            at=row.at,
        )
        for row in rows
    )


def claim(ref: str, viewer: Viewer, *, on: date | None = None) -> ClaimPage:
    """One claim, inside the viewer's area.

    :param on: today, where it is to be decided: then with the help that goes on, which may pay it back

    :raises NoClaim: no such claim, or of another place
    """
    viewer.need("payment.read")
    row = Claim.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area):
        raise NoClaim("没有这一条，或者不归您看。")
    return _page(row, own=f"clerk:{viewer.ref}", payers=_payers(row, on) if on and row.state == "proposed" else ())


def _payers(row: Claim, on: date) -> tuple[tuple[str, str], ...]:
    """The payee's help that gives something next month: by ref, what it is called."""
    month = add_months(on.replace(day=1), 1)
    refs = {row.benefit, *Line.objects.filter(payee=row.payee).exclude(kind="price").values_list("benefit", flat=True)}
    told = casework.entitlements(refs, month, month)
    going = [
        one for ref in sorted(refs) if (now := told.get(ref, {}).get(month)) and now.amount_fen and (one := casework.benefit(ref))
    ]
    return tuple((one.benefit_ref, road(one.programme).label) for one in going)


def _page(row: Claim, *, own: str = "", payers: tuple[tuple[str, str], ...] = ()) -> ClaimPage:
    names = office.clerk_names([by.partition(":")[2] for by in (row.decided_by, row.approved_by) if by])
    return ClaimPage(
        row=_rows([row])[0],
        name=row.name,
        months=tuple(
            ClaimMonthRow(one.month, one.paid_fen, one.entitled_fen, one.over_fen) for one in row.months.order_by("month")
        ),
        recoveries=tuple(RecoveryRow(HOW[one.how], one.amount_fen, one.voucher, one.at) for one in row.recoveries.order_by("pk")),
        way=WAYS.get(row.way, ""),
        share=row.share,
        from_month=row.from_month,
        is_hardship=row.is_hardship,
        why=row.why,
        decided_by=names.get(row.decided_by.partition(":")[2], ""),
        decided_at=row.decided_at,
        approved_by=names.get(row.approved_by.partition(":")[2], ""),
        approved_at=row.approved_at,
        is_own=bool(own) and row.decided_by == own,
        area=row.area,
        payers=payers,
    )


def claims_of(case: str, viewer: Viewer) -> tuple[ClaimPage, ...]:
    """What was decided about money a case's household got too much, the oldest first; what waits for a decision is left out.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = Claim.objects.filter(case=case).exclude(state__in=["proposed", "waiving", "dropped"]).order_by("pk")
    return tuple(_page(row) for row in rows if viewer.sees(row.area))


def last_answers() -> dict[str, str]:
    """County → the checksum of the last answers a bank gave about its money; for the job that replays months."""
    last = ReturnFile.objects.values("run__county").annotate(last=Max("pk")).values_list("last", flat=True)
    return dict(ReturnFile.objects.filter(pk__in=list(last)).order_by("run__county").values_list("run__county", "sha256"))


def my_claims(pid: str) -> tuple[ClaimPage, ...]:
    """What a resident got too much and somebody decided about; a proposal nobody decided is not told as one."""
    rows = Claim.objects.filter(payee__in=registry.pids_of(pid)).exclude(state__in=["proposed", "waiving"])
    return tuple(_page(row) for row in rows.order_by("-pk")[:20])
