"""What the schedule starts: bringing what a cycle doubts, and what it shows to have happened, to people's desks."""

from __future__ import annotations

from doudi.registry.jobs.doubting import mirror
from doudi.registry.jobs.families import note_changes

__all__ = ["mirror", "note_changes"]
