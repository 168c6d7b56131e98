"""What an earlier register said about one person, or in numbers; read from the cycles that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import past
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup


class NotKept(Exception):
    """What was known then is named, but no longer in the lake."""


@dataclass(frozen=True)
class Earlier:
    """One earlier register: the day it speaks of, from when it was known, and what it says of whom one asks about."""

    cycle: str
    on: date
    known_at: datetime
    as_of: Mapping[str, date]
    lookup: Lookup

    def person(self, pid: str) -> dict[str, Any] | None:
        return self.lookup.person(pid)

    def household(self, pid: str) -> dict[str, Any] | None:
        return self.lookup.household_of(pid)


def earlier(on: date, until: datetime) -> Earlier | None:
    """The register that says best how things stood on a day, as we knew it by a moment; None before the first.

    :raises NotKept: its objects are gone; `doudi lake restore` may build them again
    """
    lake = Lake(Path(settings.LAKE))
    found = past.best(lake, on, until)
    if found is None:
        return None
    known, made = found
    if not past.is_whole(lake, made):
        raise NotKept(f"{made.id} 那次算好的数据不在了。管理员可以用 doudi lake restore {made.id} 恢复。")
    lookup = Lookup(lake, made.id)
    return Earlier(made.id, made.on, known.at, lookup.as_of, lookup)


def counts(cycle_id: str, within: str) -> dict[str, int]:
    """How many people of each tier lived in a place whose code begins so, by the register of a cycle; dead people left out."""
    return past.tiers(Lake(Path(settings.LAKE)), cycle_id, within)
