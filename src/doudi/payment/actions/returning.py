"""What the banks answered: taken over line by line, kept for a person where it fits nothing, and paid again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.db import transaction
from django.db.models import Sum

from doudi.facts import money
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.payment.actions.booking import recount, run_month
from doudi.payment.actions.bulk import among, book_lines, uncollected
from doudi.payment.actions.sending import locked
from doudi.payment.core import AlreadyDone, LineState, RunState, WrongReturns
from doudi.payment.gateways import banks
from doudi.payment.gateways.banks import BankSaid
from doudi.payment.models import Line, ReturnFile, Run, RunSum, Unmatched


@dataclass(frozen=True, slots=True)
class Answered:
    """What a return file came to. `open`: lines the bank has not answered yet; `unmatched`: answers that fit no line."""

    paid: int
    paid_fen: int
    failed: int
    failed_fen: int
    open: int
    unmatched: int = 0


class _Sent(NamedTuple):
    key: int
    fen: int
    state: str


@transaction.atomic
@uncollected()
@office.room_to_write()
def read_returns(*, ref: str, content: bytes, by: By, at: datetime) -> Answered:
    """Take over what a bank answered, line by line; the same file again changes nothing.

    Answers for lines nobody sent are kept for a person, as long as most of the file is of this run.

    :raises WrongReturns: an amount that is not what was sent, an answer that contradicts an earlier one, two answers for one
        line, or a file of something else; the text says which line, and nothing of it was taken over
    """
    run = locked(ref)
    need(by, "payment.send", area=run.county, at=at)
    if run.state not in (RunState.SENT, RunState.ANSWERED):
        raise NotAllowed("这一批还没有送银行。")
    digest = sha256(content).hexdigest()
    if ReturnFile.objects.filter(run=run, sha256=digest).exists():
        return Answered(0, 0, 0, 0, _still_open(run))
    answers = banks.read(content)
    columns = ("ref", "id", "amount_fen", "withheld_fen", "state")
    said_of = among([said.line for said in answers])
    rows = Line.objects.filter(run=run, ref__in=said_of).values_list(*columns).iterator(chunk_size=20_000)
    lines = {ref: _Sent(key, fen - withheld, state) for ref, key, fen, withheld, state in rows}
    strange = [said for said in answers if said.line not in lines]
    if strange and len(strange) * 2 >= len(answers):
        raise WrongReturns(f"行号 {strange[0].line} 不在送银行的这一批里，多数行都不是这一批的。整份没有收下。")
    news = [(lines[said.line], said) for said in answers if said.line in lines and _is_news(lines[said.line], said)]
    paid = [(line, said) for line, said in news if said.is_paid]
    failed = [(line, said) for line, said in news if not said.is_paid]
    month = run_month(run, at) if news else run.month
    me = office.party(by)
    reasons: dict[str, list[int]] = {}
    for line, said in failed:
        reasons.setdefault(said.reason or "银行没有说原因", []).append(line.key)
    told = [("paid", LineState.PAID, "", [line.key for line, _ in paid])] if paid else []
    told += [("due", LineState.FAILED, reason, keys) for reason, keys in reasons.items()]
    for account, state, reason, keys in told:
        some = Line.objects.filter(pk__in=among(keys))
        book_lines(some, "bank", account, county=run.county, month=month, at=at, by=me)
        some.update(state=state, reason=reason, answered_at=at, answered_by=me)
    if news:
        recount(run)
    kept = ReturnFile.objects.create(
        run=run, sha256=digest, answers=len(answers), paid=len(paid), failed=len(failed), unmatched=len(strange), at=at, by=me
    )
    Unmatched.objects.bulk_create(
        [
            Unmatched(
                file=kept, row=said.row, said_line=said.line[:40], is_paid=said.is_paid, amount_fen=said.amount_fen,
                reason=said.reason,
            )
            for said in strange
        ]
    )  # fmt: skip
    still_open = _still_open(run)
    if not still_open and run.state == RunState.SENT:
        run.state = RunState.ANSWERED
        run.save(update_fields=["state"])
    found = Answered(
        len(paid), sum(line.fen for line, _ in paid), len(failed), sum(line.fen for line, _ in failed), still_open, len(strange)
    )
    detail = {"failed": found.failed, "failed_yuan": money.yuan(found.failed_fen), "open": still_open, "paid": found.paid}
    detail |= {"paid_yuan": money.yuan(found.paid_fen), "unmatched": found.unmatched}
    office.record("payment.read_returns", subject=run.ref, by=by, at=at, detail=detail)
    return found


def _still_open(run: Run) -> int:
    """How many lines the bank has not answered yet."""
    sums = RunSum.objects.filter(run=run, state=LineState.SENT)
    return sums.aggregate(count=Sum("lines_count"))["count"] or 0


def _is_news(line: _Sent, said: BankSaid) -> bool:
    """Whether an answer tells something new.

    :raises WrongReturns: it contradicts what was sent or answered
    """
    if line.state == LineState.SENT and line.fen == said.amount_fen:
        return True
    if line.state not in (LineState.SENT, LineState.PAID, LineState.FAILED):
        raise WrongReturns(f"第 {said.row} 行：行号 {said.line} 没有送过银行。整份没有收下。")
    if line.fen != said.amount_fen:
        raise WrongReturns(f"第 {said.row} 行：行号 {said.line} 的金额和送出去的不一样。整份没有收下。")
    if (line.state == LineState.PAID) != said.is_paid:
        label = LineState(line.state).label
        raise WrongReturns(f"第 {said.row} 行：行号 {said.line} 银行先前说的是“{label}”，现在不一样。整份没有收下。")
    return False


@transaction.atomic
def settle_unmatched(*, ref: str, finding: str, by: By, at: datetime) -> Unmatched:
    """Write down what an answer that fitted no line turned out to be, after asking the bank.

    :raises NotAllowed: no such answer, settled before, or nothing was found out
    """
    row = Unmatched.objects.select_for_update(of=("self",)).select_related("file__run").filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这一条，或者不归您办。")
    need(by, "payment.send", area=row.file.run.county, at=at)
    if row.settled_at is not None:
        raise AlreadyDone("这一条已经有人查清了。")
    if not finding.strip():
        raise NotAllowed("请写清问了谁、是怎么回事。")
    row.settled_at, row.settled_by, row.finding = at, office.party(by), finding.strip()
    row.save(update_fields=["settled_at", "settled_by", "finding"])
    office.record("payment.settle_unmatched", subject=row.ref, by=by, at=at, detail={"run": row.file.run.ref})
    return row


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
