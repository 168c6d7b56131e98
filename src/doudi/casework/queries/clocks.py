"""Reading clocks: those of one case with all that happened to them, and those overdue in a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet

from doudi.casework import core
from doudi.casework.core import Clock, State, Step
from doudi.casework.models import Case, Climb, Pause, RunningClock
from doudi.casework.queries.inbox import NoCase, after_prefix, within
from doudi.facts import days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.office.queries import today

# Limits of the law and our promises: what is late when it runs out. A showing ends by itself, a call-back is a reminder.
LATE = [clock.value for clock in Clock if clock not in (Clock.SHOWING, Clock.SUPPLEMENT)]


@dataclass(frozen=True, slots=True)
class PauseRow:
    words: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class ClimbRow:
    words: str
    at: datetime
    told: str  # names


@dataclass(frozen=True, slots=True)
class CaseClock:
    """One clock of a case, whole."""

    code: str
    label: str
    basis: str
    length: str  # "30 个工作日"
    longest: str
    started_on: date
    first_due_on: date
    due_on: date
    due_at: datetime | None
    extended_on: date | None
    pauses: tuple[PauseRow, ...]
    climbs: tuple[ClimbRow, ...]
    done_on: date | None
    is_late: bool
    is_provisional: bool  # its last day lies in a year whose calendar is not announced


@dataclass(frozen=True, slots=True)
class CaseClocks:
    """The clocks of a case, running ones first."""

    ref: str
    receipt: str
    applicant: str
    name: str
    extended_reason: str
    rows: tuple[CaseClock, ...]
    calendar_missing: tuple[int, ...]  # years counted by weekends alone


def clocks_of(ref: str, viewer: Viewer, *, at: datetime) -> CaseClocks:
    """Every clock of a case, in six queries however many there are.

    :raises NoCase: no such case, or outside the viewer's area
    """
    viewer.need("case.read")
    case = Case.objects.filter(within(viewer), ref=ref).first()
    if case is None:
        raise NoCase("没有这件申请，或者不归您看。")
    rows = list(RunningClock.objects.filter(case=case).order_by(F("done_at").asc(nulls_first=True), "due_on", "id"))
    pauses, climbs = _beside(rows)
    on = today(at)
    found = tuple(_case_clock(row, pauses.get(row.pk, ()), climbs.get(row.pk, ()), on) for row in rows)
    missing = sorted({row.due_on.year for row in found if row.is_provisional and row.done_on is None})
    return CaseClocks(case.ref, case.receipt, case.applicant, case.name, case.extended_reason, found, tuple(missing))


def _beside(rows: list[RunningClock]) -> tuple[dict[int, tuple[PauseRow, ...]], dict[int, tuple[ClimbRow, ...]]]:
    pauses: dict[int, tuple[PauseRow, ...]] = {}
    for one in Pause.objects.filter(clock__in=rows).order_by("from_on", "id"):
        pauses[one.clock_id] = (*pauses.get(one.clock_id, ()), PauseRow(core.PAUSES[one.reason], one.from_on, one.to_on))
    told = list(Climb.objects.filter(clock__in=rows).order_by("at", "id"))
    names = office.clerk_names(sorted({ref for one in told for ref in one.told})) if told else {}
    climbs: dict[int, tuple[ClimbRow, ...]] = {}
    for step in told:
        who = "、".join(names.get(ref, "工作人员") for ref in step.told) or "没有人可报"
        climbs[step.clock_id] = (*climbs.get(step.clock_id, ()), ClimbRow(Step(step.step).label, step.at, who))
    return pauses, climbs


def _case_clock(row: RunningClock, pauses: tuple[PauseRow, ...], climbs: tuple[ClimbRow, ...], on: date) -> CaseClock:
    unit, done = RunningClock.Unit(row.unit).label, today(row.done_at) if row.done_at else None
    return CaseClock(
        code=row.kind,
        label=Clock(row.kind).label,
        basis=row.basis,
        length=f"{row.count} {unit}",
        longest=f"{row.longest} {unit}",
        started_on=today(row.started_at),
        first_due_on=row.first_due_on,
        due_on=row.due_on,
        due_at=row.due_at,
        extended_on=today(row.extended_at) if row.extended_at else None,
        pauses=pauses,
        climbs=climbs,
        done_on=done,
        is_late=row.kind in LATE and (done or on) > row.due_on,
        is_provisional=row.unit == "wd" and days.is_provisional(row.due_on),
    )


# ---- what is overdue ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateRow:
    """A clock that ran out while it still runs; the family's name masked."""

    case_ref: str
    receipt: str
    who: str
    area_label: str
    programme_label: str
    state_label: str
    clock_label: str
    basis: str
    due_on: date
    days_late: int  # calendar days
    handler: str
    climbed: str


@dataclass(frozen=True, slots=True)
class LatePage:
    rows: tuple[LateRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class LateFigure:
    """How a place keeps its limits: running late now, and of those finished in the last 90 days how many in time."""

    area: str
    label: str
    late: int
    longest: int  # calendar days the oldest is late
    finished: int
    in_time: int

    @property
    def share(self) -> int | None:
        """Percent finished in time, rounded down; None when nothing was finished."""
        return self.in_time * 100 // self.finished if self.finished else None


def _late(viewer: Viewer, on: date) -> QuerySet[RunningClock]:
    viewer.need("staff.read")
    if not viewer.within:
        return RunningClock.objects.none()
    here = RunningClock.objects.filter(area__gte=viewer.within, area__lt=after_prefix(viewer.within))
    return here.filter(done_at__isnull=True, due_on__lt=on, kind__in=LATE)


def late(viewer: Viewer, *, at: datetime, area: str = "", after: str = "", limit: int = 30) -> LatePage:
    """Overdue clocks of the viewer's area, or of one place in it, the oldest first, a page at a time.

    :param after: `LatePage.next` of the page before
    :raises NotAllowed: the post does not allow it, another area, or an address that is none of ours
    """
    on = today(at)
    rows = _late(viewer, on)
    if area:
        viewer.need("staff.read", area)
        rows = rows.filter(area__gte=area, area__lt=after_prefix(area))
    if after:
        day, last = _cursor(after)
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=last))
    keys = list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[: limit + 1])  # of thousands, by the index alone
    page = list(_told(keys[:limit]))
    labels = office.area_labels([row.area for row in page])
    names = office.clerk_names(sorted({row.case.handler for row in page} - {""}))
    steps = dict(Climb.objects.filter(clock__in=page).order_by("id").values_list("clock", "step"))
    following = f"{page[-1].due_on.isoformat()}_{page[-1].pk}" if len(keys) > limit else ""
    return LatePage(
        tuple(
            LateRow(
                case_ref=row.case.ref,
                receipt=row.case.receipt,
                who=row.case.masked_name,
                area_label=labels.get(row.area, row.area),
                programme_label=core.road(row.case.programme).label,
                state_label=State(row.case.state).label,
                clock_label=Clock(row.kind).label,
                basis=row.basis,
                due_on=row.due_on,
                days_late=(on - row.due_on).days,
                handler="县里" if State(row.case.state) is State.AT_COUNTY else names.get(row.case.handler, ""),
                climbed=Step(steps[row.pk]).label if row.pk in steps else "",
            )
            for row in page
        ),
        following,
    )


def _told(keys: list[int]) -> QuerySet[RunningClock]:
    """Clocks with what a line says of their cases, and no more."""
    case = (f"case__{name}" for name in ("ref", "receipt", "masked_name", "programme", "state", "handler"))
    rows = RunningClock.objects.filter(pk__in=keys).select_related("case").order_by("due_on", "pk")
    return rows.only("area", "kind", "basis", "due_on", *case)


def _cursor(text: str) -> tuple[date, int]:
    day, _, last = text.partition("_")
    try:
        return date.fromisoformat(day), int(last)
    except ValueError:
        raise NotAllowed("这一页的地址不对，请从第一页看起。") from None


def late_count(viewer: Viewer, *, at: datetime) -> int:
    """How many clocks of the viewer's area ran out and still run.

    :raises NotAllowed: the post does not allow it
    """
    return _late(viewer, today(at)).count()


def late_figures(viewer: Viewer, *, at: datetime) -> tuple[LateFigure, ...]:
    """How each township keeps its limits, by code, in three queries; for the director and supervision. No ranking.

    :raises NotAllowed: the post does not allow it
    """
    on = today(at)
    running: dict[str, list[int]] = {}
    by_place = _late(viewer, on).values("area").annotate(count=Count("id"), first=Min("due_on"))
    for area, count, first in by_place.values_list("area", "count", "first"):
        mine = running.setdefault(area[:9], [0, 0])
        mine[0], mine[1] = mine[0] + count, max(mine[1], (on - first).days)
    done = RunningClock.objects.filter(
        area__gte=viewer.within, area__lt=after_prefix(viewer.within), kind__in=LATE, done_at__gte=at - timedelta(days=90)
    )
    finished: dict[str, list[int]] = {}
    kept_places = done.values("area").annotate(count=Count("id"), good=Count("id", filter=Q(in_time=True)))
    for area, count, good in kept_places.values_list("area", "count", "good"):
        mine = finished.setdefault(area[:9], [0, 0])
        mine[0], mine[1] = mine[0] + count, mine[1] + good
    labels = office.area_labels([*running, *finished])
    return tuple(
        LateFigure(area, labels.get(area, area), *running.get(area, (0, 0)), *finished.get(area, (0, 0)))
        for area in sorted({*running, *finished})
    )


@dataclass(frozen=True, slots=True)
class NobodysRow:
    """Open cases of a place whose officer left, or is away without anybody standing in, or was never named."""

    area: str
    label: str
    why: str
    count: int
    first_due_on: date


def nobodys(viewer: Viewer, *, at: datetime) -> tuple[NobodysRow, ...]:
    """Open cases nobody looks after, counted by township, for the director; in four queries.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("staff.read")
    rows = list(
        Case.objects.filter(within(viewer), closed_at__isnull=True)
        .values("handler", "area")
        .annotate(count=Count("id"), first=Min("due_on"))
        .values_list("handler", "area", "count", "first")
    )
    handlers = {handler for handler, *_ in rows} - {""}
    gone, there = office.away(handlers, at), office.at_work(handlers, at)
    found: dict[tuple[str, str], list[tuple[int, date]]] = {}
    for handler, area, count, first in rows:
        why = ""
        if not handler:
            why = "没有安排经办人"
        elif handler not in there:
            why = "经办人已经不在岗位上"
        elif handler in gone and not gone[handler]:
            why = "经办人不在，没有人代办"
        if why:
            found.setdefault((area[:9], why), []).append((count, first))
    labels = office.area_labels([area for area, _ in found])
    return tuple(
        NobodysRow(area, labels.get(area, area), why, sum(count for count, _ in told), min(first for _, first in told))
        for (area, why), told in sorted(found.items())
    )
