"""What the schedule and the machines start: deliveries taken in and sent back."""

from __future__ import annotations

from doudi.engine.recognise import Refused
from doudi.exchange.gateways.broker import BrokerTrouble
from doudi.exchange.jobs.corrections import write_letter
from doudi.exchange.jobs.events import EventAnswer, land_events, receive_events
from doudi.exchange.jobs.listening import Heard, land_messages, listen
from doudi.exchange.jobs.looking import Look, look_at
from doudi.exchange.jobs.mending import (
    BadMend,
    Preview,
    apply_mends,
    change_mends,
    groups,
    headings,
    preview,
    row_as_it_came,
    take_corrections,
    write_left,
    wrong,
)
from doudi.exchange.jobs.pulling import Pulled, pull, pull_due
from doudi.exchange.jobs.pushing import MOST_ROWS_PUSHED, Pushed, push_rows
from doudi.exchange.jobs.quality import compare, score_loads
from doudi.exchange.jobs.receiving import MANIFEST, Outcome, Told, pick_up
from doudi.exchange.jobs.returning import Returned, return_rejects
from doudi.exchange.jobs.uploading import LARGEST_PIECE, Busy, add_piece, bring, give_up, here, open_upload, path_of, take_in
from doudi.exchange.jobs.watching import PickedUp, Watch

__all__ = [
    "LARGEST_PIECE",
    "MANIFEST",
    "MOST_ROWS_PUSHED",
    "BadMend",
    "BrokerTrouble",
    "Busy",
    "EventAnswer",
    "Heard",
    "Look",
    "Outcome",
    "PickedUp",
    "Preview",
    "Pulled",
    "Pushed",
    "Refused",
    "Returned",
    "Told",
    "Watch",
    "add_piece",
    "apply_mends",
    "bring",
    "change_mends",
    "compare",
    "give_up",
    "groups",
    "headings",
    "here",
    "land_events",
    "land_messages",
    "listen",
    "look_at",
    "open_upload",
    "path_of",
    "pick_up",
    "preview",
    "pull",
    "pull_due",
    "push_rows",
    "receive_events",
    "return_rejects",
    "row_as_it_came",
    "score_loads",
    "take_corrections",
    "take_in",
    "write_left",
    "write_letter",
    "wrong",
]
