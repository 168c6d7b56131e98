"""Reading 校核申请: lists by who may see them, one of them, counts by how late they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from doudi.exchange.core.corrections import (
    OPEN,
    ORIGIN_LABELS,
    STATE_LABELS,
    Direction,
    Origin,
    Pace,
    State,
    pace,
)
from doudi.exchange.models import Correction
from doudi.exchange.queries.deliveries import contracts
from doudi.office.core import NotAllowed, Role, Viewer


def departments() -> dict[str, str]:
    """Names of the departments that send datasets, by code."""
    return {one.department_code: one.department for one in contracts().values()}


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A request as lists show it: where it is about and how it stands, never the values."""

    ref: str
    direction: Direction
    department_code: str
    department: str
    dataset: str
    label: str
    batch: int | None
    row_no: int | None
    pid: str
    area: str
    field: str
    field_label: str
    origin: str
    state: State
    state_label: str
    is_open: bool
    due_on: date
    pace: Pace
    asked_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    answered_late: bool


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One request with its values, for whoever asks or answers it."""

    line: CorrectionLine
    held: str | None
    believed: str | None
    evidence: str
    cause: str
    asked_by: str
    extended_why: str
    extended_at: datetime | None
    answer: str | None
    answer_why: str
    answered_by: str
    applied: int | None
    closed_at: datetime | None
    may_answer: bool
    may_extend: bool
    may_withdraw: bool


def _seen_by(viewer: Viewer) -> QuerySet[Correction]:
    """The requests this viewer may know of: a department's own, an area's own, or all of them.

    :raises NotAllowed: the post does not see requests
    """
    viewer.need("correction.list")
    rows = Correction.objects.filter(area__startswith=viewer.within) if viewer.within else Correction.objects.none()
    if viewer.department or viewer.role in (Role.DATA, Role.AUDITOR, Role.DIRECTOR):
        rows |= Correction.objects.filter(area="", pid="")  # about a delivery, nobody in particular
    else:
        rows = rows.exclude(area="")
    return rows.filter(department=viewer.department) if viewer.department else rows


def _line(one: Correction, today: date) -> CorrectionLine:
    contract = contracts().get(one.dataset)
    column = contract.by_name.get(one.field) if contract else None
    state = State(one.state)
    return CorrectionLine(
        ref=one.ref,
        direction=Direction(one.direction),
        department_code=one.department,
        department=departments().get(one.department, one.department),
        dataset=one.dataset,
        label=contract.label if contract else one.dataset,
        batch=one.load_id,
        row_no=one.row_no,
        pid=one.pid,
        area=one.area,
        field=one.field,
        field_label=column.label if column else ("整行" if not one.field else one.field),
        origin=ORIGIN_LABELS[Origin(one.origin)],
        state=state,
        state_label=STATE_LABELS[state],
        is_open=state in OPEN,
        due_on=one.due_on,
        pace=pace(one.due_on, today) if state in OPEN else Pace.CALM,
        asked_at=one.asked_at,
        sent_at=one.sent_at,
        answered_at=one.answered_at,
        answered_late=bool(one.answered_at and one.answered_at.date() > one.due_on),
    )


def corrections(
    viewer: Viewer,
    today: date,
    *,
    department: str = "",
    direction: str = "",
    which: str = "open",
    first: int = 0,
    count: int = 50,
) -> list[CorrectionLine]:
    """Requests, the most pressing first.

    :param which: open, late, waiting (answered as corrected, not come in yet), closed or all
    :raises NotAllowed: the post does not see requests
    :raises KeyError: no such `which`
    """
    wanted = {
        "open": Q(state__in=OPEN),
        "late": Q(state__in=OPEN, due_on__lt=today),
        "waiting": Q(state=State.CORRECTED),
        "closed": Q(state__in=[State.STANDS, State.APPLIED, State.WITHDRAWN]),
        "all": Q(),
    }[which]
    rows = _seen_by(viewer).filter(wanted)
    if department:
        rows = rows.filter(department=department)
    if direction:
        rows = rows.filter(direction=direction)
    return [_line(one, today) for one in rows.order_by("due_on", "id")[first : first + count]]


def corrections_of_person(pid: str, viewer: Viewer, today: date) -> list[CorrectionLine]:
    """Requests about one person, newest first; for the person's page.

    :raises NotAllowed: the post does not see requests
    """
    return [_line(one, today) for one in _seen_by(viewer).filter(pid=pid).order_by("-asked_at", "-id")[:50]]


def corrections_asked_by(pid: str, today: date) -> list[CorrectionLine]:
    """What came of a resident's own objections, newest first; for the resident's own page."""
    rows = Correction.objects.filter(pid=pid, origin=Origin.OBJECTION).order_by("-asked_at", "-id")
    return [_line(one, today) for one in rows[:50]]


def correction(ref: str, viewer: Viewer, today: date) -> CorrectionPage | None:
    """One request with its values, or None when there is none this viewer may see.

    :raises NotAllowed: the post does not see requests
    """
    one = _seen_by(viewer).filter(ref=ref).first()
    if one is None:
        return None
    line = _line(one, today)
    asks = viewer.may("correction.ask") and (viewer.department == (one.department if one.direction == Direction.IN else ""))
    answers = line.is_open and viewer.may("correction.answer") and _may_answer(one, viewer)
    return CorrectionPage(
        line=line,
        held=one.held,
        believed=one.believed,
        evidence=one.evidence,
        cause=one.cause,
        asked_by=one.asked_by,
        extended_why=one.extended_why or "",
        extended_at=one.extended_at,
        answer=one.answer,
        answer_why=one.answer_why or "",
        answered_by=one.answered_by,
        applied=one.applied_id,
        closed_at=one.closed_at,
        may_answer=answers,
        may_extend=answers and line.state == State.ASKED,
        may_withdraw=asks and line.is_open,
    )


def _may_answer(one: Correction, viewer: Viewer) -> bool:
    if one.direction == Direction.OUT:
        return viewer.role == Role.DATA and viewer.answers_for(one.department)
    return not viewer.department and (viewer.role == Role.DATA or viewer.sees(one.area))


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to a department as one letter: the requests and their values."""

    department: str
    lines: list[CorrectionPage]


def letter(department: str, viewer: Viewer, today: date, *, count: int = 500) -> Letter:
    """Open requests to one department with their values, for the printed letter and the file.

    :raises NotAllowed: the post does not ask for corrections
    """
    viewer.need("correction.ask")
    if viewer.role != Role.DATA or not viewer.answers_for(department):
        raise NotAllowed("发给部门的校核申请由数据管理员汇总。")
    rows = Correction.objects.filter(department=department, direction=Direction.OUT, state__in=OPEN).order_by("due_on", "id")
    pages = [correction(one.ref, viewer, today) for one in rows[:count]]
    return Letter(departments().get(department, department), [page for page in pages if page])


@dataclass(frozen=True, slots=True)
class Pressing:
    """How many requests of one department wait, and how badly."""

    department_code: str
    department: str
    open: int
    soon: int
    late: int
    escalated: int
    waiting: int  # answered as corrected; the value has not come in


def pressing(viewer: Viewer, today: date) -> list[Pressing]:
    """Open requests of each department, the latest first; also those departments ask us (under `in`).

    :raises NotAllowed: the post does not see requests
    """
    rows = _seen_by(viewer).filter(Q(state__in=OPEN) | Q(state=State.CORRECTED))
    found: dict[str, dict[str, int]] = {}
    for direction, code, state, due in rows.values_list("direction", "department", "state", "due_on"):
        one = found.setdefault("" if direction == Direction.IN else code, dict.fromkeys(("open", *Pace, "waiting"), 0))
        if state == State.CORRECTED:
            one["waiting"] += 1
            continue
        one["open"] += 1
        one[pace(due, today)] += 1
    names = departments() | {"": "部门向我们提的"}
    lines = [
        Pressing(
            code,
            names.get(code, code),
            one["open"],
            one[Pace.SOON],
            one[Pace.LATE] + one[Pace.ESCALATED],
            one[Pace.ESCALATED],
            one["waiting"],
        )
        for code, one in found.items()
    ]
    return sorted(lines, key=lambda one: (-one.escalated, -one.late, -one.open, one.department_code))


def corrected_cells(load: int) -> list[tuple[str, int, str, str]]:
    """Corrected values that wait to come in with a mended load: ref, row, field, value."""
    rows = Correction.objects.filter(load=load, state=State.CORRECTED, row_no__isnull=False).exclude(field="")
    return [(one.ref, one.row_no or 0, one.field, one.answer or "") for one in rows.order_by("id")]


def loads_with_corrected_cells() -> Sequence[int]:
    """Loads for which departments answered with a corrected value that has not come in."""
    rows = Correction.objects.filter(state=State.CORRECTED, row_no__isnull=False).exclude(field="")
    return list(rows.order_by("load").values_list("load", flat=True).distinct())
