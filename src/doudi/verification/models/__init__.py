"""Means checks: questions asked, answers kept, rolls compared."""

from __future__ import annotations

from doudi.verification.models.batches import BatchCheck
from doudi.verification.models.checks import Answer, Check, Item, ReportCounter, new_check_ref
from doudi.verification.models.orders import OrderCounter, TaskOrder

__all__ = ["Answer", "BatchCheck", "Check", "Item", "OrderCounter", "ReportCounter", "TaskOrder", "new_check_ref"]
