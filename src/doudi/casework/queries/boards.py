"""What the public reads after a decision, how an objection ended, and for the desk: what stands where, with its photographs."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from doudi.casework import core
from doudi.casework.gateways import numbers
from doudi.casework.models import Benefit, BoardPhoto, CaseMember, Objection, Showing
from doudi.casework.queries.awards import entitlements
from doudi.casework.queries.drafts import is_minor
from doudi.casework.queries.inbox import after_prefix, within
from doudi.office import queries as office
from doudi.office.core import Viewer, prefix
from doudi.office.queries import today

VILLAGE = 12  # digits of a village's code


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A family that is helped, as its village reads it (D57 Art. 24). None: the place does not publish that."""

    shown_name: str
    programme_label: str
    members: int | None
    amount_fen: int | None
    since: date


def _in_force(area: str, on: date) -> Q:
    """Help in force inside an area on a day, published from the day it was decided; an area nobody knows has none."""
    if not area.isdigit():
        return Q(pk__in=[])
    start, month = prefix(area), on.replace(day=1)
    running = Q(to_month__isnull=True) | Q(to_month__gte=month)
    return running & Q(area__gte=start, area__lt=after_prefix(start), decision__on__lte=on)


def published(village: str, *, on: date) -> tuple[PublishedRow, ...]:
    """Who is helped in a village today, as the place publishes it; open to everybody, gone with the help.

    :param village: the code of a village; of anything larger nothing is listed by name
    """
    if len(village) != VILLAGE:
        return ()
    rows = list(Benefit.objects.filter(_in_force(village, on)).select_related("case", "decision").order_by("pk")[:500])
    boards = {code: numbers.board(code, village, on) for code in {row.programme for row in rows}}
    rows = [row for row in rows if boards[row.programme].published]
    born = dict(
        CaseMember.objects.filter(case__in=[row.case_id for row in rows], relation="self").values_list("case_id", "born_on")
    )
    month = on.replace(day=1)
    given = entitlements([row.ref for row in rows], month, month)
    found = []
    for row in rows:
        board, minor = boards[row.programme], is_minor(born.get(row.case_id), on)
        now = given.get(row.ref, {}).get(month)
        amount = now.amount_fen if now else row.amount_fen  # decided, but its first month lies ahead
        found.append(
            PublishedRow(
                shown_name=core.mask_for_list(row.case.name, minor) if board.masked or minor else row.case.name,
                programme_label=core.road(row.programme).label,
                members=row.members if board.members else None,
                amount_fen=amount if board.amount and amount else None,
                since=row.from_month,
            )
        )
    return tuple(found)


def published_areas(area: str, *, on: date) -> tuple[tuple[str, str, int], ...]:
    """The villages of an area where somebody is helped whom the place publishes: code, label, how many."""
    counted: Counter[str] = Counter()
    for code, programme in Benefit.objects.filter(_in_force(area, on)).values_list("area", "programme"):
        counted[code] += numbers.board(programme, code, on).published
    places = {code: number for code, number in counted.items() if number and len(code) == VILLAGE}
    labels = office.area_labels(sorted(places))
    return tuple((code, labels.get(code, code), number) for code, number in sorted(places.items()))


# ---- how an objection ended ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlipRow:
    """An objection, for whoever holds its number: nothing of the family, nothing of who objected."""

    slip: str
    on: date
    due_on: date | None
    answered_on: date | None
    reply: str


def objection_of(slip: str) -> SlipRow | None:
    """The objection of a slip's number; None when there is none."""
    digits = "".join(char for char in slip if char.isdigit() and char.isascii())
    row = Objection.objects.filter(slip=digits).first() if len(digits) == 10 else None
    if row is None:
        return None
    return SlipRow(row.slip, today(row.at), row.due_on, today(row.answered_at) if row.answered_at else None, row.reply)


@dataclass(frozen=True, slots=True)
class OpenObjection:
    """An objection to a showing that waits for its answer."""

    case_ref: str
    shown_name: str
    area_label: str
    on: date
    due_on: date | None
    is_overdue: bool


def open_objections(viewer: Viewer, *, on: date) -> tuple[OpenObjection, ...]:
    """Objections to showings of the viewer's area nobody has answered yet, the most urgent first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.list")
    inside = Q(showing__case__in_doubt=True, answered_at__isnull=True, showing__case__closed_at__isnull=True)
    rows = (
        Objection.objects.filter(
            inside, showing__area__gte=viewer.within or "x", showing__area__lt=after_prefix(viewer.within)
        ).select_related("showing__case").order_by("due_on", "id")[:200]
    )  # fmt: skip
    labels = office.area_labels([row.showing.area for row in rows])
    return tuple(
        OpenObjection(
            row.showing.case.ref, row.showing.shown_name, labels.get(row.showing.area, ""), today(row.at), row.due_on,
            row.due_on is not None and on > row.due_on,
        )
        for row in rows
    )  # fmt: skip


# ---- photographs of boards ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A village whose board shows something today: how many families, how many of them on a photograph, the photographs."""

    area: str
    label: str
    families: int
    photographed: int
    photos: tuple[tuple[str, date], ...]  # paper ref, day taken

    @property
    def missing(self) -> int:
        """How many families stand on no photograph yet."""
        return self.families - self.photographed


def boards(viewer: Viewer, *, on: date) -> tuple[BoardRow, ...]:
    """The boards of the viewer's area that show something today.

    :raises NotAllowed: the post does not photograph boards
    """
    viewer.need("case.board")
    rows = list(Showing.objects.filter(within(viewer), state="running", from_on__lte=on, to_on__gte=on).order_by("area", "pk"))
    seen: dict[int, list[BoardPhoto]] = defaultdict(list)
    for photo in BoardPhoto.objects.filter(showing__in=rows).order_by("id"):
        seen[photo.showing_id].append(photo)
    labels = office.area_labels(sorted({row.area for row in rows}))
    found = []
    for area in dict.fromkeys(row.area for row in rows):
        here = [row for row in rows if row.area == area]
        photos = {photo.paper: photo.on for row in here for photo in seen[row.pk]}
        found.append(
            BoardRow(area, labels.get(area, area), len(here), sum(bool(seen[row.pk]) for row in here), tuple(photos.items()))
        )
    return tuple(found)
