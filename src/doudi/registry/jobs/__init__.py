"""What the schedule starts: bringing what a cycle doubts to people's desks."""

from __future__ import annotations

from doudi.registry.jobs.doubting import mirror

__all__ = ["mirror"]
