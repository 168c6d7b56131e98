"""By which numbers and names somebody is known, why they have none, and who a new record may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.registry.core import pairs as core
from doudi.registry.gateways import doubts, register
from doudi.registry.models import NumberReason, Pair, Person, Settlement
from doudi.registry.queries.pairs import _column, _in_state
from doudi.registry.queries.people import NotKnown, _person_row
from doudi.registry.queries.standing import pids_of, standing_of

# ---- numbers and names of one person --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberWhy:
    """Why somebody has no number, as a clerk learnt it."""

    reason: str
    label: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """By which numbers and names a person is known, who shares their number, and why they have none."""

    numbers: tuple[str, ...]
    other_names: tuple[tuple[str, str], ...]  # name, and the dataset that says so
    joined: tuple[str, ...]  # ids this person was also known by
    shared: int  # rows under this person's number that are somebody else's, or may be
    why_none: NumberWhy | None
    waiting: tuple[str, ...]  # refs of pairs about them that wait


def identity(pid: str, viewer: Viewer) -> Identity:
    """A person's numbers, names and doubts. The page that shows it has noted the look.

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("person.read")
    row = _person_row(pid)
    viewer.need("person.read", row.area)
    pids = pids_of(row.pid)
    numbers = dict.fromkeys([row.number] if row.number else [])
    for one in pids[1:]:
        number = _number_of(one)
        if number:
            numbers[number] = None
    names: dict[str, str] = {}
    for one in pids:
        for source in register.everything(one):
            name = source["values"].get(_column(source["role"], "name"))
            if name and name != row.name:
                names.setdefault(name, source["dataset"])
    doubted = Pair.objects.filter(Q(left__in=pids) | Q(right__in=pids))
    apart = Settlement.objects.filter(kind="row", verdict="apart", right__in=pids, undone_at__isnull=True).count()
    waiting = _in_state(doubted, "waiting") | _in_state(doubted, "asked")
    shared = apart + _in_state(doubted, "waiting").filter(kind="shared").count()
    why = NumberReason.objects.filter(pid__in=pids, ended_at__isnull=True).order_by("-kept_at").first()
    by = office.clerk_names([why.kept_by.partition(":")[2]]) if why else {}
    return Identity(
        numbers=tuple(numbers),
        other_names=tuple(names.items()),
        joined=pids[1:],
        shared=shared,
        why_none=NumberWhy(
            why.reason, core.NO_NUMBER[why.reason], why.note, by.get(why.kept_by.partition(":")[2], ""), why.kept_at
        )
        if why
        else None,
        waiting=tuple(waiting.values_list("ref", flat=True)) if viewer.may("pair.list") else (),
    )


def _number_of(pid: str) -> str:
    kept = Person.objects.filter(pid=pid).first()
    if kept is not None:
        return str(kept.citizen_no)
    found = register.person(pid)
    return found.citizen_no if found is not None else ""


# ---- before somebody is added twice -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Perhaps:
    """Somebody a new record may be about, who lives in the viewer's area."""

    pid: str
    masked_name: str
    born_year: int | None
    area_label: str
    likely: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Who a new record may be: those of the viewer's area by masked name, and whether somebody elsewhere is alike."""

    here: tuple[Perhaps, ...]
    elsewhere: bool


def perhaps(viewer: Viewer, *, name: str, number: str = "", born_on: date | None = None, area: str = "") -> Placed:
    """Who somebody not yet found in the register may be. Of people elsewhere only that there is one; no name, no place.

    :raises NotAllowed: the post does not allow searching
    """
    viewer.need("person.find")
    found = [one for one in doubts.likely(name=name.strip(), number=number, born=born_on, area=area) if one.probability >= 0.05]
    stands = standing_of([one.pid for one in found])
    here: dict[str, Perhaps] = {}
    elsewhere = False
    for one in found:
        pid = stands[one.pid]
        try:
            row = _person_row(pid)
        except NotKnown:
            continue
        if not viewer.sees(row.area):
            elsewhere = True
        elif pid not in here:
            year = row.born_on.year if row.born_on else None
            here[pid] = Perhaps(pid, row.masked_name, year, row.area_label, core.likely(one.probability))
    return Placed(tuple(here.values()), elsewhere)
