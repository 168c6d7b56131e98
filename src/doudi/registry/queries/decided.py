"""What people decided about records: to read, to take back, and for the rooms that keep what hangs on two joined records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.registry.core import pairs as core
from doudi.registry.gateways import register
from doudi.registry.models import Person, Settlement
from doudi.registry.queries.people import _person_row
from doudi.registry.queries.standing import pids_of, together

PAGE = 30


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision, to read in a list or beside what it decided."""

    ref: str
    kind: str
    verdict: str
    left: str
    right: str
    one: str  # masked name, or "" where a row was decided
    other: str
    dataset: str
    rows: int
    reason: str
    pair: str
    by: str
    at: datetime
    undone_by: str
    undone_at: datetime | None
    undone_why: str
    area_label: str


def _scope(viewer: Viewer) -> QuerySet[Settlement]:
    """The decisions a viewer may read and take back: on records in their area; those of nowhere are the whole city's."""
    viewer.need("pair.list")
    within = viewer.within
    if not within:
        return Settlement.objects.none()
    here, there = Q(area__startswith=within), Q(other_area__startswith=within)
    known = (here & (there | Q(other_area=""))) | (Q(area="") & there)
    return Settlement.objects.filter(known | Q(area="", other_area="") if len(within) <= core.CITY_DIGITS else known)


def decision(ref: str, viewer: Viewer) -> DecisionRow | None:
    """One decision, or None where this viewer may see none of this name.

    :raises NotAllowed: the post does not allow it
    """
    found = _scope(viewer).filter(ref=ref).order_by("pk").first()
    return _decisions([found])[0] if found is not None else None


def decisions(viewer: Viewer, *, page: int = 0, size: int = PAGE) -> tuple[tuple[DecisionRow, ...], bool]:
    """What was decided in the viewer's area, latest first, taken back or not; and whether there is more.

    :raises NotAllowed: the post does not allow it
    """
    rows = _scope(viewer)
    firsts = rows.exclude(Exists(Settlement.objects.filter(ref=OuterRef("ref"), pk__lt=OuterRef("pk"))))
    found = list(firsts.order_by("-decided_at", "-pk")[page * size : (page + 1) * size + 1])
    return _decisions(found[:size]), len(found) > size


def decisions_about(pid: str, viewer: Viewer) -> tuple[DecisionRow, ...]:
    """What was ever decided about a person's records, latest first.

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    :raises NotKnown: nobody of this id
    """
    viewer.need("person.read")
    row = _person_row(pid)
    viewer.need("person.read", row.area)
    pids = pids_of(pid)
    rows = Settlement.objects.filter(Q(left__in=pids) | Q(right__in=pids)).order_by("-decided_at", "pk")[:100]
    firsts: dict[str, Settlement] = {}
    for one in rows:
        firsts.setdefault(one.ref, one)
    return _decisions(list(firsts.values()))


def _decisions(found: list[Settlement]) -> tuple[DecisionRow, ...]:
    clerks = office.clerk_names([party.partition(":")[2] for one in found for party in (one.decided_by, one.undone_by) if party])
    labels = office.area_labels([one.area for one in found if one.area])
    counted = dict(
        Settlement.objects.filter(ref__in=[one.ref for one in found])
        .values("ref")
        .annotate(n=Count("pk"))
        .values_list("ref", "n")
    )
    names = _masked({one.right for one in found} | {one.left for one in found if one.kind == "person"})
    return tuple(
        DecisionRow(
            ref=one.ref,
            kind=one.kind,
            verdict=one.verdict,
            left=one.left,
            right=one.right,
            one=names.get(one.left, "") if one.kind == "person" else "",
            other=names.get(one.right, ""),
            dataset=one.dataset,
            rows=counted.get(one.ref, 1),
            reason=one.reason,
            pair=one.pair,
            by=clerks.get(one.decided_by.partition(":")[2], "系统"),
            at=one.decided_at,
            undone_by=clerks.get(one.undone_by.partition(":")[2], ""),
            undone_at=one.undone_at,
            undone_why=one.undone_why,
            area_label=labels.get(one.area, one.area),
        )
        for one in found
    )


def _masked(pids: Iterable[str]) -> dict[str, str]:
    """Masked names, from the database where somebody acted, else from the register."""
    wanted = set(pids)
    names = dict(Person.objects.filter(pid__in=wanted).values_list("pid", "masked_name"))
    for pid in wanted - names.keys():
        found = register.person(pid)
        if found is not None:
            names[pid] = mask_name(found.name or "")
    return names


# ---- for the rooms above --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Joined:
    """Two records found to be one person, for what hangs on both: help, alerts."""

    ref: str
    goes: str
    stays: str  # the id that stands now
    pids: tuple[str, ...]
    home: str  # the household in which `goes` lived alone, which goes with them
    area: str
    weighed_at: datetime | None
    weighed_by: str
    weighed_note: str


def joined() -> list[Joined]:
    """Every pair of records that is one person now, oldest first; for the rooms that keep what hangs on them."""
    rows = list(Settlement.objects.filter(kind="person", verdict="same", undone_at__isnull=True).order_by("decided_at", "pk"))
    groups = together([one.left for one in rows])
    clerks = office.clerk_names([one.weighed_by.partition(":")[2] for one in rows if one.weighed_by])
    return [
        Joined(
            ref=one.ref,
            goes=one.left,
            stays=groups[one.left][0],
            pids=groups[one.left],
            home=one.home,
            area=one.area,
            weighed_at=one.weighed_at,
            weighed_by=clerks.get(one.weighed_by.partition(":")[2], ""),
            weighed_note=one.weighed_note,
        )
        for one in rows
    ]


def home_of(pid: str) -> str:
    """The household id of somebody in the published register; "" when the register does not know them."""
    found = register.household_of(pid)
    return found.hid if found is not None else ""
