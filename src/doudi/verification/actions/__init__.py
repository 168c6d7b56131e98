"""Writing checks: one public function per act."""

from __future__ import annotations

from doudi.verification.actions.batches import keep_batch
from doudi.verification.actions.checks import request
from doudi.verification.actions.orders import approve_order, decline_order, draft_order, stop_order

__all__ = [
    "approve_order",
    "decline_order",
    "draft_order",
    "keep_batch",
    "request",
    "stop_order",
]
