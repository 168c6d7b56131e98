"""Words of payment: what runs, lines and claims can be, and what is refused."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from doudi.facts.days import add_months
from doudi.office.core import NotAllowed


class AlreadyDone(NotAllowed):
    """The step was taken before; nothing was done twice."""


class WrongReturns(NotAllowed):
    """A return file that does not fit its run; the text says which line and why, and nothing of it was taken over."""


class BrokenFile(NotAllowed):
    """The bank's file on disk is not the one that was written, or its sums do not add up any more."""


class RunState(StrEnum):
    BUILT = "built"
    APPROVED = "approved"
    SENT = "sent"
    ANSWERED = "answered"

    @property
    def label(self) -> str:
        return RUN_LABELS[self]


RUN_LABELS = {
    RunState.BUILT: "等审批",
    RunState.APPROVED: "等送银行",
    RunState.SENT: "已送银行",
    RunState.ANSWERED: "银行已回话",
}


class LineState(StrEnum):
    READY = "ready"
    HELD = "held"
    NO_ACCOUNT = "no_account"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    VOID = "void"

    @property
    def label(self) -> str:
        return LINE_LABELS[self]


LINE_LABELS = {
    LineState.READY: "等发放",
    LineState.HELD: "暂缓",
    LineState.NO_ACCOUNT: "缺账号",
    LineState.SENT: "已送银行",
    LineState.PAID: "已到账",
    LineState.FAILED: "没到账",
    LineState.VOID: "不再发",
}
IN_FILE = (LineState.READY, LineState.SENT, LineState.PAID, LineState.FAILED)

NOT_ARRIVED = (LineState.HELD, LineState.NO_ACCOUNT, LineState.FAILED)  # still owed, and to be paid by a later run

RUN_KINDS = {"monthly": "每月发放", "once": "一次性发放", "price": "价格临时补贴"}
LINE_KINDS = {"regular": "当月", "reissue": "再发一次", "arrears": "补发", "price": "价格补贴", "cash": "备用金现金"}
CLAIM_STATES = {
    "proposed": "等人决定",
    "open": "正在收回",
    "waiving": "等另一位同志同意免收",
    "waived": "免收了",
    "settled": "收回了",
}


def first_of(month: date) -> date:
    """The first day of a month."""
    return month.replace(day=1)


def months(start: date, end: date) -> list[date]:
    """The first days of the months from one to before another."""
    found, month = [], first_of(start)
    while month < first_of(end):
        found.append(month)
        month = add_months(month, 1)
    return found


def number_of(county: str, month: date, kind: str = "monthly", sequence: int = 1) -> str:
    """What the bank calls a run: county and month; one-off runs are counted, a price subsidy says so."""
    return f"{county}-{month:%Y%m}" + {"monthly": "", "once": f"-Y{sequence:02d}", "price": "-J"}[kind]
