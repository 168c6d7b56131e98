"""What was delivered, what became of it, what was refused."""

from __future__ import annotations

from doudi.exchange.models.arriving import Receipt, Upload
from doudi.exchange.models.corrections import Correction
from doudi.exchange.models.events import Event, Stream, StreamHour
from doudi.exchange.models.loads import (
    Load,
    Refusal,
)
from doudi.exchange.models.mending import Mending
from doudi.exchange.models.quality import Score
from doudi.exchange.models.retention import Disposal, Hold
from doudi.exchange.models.senders import Sender, SenderKey, UsedNonce
from doudi.exchange.models.sources import Heard, Pull, Source
from doudi.exchange.models.withdrawals import Withdrawal

__all__ = [
    "Correction",
    "Disposal",
    "Event",
    "Heard",
    "Hold",
    "Load",
    "Mending",
    "Pull",
    "Receipt",
    "Refusal",
    "Score",
    "Sender",
    "SenderKey",
    "Source",
    "Stream",
    "StreamHour",
    "Upload",
    "UsedNonce",
    "Withdrawal",
]
