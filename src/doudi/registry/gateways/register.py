"""What the published register says about one person or household, in this room's words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import finding
from doudi.engine.finding import Hits, Term
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.registry.core import RegisterHousehold, RegisterMember, RegisterPerson


def _lookup() -> Lookup:
    """The published register; before the first cycle it knows nobody."""
    return Lookup(settings.LAKE)


def person(pid: str) -> RegisterPerson | None:
    """The person of this pid, or None."""
    row = _lookup().person(pid)
    return _person(row) if row else None


def by_number(number: str) -> RegisterPerson | None:
    """The person with this citizen number, or None."""
    row = _lookup().by_number(number, settings.LINKING_KEY)
    return _person(row) if row else None


def by_name(name: str, area: str) -> list[RegisterPerson]:
    """People of exactly this name in places whose code begins with `area`."""
    return [_person(row) for row in _lookup().search(name, area)]


def rows_behind(subject: str, fact: str, datasets: tuple[str, ...]) -> list[dict[str, Any]]:
    """The delivered rows a fact may come from, with `columns`: those it is worked out from."""
    return list(_lookup().sources(subject, fact, datasets))


def household_of(subject: str) -> RegisterHousehold | None:
    """The household of a pid or a hid, or None. Members recorded as dead are left out, but never the one asked for."""
    found = _lookup().household_of(subject)
    if not found:
        return None
    living = [row for row in found["members"] if row["died_on"] is None or row["pid"] == subject]
    members = tuple(RegisterMember(_person(row), row["relation"] or "other") for row in living)
    return RegisterHousehold(found["hid"], found["area"] or "", members)


def facts(subject: str) -> dict[str, Any]:
    """Every fact the last cycle knows about a pid or hid: name → value, None where unknown."""
    return _lookup().facts(subject)


def everything(pid: str) -> list[dict[str, Any]]:
    """Every delivered row about a person: dataset, role, batch, row_no, as_of, how, values."""
    return _lookup().everything(pid)


def _person(row: dict[str, Any]) -> RegisterPerson:
    return RegisterPerson(
        pid=row["pid"],
        name=row["name"],
        citizen_no=row["citizen_no"] or "",
        sex=row["sex"] or "0",
        born_on=row["born_on"],
        area=row["area"] or "",
    )


# ---- finding ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of a question: what it says, the places it may name, the people it names by a telephone number."""

    kind: str  # han, letters, digits
    text: str
    places: tuple[str, ...] = ()
    pids: frozenset[str] = frozenset()


def find(pieces: list[Asked], within: str, most: int) -> Hits:
    """People of the register who fit every piece, in places whose code begins with `within`."""
    index = finding.finder(Lake(Path(settings.LAKE)))
    if index is None:
        return Hits((), 0)
    return index.find([Term(**{one.kind: one.text}, areas=one.places, pids=one.pids) for one in pieces], within, most=most)


def most_counted() -> int:
    """Up to how many people found are counted."""
    return finding.COUNTED
