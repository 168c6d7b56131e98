"""Reading payments: runs and files, the family's payments, the ledger, what others ask."""

from __future__ import annotations

from doudi.payment.queries.figures import (
    AnsweredRow,
    OpenFigure,
    PaidLine,
    answered,
    counties_with_runs,
    months_paid,
    open_figures,
    paid_lines,
)
from doudi.payment.queries.held import HoldRow, holds
from doudi.payment.queries.ledger import balances
from doudi.payment.queries.mine import PaymentRow, my_payments, payments_of
from doudi.payment.queries.runs import BankFile, ByProgramme, LineRow, NoRun, RunPage, RunRow, bank_file, run, runs

__all__ = [
    "AnsweredRow",
    "BankFile",
    "ByProgramme",
    "HoldRow",
    "LineRow",
    "NoRun",
    "OpenFigure",
    "PaidLine",
    "PaymentRow",
    "RunPage",
    "RunRow",
    "answered",
    "balances",
    "bank_file",
    "counties_with_runs",
    "holds",
    "months_paid",
    "my_payments",
    "open_figures",
    "paid_lines",
    "payments_of",
    "run",
    "runs",
]
