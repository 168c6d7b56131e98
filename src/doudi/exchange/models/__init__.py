"""What was delivered, what became of it, what was refused."""

from __future__ import annotations

from doudi.exchange.models.corrections import Correction
from doudi.exchange.models.events import Event, Stream, StreamHour
from doudi.exchange.models.loads import (
    Load,
    Refusal,
)
from doudi.exchange.models.mending import Mending
from doudi.exchange.models.quality import Score
from doudi.exchange.models.senders import Sender, SenderKey, UsedNonce
from doudi.exchange.models.withdrawals import Withdrawal

__all__ = [
    "Correction",
    "Event",
    "Load",
    "Mending",
    "Refusal",
    "Score",
    "Sender",
    "SenderKey",
    "Stream",
    "StreamHour",
    "UsedNonce",
    "Withdrawal",
]
