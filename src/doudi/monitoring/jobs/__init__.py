"""What the schedule starts: cycles, and the live events between them."""

from __future__ import annotations

from doudi.monitoring.jobs.evaluating import NothingLoaded, OlderThanPublished, Outcome, evaluate, summary

__all__ = ["NothingLoaded", "OlderThanPublished", "Outcome", "evaluate", "summary"]
