"""What was delivered, what became of it, what was refused."""

from __future__ import annotations

from doudi.exchange.models.loads import (
    Load,
    Refusal,
)
from doudi.exchange.models.withdrawals import Withdrawal

__all__ = [
    "Load",
    "Refusal",
    "Withdrawal",
]
