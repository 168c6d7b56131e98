"""Records that may be one person: the queue, one pair side by side, what was decided, and why somebody has no number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.registry.core import SEXES
from doudi.registry.core import pairs as core
from doudi.registry.gateways import doubts, register
from doudi.registry.models import Pair, Settlement
from doudi.registry.queries.decided import DecisionRow, _decisions, _masked
from doudi.registry.queries.people import NotKnown, SourceRow, _person_row, _source
from doudi.registry.queries.standing import pids_of

PAGE = 30
STATES = ("waiting", "asked", "settled")


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair in a list: names masked, nothing else of the people."""

    ref: str
    kind: str
    one: str  # masked names
    other: str
    dataset: str
    area_label: str
    other_label: str  # where the other record is, when that is another place
    likely: str
    since_on: date
    asked_at: datetime | None
    verdict: str  # "" while it waits


@dataclass(frozen=True, slots=True)
class PairPage:
    rows: tuple[PairRow, ...]
    next: str  # where the next page begins; "" at the end


def _scope(viewer: Viewer) -> QuerySet[Pair]:
    """The pairs a viewer may see at all: both records in their area. A record nobody can place is the whole city's."""
    viewer.need("pair.list")
    if not viewer.within:
        return Pair.objects.none()
    here, there = Q(area__startswith=viewer.within), Q(other_area__startswith=viewer.within)
    known = (here & (there | Q(other_area=""))) | (Q(area="") & there)
    return Pair.objects.filter(known | Q(area="", other_area="") if len(viewer.within) <= core.CITY_DIGITS else known)


def _in_state(rows: QuerySet[Pair], state: str) -> QuerySet[Pair]:
    """Waiting, put aside to be asked about, or decided."""
    rows = rows.annotate(decided=Exists(Settlement.objects.filter(pair=OuterRef("ref"), undone_at__isnull=True)))
    if state == "settled":
        return rows.filter(decided=True)
    return rows.filter(decided=False, gone_on__isnull=True, asked_at__isnull=state == "waiting")


def queue(
    viewer: Viewer, *, state: str = "waiting", kind: str = "", village: str = "", after: str = "", size: int = PAGE
) -> PairPage:
    """The pairs of the viewer's area in one state, village by village, a page at a time.

    :param after: where the page before ended, as it said itself
    :raises NotAllowed: the post does not allow it
    """
    rows = _filtered(viewer, state, kind, village)
    if after:
        area, _, ref = after.partition(" ")
        rows = rows.filter(Q(area__gt=area) | Q(area=area, ref__gt=ref))
    found = list(rows.order_by("area", "ref")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return PairPage(_rows(found[:size]), f"{last.area} {last.ref}" if last else "")


def _filtered(viewer: Viewer, state: str, kind: str, village: str) -> QuerySet[Pair]:
    rows = _in_state(_scope(viewer), state)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(area__startswith=village) if village else rows


def pairs_count(viewer: Viewer) -> dict[str, int]:
    """How many pairs of the viewer's area wait, by kind, and in all ("all")."""
    found = _in_state(_scope(viewer), "waiting").order_by().values("kind").annotate(n=Count("ref"))
    by = {row["kind"]: row["n"] for row in found}
    return {**{kind: by.get(kind, 0) for kind in core.PAIR_KINDS}, "all": sum(by.values())}


def pair_villages(viewer: Viewer) -> list[tuple[str, str, int]]:
    """The places in which pairs wait, with how many: code, name, count."""
    found = _in_state(_scope(viewer), "waiting").order_by("area").values("area").annotate(n=Count("ref"))
    by = {row["area"]: row["n"] for row in found if row["area"]}
    labels = office.area_labels(list(by))
    return [(area, labels.get(area, area), n) for area, n in by.items()]


def after_pair(ref: str, viewer: Viewer, *, kind: str = "", village: str = "") -> str:
    """The ref of the pair that waits next after this one in the same list, from the beginning again at its end; "" when none.

    :raises NotAllowed: the post does not allow it
    """
    rows = _filtered(viewer, "waiting", kind, village).exclude(ref=ref).order_by("area", "ref")
    here = Pair.objects.filter(ref=ref).values_list("area", flat=True).first()
    later = rows.filter(Q(area__gt=here) | Q(area=here, ref__gt=ref)) if here is not None else rows
    return str(later.values_list("ref", flat=True).first() or rows.values_list("ref", flat=True).first() or "")


def _rows(found: list[Pair]) -> tuple[PairRow, ...]:
    labels = office.area_labels([area for one in found for area in (one.area, one.other_area) if area])
    verdicts = dict(
        Settlement.objects.filter(pair__in=[one.ref for one in found], undone_at__isnull=True).values_list("pair", "verdict")
    )
    pids = {one.right for one in found} | {one.left for one in found if core.settled_kind(one.left) == "person"}
    names = _masked(pids)
    return tuple(
        PairRow(
            ref=one.ref,
            kind=one.kind,
            one=names.get(one.left, "") if core.settled_kind(one.left) == "person" else mask_name(_name_in(one)),
            other=names.get(one.right, ""),
            dataset=one.dataset,
            area_label=labels.get(one.area, one.area),
            other_label=labels.get(one.other_area, one.other_area) if one.other_area != one.area else "",
            likely=core.likely(one.probability),
            since_on=one.since_on,
            asked_at=one.asked_at,
            verdict=verdicts.get(one.ref, ""),
        )
        for one in found
    )


def _name_in(pair: Pair) -> str:
    row = doubts.delivered(pair.batch, pair.row_no) if pair.batch is not None and pair.row_no is not None else None
    return str((row["values"].get(_column(pair.role, "name")) if row else None) or "")


def _column(role: str, what: str) -> str:
    """The column of a row in which a role's name or number stands."""
    names = {"name": "name", "no": "citizen_no"} if not role else {"name": f"{role}_name", "no": f"{role}_no"}
    return names[what]


# ---- one pair, side by side -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records: what it says about who it is, and the rows that say so."""

    pid: str  # "" for a row that is nobody's yet
    particulars: dict[str, str]  # of FIELDS, "" where nothing is said
    born_on: date | None
    rows: tuple[SourceRow, ...]
    pids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One particular of both, and whether they agree: agree, differ, or unknown where one says nothing."""

    field: str
    label: str
    one: str
    other: str
    mark: str


FIELDS = {
    "name": "姓名",
    "number": "身份证号",
    "sex": "性别",
    "born": "出生日期",
    "area": "村（社区）",
    "address": "住址",
    "phone": "电话",
    "home": "户号",
}


@dataclass(frozen=True, slots=True)
class PairDetail:
    """A pair with both records in full. Whoever shows it notes the look at each person."""

    ref: str
    kind: str
    left: str
    right: str
    dataset: str
    role: str
    batch: int | None
    row_no: int | None
    probability: float
    likely: str
    why: tuple[tuple[str, str], ...]
    one: Side
    other: Side
    compared: tuple[Compared, ...]
    since_on: date
    gone_on: date | None
    asked_at: datetime | None
    asked_by: str
    asked_note: str
    decision: DecisionRow | None
    may_settle: bool
    masked: tuple[str, str]  # for who has not said yet what for


def pair(ref: str, viewer: Viewer) -> PairDetail:
    """One pair, both records side by side; only what says who somebody is, nothing of money, illness or help.

    :raises NotAllowed: no such pair where this viewer may see any
    """
    found = _scope(viewer).filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这一对记录，或者不归您负责。")
    one = _side(found.left) if core.settled_kind(found.left) == "person" else _side_of_row(found)
    other = _side(found.right)
    names = office.clerk_names([found.asked_by.partition(":")[2]]) if found.asked_by else {}
    said = list(Settlement.objects.filter(pair=ref, undone_at__isnull=True).order_by("id"))
    return PairDetail(
        ref=ref,
        kind=found.kind,
        left=found.left,
        right=found.right,
        dataset=found.dataset,
        role=found.role,
        batch=found.batch,
        row_no=found.row_no,
        probability=found.probability,
        likely=core.likely(found.probability),
        why=tuple((what, how) for what, how in found.why),
        one=one,
        other=other,
        compared=tuple(_compare(one, other)),
        since_on=found.since_on,
        gone_on=found.gone_on,
        asked_at=found.asked_at,
        asked_by=names.get(found.asked_by.partition(":")[2], ""),
        asked_note=found.asked_note,
        decision=_decisions(said)[0] if said else None,
        may_settle=viewer.may("pair.settle"),
        masked=(mask_name(one.particulars["name"]), mask_name(other.particulars["name"])),
    )


def _side(pid: str) -> Side:
    """Who somebody is, as kept or registered, with the rows that say so; of one joined before, the rows of both."""
    try:
        row = _person_row(pid)
    except NotKnown:
        return Side(pid, dict.fromkeys(FIELDS, ""), None, ())
    pids = pids_of(pid)
    rows = tuple(_source(found) for one in pids for found in register.everything(one))
    said = {
        "name": row.name,
        "number": row.number,
        "sex": SEXES.get(row.sex, "") if row.sex in ("1", "2") else "",
        "born": row.born_on.isoformat() if row.born_on else "",
        "area": row.area_label,
        "address": _first(rows, "address"),
        "phone": row.phone or _first(rows, "phone"),
        "home": _first(rows, "booklet_no") or _first(rows, "household_no"),
    }
    return Side(row.pid, said, row.born_on, rows, pids)


def _side_of_row(found: Pair) -> Side:
    row = doubts.delivered(found.batch, found.row_no) if found.batch is not None and found.row_no is not None else None
    if row is None:
        return Side("", dict.fromkeys(FIELDS, ""), None, ())
    values, number = row["values"], _column(found.role, "no")
    own = values if not found.role else {}
    born = own.get("birth_date")
    area = str(own.get("area_code") or "")
    said = {
        "name": str(values.get(_column(found.role, "name")) or ""),
        "number": str(values.get(number + "_raw") or values.get(number) or ""),
        "sex": SEXES.get(str(own.get("sex") or ""), "") if own.get("sex") in ("1", "2") else "",
        "born": born.isoformat() if isinstance(born, date) else "",
        "area": office.area_label(area) if area else "",
        "address": str(own.get("address") or ""),
        "phone": str(own.get("phone") or ""),
        "home": str(own.get("booklet_no") or own.get("household_no") or ""),
    }
    source = SourceRow(row["dataset"], found.batch or 0, found.row_no or 0, row["as_of"], values, found.role)
    return Side("", said, born if isinstance(born, date) else None, (source,))


def _first(rows: Iterable[SourceRow], column: str) -> str:
    return next((str(row.values[column]) for row in rows if not row.role and row.values.get(column)), "")


def _compare(one: Side, other: Side) -> Iterable[Compared]:
    for field, label in FIELDS.items():
        a, b = one.particulars[field], other.particulars[field]
        mark = "unknown" if not a or not b else "agree" if a == b else "differ"
        if a or b:
            yield Compared(field, label, a, b, mark)
