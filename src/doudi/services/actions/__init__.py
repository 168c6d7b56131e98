"""Writing referrals and look-ups: one public function per act, each one transaction and one line of the journal."""

from __future__ import annotations

from doudi.services.actions.answering import Said, answer, climb, confirm_arrival, take, take_back
from doudi.services.actions.lookups import Looked, look_up
from doudi.services.actions.referring import refer

__all__ = ["Looked", "Said", "answer", "climb", "confirm_arrival", "look_up", "refer", "take", "take_back"]
