"""Writing checks: one public function per act."""

from __future__ import annotations

from doudi.verification.actions.batches import keep_batch
from doudi.verification.actions.checks import request

__all__ = ["keep_batch", "request"]
