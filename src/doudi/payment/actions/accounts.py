"""Another account for a household's money: asked, said yes to on the telephone known before, agreed to by a second person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from doudi.casework import queries as casework
from doudi.casework.core.asking import Photo
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.payment.actions.building import account_mark, other_accounts
from doudi.payment.actions.keeping import kept
from doudi.payment.core import AlreadyDone
from doudi.payment.models import AccountChange, Line
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

SHORTEST, LONGEST = 8, 32


@transaction.atomic
def ask_account(
    *,
    benefit: str,
    bank: str,
    number: str,
    holder: str,
    channel: str,
    mandate: Photo | str = "",
    agreement: Photo | str = "",
    by: By,
    at: datetime,
) -> AccountChange:
    """Ask that a household's money goes to another account. Nothing changes yet, and the telephone known before is told.

    :param holder: the member of the household whose account it is (pid)
    :param channel: phone (the person, signed in by code), window, or proxy
    :param mandate: a proxy's written mandate: its photograph, or a paper kept before
    :param agreement: where an official keeps the card: the written agreement, likewise
    :raises NotAllowed: not the payee, not a member's account, no mandate, or a change is being dealt with
    """
    one = casework.benefit(benefit)
    if one is None:
        raise NotAllowed("没有这项救助。")
    if isinstance(by, Party):
        mine = registry.pids_of(one.payee)
        if by.kind != "resident" or channel != "phone" or by.ref not in mine:
            raise NotAllowed("只有领钱的人自己能改。帮别人改，请带上委托书到镇里。")
    else:
        need(by, "account.change", area=one.area, at=at)
    bank, number = " ".join(bank.split()), "".join(number.split())
    if not bank:
        raise NotAllowed("请写开户的银行。")
    if not (number.isascii() and number.isdigit() and SHORTEST <= len(number) <= LONGEST):
        raise NotAllowed("账号只有数字，请照着卡再看一遍。")
    if channel == "proxy" and isinstance(mandate, str) and not mandate.strip():
        raise NotAllowed("帮别人改账户，要有本人签字的委托书。")
    members = casework.members_of(one.case_ref)
    if holder not in members:
        raise NotAllowed("只能打到一起吃住的家里人的账户。")
    if AccountChange.objects.select_for_update().filter(case=one.case_ref, state__in=["asked", "heard"]).exists():
        raise AlreadyDone("已经有一次换账户在办了。")
    old = account_now(one.case_ref, one.account or registry.accounts([one.payee]).get(one.payee, ""), one.area[:6], today(at))
    if old == number:
        raise AlreadyDone("现在就是打到这个账户。")
    mark = account_mark(number)
    papers = {"mandate": (mandate, "mandate"), "agreement": (agreement, "signed")}
    row = AccountChange.objects.create(
        case=one.case_ref, area=one.area, payee=one.payee, name=one.payee_name, old_account=old, new_account=number,
        new_bank=bank, account_blind=mark, holder=holder, holder_name=members[holder], channel=channel,
        shared_with=_others(mark, one.case_ref), at=at, by=office.party(by),
        **{name: kept(paper, kind, of=one, by=by, at=at) for name, (paper, kind) in papers.items()},
    )  # fmt: skip
    told = f"有人申请把您的收款账户换成尾号{number[-4:]}。不是您本人的意思，请马上打12345。"
    office.notify(body=told, subject=row.ref, by=by, at=at, pid=one.payee)
    office.record("payment.ask_account", subject=row.ref, by=by, at=at, detail={"case": one.case_ref, "channel": channel})
    return row


def account_now(case: str, first: str, county: str, on: date) -> str:
    """The account a case's money goes to on a day."""
    return other_accounts(county, on).get(case, ("", first))[1]


def _others(mark: str, case: str) -> int:
    """How many other households are paid to the same account, or asked to be."""
    paid = set(Line.objects.filter(account_blind=mark).exclude(case=case).values_list("case", flat=True)[:50])
    asked = AccountChange.objects.filter(account_blind=mark).exclude(case=case).exclude(state="stopped")
    return len(paid | set(asked.values_list("case", flat=True)[:50]))


def _open(ref: str) -> AccountChange:
    row = AccountChange.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这一次换账户，或者不归您办。")
    return row


@transaction.atomic
def hear_account(*, ref: str, is_theirs: bool, why: str = "", by: By, at: datetime) -> AccountChange:
    """Note what the person said, called on the telephone known before or asked at the door: it is their wish, or it is not.

    :raises NotAllowed: not waiting for it, or it is not their wish and nobody wrote down what they said
    """
    row = _open(ref)
    need(by, "account.change", area=row.area, at=at)
    if row.state != "asked":
        raise AlreadyDone("已经问过本人了。")
    if not is_theirs:
        return _stopped(row, why, by=by, at=at)
    row.state, row.heard_at, row.heard_by = "heard", at, office.party(by)
    row.save(update_fields=["state", "heard_at", "heard_by"])
    office.record("payment.hear_account", subject=row.ref, by=by, at=at, detail={"case": row.case})
    return row


@transaction.atomic
def agree_account(*, ref: str, by: By, at: datetime) -> AccountChange:
    """Agree to another account: a second person, who neither entered it nor called. It counts after the days to cool down.

    :raises NotAllowed: the same person, the person was not asked yet, or the place did not say how many days to wait
    """
    row = _open(ref)
    need(by, "account.agree", area=row.area, at=at)
    if row.state == "agreed":
        raise AlreadyDone("已经同意过了。")
    if row.state != "heard":
        raise NotAllowed("还没有打电话或者上门问过本人，不能换。")
    if office.party(by) in (row.heard_by, row.by):
        raise NotAllowed("这是您登记或者问过的，要由另一位同志同意。")
    days = rulebook.pack().parameters_at(row.area, today(at)).get("account_cool_down_days")
    if days is None:
        raise NotAllowed("这里还没有定换账户要等几天，请先在“规则”里填上。")
    row.state, row.agreed_at, row.agreed_by = "agreed", at, office.party(by)
    row.from_on = today(at) + timedelta(days=int(days))
    row.save(update_fields=["state", "agreed_at", "agreed_by", "from_on"])
    told = f"您的收款账户从{row.from_on.month}月{row.from_on.day}日起换成尾号{row.new_account[-4:]}。有疑问打12345。"
    office.notify(body=told, subject=row.ref, by=by, at=at, pid=row.payee)
    detail = {"case": row.case, "from": row.from_on.isoformat()}
    office.record("payment.agree_account", subject=row.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def stop_account(*, ref: str, why: str, by: By, at: datetime) -> AccountChange:
    """Stop a change of account before it counts: by the person themselves, or by the office with what was found out.

    :raises NotAllowed: stopped before, it counts already, or no reason
    """
    row = _open(ref)
    if isinstance(by, Party):
        if by.kind != "resident" or by.ref not in registry.pids_of(row.payee):
            raise NotAllowed("只有领钱的人自己能停。")
        why = why.strip() or "本人说不换了"
    else:
        need(by, "account.change", area=row.area, at=at)
    if row.state == "stopped":
        raise AlreadyDone("已经停了。")
    if row.state == "agreed" and row.from_on is not None and row.from_on <= today(at):
        raise NotAllowed("已经换好了。要换回来，请再办一次。")
    return _stopped(row, why, by=by, at=at)


def _stopped(row: AccountChange, why: str, *, by: By, at: datetime) -> AccountChange:
    if not why.strip():
        raise NotAllowed("请写清本人是怎么说的。")
    row.state, row.stopped_at, row.stopped_by, row.stopped_why = "stopped", at, office.party(by), why.strip()
    row.save(update_fields=["state", "stopped_at", "stopped_by", "stopped_why"])
    office.record("payment.stop_account", subject=row.ref, by=by, at=at, detail={"case": row.case})
    return row
