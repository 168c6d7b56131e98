"""Words and sums of payment: runs, lines, the ledger's accounts, claims, what a sample says."""

from __future__ import annotations

from doudi.payment.core.ledger import ACCOUNTS, MonthClosed
from doudi.payment.core.sample import drawn, interval
from doudi.payment.core.states import (
    CLAIM_STATES,
    IN_FILE,
    LINE_KINDS,
    NOT_ARRIVED,
    RUN_KINDS,
    AlreadyDone,
    BrokenFile,
    LineState,
    RunState,
    WrongReturns,
    first_of,
    months,
    number_of,
)

__all__ = [
    "ACCOUNTS",
    "CLAIM_STATES",
    "IN_FILE",
    "LINE_KINDS",
    "NOT_ARRIVED",
    "RUN_KINDS",
    "AlreadyDone",
    "BrokenFile",
    "LineState",
    "MonthClosed",
    "RunState",
    "WrongReturns",
    "drawn",
    "first_of",
    "interval",
    "months",
    "number_of",
]
