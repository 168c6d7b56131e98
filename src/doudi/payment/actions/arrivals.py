"""Asking payees, drawn by seed, whether the money arrived."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.payment.actions.sending import locked
from doudi.payment.core import AlreadyDone, LineState, RunState, drawn
from doudi.payment.models import Arrival, Line
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

ANSWERS = ("yes", "no", "unsure", "unreached")
CHANNELS = ("sms", "phone", "village", "self")


@transaction.atomic
def draw_arrivals(*, ref: str, by: By, at: datetime) -> list[Arrival]:
    """Draw payees of an answered run and send each a question; the same run is drawn once.

    The seed is the run's number and the checksums of its files: nobody can choose it, and anybody can draw again.

    :raises NotAllowed: the bank has not answered yet, or the place did not say how many to ask
    """
    run = locked(ref)
    need(by, "payment.build", area=run.county, at=at)
    made = list(Arrival.objects.filter(run=run).order_by("pk"))
    if made:
        return made
    if run.state != RunState.ANSWERED:
        raise NotAllowed("银行还没有全部回话，等回话以后再抽。")
    count = rulebook.pack().parameters_at(run.county, today(at)).get("arrival_sample")
    if not count:
        raise NotAllowed("这里还没有定每批抽多少户，请先在“规则”里填上。")
    sums = [one.file_sha256 for one in run.files.order_by("bank")]
    seed = "-".join([run.number, *(text[:16] for text in sums[:2])])
    lines = Line.objects.filter(run=run, state=LineState.PAID)
    picked = drawn(lines.values_list("ref", flat=True).iterator(chunk_size=20_000), seed, int(count))
    me, rows = office.party(by), []
    for line in Line.objects.filter(ref__in=picked).order_by("pk"):
        rows.append(Arrival(run=run, line=line, area=line.area, payee=line.payee, seed=seed, at=at, by=me))
    Arrival.objects.bulk_create(rows)
    for row in rows:
        body = f"{row.line.for_month.month}月的钱已经打到尾号{row.line.account[-4:]}。收到请回1，没收到请回2，也可打12345。"
        office.notify(body=body, subject=row.ref, by=by, at=at, pid=row.payee)
    office.record("payment.draw_arrivals", subject=run.ref, by=by, at=at, detail={"count": len(rows), "seed": seed})
    return rows


@transaction.atomic
def answer_arrival(*, ref: str, answer: str, channel: str, by: By, at: datetime) -> Arrival:
    """Note whether the money arrived, as the person says; "no" waits for a person of the office from this moment.

    :raises NotAllowed: answered before, no such answer, or somebody else's payment
    """
    row = Arrival.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这一条，或者不归您办。")
    if isinstance(by, Party):
        if by.kind != "resident" or by.ref not in registry.pids_of(row.payee):
            raise NotAllowed("只有领钱的人自己能答。")
    else:
        need(by, "arrival.ask", area=row.area, at=at)
    if row.answer and row.answer != "unreached":
        raise AlreadyDone("这一户已经答过了。")
    if answer not in ANSWERS or channel not in CHANNELS:
        raise NotAllowed("请选一个回答。")
    row.answer, row.channel, row.answered_at, row.answered_by = answer, channel, at, office.party(by)
    row.save(update_fields=["answer", "channel", "answered_at", "answered_by"])
    office.record("payment.answer_arrival", subject=row.ref, by=by, at=at, detail={"answer": answer, "channel": channel})
    return row


@transaction.atomic
def settle_arrival(*, ref: str, finding: str, by: By, at: datetime) -> Arrival:
    """Write down what became of money somebody says did not arrive.

    :raises NotAllowed: nobody said so, settled before, or nothing was found out
    """
    row = Arrival.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这一条，或者不归您办。")
    need(by, "arrival.ask", area=row.area, at=at)
    if row.answer not in ("no", "unsure"):
        raise NotAllowed("这一户没有说没收到。")
    if row.settled_at is not None:
        raise AlreadyDone("已经有人查清了。")
    if not finding.strip():
        raise NotAllowed("请写清查到了什么、怎么办的。")
    row.settled_at, row.settled_by, row.finding = at, office.party(by), finding.strip()
    row.save(update_fields=["settled_at", "settled_by", "finding"])
    office.record("payment.settle_arrival", subject=row.ref, by=by, at=at, detail={"run": row.run.ref})
    return row
