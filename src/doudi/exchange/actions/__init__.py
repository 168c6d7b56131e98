"""Writing what departments tell us: one public function per act."""

from __future__ import annotations

from doudi.exchange.actions.receiving import (
    Arrival,
    receive_load,
    refuse_load,
    return_rejects,
)
from doudi.exchange.actions.withdrawing import reinstate_load, withdraw_load

__all__ = [
    "Arrival",
    "receive_load",
    "refuse_load",
    "reinstate_load",
    "return_rejects",
    "withdraw_load",
]
