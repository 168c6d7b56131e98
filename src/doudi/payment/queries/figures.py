"""Sums and lines for others: what arrived for whom to see, and what supervision and the evaluation ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from doudi.casework.core import road
from doudi.office.core import prefix
from doudi.office.queries import today
from doudi.payment.core import LineState
from doudi.payment.models import AccountChange, Line, Run


@dataclass(frozen=True, slots=True)
class AnsweredRow:
    """What the bank answered about a line: paid or come back, to whom, when; `ref` names run and line."""

    pid: str
    area: str
    came_back: bool
    on: date
    programme: str
    ref: str


def answered(on: date) -> list[AnsweredRow]:
    """Every line the bank answered up to a day, for the evaluation of that day only."""
    rows = Line.objects.filter(state__in=[LineState.PAID, LineState.FAILED], answered_at__isnull=False).select_related("run")
    found = [
        AnsweredRow(
            pid=row.payee,
            area=row.area,
            came_back=row.state == LineState.FAILED,
            on=today(row.answered_at),
            programme=row.programme,
            ref=f"{row.run.number if row.run else '备用金'}/{row.ref}",
        )
        for row in rows.order_by("id")
    ]
    return [row for row in found if row.on <= on]


@dataclass(frozen=True, slots=True)
class OpenFigure:
    """Money that arrived in an area for one month and programme; who got it is not in it."""

    month: date
    programme: str
    programme_label: str
    households: int
    total_fen: int


def open_figures(area: str, *, months: int = 24) -> tuple[OpenFigure, ...]:
    """What arrived on people's accounts in an area, by month and programme, latest first; the page hides small counts."""
    paid = Line.objects.filter(area__startswith=prefix(area), state=LineState.PAID) if area else Line.objects.none()
    sums = paid.values("for_month", "programme").annotate(households=Count("benefit", distinct=True), fen=Sum("amount_fen"))
    return tuple(
        OpenFigure(row["for_month"], row["programme"], road(row["programme"]).label, row["households"], row["fen"])
        for row in sums.order_by("-for_month", "programme")[: months * 4]
    )


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of a run as supervision sees it. `account` only to be compared with others; it is shown to nobody."""

    ref: str
    benefit: str
    case: str
    programme: str
    area: str
    payee: str
    account: str
    for_month: date
    amount_fen: int
    state: str
    answered_on: date | None
    is_reissued: bool
    run_month: date
    is_approved: bool


COLUMNS = ("ref", "benefit", "case", "programme", "area", "payee", "account", "for_month", "amount_fen", "state")
BESIDE = ("answered_at", "again__id", "run__month", "run__approved_at")


def paid_lines(area: str, *, since: date) -> list[PaidLine]:
    """The lines of an area for the months since a day, oldest first; for supervision only, which asks who looks."""
    rows = Line.objects.filter(area__startswith=prefix(area), for_month__gte=since).order_by("id")
    # what a township handed out in cash belongs to no run: its decision and its receipt stand for the approval
    return [
        PaidLine(
            *told,
            None if answered is None else today(answered),
            again is not None,
            month or told[COLUMNS.index("for_month")],
            approved is not None or month is None,
        )
        for *told, answered, again, month, approved in rows.values_list(*COLUMNS, *BESIDE)
    ]


def account_holders(area: str) -> dict[tuple[str, str], str]:
    """Whose an account is that a household of an area changed to: by case and account; for supervision only, shown to nobody."""
    rows = AccountChange.objects.filter(area__startswith=prefix(area)).order_by("id")
    return {(case, account): holder for case, account, holder in rows.values_list("case", "new_account", "holder")}


def months_paid(area: str, *, since: date, until: date) -> dict[str, int]:
    """How many months of a span each benefit of an area was paid for; for supervision only."""
    rows = Line.objects.filter(area__startswith=prefix(area), for_month__gte=since, for_month__lte=until, state=LineState.PAID)
    return dict(rows.values_list("benefit").annotate(Count("for_month", distinct=True)))


def counties_with_runs(area: str) -> set[str]:
    """The counties of an area that pay through runs at all."""
    return set(Run.objects.filter(county__startswith=prefix(area)[:6]).values_list("county", flat=True))
