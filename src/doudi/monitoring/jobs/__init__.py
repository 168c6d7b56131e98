"""What the schedule starts: cycles, and the live events between them."""

from __future__ import annotations

from doudi.monitoring.jobs.evaluating import NothingLoaded, OlderThanPublished, Outcome, evaluate, summary
from doudi.monitoring.jobs.live import Taker, take_all, take_until
from doudi.monitoring.jobs.past import CannotRestore, Rebuilt, rebuild, restore

__all__ = [
    "CannotRestore",
    "NothingLoaded",
    "OlderThanPublished",
    "Outcome",
    "Rebuilt",
    "Taker",
    "evaluate",
    "rebuild",
    "restore",
    "summary",
    "take_all",
    "take_until",
]
