"""What was paid too much: proposed by replaying the months, decided by a person, given up only by two."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.casework import queries as casework
from doudi.casework.queries import InForce
from doudi.facts import money
from doudi.facts.days import add_months
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, same_eyes, today
from doudi.payment.actions.booking import book
from doudi.payment.actions.building import left_of
from doudi.payment.core import AlreadyDone, first_of
from doudi.payment.models import Claim, ClaimMonth, Recovery
from doudi.payment.queries.entitled import MonthOwed, months_owed
from doudi.rulebook import queries as rulebook

FIRST = date(1990, 1, 1)


@transaction.atomic
def propose_claim(*, benefit: str, by: By, at: datetime) -> Claim | None:
    """Replay the months of a benefit: where more arrived than they are entitled to now, propose to a person what to do about it.

    The same months are never claimed twice; while the proposal waits, asking again brings it up to date, and takes it away when
    nothing is too much any more. No money moves.

    :raises NotAllowed: no such benefit, or the post does not allow it there
    """
    one = casework.benefit(benefit)
    if one is None:
        raise NotAllowed("没有这项救助。")
    if not (isinstance(by, Party) and by.kind == "system"):
        need(by, "payment.read", area=one.area, at=at)
    claim, told = _proposed(one, by=by, at=at)
    subject = claim.ref if claim else benefit
    if told is not None:
        office.record("payment.propose_claim", subject=subject, by=by, at=at, detail={"benefit": benefit, "months": told})
    return claim


@transaction.atomic
def replay_county(*, county: str, by: By, at: datetime) -> int:
    """Replay every benefit of a county whose past months somebody put right; proposals are made, changed or taken away.

    :returns: how many proposals changed
    :raises NotAllowed: the post does not allow it there
    """
    if not (isinstance(by, Party) and by.kind == "system"):
        need(by, "claim.decide", area=county, at=at)
    month = first_of(today(at))
    changed = {row.benefit_ref for row in casework.changed_since(county, 0, before=month)}
    news = {ref for ref, months in months_owed(changed, FIRST, month).items() if any(one.over_fen for one in months)}
    news.update(Claim.objects.filter(county=county, state="proposed").values_list("benefit", flat=True))
    found = 0
    for ref in sorted(news):
        one = casework.benefit(ref)
        if one is not None:
            found += _proposed(one, by=by, at=at)[1] is not None
    if found:
        office.record("payment.replay_county", subject=county, by=by, at=at, detail={"proposals": found})
    return found


def _proposed(one: InForce, *, by: By, at: datetime) -> tuple[Claim | None, list[list[Any]] | None]:
    """The proposal for a benefit, brought up to date; and its months, where they are news."""
    benefit = one.benefit_ref
    waiting = Claim.objects.select_for_update().filter(benefit=benefit, state="proposed").first()
    before: list[list[Any]] = []
    if waiting is not None:
        before = [[row.month.isoformat(), row.over_fen] for row in waiting.months.order_by("month")]
        waiting.months.all().delete()
    months = [month for month in months_owed([benefit], FIRST, first_of(today(at)))[benefit] if month.over_fen]
    told = [[month.month.isoformat(), month.over_fen] for month in months]
    if not months:
        if waiting is not None:
            waiting.delete()
        return None, told if waiting is not None else None
    claim = waiting or Claim(
        county=one.area[:6], area=one.area, benefit=benefit, case=one.case_ref, programme=one.programme, payee=one.payee,
        name=one.payee_name, cause="award", at=at, by=office.party(by),
    )  # fmt: skip
    claim.amount_fen, claim.decision = sum(month.over_fen for month in months), months[-1].decision or one.decision_ref
    claim.save()
    ClaimMonth.objects.bulk_create(_month(claim, month) for month in months)
    return claim, told if told != before else None


def _month(claim: Claim, month: MonthOwed) -> ClaimMonth:
    return ClaimMonth(
        claim=claim, month=month.month, paid_fen=month.paid_fen, entitled_fen=month.entitled_fen, over_fen=month.over_fen
    )


def locked(ref: str) -> Claim:
    """A claim, held until the act is over.

    :raises NotAllowed: there is none
    """
    claim = Claim.objects.select_for_update().filter(ref=ref).first()
    if claim is None:
        raise NotAllowed("没有这一条，或者不归您办。")
    return claim


@transaction.atomic
def decide_claim(
    *, ref: str, way: str, why: str, share: int = 0, against: str = "", from_month: date | None = None,
    is_hardship: bool = False, by: By, at: datetime,
) -> Claim:  # fmt: skip
    """Decide what becomes of money paid too much.

    :param way: at_once (paid back by the household), instalments (kept back from a benefit's next months), waive (given up, when
        another person agrees)
    :param share: instalments: at most this many hundredths of each month; the place sets the most
    :param against: instalments: the benefit whose months pay; by default the one paid too much
    :raises NotAllowed: decided before, no reason, more than the place allows, or a benefit of somebody else
    """
    claim = locked(ref)
    need(by, "claim.decide", area=claim.area, at=at)
    if claim.state != "proposed":
        raise AlreadyDone("这一条已经有人决定过了。")
    if not why.strip():
        raise NotAllowed("请写清为什么这样定。")
    if way not in ("at_once", "instalments", "waive"):
        raise NotAllowed("请选一种办法。")
    claim.way, claim.why, claim.is_hardship = way, why.strip(), is_hardship
    claim.state = {"at_once": "open", "instalments": "open", "waive": "waiving"}[way]
    if way == "instalments":
        _instalments(claim, share, against or claim.benefit, from_month, at)
    claim.decided_at, claim.decided_by = at, office.party(by)
    claim.save()
    if claim.state == "open":
        _claimed(claim, by=by, at=at)
    detail = {"fen": claim.amount_fen, "share": claim.share, "way": way}
    office.record("payment.decide_claim", subject=claim.ref, by=by, at=at, detail=detail)
    return claim


def most_share(area: str, on: date) -> int | None:
    """How many hundredths of a month's help may be kept back at most, as the place set it; None where it did not."""
    found = rulebook.pack().parameters_at(area, on).get("claim_month_share")
    return None if found is None else int(found)  # a ratio of two decimals is kept in hundredths


def _instalments(claim: Claim, share: int, against: str, from_month: date | None, at: datetime) -> None:
    most = most_share(claim.area, today(at))
    if most is None:
        raise NotAllowed("这里还没有定每月最多能扣多少，不能分月扣。请先在“规则”里填上，或者选别的办法。")
    if not 0 < share <= most:
        raise NotAllowed(f"每月最多扣 {most}%，要给家里留够过日子的钱。")
    payer = casework.benefit(against)
    if payer is None or payer.payee != claim.payee:
        raise NotAllowed("只能从同一家正在领的救助里扣。")
    first = first_of(from_month) if from_month else add_months(first_of(today(at)), 1)
    if first <= first_of(today(at)):
        raise NotAllowed("只能从下个月起扣，要让家里先知道。")
    told = casework.entitlements([against], first, first).get(against, {}).get(first)
    if told is None or not told.amount_fen:
        raise NotAllowed("这一项到那时已经没有钱了，请选从哪一项里抵。")
    claim.share, claim.against, claim.from_month = share, against, first


def _claimed(claim: Claim, *, by: By, at: datetime) -> None:
    """The money the household has too much is owed back from now on."""
    book("paid", "claims", claim.amount_fen, county=claim.county, area=claim.area, decision=claim.decision, about=claim.ref,
         by=by, at=at)  # fmt: skip


@transaction.atomic
def waive_claim(*, ref: str, agree: bool, why: str, by: By, at: datetime) -> Claim:
    """Agree that money is given up, or not; never who asked for it. Not agreed: it waits for a decision again.

    :raises NotAllowed: the same person, nothing asked, or no reason
    """
    claim = locked(ref)
    need(by, "claim.waive", area=claim.area, at=at)
    if claim.state != "waiving":
        raise AlreadyDone("这一条没有在等同意。")
    if same_eyes(by, at).did(claim.decided_by, claim.decided_at):
        raise NotAllowed("这是您提出的，要由另一位同志来定。")
    if not why.strip():
        raise NotAllowed("请写清为什么。")
    if agree:
        claim.state, claim.approved_at, claim.approved_by = "waived", at, office.party(by)
        _claimed(claim, by=by, at=at)
        book("claims", "waived", claim.amount_fen, county=claim.county, area=claim.area, decision=claim.decision,
             about=claim.ref, by=by, at=at)  # fmt: skip
    elif Claim.objects.filter(benefit=claim.benefit, state="proposed").exists():
        raise NotAllowed("这一家还有一条等决定的，请先把那一条定下来。")
    else:
        claim.state, claim.way, claim.is_hardship = "proposed", "", False
        claim.decided_at, claim.decided_by = None, ""
    claim.why = f"{claim.why}\n{why.strip()}"
    claim.save()
    office.record("payment.waive_claim", subject=claim.ref, by=by, at=at, detail={"agree": agree, "fen": claim.amount_fen})
    return claim


@transaction.atomic
def ease_claim(*, ref: str, why: str, by: By, at: datetime) -> Claim:
    """Ask to give up what is left of a claim because the household cannot bear it; another person agrees or not.

    :raises NotAllowed: nothing is being got back, or no reason
    """
    claim = locked(ref)
    need(by, "claim.decide", area=claim.area, at=at)
    if claim.state != "open":
        raise AlreadyDone("这一条现在没有在收回。")
    if not why.strip():
        raise NotAllowed("请写清家里有什么难处。")
    left = left_of([claim])[claim.pk]
    book("claims", "paid", left, county=claim.county, area=claim.area, decision=claim.decision, about=claim.ref, by=by, at=at)
    rest = claim if left == claim.amount_fen else _part(claim, left, at, office.party(by))
    rest.state, rest.way, rest.is_hardship, rest.why = "waiving", "waive", True, why.strip()
    rest.share, rest.against, rest.from_month = 0, "", None
    rest.decided_at, rest.decided_by = at, office.party(by)
    rest.save()
    office.record("payment.ease_claim", subject=rest.ref, by=by, at=at, detail={"fen": left, "of": ref})
    return rest


def _part(claim: Claim, left: int, at: datetime, by: str) -> Claim:
    """What is left of a claim, as a claim of its own; what came back of it is settled."""
    rest = Claim.objects.create(
        county=claim.county, area=claim.area, benefit=claim.benefit, case=claim.case, decision=claim.decision,
        programme=claim.programme, payee=claim.payee, name=claim.name, amount_fen=left, cause=claim.cause, rule=claim.rule,
        state="waiving", way="waive", why=claim.why, at=at, by=by, decided_at=at, decided_by=by,
    )  # fmt: skip
    _hand_over(claim, rest, left)
    claim.amount_fen, claim.state = claim.amount_fen - left, "settled"
    claim.save(update_fields=["amount_fen", "state"])
    return rest


def _hand_over(claim: Claim, rest: Claim, left: int) -> None:
    """The latest months, up to what is left, belong to the new claim."""
    for month in claim.months.order_by("-month"):
        part = min(month.over_fen, left)
        left -= part
        if part == 0:
            break
        ClaimMonth.objects.create(
            claim=rest, month=month.month, paid_fen=month.paid_fen, entitled_fen=month.entitled_fen, over_fen=part
        )
        if part == month.over_fen:
            month.delete()
        else:
            month.over_fen -= part
            month.save(update_fields=["over_fen"])


@transaction.atomic
def pay_back(*, ref: str, amount_fen: int, voucher: str, by: By, at: datetime) -> Recovery:
    """Note money a household paid back; the same voucher again is the same money.

    :param voucher: the number of the treasury's receipt
    :raises NotAllowed: nothing is being got back, more than is left, or no voucher
    """
    claim = locked(ref)
    need(by, "claim.decide", area=claim.area, at=at)
    voucher = voucher.strip()
    if not voucher:
        raise NotAllowed("请写缴款凭证的号码。")
    known = Recovery.objects.filter(claim=claim, voucher=voucher).first()
    if known is not None:
        if known.amount_fen != amount_fen:
            raise AlreadyDone("这张凭证记过了，金额不一样，请核对。")
        return known
    if claim.state != "open":
        raise NotAllowed("这一条现在没有在收回。")
    left = left_of([claim])[claim.pk]
    if not 0 < amount_fen <= left:
        raise NotAllowed(f"还剩 {money.yuan(left)} 元没有收回，请核对金额。")
    row = Recovery.objects.create(claim=claim, how="paid_in", amount_fen=amount_fen, voucher=voucher, at=at, by=office.party(by))
    book("claims", "recovered", amount_fen, county=claim.county, area=claim.area, decision=claim.decision, about=claim.ref,
         by=by, at=at)  # fmt: skip
    if amount_fen == left:
        claim.state = "settled"
        claim.save(update_fields=["state"])
    office.record("payment.pay_back", subject=claim.ref, by=by, at=at, detail={"fen": amount_fen, "left": left - amount_fen})
    return row
