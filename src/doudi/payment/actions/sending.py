"""Approving a run by a second person, and writing the files for the banks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum

from doudi.facts import money
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.fields import as_it_lies
from doudi.office.queries import need, same_eyes
from doudi.office.sealing import opener
from doudi.payment.actions.booking import recount, run_month
from doudi.payment.actions.bulk import ACCOUNT, NAME, book_lines, uncollected
from doudi.payment.core import AlreadyDone, BrokenFile, LineState, RunState
from doudi.payment.gateways import banks, files
from doudi.payment.models import Line, Run, SentFile


def locked(ref: str) -> Run:
    """A run, held until the act is over.

    :raises NotAllowed: there is none
    """
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
    run = locked(ref)
    need(by, "payment.approve", area=run.county, at=at)
    if run.state != RunState.BUILT:
        raise AlreadyDone("这一批已经审批过了。")
    if same_eyes(by, at).did(run.built_by, run.built_at):
        raise NotAllowed("这一批是您生成的，要由另一位同志审批。")
    _adds_up(run)
    run.state, run.approved_at, run.approved_by = RunState.APPROVED, at, office.party(by)
    run.save(update_fields=["state", "approved_at", "approved_by"])
    office.record(
        "payment.approve", subject=run.ref, by=by, at=at, detail={"lines": run.lines_count, "total": money.yuan(run.total_fen)}
    )
    return run


@transaction.atomic
@uncollected()
@office.room_to_write()
def send(*, ref: str, by: By, at: datetime) -> Run:
    """Write the banks' files with their checksums, once; a second time gives the same files.

    :raises NotAllowed: not approved, or the month is closed
    """
    run = locked(ref)
    need(by, "payment.send", area=run.county, at=at)
    if run.state in (RunState.SENT, RunState.ANSWERED):
        return run
    if run.state != RunState.APPROVED:
        raise NotAllowed("这一批还没有审批，不能送银行。")
    _adds_up(run)
    month = run_month(run, at)
    for bank, payees in _split(run).items():
        content = bank.form.write(run.number, payees)
        key, sha256 = files.keep(content)
        SentFile.objects.create(
            run=run, bank=bank.code, form=bank.form.code, file_name=f"doudi-{run.number}-{bank.code}.{bank.form.ending}",
            file_key=key, file_sha256=sha256, lines_count=len(payees), total_fen=sum(one.amount_fen for one in payees),
        )  # fmt: skip
    ready = Line.objects.filter(run=run, state=LineState.READY)
    book_lines(ready, "due", "bank", county=run.county, month=month, at=at, by=office.party(by))
    ready.update(state=LineState.SENT)
    recount(run)
    sent = list(run.files.order_by("bank"))
    run.state = RunState.SENT if sent else RunState.ANSWERED  # nothing to pay: nothing to wait for
    run.sent_at, run.sent_by = at, office.party(by)
    run.save(update_fields=["state", "sent_at", "sent_by"])
    detail = {
        "files": [[one.bank, one.lines_count, money.yuan(one.total_fen), one.file_sha256] for one in sent],
        "lines": sum(one.lines_count for one in sent),
        "total": money.yuan(sum(one.total_fen for one in sent)),
    }
    office.record("payment.send", subject=run.ref, by=by, at=at, detail=detail)
    return run


def _split(run: Run) -> dict[banks.Bank, list[banks.Payee]]:
    """The lines to be paid, by the bank that pays them, each in the order of the run."""
    found: dict[str, list[banks.Payee]] = {one.code: [] for one in banks.banks()}
    for payee in _payees(run):
        found[banks.bank_of(payee.bank).code].append(payee)
    return {one: found[one.code] for one in banks.banks() if found[one.code]}


def _payees(run: Run) -> Iterator[banks.Payee]:
    ready = Line.objects.filter(run=run, state=LineState.READY).order_by("id")
    rows = ready.values_list("ref", as_it_lies("name"), "bank", as_it_lies("account"), "amount_fen", "withheld_fen", "for_month")
    name_of, account_of = opener(NAME), opener(ACCOUNT)
    for ref, name, bank, account, fen, withheld, month in rows.iterator(chunk_size=10_000):
        yield banks.Payee(ref, name_of(name), bank, account_of(account), fen - withheld, month)
