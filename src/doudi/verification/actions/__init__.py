"""Writing checks: one public function per act."""

from __future__ import annotations

from doudi.verification.actions.batches import keep_batch
from doudi.verification.actions.checks import request
from doudi.verification.actions.orders import approve_order, decline_order, draft_order, stop_order
from doudi.verification.actions.questions import answer, ask_again
from doudi.verification.actions.statements import NothingSaid, keep_statement

__all__ = [
    "NothingSaid",
    "answer",
    "approve_order",
    "ask_again",
    "decline_order",
    "draft_order",
    "keep_batch",
    "keep_statement",
    "request",
    "stop_order",
]
