"""What the schedule and the machines start: deliveries taken in and sent back."""

from __future__ import annotations

from doudi.engine.recognise import Refused
from doudi.exchange.jobs.pushing import MOST_ROWS_PUSHED, Pushed, push_rows
from doudi.exchange.jobs.receiving import MANIFEST, Outcome, Told, pick_up
from doudi.exchange.jobs.returning import Returned, return_rejects

__all__ = [
    "MANIFEST",
    "MOST_ROWS_PUSHED",
    "Outcome",
    "Pushed",
    "Refused",
    "Returned",
    "Told",
    "pick_up",
    "push_rows",
    "return_rejects",
]
