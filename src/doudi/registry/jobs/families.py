"""With each cycle: what it shows to have happened in families waits for a person to confirm it."""

from __future__ import annotations

from datetime import datetime

from doudi.office.core import Party
from doudi.registry import actions
from doudi.registry.gateways import homes


def note_changes(before: str, *, at: datetime) -> int:
    """Note what happened in families between an earlier cycle and the one that counts now; run twice, it notes each once.

    :param before: the id of the cycle last brought to the desks; empty when there is none
    :returns: how many are new
    """
    cycle, changes = homes.changes(before)
    return actions.note_changes(changes=changes, cycle=cycle, by=Party.system("evaluate"), at=at) if changes else 0
