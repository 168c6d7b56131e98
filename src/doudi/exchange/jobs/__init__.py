"""What the schedule and the machines start: deliveries taken in and sent back."""

from __future__ import annotations

from doudi.engine.recognise import Refused
from doudi.exchange.jobs.pushing import MOST_ROWS_PUSHED, Pushed, push_rows
from doudi.exchange.jobs.receiving import MANIFEST, Outcome, Told, pick_up
from doudi.exchange.jobs.returning import Returned, return_rejects
from doudi.exchange.jobs.uploading import LARGEST_PIECE, Busy, add_piece, give_up, here, open_upload, path_of, put_whole, take_in

__all__ = [
    "LARGEST_PIECE",
    "MANIFEST",
    "MOST_ROWS_PUSHED",
    "Busy",
    "Outcome",
    "Pushed",
    "Refused",
    "Returned",
    "Told",
    "add_piece",
    "give_up",
    "here",
    "open_upload",
    "path_of",
    "pick_up",
    "push_rows",
    "put_whole",
    "return_rejects",
    "take_in",
]
