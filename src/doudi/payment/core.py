"""Words and sums of payment: runs, lines, accounts of the ledger, and the bank's file as text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from doudi.office.core import NotAllowed


class AlreadyDone(NotAllowed):
    """The step was taken before; nothing was done twice."""


class WrongReturns(NotAllowed):
    """A return file that does not fit its run; the text says which line and why, and nothing of it was taken over."""


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

# Accounts of the ledger. Every entry takes from one and gives to one, so the sum over all accounts is always 0.
ACCOUNTS = {
    "granted": "已定未付的救助金",  # owed to people by a decision
    "due": "本期应发",  # frozen in a run
    "bank": "在银行途中",
    "paid": "已到账",
}


@dataclass(frozen=True, slots=True)
class Payee:
    """One line of the bank's file."""

    line: str
    name: str
    bank: str
    account: str
    amount_fen: int


def first_of(month: date) -> date:
    """The first day of a month."""
    return month.replace(day=1)


def total(lines: Iterable[int]) -> int:
    """The sum of amounts in fen."""
    return sum(lines)
