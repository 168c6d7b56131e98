"""Reading runs and their lines, and the files that went to the banks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from doudi.casework.core import road
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.payment.core import IN_FILE, LINE_KINDS, NOT_ARRIVED, RUN_KINDS, LineState, RunState
from doudi.payment.gateways import banks, files
from doudi.payment.models import Line, Run, RunSum, SentFile, Unmatched


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
    void: int  # given up: the month is not entitled to it any more
    void_fen: int
    built_at: datetime
    built_by: str
    approved_at: datetime | None
    approved_by: str
    sent_at: datetime | None
    sent_by: str
    kind: str
    kind_label: str
    basis: str
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
    kind: str
    kind_label: str
    withheld_fen: int
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
class FileRow:
    """A bank's file of a run."""

    bank: str
    bank_label: str
    form_label: str
    name: str
    sha256: str
    lines: int
    total_fen: int


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """An answer of a bank that fitted no line of the run."""

    ref: str
    row: int
    said_line: str
    said: str
    amount_fen: int
    reason: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunPage:
    run: RunRow
    lines: tuple[LineRow, ...]
    next: str
    by_programme: tuple[ByProgramme, ...]
    adds_up: bool
    files: tuple[FileRow, ...]
    unmatched: tuple[UnmatchedRow, ...]


@dataclass(frozen=True, slots=True)
class BankFile:
    """The file for the bank and the line that proves it (sha256sum format)."""

    name: str
    content: bytes
    sha256: str
    checksum_name: str
    checksum: bytes


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
    for run_id, state, count, fen in RunSum.objects.filter(run__in=rows).values_list(
        "run_id", "state", "lines_count", "total_fen"
    ):
        before = sums.setdefault(run_id, {}).get(state, (0, 0))
        sums[run_id][state] = (before[0] + count, before[1] + fen)
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
    paid, failed, void = part(LineState.PAID), part(LineState.FAILED), part(LineState.VOID)
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
        void=void[0],
        void_fen=void[1],
        built_at=row.built_at,
        built_by=names.get(row.built_by.partition(":")[2], "系统"),
        approved_at=row.approved_at,
        approved_by=names.get(row.approved_by.partition(":")[2], ""),
        sent_at=row.sent_at,
        sent_by=names.get(row.sent_by.partition(":")[2], ""),
        kind=row.kind,
        kind_label=RUN_KINDS[row.kind],
        basis=row.basis,
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
    sums = _by_programme(row)
    if state:
        lines = lines.filter(state=state)
    if state in NOT_ARRIVED:
        lines = lines.filter(not_arrived=True)  # these few are in an index
    if after.isascii() and after.isdigit():
        lines = lines.filter(pk__gt=int(after))
    found = list(lines.order_by("pk")[: limit + 1])
    head = _run_rows([row], viewer)[0]
    labels = office.area_labels([line.area for line in found])
    return RunPage(
        run=head,
        lines=tuple(line_row(line, labels) for line in found[:limit]),
        next=str(found[limit - 1].pk) if len(found) > limit else "",
        by_programme=sums,
        adds_up=_adds_up(head, sums),
        files=_files(row),
        unmatched=_unmatched(row),
    )


def _files(row: Run) -> tuple[FileRow, ...]:
    labels = {one.code: one.label for one in banks.banks()}
    return tuple(
        FileRow(
            one.bank,
            labels.get(one.bank, one.bank),
            banks.FORMS[one.form].label,
            one.file_name,
            one.file_sha256,
            one.lines_count,
            one.total_fen,
        )
        for one in SentFile.objects.filter(run=row).order_by("bank")
    )


def _unmatched(row: Run) -> tuple[UnmatchedRow, ...]:
    return tuple(
        UnmatchedRow(
            one.ref,
            one.row,
            one.said_line,
            "成功" if one.is_paid else "失败",
            one.amount_fen,
            one.reason,
            one.settled_at,
        )
        for one in Unmatched.objects.filter(file__run=row).order_by("pk")[:100]
    )


def _by_programme(row: Run) -> tuple[ByProgramme, ...]:
    found: dict[str, tuple[int, int]] = {}
    for code, count, fen in RunSum.objects.filter(run=row).values_list("programme", "lines_count", "total_fen"):
        before = found.get(code, (0, 0))
        found[code] = (before[0] + count, before[1] + fen)
    return tuple(ByProgramme(code, road(code).label, *sums) for code, sums in sorted(found.items()))


def _adds_up(head: RunRow, sums: tuple[ByProgramme, ...]) -> bool:
    """Whether the frozen total is the sum of its programmes, and of what is in the file, held and without account.

    All of it as the acts kept it: whether the lines still say so is asked when the run goes on, and when the month is closed.
    """
    parts = (
        head.payable + head.held + head.no_account + head.void,
        head.payable_fen + head.held_fen + head.no_account_fen + head.void_fen,
    )
    by_programme = (sum(one.lines for one in sums), sum(one.total_fen for one in sums))
    return parts == by_programme == (head.lines, head.total_fen)


def _seen(ref: str, viewer: Viewer) -> Run:
    viewer.need("payment.list")
    row = Run.objects.filter(_counties(viewer), ref=ref).first()
    if row is None:
        raise NoRun("没有这一批，或者不归您看。")
    return row


def line_row(line: Line, labels: dict[str, str]) -> LineRow:
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
        kind_label=LINE_KINDS[line.kind],
        withheld_fen=line.withheld_fen,
        case_ref=line.case,
        decision_ref=line.decision,
        is_to_reissue=line.is_to_reissue,
    )


def bank_file(ref: str, viewer: Viewer, *, bank: str = "") -> BankFile:
    """A file a run sent to a bank, checked against the checksum kept when it was written.

    :param bank: the bank's code; may be left out where there is one file only
    :raises NotAllowed: not sent yet, no such file, another area, or the post does not allow it
    :raises BrokenFile: the file on disk is not the one that was written
    """
    viewer.need("payment.send")
    row = _seen(ref, viewer)
    found = list(SentFile.objects.filter(run=row).order_by("bank"))
    mine = [one for one in found if one.bank == bank] if bank else found
    if len(mine) != 1:
        raise NotAllowed("这一批还没有送银行，没有文件。" if not found else "没有这家银行的文件。")
    one = mine[0]
    content = files.fetch(one.file_key, one.file_sha256)
    checksum = f"{one.file_sha256}  {one.file_name}\n".encode()
    return BankFile(one.file_name, content, one.file_sha256, f"{one.file_name}.sha256", checksum)
