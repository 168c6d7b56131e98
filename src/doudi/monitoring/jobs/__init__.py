"""What the schedule starts: cycles, and the live events between them."""

from __future__ import annotations

from doudi.monitoring.jobs.evaluating import NothingLoaded, OlderThanPublished, Outcome, evaluate, summary
from doudi.monitoring.jobs.live import Taker, take_all, take_until
from doudi.monitoring.jobs.past import CannotRestore, Rebuilt, rebuild, restore
from doudi.monitoring.jobs.retaining import carry_out, over, plan

__all__ = [
    "CannotRestore",
    "NothingLoaded",
    "OlderThanPublished",
    "Outcome",
    "Rebuilt",
    "Taker",
    "carry_out",
    "evaluate",
    "over",
    "plan",
    "rebuild",
    "restore",
    "summary",
    "take_all",
    "take_until",
]
