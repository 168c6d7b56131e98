"""Reading changes of account: who must still be called, who may agree, what the family sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.casework import queries as casework
from doudi.casework.core import road
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_account, mask_name, mask_phone
from doudi.payment.core import LineState
from doudi.payment.models import AccountChange, Fund, FundMove, Line
from doudi.registry import queries as registry

STATES = {"asked": "等问本人", "heard": "等另一位同意", "agreed": "同意了", "stopped": "停了"}
CHANNELS = {"phone": "本人在手机上", "window": "本人到窗口", "proxy": "代办人"}
PAGE = 50


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of account; account numbers only by their last four."""

    ref: str
    case_ref: str
    masked_name: str
    area_label: str
    old_account: str
    new_account: str
    new_bank: str
    holder_name: str
    channel_label: str
    shared_with: int
    has_agreement: bool
    state: str
    state_label: str
    at: datetime
    from_on: date | None
    is_own: bool  # entered or heard by whoever looks, who then cannot agree


def account_changes(viewer: Viewer, *, is_open: bool = True, page: int = 0) -> tuple[tuple[ChangeRow, ...], bool]:
    """The changes of the viewer's area, oldest first; and whether there are more.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("account.agree")
    rows = AccountChange.objects.filter(area__startswith=viewer.within) if viewer.within else AccountChange.objects.none()
    rows = rows.filter(state__in=["asked", "heard"]) if is_open else rows.filter(state__in=["agreed", "stopped"])
    found = list(rows.order_by("pk" if is_open else "-pk")[page * PAGE : page * PAGE + PAGE + 1])
    return _rows(found[:PAGE], viewer), len(found) > PAGE


def account_change(ref: str, viewer: Viewer) -> ChangeRow:
    """One change, inside the viewer's area.

    :raises NotAllowed: no such change, or of another place
    """
    viewer.need("account.agree")
    row = AccountChange.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area):
        raise NotAllowed("没有这一次换账户，或者不归您看。")
    return _rows([row], viewer)[0]


def _rows(rows: list[AccountChange], viewer: Viewer | None) -> tuple[ChangeRow, ...]:
    labels = office.area_labels([row.area for row in rows])
    own = f"clerk:{viewer.ref}" if viewer else ""
    return tuple(
        ChangeRow(
            ref=row.ref,
            case_ref=row.case,
            masked_name=mask_name(row.name),
            area_label=labels.get(row.area, row.area),
            old_account=mask_account(row.old_account),
            new_account=mask_account(row.new_account),
            new_bank=row.new_bank,
            holder_name=mask_name(row.holder_name),
            channel_label=CHANNELS[row.channel],
            shared_with=row.shared_with,
            has_agreement=bool(row.agreement),
            state=row.state,
            state_label=STATES[row.state],
            at=row.at,
            from_on=row.from_on,
            is_own=bool(own) and own in (row.by, row.heard_by),
        )
        for row in rows
    )


def old_phone(ref: str) -> str:
    """The telephone known before, masked, of whom a change is about."""
    row = AccountChange.objects.filter(ref=ref).first()
    return mask_phone(registry.me(row.payee).phone) if row else ""


def my_changes(pid: str) -> tuple[ChangeRow, ...]:
    """A resident's own changes, latest first."""
    return _rows(list(AccountChange.objects.filter(payee__in=registry.pids_of(pid)).order_by("-pk")[:10]), None)


@dataclass(frozen=True, slots=True)
class Payee:
    """Whose money it is, for the window: where it goes now, and for help paid once what the township's fund holds. In fen."""

    benefit: str
    case_ref: str
    pid: str
    name: str
    programme_label: str
    area_label: str
    amount_fen: int
    bank: str
    account_tail: str
    is_one_off: bool
    fund_fen: int
    handed_out_at: datetime | None
    by_bank: bool  # a line of a run pays it already

    @property
    def short_fen(self) -> int:
        """How much the fund lacks for it; 0 when it is enough."""
        return max(0, self.amount_fen - self.fund_fen)


def payee(benefit_ref: str, viewer: Viewer, act: str, *, on: date) -> Payee:
    """Who is paid a benefit, for an act at the window.

    :raises NotAllowed: no such benefit, another place, or the post does not allow the act
    """
    one = casework.benefit(benefit_ref)
    if one is None:
        raise NotAllowed("没有这项救助，或者不归您办。")
    viewer.need(act, one.area)
    newest = AccountChange.objects.filter(case=one.case_ref, state="agreed", from_on__lte=on)
    change = newest.order_by("-from_on", "-id").first()
    account = one.account or registry.accounts([one.payee]).get(one.payee, "")
    bank, account = (change.new_bank, change.new_account) if change else (one.bank, account)
    fund_fen, moved, by_bank = 0, None, False
    if one.is_one_off:
        fund_fen = Fund.objects.filter(area=one.area[:9]).values_list("balance_fen", flat=True).first() or 0
        moved = FundMove.objects.filter(line__benefit=benefit_ref).values_list("at", flat=True).first()
        by_bank = Line.objects.filter(benefit=benefit_ref).exclude(kind="cash").exclude(state=LineState.VOID).exists()
    return Payee(
        benefit=one.benefit_ref,
        case_ref=one.case_ref,
        pid=one.payee,
        name=one.payee_name,
        programme_label=road(one.programme).label,
        area_label=office.area_labels([one.area]).get(one.area, one.area),
        amount_fen=one.amount_fen,
        bank=bank,
        account_tail=account[-4:],
        is_one_off=one.is_one_off,
        fund_fen=fund_fen,
        handed_out_at=moved,
        by_bank=by_bank,
    )


def holders(benefit_ref: str) -> dict[str, str]:
    """Whose account a benefit's money may go to: members of the household, by id."""
    one = casework.benefit(benefit_ref)
    return casework.members_of(one.case_ref) if one else {}
