"""Tables of payment: runs and lines, files and answers, the ledger, claims, reserve funds, accounts, questions."""

from __future__ import annotations

from doudi.payment.models.account import AccountChange
from doudi.payment.models.arrival import Arrival
from doudi.payment.models.claim import Claim, ClaimMonth, Recovery
from doudi.payment.models.fund import Fund, FundCount, FundMove
from doudi.payment.models.hold import Hold
from doudi.payment.models.ledger import Entry, MonthClose
from doudi.payment.models.refs import new_row_ref, new_run_ref
from doudi.payment.models.run import Line, ReturnFile, Run, RunSum, SentFile, Unmatched

__all__ = [
    "AccountChange",
    "Arrival",
    "Claim",
    "ClaimMonth",
    "Entry",
    "Fund",
    "FundCount",
    "FundMove",
    "Hold",
    "Line",
    "MonthClose",
    "Recovery",
    "ReturnFile",
    "Run",
    "RunSum",
    "SentFile",
    "Unmatched",
    "new_row_ref",
    "new_run_ref",
]
