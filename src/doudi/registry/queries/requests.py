"""Requests about one's own data: those of one person, those that wait in an area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.registry.core.requests import Outcome, Wish
from doudi.registry.models import Person, Request


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as lists show it; its words are read on its own page."""

    ref: str
    number: str
    pid: str
    masked_name: str
    area_label: str
    wish: Wish
    wish_label: str
    made_at: datetime
    due_on: date
    late: bool
    answered_at: datetime | None
    outcome_label: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request, whole."""

    row: RequestRow
    about: str
    words: str
    whose_name: str
    whose_number: str
    relation: str
    basis: str
    answer: str
    answered_by: str


def _rows(requests: list[Request], today: date) -> list[RequestRow]:
    labels = office.area_labels([one.area for one in requests])
    names = dict(Person.objects.filter(pid__in=[one.pid for one in requests]).values_list("pid", "masked_name"))
    return [
        RequestRow(
            ref=one.ref,
            number=one.number,
            pid=one.pid,
            masked_name=names.get(one.pid, ""),
            area_label=labels.get(one.area, one.area),
            wish=Wish(one.wish),
            wish_label=Wish(one.wish).label,
            made_at=one.made_at,
            due_on=one.due_on,
            late=one.answered_at is None and today > one.due_on,
            answered_at=one.answered_at,
            outcome_label=Outcome(one.outcome).label if one.outcome else "",
        )
        for one in requests
    ]


def _page(one: Request, today: date) -> RequestPage:
    [row] = _rows([one], today)
    who = one.answered_by.partition(":")[2]
    return RequestPage(
        row=row,
        about=one.about,
        words=one.words,
        whose_name=one.whose_name,
        whose_number=one.whose_number,
        relation=one.relation,
        basis=row.wish.basis,
        answer=one.answer,
        answered_by=office.clerk_names([who]).get(who, "") if who else "",
    )


def requests(viewer: Viewer, today: date, *, answered: bool = False, first: int = 0, count: int = 50) -> list[RequestRow]:
    """Requests in the viewer's area: those that wait, the most pressing first; or those answered, latest first.

    :raises NotAllowed: the post does not see requests
    """
    viewer.need("request.list")
    if not viewer.within:
        return []
    rows = Request.objects.filter(area__startswith=viewer.within, answered_at__isnull=not answered)
    rows = rows.order_by("-answered_at", "ref") if answered else rows.order_by("due_on", "made_at", "ref")
    return _rows(list(rows[first : first + count]), today)


def request(ref: str, viewer: Viewer, today: date) -> RequestPage:
    """One request with its words. The page that shows it notes the look.

    :raises NotAllowed: the post does not see requests, or there is none of this ref in the viewer's area
    """
    viewer.need("request.list")
    one = Request.objects.filter(ref=ref, area__startswith=viewer.within).first() if viewer.within else None
    if one is None:
        raise NotAllowed("没有这件请求，或者不归您看。")
    return _page(one, today)


def requests_of(pid: str, viewer: Viewer, today: date) -> list[RequestRow]:
    """What one person asked, latest first, inside the viewer's area.

    :raises NotAllowed: the post does not see requests
    """
    viewer.need("request.list")
    if not viewer.within:
        return []
    rows = Request.objects.filter(pid=pid, area__startswith=viewer.within).order_by("-made_at", "ref")
    return _rows(list(rows[:50]), today)


def my_requests(pid: str, today: date) -> list[RequestPage]:
    """What a resident asked and what was answered, latest first; only for the one signed in."""
    return [_page(one, today) for one in Request.objects.filter(pid=pid).order_by("-made_at", "ref")[:50]]
