"""What the schedule starts: months somebody put right are replayed, so that what was paid too much waits for a person."""

from __future__ import annotations

from datetime import datetime

from doudi.casework import queries as casework
from doudi.office.core import Party
from doudi.office.queries import today
from doudi.payment import actions, queries
from doudi.payment.core import first_of

_replayed: dict[str, object] = {}  # county → the month, the last answers and the last award it was replayed with, in this process


def replay_claims(at: datetime) -> int:
    """Propose what is to be decided about money paid too much, county by county; returns how many proposals changed.

    Twice is once. A county is replayed again when an award changed past months, a bank answered, or a month began. No money
    moves by it: a person decides.
    """
    job, month, changed = Party.system("replay_claims"), first_of(today(at)), 0
    for county, answered in queries.last_answers().items():
        awards = casework.changed_since(county, 0, before=month)
        stamp = (month, answered, awards[-1:])
        if awards and _replayed.get(county) != stamp:
            changed += actions.replay_county(county=county, by=job, at=at)
            _replayed[county] = stamp
    return changed


ITS_OWN = {"replay_claims": replay_claims}
