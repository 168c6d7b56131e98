"""Reading what departments told us."""

from __future__ import annotations

from doudi.exchange.queries.deliveries import (
    LoadLine,
    LoadRow,
    Problem,
    RefusalLine,
    RejectLine,
    contracts,
    current_loads,
    datasets_of,
    lake,
    latest_day,
    load,
    loads,
    of_batch,
    of_delivery,
    problem,
    refusals,
    rejects,
    with_rejects,
)
from doudi.exchange.queries.senders import (
    KeyRow,
    SenderRow,
    sender,
    sender_named,
    sender_of_key,
    senders,
    senders_seen,
)
from doudi.exchange.queries.withdrawals import WithdrawalRow, withdrawals

__all__ = [
    "KeyRow",
    "LoadLine",
    "LoadRow",
    "Problem",
    "RefusalLine",
    "RejectLine",
    "SenderRow",
    "WithdrawalRow",
    "contracts",
    "current_loads",
    "datasets_of",
    "lake",
    "latest_day",
    "load",
    "loads",
    "of_batch",
    "of_delivery",
    "problem",
    "refusals",
    "rejects",
    "sender",
    "sender_named",
    "sender_of_key",
    "senders",
    "senders_seen",
    "with_rejects",
    "withdrawals",
]
