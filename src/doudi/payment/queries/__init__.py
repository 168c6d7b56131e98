"""Reading payments: runs and files, the family's payments, the ledger, claims, funds, accounts, what others ask."""

from __future__ import annotations

from doudi.payment.queries.accounts import (
    ChangeRow,
    Payee,
    account_change,
    account_changes,
    holders,
    my_changes,
    old_phone,
    payee,
)
from doudi.payment.queries.arrivals import ArrivalFigures, ArrivalRow, arrival_figures, arrivals, has_arrival, my_arrivals
from doudi.payment.queries.claims import ClaimPage, ClaimRow, NoClaim, claim, claims, claims_of, last_answers, my_claims
from doudi.payment.queries.closing import Reconciled, reconciled
from doudi.payment.queries.figures import (
    AnsweredRow,
    OpenFigure,
    PaidLine,
    account_holders,
    answered,
    counties_with_runs,
    months_paid,
    open_figures,
    paid_lines,
)
from doudi.payment.queries.funds import FundRow, MoveRow, funds, moves
from doudi.payment.queries.held import HoldRow, holds
from doudi.payment.queries.ledger import balances
from doudi.payment.queries.mine import PaymentRow, my_payments, payments_of
from doudi.payment.queries.overlaps import OverlapMonth, overlaps
from doudi.payment.queries.runs import BankFile, ByProgramme, LineRow, NoRun, RunPage, RunRow, bank_file, run, runs
from doudi.payment.queries.waiting import WaitingRow, waiting

__all__ = [
    "AnsweredRow",
    "ArrivalFigures",
    "ArrivalRow",
    "BankFile",
    "ByProgramme",
    "ChangeRow",
    "ClaimPage",
    "ClaimRow",
    "FundRow",
    "HoldRow",
    "LineRow",
    "MoveRow",
    "NoClaim",
    "NoRun",
    "OpenFigure",
    "OverlapMonth",
    "PaidLine",
    "Payee",
    "PaymentRow",
    "Reconciled",
    "RunPage",
    "RunRow",
    "WaitingRow",
    "account_change",
    "account_changes",
    "account_holders",
    "answered",
    "arrival_figures",
    "arrivals",
    "balances",
    "bank_file",
    "claim",
    "claims",
    "claims_of",
    "counties_with_runs",
    "funds",
    "has_arrival",
    "holders",
    "holds",
    "last_answers",
    "months_paid",
    "moves",
    "my_arrivals",
    "my_changes",
    "my_claims",
    "my_payments",
    "old_phone",
    "open_figures",
    "overlaps",
    "paid_lines",
    "payee",
    "payments_of",
    "reconciled",
    "run",
    "runs",
    "waiting",
]
