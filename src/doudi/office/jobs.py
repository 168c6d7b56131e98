"""What the schedule starts: messages waiting are sent."""

from __future__ import annotations

from doudi.office import actions, queries
from doudi.office.core import Party


def send_notices(*, limit: int = 500) -> dict[str, int]:
    """Send what waits, oldest first. Safe to run again at any point: a message keeps its ref, and a gateway sends a ref once.

    :returns: how many were sent and how many failed
    """
    counts = {"sent": 0, "failed": 0}
    me = Party.system("send_notices")
    for message in queries.waiting(limit=limit, tries=actions.NOTICE_TRIES):
        counts["sent" if actions.deliver(message, by=me, at=queries.now()) else "failed"] += 1
    return counts
