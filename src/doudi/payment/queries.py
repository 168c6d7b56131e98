"""Reading runs, lines, returns, holds and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum

from doudi.casework.core import road
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name, prefix
from doudi.office.queries import today
from doudi.payment.core import ACCOUNTS, IN_FILE, LineState, RunState
from doudi.payment.gateways import files
from doudi.payment.models import Entry, Hold, Line, Run
from doudi.registry import queries as registry


@dataclass(frozen=True, slots=True)
class RunRow:
    """A month's payment of a county. Money in fen; total = sum of all lines = ready + held + no_account + paid + failed …"""

    ref: str
    number: str
    county: str
    county_label: str
    month: date
    state: str
    state_label: str
    lines: int
    total_fen: int
    payable: int
    payable_fen: int
    held: int
    held_fen: int
    no_account: int
    no_account_fen: int
    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    built_at: datetime
    built_by: str
    approved_at: datetime | None
    approved_by: str
    sent_at: datetime | None
    sent_by: str
    file_name: str
    file_sha256: str
    may_approve: bool
    why_not_approve: str
    may_send: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    ref: str
    payee: str
    masked_name: str  # the bank's file carries the whole name; a list does not
    area_label: str
    programme_label: str
    for_month: date
    amount_fen: int
    account_tail: str
    bank: str
    state: str
    state_label: str
    reason: str
    kind: str  # regular | reissue
    case_ref: str
    decision_ref: str
    is_to_reissue: bool


@dataclass(frozen=True, slots=True)
class ByProgramme:
    programme: str
    programme_label: str
    lines: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class RunPage:
    run: RunRow
    lines: tuple[LineRow, ...]
    next: str
    by_programme: tuple[ByProgramme, ...]
    adds_up: bool


@dataclass(frozen=True, slots=True)
class BankFile:
    """The file for the bank and the line that proves it (sha256sum format)."""

    name: str
    content: bytes
    sha256: str
    checksum_name: str
    checksum: bytes


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
            ref=f"{row.run.number}/{row.ref}",
        )
        for row in rows.order_by("id")
    ]
    return [row for row in found if row.on <= on]


@dataclass(frozen=True, slots=True)
class HoldRow:
    ref: str
    benefit_ref: str
    name: str
    reason: str
    at: datetime
    by: str
    released_at: datetime | None


class NoRun(NotAllowed):
    """There is no such run, or it is not the reader's to see."""


def runs(viewer: Viewer, *, limit: int = 24) -> tuple[RunRow, ...]:
    """The runs of the viewer's area, latest month first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.list")
    rows = list(Run.objects.filter(_counties(viewer)).order_by("-month", "county")[:limit])
    return _run_rows(rows, viewer)


def _counties(viewer: Viewer) -> Q:
    """The counties a viewer may see: their own, or all inside their city."""
    return Q(county__startswith=viewer.within) if viewer.within else Q(pk__in=[])


def _run_rows(rows: list[Run], viewer: Viewer) -> tuple[RunRow, ...]:
    sums: dict[int, dict[str, tuple[int, int]]] = {}
    counted = Line.objects.filter(run__in=rows).values_list("run_id", "state").annotate(Count("id"), Sum("amount_fen"))
    for run_id, state, count, fen in counted:
        sums.setdefault(run_id, {})[state] = (count, fen)
    names = office.clerk_names(
        [by.partition(":")[2] for row in rows for by in (row.built_by, row.approved_by, row.sent_by) if by]
    )
    labels = office.area_labels([row.county for row in rows])
    return tuple(_run_row(row, sums.get(row.pk, {}), names, labels, viewer) for row in rows)


def _run_row(row: Run, sums: dict[str, tuple[int, int]], names: dict[str, str], labels: dict[str, str], viewer: Viewer) -> RunRow:
    def part(*states: LineState) -> tuple[int, int]:
        found = [sums.get(state, (0, 0)) for state in states]
        return sum(count for count, _ in found), sum(fen for _, fen in found)

    payable, held, without = part(*IN_FILE), part(LineState.HELD), part(LineState.NO_ACCOUNT)
    paid, failed = part(LineState.PAID), part(LineState.FAILED)
    why_not = _why_not_approve(row, viewer)
    return RunRow(
        ref=row.ref,
        number=row.number,
        county=row.county,
        county_label=labels.get(row.county, row.county),
        month=row.month,
        state=row.state,
        state_label=RunState(row.state).label,
        lines=row.lines_count,
        total_fen=row.total_fen,
        payable=payable[0],
        payable_fen=payable[1],
        held=held[0],
        held_fen=held[1],
        no_account=without[0],
        no_account_fen=without[1],
        paid=paid[0],
        paid_fen=paid[1],
        failed=failed[0],
        failed_fen=failed[1],
        built_at=row.built_at,
        built_by=names.get(row.built_by.partition(":")[2], "系统"),
        approved_at=row.approved_at,
        approved_by=names.get(row.approved_by.partition(":")[2], ""),
        sent_at=row.sent_at,
        sent_by=names.get(row.sent_by.partition(":")[2], ""),
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        may_approve=not why_not,
        why_not_approve=why_not,
        may_send=row.state == RunState.APPROVED and viewer.may("payment.send"),
    )


def _why_not_approve(row: Run, viewer: Viewer) -> str:
    if row.state != RunState.BUILT:
        return "已经审批过了"
    if not viewer.may("payment.approve"):
        return "您的岗位不能审批发放"
    return "这一批是您生成的，要由另一位同志审批" if row.built_by == f"clerk:{viewer.ref}" else ""


def run(ref: str, viewer: Viewer, *, after: str = "", limit: int = 100, state: str = "") -> RunPage:
    """One run with a page of its lines, in the order of the bank's file.

    :param after: `RunPage.next` of the page before
    :param state: only lines of this state
    :raises NotAllowed: no such run, another area, or the post does not allow it
    """
    row = _seen(ref, viewer)
    lines = Line.objects.filter(run=row)
    sums = list(lines.values_list("programme").annotate(Count("id"), Sum("amount_fen")).order_by("programme"))
    if state:
        lines = lines.filter(state=state)
    if after.isascii() and after.isdigit():
        lines = lines.filter(pk__gt=int(after))
    found = list(lines.order_by("pk")[: limit + 1])
    head = _run_rows([row], viewer)[0]
    labels = office.area_labels([line.area for line in found])
    return RunPage(
        run=head,
        lines=tuple(_line_row(line, labels) for line in found[:limit]),
        next=str(found[limit - 1].pk) if len(found) > limit else "",
        by_programme=tuple(ByProgramme(code, road(code).label, count, fen) for code, count, fen in sums),
        adds_up=_adds_up(head, sums),
    )


def _adds_up(head: RunRow, sums: list[tuple[str, int, int]]) -> bool:
    """Whether the frozen total is the sum of its programmes, and of what is in the file, held and without account."""
    parts = (head.payable + head.held + head.no_account, head.payable_fen + head.held_fen + head.no_account_fen)
    by_programme = (sum(count for _, count, _ in sums), sum(fen for _, _, fen in sums))
    return parts == by_programme == (head.lines, head.total_fen)


def _seen(ref: str, viewer: Viewer) -> Run:
    viewer.need("payment.list")
    row = Run.objects.filter(_counties(viewer), ref=ref).first()
    if row is None:
        raise NoRun("没有这一批，或者不归您看。")
    return row


def _line_row(line: Line, labels: dict[str, str]) -> LineRow:
    return LineRow(
        ref=line.ref,
        payee=line.payee,
        masked_name=mask_name(line.name),
        area_label=labels.get(line.area, line.area),
        programme_label=road(line.programme).label,
        for_month=line.for_month,
        amount_fen=line.amount_fen,
        account_tail=line.account[-4:],
        bank=line.bank,
        state=line.state,
        state_label=LineState(line.state).label,
        reason=line.reason,
        kind=line.kind,
        case_ref=line.case,
        decision_ref=line.decision,
        is_to_reissue=line.is_to_reissue,
    )


def bank_file(ref: str, viewer: Viewer) -> BankFile:
    """The file a run sent to the bank, checked against the checksum kept when it was written.

    :raises NotAllowed: not sent yet, another area, or the post does not allow it
    :raises BrokenFile: the file on disk is not the one that was written
    """
    viewer.need("payment.send")
    row = _seen(ref, viewer)
    if not row.file_sha256:
        raise NotAllowed("这一批还没有送银行，没有文件。")
    content = files.fetch(row.file_key, row.file_sha256)
    checksum = f"{row.file_sha256}  {row.file_name}\n".encode()
    return BankFile(row.file_name, content, row.file_sha256, f"{row.file_name}.sha256", checksum)


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
        )
        for row in rows
    )


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


def payments_of(case_ref: str, viewer: Viewer) -> tuple[LineRow, ...]:
    """The payments of a case, latest first, inside the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = [row for row in Line.objects.filter(case=case_ref).order_by("-for_month", "-pk") if viewer.sees(row.area)]
    labels = office.area_labels([row.area for row in rows])
    return tuple(_line_row(row, labels) for row in rows)


def holds(viewer: Viewer) -> tuple[HoldRow, ...]:
    """The holds in force in the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = [row for row in Hold.objects.filter(released_at__isnull=True).order_by("pk") if viewer.sees(row.area)]
    names = office.clerk_names([row.by.partition(":")[2] for row in rows])
    return tuple(
        HoldRow(row.ref, row.benefit, row.name, row.reason, row.at, names.get(row.by.partition(":")[2], ""), row.released_at)
        for row in rows
    )


def balances(county: str) -> dict[str, int]:
    """The ledger of a county by account, in fen; the sum is always 0."""
    found = dict.fromkeys(ACCOUNTS, 0)
    for side, sign in (("source", -1), ("target", 1)):
        for account, fen in Entry.objects.filter(county=county).values_list(side).annotate(Sum("amount_fen")):
            found[account] += sign * fen
    return found


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


def paid_lines(area: str, *, since: date) -> list[PaidLine]:
    """The lines of an area for the months since a day, oldest first; for supervision only, which asks who looks."""
    rows = Line.objects.filter(area__startswith=prefix(area), for_month__gte=since).order_by("id")
    columns = (
        "ref", "benefit", "case", "programme", "area", "payee", "account", "for_month", "amount_fen", "state",
        "answered_at", "again__id", "run__month", "run__approved_at",
    )  # fmt: skip
    return [
        PaidLine(*told, None if answered is None else today(answered), again is not None, month, approved is not None)
        for *told, answered, again, month, approved in rows.values_list(*columns)
    ]


def months_paid(area: str, *, since: date, until: date) -> dict[str, int]:
    """How many months of a span each benefit of an area was paid for; for supervision only."""
    rows = Line.objects.filter(area__startswith=prefix(area), for_month__gte=since, for_month__lte=until, state=LineState.PAID)
    return dict(rows.values_list("benefit").annotate(Count("for_month", distinct=True)))


def counties_with_runs(area: str) -> set[str]:
    """The counties of an area that pay through runs at all."""
    return set(Run.objects.filter(county__startswith=prefix(area)[:6]).values_list("county", flat=True))
