"""How things stood on a day, as we knew it on a day: one person, or counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, prefix
from doudi.registry.gateways import past
from doudi.registry.gateways.past import Earlier, NotKept
from doudi.registry.queries.people import NotKnown, SourceRow, person


class NothingThen(Exception):
    """No register spoke of that day by then, or it is not kept; the words say so."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """A person as an earlier register knew them. `on`: the day it speaks of, perhaps before the day asked about."""

    cycle: str
    on: date
    known_at: datetime
    person: dict[str, Any] | None  # name, citizen_no, sex, born_on, area, tier, died_on …; None: nobody knew them then
    members: tuple[dict[str, Any], ...]
    facts: dict[str, Any]
    household_facts: dict[str, Any]
    rows: tuple[SourceRow, ...]


def end_of(day: date) -> datetime:
    """The moment a day is over here."""
    return datetime.combine(day + timedelta(days=1), time(), office.HERE) - timedelta(microseconds=1)


def _earlier(on: date, known_on: date) -> Earlier:
    try:
        found = past.earlier(on, end_of(known_on))
    except NotKept as why:
        raise NothingThen(str(why)) from None
    if found is None:
        raise NothingThen(f"到 {known_on} 为止，还没有算过说得清 {on} 的数据。")
    return found


def as_of(pid: str, on: date, known_on: date, viewer: Viewer) -> AsOf:
    """What was true of a person on a day, as we knew it at the end of another. The page that shows it notes the look.

    :raises NotAllowed: the post does not allow it, or the person lives (or then lived) outside the viewer's area
    :raises NotKnown: nobody of this id, now or then
    :raises NothingThen: no register of that day was known by then, or it is not kept
    """
    viewer.need("person.read")
    found = _earlier(on, known_on)
    who = found.person(pid)
    try:
        person(pid, viewer)
    except NotKnown:  # nobody knows them any more: who answers for where they lived may look
        if who is None:
            raise
        viewer.need("person.read", who["area"] or "")
    return _as_of(pid, who, found)


def as_of_unwatched(pid: str, on: date, known_on: date) -> AsOf:
    """The same for the machine's keeper at the command line, who can read the lake anyway.

    :raises NothingThen: no register of that day was known by then, or it is not kept
    """
    found = _earlier(on, known_on)
    return _as_of(pid, found.person(pid), found)


def _as_of(pid: str, who: dict[str, Any] | None, found: Earlier) -> AsOf:
    home = found.household(pid) if who else None
    lookup = found.lookup
    rows = lookup.everything(pid) if who else []
    return AsOf(
        found.cycle,
        found.on,
        found.known_at,
        who,
        tuple(home["members"]) if home else (),
        lookup.facts(pid) if who else {},
        lookup.facts(home["hid"]) if home else {},
        tuple(
            SourceRow(row["dataset"], row["batch"], row["row_no"], row["as_of"], row["values"], row["role"], row["how"])
            for row in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class CountsThen:
    """How many people of each tier an earlier register held in a place."""

    cycle: str
    on: date
    known_at: datetime
    tiers: dict[str, int]


def counts_then(on: date, known_on: date, viewer: Viewer, *, area: str = "") -> CountsThen:
    """How many people of each tier lived in the viewer's area (or a part of it) on a day, as we knew it at the end of another.

    :raises NotAllowed: the post does not allow it, or the place lies outside the viewer's area
    :raises NothingThen: no register of that day was known by then, or it is not kept
    """
    viewer.need("register.list", area or None)
    if not viewer.within:
        raise NotAllowed("您的岗位没有负责的地方。")
    found = _earlier(on, known_on)
    return CountsThen(found.cycle, found.on, found.known_at, past.counts(found.cycle, prefix(area) or viewer.within))


def counts_unwatched(on: date, known_on: date, area: str) -> CountsThen:
    """The same for the machine's keeper at the command line, who can read the lake anyway.

    :raises NothingThen: no register of that day was known by then, or it is not kept
    """
    found = _earlier(on, known_on)
    return CountsThen(found.cycle, found.on, found.known_at, past.counts(found.cycle, prefix(area)))
