"""Rules with no life, counted on the published cycle; the last answer is kept until the rules, the cycle or the day change."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from doudi.engine import cycle, life
from doudi.engine.lake import Lake
from doudi.engine.life import Life
from doudi.policy.pack import Pack

_kept: dict[tuple[str, str, str, date], Life] = {}


def look(pack: Pack, today: date) -> Life:
    """What `doudi rules life` says on the cycle that counts now.

    today: the day judged before the first cycle; afterwards it is the day of the cycle, so that facts and rules are of one day
    :raises NotPublished: the objects of the cycle are not there
    """
    lake = Lake(settings.LAKE)
    current = cycle.current(lake)
    day = current.on if current else today
    key = (str(lake.root), pack.version, current.id if current else "", day)
    if key not in _kept:
        found = life.look(pack, day, lake=lake, cycle=current)
        _kept.clear()
        _kept[key] = found
    return _kept[key]
