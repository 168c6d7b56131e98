"""Paying: build a month's run, approve it by another person, send it, read what the bank answers, hold, pay again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum

from doudi.casework import queries as casework
from doudi.casework.queries import InForce
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.payment.core import (
    AlreadyDone,
    BrokenFile,
    LineState,
    RunState,
    WrongReturns,
    first_of,
    months,
    number_of,
)
from doudi.payment.gateways import bank, files
from doudi.payment.models import Entry, Hold, Line, Run
from doudi.registry import queries as registry

MANY = 2000


@dataclass(frozen=True, slots=True)
class Answered:
    """What a return file came to. `open`: lines the bank has not answered yet."""

    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    open: int


# ---- a month's run ------------------------------------------------------------------------------------------------------


@transaction.atomic
def build(*, county: str, month: date, by: By, at: datetime) -> Run:
    """Freeze the month's lines of a county from the benefits in force; the same month again gives the same run.

    Months nobody paid so far come along, and lines of earlier runs that can be paid now (`reissue`).

    :raises NotAllowed: the post does not allow it, or the month lies ahead
    """
    need(by, "payment.build", area=county, at=at)
    month = first_of(month)
    if month > today(at):
        raise NotAllowed(f"{month:%Y} 年 {month.month} 月还没到，不能生成发放批次。")
    made = Run.objects.filter(county=county, month=month).first()
    if made is not None:
        return made
    if Run.objects.filter(county=county, month__gt=month).exists():
        raise NotAllowed("后面的月份已经生成过了。漏发的月份会自动带进下一批。")
    try:
        with transaction.atomic():
            run = Run.objects.create(
                number=number_of(county, month), county=county, month=month, built_at=at, built_by=office.party(by)
            )
    except IntegrityError:  # another clerk built it this very moment
        return Run.objects.get(county=county, month=month)
    lines = _regular(run, casework.in_force(county, month=month)) + _again(run)
    Line.objects.bulk_create(lines, batch_size=MANY)
    run.lines_count, run.total_fen = len(lines), sum(line.amount_fen for line in lines)
    run.save(update_fields=["lines_count", "total_fen"])
    _post((line for line in lines if line.kind == "regular"), "granted", "due", run.county, by=by, at=at)
    detail = {"lines": run.lines_count, "month": month.isoformat(), "total_fen": run.total_fen}
    office.record("payment.build", subject=run.ref, by=by, at=at, detail=detail)
    return run


def _regular(run: Run, benefits: list[InForce]) -> list[Line]:
    """One line for each month not paid so far: the run's own, and earlier ones nobody built."""
    held = set(Hold.objects.filter(released_at__isnull=True).values_list("benefit", flat=True))
    lined = Line.objects.filter(kind="regular", area__startswith=run.county, for_month__lt=run.month)
    before = dict(lined.values_list("benefit").annotate(Count("id")))
    lines = []
    for one in benefits:
        wanted = months(one.from_month, run.month)
        if before.get(one.benefit_ref, 0) < len(wanted):
            there = set(lined.filter(benefit=one.benefit_ref).values_list("for_month", flat=True))
            lines += [_line(run, one, month, held) for month in wanted if month not in there]
        lines.append(_line(run, one, run.month, held))
    return lines


def _line(run: Run, one: InForce, month: date, held: set[str]) -> Line:
    account = one.account or registry.me(one.payee).account
    state = LineState.HELD if one.benefit_ref in held else LineState.READY if account else LineState.NO_ACCOUNT
    return Line(
        run=run,
        kind="regular",
        benefit=one.benefit_ref,
        decision=one.decision_ref,
        case=one.case_ref,
        programme=one.programme,
        area=one.area,
        payee=one.payee,
        name=one.payee_name,
        bank=one.bank,
        account=account,
        for_month=month,
        amount_fen=one.amount_fen,
        state=state,
    )


def _again(run: Run) -> list[Line]:
    """Lines of earlier runs that can be paid now: put right after they failed, an account found, a hold ended."""
    held = Hold.objects.filter(released_at__isnull=True).values_list("benefit", flat=True)
    waiting = Line.objects.select_for_update(of=("self",)).filter(
        Q(state=LineState.FAILED, is_to_reissue=True) | Q(state=LineState.NO_ACCOUNT) | Q(state=LineState.HELD),
        run__county=run.county,
        again__isnull=True,
    )
    lines = []
    for old in waiting.exclude(benefit__in=list(held)).exclude(run=run).order_by("id"):
        benefit = casework.benefit(old.benefit)
        account = registry.me(old.payee).account or (benefit.account if benefit else "") or old.account
        if not account:
            continue
        lines.append(
            Line(
                run=run,
                kind="reissue",
                benefit=old.benefit,
                decision=old.decision,
                case=old.case,
                programme=old.programme,
                area=old.area,
                payee=old.payee,
                name=old.name,
                bank=old.bank,
                account=account,
                for_month=old.for_month,
                amount_fen=old.amount_fen,
                state=LineState.READY,
                origin=old,
            )
        )
    return lines


def _post(lines: Iterable[Line], source: str, target: str, county: str, *, by: By, at: datetime) -> None:
    """Write one entry of the ledger for each line."""
    Entry.objects.bulk_create(
        (
            Entry(
                county=county,
                line=line,
                decision=line.decision,
                source=source,
                target=target,
                amount_fen=line.amount_fen,
                at=at,
                by=office.party(by),
            )
            for line in lines
        ),
        batch_size=MANY,
    )


def _locked(ref: str) -> Run:
    run = Run.objects.select_for_update().filter(ref=ref).first()
    if run is None:
        raise NotAllowed("没有这一批，或者不归您办。")
    return run


def _adds_up(run: Run) -> None:
    """Stop when the frozen lines do not come to what was frozen with the run.

    :raises BrokenFile: somebody changed lines outside the acts
    """
    found = Line.objects.filter(run=run).aggregate(count=Count("id"), fen=Sum("amount_fen"))
    if (found["count"], found["fen"] or 0) != (run.lines_count, run.total_fen):
        raise BrokenFile("这一批的明细和合计对不上，不能往下办。请报告数据管理员。")


@transaction.atomic
def approve(*, ref: str, by: By, at: datetime) -> Run:
    """Approve a run; never by who built it.

    :raises NotAllowed: the same person, another area, or already approved
    """
    run = _locked(ref)
    need(by, "payment.approve", area=run.county, at=at)
    if run.state != RunState.BUILT:
        raise AlreadyDone("这一批已经审批过了。")
    if run.built_by == office.party(by):
        raise NotAllowed("这一批是您生成的，要由另一位同志审批。")
    _adds_up(run)
    run.state, run.approved_at, run.approved_by = RunState.APPROVED, at, office.party(by)
    run.save(update_fields=["state", "approved_at", "approved_by"])
    office.record("payment.approve", subject=run.ref, by=by, at=at, detail={"lines": run.lines_count, "total_fen": run.total_fen})
    return run


@transaction.atomic
def send(*, ref: str, by: By, at: datetime) -> Run:
    """Write the bank's file with its checksum, once; a second time gives the same file.

    :raises NotAllowed: not approved
    """
    run = _locked(ref)
    need(by, "payment.send", area=run.county, at=at)
    if run.state in (RunState.SENT, RunState.ANSWERED):
        return run
    if run.state != RunState.APPROVED:
        raise NotAllowed("这一批还没有审批，不能送银行。")
    _adds_up(run)
    lines = list(Line.objects.filter(run=run, state=LineState.READY).order_by("id"))
    content = bank.write(
        run.number,
        (bank.Payee(line.ref, line.name, line.bank, line.account, line.amount_fen, line.for_month) for line in lines),
    )
    run.file_key, run.file_sha256 = files.keep(content)
    run.file_name = f"doudi-{run.number}.csv"
    run.state, run.sent_at, run.sent_by = RunState.SENT, at, office.party(by)
    run.save(update_fields=["file_key", "file_sha256", "file_name", "state", "sent_at", "sent_by"])
    _post(lines, "due", "bank", run.county, by=by, at=at)
    Line.objects.filter(run=run, state=LineState.READY).update(state=LineState.SENT)
    fen = sum(line.amount_fen for line in lines)
    detail = {"lines": len(lines), "sha256": run.file_sha256, "total_fen": fen}
    office.record("payment.send", subject=run.ref, by=by, at=at, detail=detail)
    return run


@transaction.atomic
def read_returns(*, ref: str, content: bytes, by: By, at: datetime) -> Answered:
    """Take over what the bank answered, line by line; the same file again changes nothing.

    :raises WrongReturns: a line that is not of this run, an amount that is not what was sent, or two answers for one line
    """
    run = _locked(ref)
    need(by, "payment.send", area=run.county, at=at)
    if run.state not in (RunState.SENT, RunState.ANSWERED):
        raise NotAllowed("这一批还没有送银行。")
    answers = bank.read(content)
    lines = {line.ref: line for line in Line.objects.select_for_update().filter(run=run)}
    news = [(lines[said.line], said) for said in answers if _is_news(lines.get(said.line), said)]
    reasons: dict[tuple[LineState, str], list[int]] = {}
    for line, said in news:
        line.state = LineState.PAID if said.is_paid else LineState.FAILED
        reason = "" if said.is_paid else said.reason or "银行没有说原因"
        reasons.setdefault((line.state, reason), []).append(line.pk)
    for (state, reason), keys in reasons.items():
        for first in range(0, len(keys), MANY):
            Line.objects.filter(pk__in=keys[first : first + MANY]).update(
                state=state, reason=reason, answered_at=at, answered_by=office.party(by)
            )
    paid = [line for line, said in news if said.is_paid]
    failed = [line for line, said in news if not said.is_paid]
    _post(paid, "bank", "paid", run.county, by=by, at=at)
    _post(failed, "bank", "due", run.county, by=by, at=at)
    still_open = sum(line.state == LineState.SENT for line in lines.values())
    if not still_open and run.state == RunState.SENT:
        run.state = RunState.ANSWERED
        run.save(update_fields=["state"])
    found = Answered(
        len(paid), sum(line.amount_fen for line in paid), len(failed), sum(line.amount_fen for line in failed), still_open
    )
    detail = {"failed": found.failed, "failed_fen": found.failed_fen, "open": still_open, "paid": found.paid}
    office.record("payment.read_returns", subject=run.ref, by=by, at=at, detail=detail | {"paid_fen": found.paid_fen})
    return found


def _is_news(line: Line | None, said: bank.BankSaid) -> bool:
    """Whether an answer tells something new.

    :raises WrongReturns: it contradicts what was sent or answered
    """
    if line is None or line.state not in (LineState.SENT, LineState.PAID, LineState.FAILED):
        raise WrongReturns(f"行号 {said.line} 不在送银行的这一批里。整份没有收下。")
    if line.amount_fen != said.amount_fen:
        raise WrongReturns(f"行号 {said.line} 的金额和送出去的不一样。整份没有收下。")
    if line.state == LineState.SENT:
        return True
    if (line.state == LineState.PAID) != said.is_paid:
        raise WrongReturns(f"行号 {said.line} 银行先前说的是“{LineState(line.state).label}”，现在不一样。整份没有收下。")
    return False


@transaction.atomic
def reissue(*, line: str, by: By, at: datetime) -> Line:
    """Put a failed line right: it goes into the next run with the account the family has now.

    :raises NotAllowed: the line did not fail, or is on its way again
    """
    row = Line.objects.select_for_update().filter(ref=line).first()
    if row is None:
        raise NotAllowed("没有这一笔，或者不归您办。")
    need(by, "payment.send", area=row.area, at=at)
    if row.state != LineState.FAILED:
        raise NotAllowed("这一笔没有退回，不用再发。")
    if row.is_to_reissue:
        raise AlreadyDone("这一笔已经排进下一批了。")
    row.is_to_reissue = True
    row.save(update_fields=["is_to_reissue"])
    office.record("payment.reissue", subject=row.ref, by=by, at=at, detail={"case": row.case})
    return row


# ---- holds --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def hold(*, benefit: str, reason: str, by: By, at: datetime) -> Hold:
    """Hold a benefit's payment back from the next run on, by a person and for a reason; data alone never does.

    :raises NotAllowed: held already, no reason, or the post does not allow it
    """
    found = casework.benefit(benefit)
    if found is None:
        raise NotAllowed("没有这项救助。")
    need(by, "payment.hold", area=found.area, at=at)
    if not reason.strip():
        raise NotAllowed("暂缓发放要写清原因。")
    if Hold.objects.select_for_update().filter(benefit=benefit, released_at__isnull=True).exists():
        raise AlreadyDone("这一户已经暂缓了。")
    row = Hold.objects.create(
        benefit=benefit, area=found.area, name=found.payee_name, reason=reason.strip(), at=at, by=office.party(by)
    )
    office.record("payment.hold", subject=row.ref, by=by, at=at, detail={"benefit": benefit})
    return row


@transaction.atomic
def release(*, ref: str, by: By, at: datetime) -> Hold:
    """End a hold; the months held back come with the next run.

    :raises NotAllowed: no such hold, or ended before
    """
    row = Hold.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这条暂缓记录。")
    need(by, "payment.hold", area=row.area, at=at)
    if row.released_at is not None:
        raise AlreadyDone("已经恢复发放了。")
    row.released_at, row.released_by = at, office.party(by)
    row.save(update_fields=["released_at", "released_by"])
    office.record("payment.release", subject=row.ref, by=by, at=at, detail={"benefit": row.benefit})
    return row
