"""Words and sums of payment: runs, lines, accounts of the ledger."""

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
}
IN_FILE = (LineState.READY, LineState.SENT, LineState.PAID, LineState.FAILED)

# Accounts of the ledger. Every entry takes from one and gives to one, so the sum over all accounts is always 0.
ACCOUNTS = {
    "granted": "按决定应给的救助金",  # a decision owes it to people: goes below zero by what was granted
    "due": "应发未发",  # frozen in a run: ready, held, without account, or come back
    "bank": "在银行途中",
    "paid": "已到账",
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


def number_of(county: str, month: date) -> str:
    """What the bank calls a run: county and month."""
    return f"{county}-{month:%Y%m}"
