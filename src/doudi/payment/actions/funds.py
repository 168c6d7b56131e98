"""The reserve fund of a township: paid in, handed out at once against a receipt, replenished, counted by two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from doudi.casework import queries as casework
from doudi.casework.core.asking import Photo
from doudi.facts import money
from doudi.office import actions as office
from doudi.office import queries as clerks
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.payment.actions.booking import book
from doudi.payment.actions.keeping import kept
from doudi.payment.core import AlreadyDone, LineState, first_of
from doudi.payment.models import Fund, FundCount, FundMove, Line


@transaction.atomic
def pay_in(*, township: str, amount_fen: int, voucher: str, by: By, at: datetime) -> FundMove:
    """The county put money of the treasury into a township's reserve fund; the same voucher again is the same money.

    :param voucher: the number of the treasury's transfer
    :raises NotAllowed: not of the county, no money, or no voucher
    """
    need(by, "fund.pay_in", area=township, at=at)
    return _put_in("paid_in", township, amount_fen, voucher, by=by, at=at)


@transaction.atomic
def replenish(*, township: str, voucher: str, by: By, at: datetime) -> FundMove:
    """The county puts back all that was handed out since; each hand-out is put back once.

    :raises NotAllowed: not of the county, no voucher, or nothing was handed out
    """
    need(by, "fund.pay_in", area=township, at=at)
    fund = _fund(township)
    known = FundMove.objects.filter(fund=fund, voucher=voucher.strip(), kind="replenished").first() if voucher.strip() else None
    if known is not None:
        return known
    out = FundMove.objects.filter(fund=fund, kind="handed_out", replenished__isnull=True)
    fen = out.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    if not fen:
        raise NotAllowed("上次补足以后，还没有从备用金发过钱。")
    keys = list(out.values_list("pk", flat=True))
    move = _put_in("replenished", township, fen, voucher, by=by, at=at)
    FundMove.objects.filter(pk__in=keys).update(replenished=move)
    return move


def _put_in(kind: str, township: str, amount_fen: int, voucher: str, *, by: By, at: datetime) -> FundMove:
    if amount_fen <= 0:
        raise NotAllowed("金额要大于 0。")
    if not voucher.strip():
        raise NotAllowed("请写拨款单号。")
    fund = _fund(township)
    known = FundMove.objects.filter(fund=fund, voucher=voucher.strip()).first()
    if known is not None:
        if (known.kind, known.amount_fen) != (kind, amount_fen):
            raise AlreadyDone("这个拨款单号已经用过了，请核对。")
        return known
    move = FundMove.objects.create(
        fund=fund, kind=kind, amount_fen=amount_fen, voucher=voucher.strip(), at=at, by=office.party(by)
    )
    fund.balance_fen += amount_fen
    fund.save(update_fields=["balance_fen"])
    book("funded", "fund", amount_fen, county=township[:6], area=township, decision="", about=move.ref, by=by, at=at)
    office.record(f"payment.{kind}", subject=move.ref, by=by, at=at, detail={"fen": amount_fen, "township": township})
    return move


def _fund(township: str) -> Fund:
    """The fund of a township, held until the act is over."""
    if len(township) != 9:
        raise NotAllowed("备用金是乡镇（街道）的，请选一个乡镇。")
    Fund.objects.get_or_create(area=township)
    return Fund.objects.select_for_update().get(area=township)


@transaction.atomic
def hand_out(*, benefit: str, receipt: Photo | str, by: By, at: datetime) -> FundMove:
    """Pay one-off help at once from the township's reserve fund, against a receipt the person signed; once.

    :param receipt: the signed receipt: its photograph, or a paper kept before
    :raises NotAllowed: not one-off help, another place, no receipt, not enough in the fund, or it is being paid already
    """
    one = casework.benefit(benefit)
    if one is None:
        raise NotAllowed("没有这项救助。")
    need(by, "fund.hand_out", area=one.area, at=at)
    fund = _fund(one.area[:9])
    known = FundMove.objects.filter(line__benefit=benefit).first()
    if known is not None:
        return known
    if not one.is_one_off:
        raise NotAllowed("备用金只发一次性的临时救助，每月的救助走银行。")
    if isinstance(receipt, str) and not receipt.strip():
        raise NotAllowed("请先让领钱的人在收条上签字，把收条拍下来。")
    if Line.objects.filter(benefit=benefit).exclude(state=LineState.VOID).exists():
        raise AlreadyDone("这笔救助已经在走银行发放，不能再发一次。")
    if fund.balance_fen < one.amount_fen:
        raise NotAllowed(f"备用金只有 {money.yuan(fund.balance_fen)} 元，不够。请县里补足，或者走银行发。")
    me, paper = office.party(by), kept(receipt, "signed", of=one, by=by, at=at)
    line = Line.objects.create(
        run=None, kind="cash", benefit=benefit, decision=one.decision_ref, case=one.case_ref, programme=one.programme,
        area=one.area, payee=one.payee, name=one.payee_name, bank="备用金", for_month=first_of(one.from_month),
        amount_fen=one.amount_fen, state=LineState.PAID, answered_at=at, answered_by=me,
    )  # fmt: skip
    move = FundMove.objects.create(
        fund=fund, kind="handed_out", amount_fen=one.amount_fen, line=line, receipt=paper, at=at, by=me
    )
    fund.balance_fen -= one.amount_fen
    fund.save(update_fields=["balance_fen"])
    book("fund", "paid", one.amount_fen, county=one.area[:6], area=fund.area, decision=one.decision_ref, line=line,
         about=move.ref, by=by, at=at)  # fmt: skip
    office.record("payment.hand_out", subject=move.ref, by=by, at=at, detail={"benefit": benefit, "fen": one.amount_fen})
    return move


@transaction.atomic
def count_fund(*, township: str, counted_fen: int, second: str, why: str = "", by: By, at: datetime) -> FundCount:
    """Two people counted the cash; a difference is written down with what is known of it, and booked by nobody.

    :param second: the user name of the other one
    :raises NotAllowed: one person alone, or a difference nobody says anything about
    """
    need(by, "fund.count", area=township, at=at)
    fund, on = _fund(township), today(at)
    other = clerks.clerk(second)
    if other is None or office.party(other) == office.party(by):
        raise NotAllowed("点现金要两个人，请写另一位同志的用户名。")
    need(other, "fund.count", area=township, at=at)
    if counted_fen < 0:
        raise NotAllowed("点到的钱不会少于 0。")
    known = FundCount.objects.filter(fund=fund, on=on).first()
    if known is not None:
        raise AlreadyDone("今天已经点过了。")
    if counted_fen != fund.balance_fen and not why.strip():
        raise NotAllowed(f"账上是 {money.yuan(fund.balance_fen)} 元，和点到的不一样，请写明怎么回事。")
    row = FundCount.objects.create(
        fund=fund, on=on, counted_fen=counted_fen, ledger_fen=fund.balance_fen, why=why.strip(), second=office.party(other),
        at=at, by=office.party(by),
    )  # fmt: skip
    detail = {"counted_fen": counted_fen, "ledger_fen": fund.balance_fen, "on": on.isoformat(), "second": row.second}
    office.record("payment.count_fund", subject=township, by=by, at=at, detail=detail)
    return row
