"""After each cycle: its doubtful pairs wait for somebody to look."""

from __future__ import annotations

from datetime import date, datetime

from doudi.office.core import Party
from doudi.registry import actions
from doudi.registry.gateways import doubts


def mirror(cycle: str, *, on: date, at: datetime) -> dict[str, int]:
    """Bring the doubtful pairs of a published cycle to the desks; the same cycle a second time changes nothing.

    :param on: the day the cycle judges
    :returns: new, kept, returned and gone pairs
    """
    return actions.mirror_pairs(doubts.doubts(cycle), cycle=cycle, on=on, by=Party.system("evaluate"), at=at)
