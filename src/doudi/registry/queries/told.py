"""Reading: people the village told us of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.registry.models import Told

PAGE = 30


@dataclass(frozen=True, slots=True)
class ToldRow:
    """Somebody told of, in a list: the name is masked."""

    ref: str
    masked_name: str
    about_age: int | None
    area_label: str
    told_at: datetime
    pid: str  # "" until the next cycle


def told_list(viewer: Viewer, *, first: int = 0, count: int = PAGE) -> list[ToldRow]:
    """People told of in the viewer's area, latest first.

    :raises NotAllowed: the post does not keep such people
    """
    viewer.need("person.tell")
    if not viewer.within:
        return []
    rows = list(Told.objects.filter(area__startswith=viewer.within).order_by("-told_at", "ref")[first : first + count])
    labels = office.area_labels([one.area for one in rows])
    return [
        ToldRow(one.ref, one.masked_name, one.about_age, labels.get(one.area, one.area), one.told_at, one.pid) for one in rows
    ]


@dataclass(frozen=True, slots=True)
class ToldPage:
    """What was said of one person."""

    ref: str
    name: str
    about_age: int | None
    place: str
    trouble: str
    said_by: str
    told_at: datetime
    pid: str


def told(pid: str, viewer: Viewer) -> tuple[ToldPage, ...]:
    """What the village said of a person, for who visits them. The page that shows it notes the look.

    :raises NotAllowed: the post does not visit, or the person lives outside the viewer's area
    """
    viewer.need("visit.record")
    rows = list(Told.objects.filter(pid=pid).order_by("-told_at")) if pid else []
    for one in rows:
        if not viewer.sees(one.area):
            raise NotAllowed("这户不在您负责的地方。要看，请找当地经办人。")
    return tuple(
        ToldPage(one.ref, one.name, one.about_age, one.place, one.trouble, one.said_by, one.told_at, one.pid) for one in rows
    )


@dataclass(frozen=True, slots=True)
class ToldRecord:
    """Somebody told of, for the evaluation that joins our own records to the register."""

    ref: str
    name: str
    masked_name: str
    area: str
    on: date
    pid: str


def told_until(on: date) -> list[ToldRecord]:
    """Everybody told of up to a day; for the evaluation only."""
    rows = [
        ToldRecord(one.ref, one.name, one.masked_name, one.area, office.today(one.told_at), one.pid)
        for one in Told.objects.order_by("ref")
    ]
    return [row for row in rows if row.on <= on]
