"""Writing what departments tell us: one public function per act."""

from __future__ import annotations

from doudi.exchange.actions.arriving import close_upload, give_receipt, open_upload
from doudi.exchange.actions.corrections import (
    apply_corrections,
    ask_correction,
    correct_correction,
    extend_correction,
    send_corrections,
    stand_correction,
    withdraw_correction,
)
from doudi.exchange.actions.events import (
    Elsewhere,
    Incoming,
    Settled,
    Taken,
    land_events,
    receive_events,
    set_event_aside,
    settle_events,
)
from doudi.exchange.actions.mending import apply_mends, set_mends, start_mending, undo_mends
from doudi.exchange.actions.quality import keep_agreement, keep_scores
from doudi.exchange.actions.receiving import (
    Arrival,
    receive_load,
    refuse_load,
    return_rejects,
)
from doudi.exchange.actions.retention import approve_disposal, finish_disposal, lift_hold, place_hold, plan_disposal
from doudi.exchange.actions.senders import keep_sender, rotate_key, stop_sender, use_nonce
from doudi.exchange.actions.sources import hear, keep_source, note_pull, reach
from doudi.exchange.actions.withdrawing import reinstate_load, withdraw_load

__all__ = [
    "Arrival",
    "Elsewhere",
    "Incoming",
    "Settled",
    "Taken",
    "apply_corrections",
    "apply_mends",
    "approve_disposal",
    "ask_correction",
    "close_upload",
    "correct_correction",
    "extend_correction",
    "finish_disposal",
    "give_receipt",
    "hear",
    "keep_agreement",
    "keep_scores",
    "keep_sender",
    "keep_source",
    "land_events",
    "lift_hold",
    "note_pull",
    "open_upload",
    "place_hold",
    "plan_disposal",
    "reach",
    "receive_events",
    "receive_load",
    "refuse_load",
    "reinstate_load",
    "return_rejects",
    "rotate_key",
    "send_corrections",
    "set_event_aside",
    "set_mends",
    "settle_events",
    "stand_correction",
    "start_mending",
    "stop_sender",
    "undo_mends",
    "use_nonce",
    "withdraw_correction",
    "withdraw_load",
]
