"""What the schedule starts: showings end, reviews are called. Safe to run twice."""

from __future__ import annotations

from datetime import datetime


def end_showings(at: datetime) -> int:
    """Take down every showing whose days are over and pass its case to the county; returns how many."""
    raise NotImplementedError


def call_reviews(at: datetime) -> int:
    """Mark benefits whose review is due; returns how many."""
    raise NotImplementedError


def run_due(at: datetime) -> dict[str, int]:
    """Everything due at a moment, after the demo's clock was moved as well as nightly: name of the job → how many."""
    return {"end_showings": end_showings(at), "call_reviews": call_reviews(at)}
