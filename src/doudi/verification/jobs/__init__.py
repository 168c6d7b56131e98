"""What is started by hand or by the schedule."""

from __future__ import annotations

from doudi.verification.jobs.batches import Done, NotLoaded, run_batch

__all__ = ["Done", "NotLoaded", "run_batch"]
