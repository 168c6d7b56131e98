"""Reading alerts and visits, always inside the viewer's area."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr, TruncMonth

from doudi.facts import days
from doudi.monitoring.core import IN_WORK, OUTCOME_LABELS, WAYS, WISHES, Level, Outcome, Seen, State
from doudi.monitoring.gateways import preview as trying
from doudi.monitoring.gateways.preview import Compared
from doudi.monitoring.gateways.preview import NotPublished as NotPublished
from doudi.monitoring.models import Alert, Evaluation, Visit
from doudi.monitoring.queries.joined import under_known_names
from doudi.monitoring.queries.withdrawn import (
    Aftermaths,
    Coming,
    TouchedRow,
    aftermath,
    coming,
    cycles,
    looked_through,
    publications,
    states,
    touched,
    withdrawn_behind,
)
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer, prefix
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook

__all__ = [  # what is read elsewhere in this drawer and handed on; the rest stands below
    "Aftermaths",
    "Coming",
    "TouchedRow",
    "aftermath",
    "coming",
    "cycles",
    "looked_through",
    "publications",
    "states",
    "touched",
    "under_known_names",
    "withdrawn_behind",
]

PAGE = 30


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One line of the list of alerts; the name is masked, the figures come with the alert itself."""

    ref: str
    indicator: str
    level: Level
    masked_name: str
    area: str
    area_label: str
    state: State
    raised_on: date
    seen_on: date  # the day last judged: its rule speaks
    due_on: date
    worker: str
    mask: int
    figures: dict[str, Any]
    subject_kind: str

    def is_late(self, on: date) -> bool:
        return self.state in IN_WORK and self.due_on < on


@dataclass(frozen=True, slots=True)
class AlertPage:
    """One page of a list, and where the next begins ("" at the end)."""

    rows: tuple[AlertRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit, to read."""

    ref: str
    way: str
    visited_at: datetime
    by: str
    answers: dict[str, str]
    note: str
    wish: str
    outcome: str
    case_ref: str


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert with what has been done about it. Sentences, sources and article are put beside it by the page."""

    row: AlertRow
    pid: str
    hid: str
    subject: str
    basis: str
    outcome: str
    reason: str
    closed_at: datetime | None
    visits: tuple[VisitRow, ...]
    withdrawn: str = ""  # why it lapsed or changed, when the data behind it were withdrawn


def met(on: date) -> list[Seen]:
    """Everybody who was met or reached up to a day: nobody home is no contact."""
    found = [
        Seen(visit.alert.pid, visit.alert.area, office.today(visit.visited_at), visit.ref)
        for visit in Visit.objects.select_related("alert").order_by("ref")
        if visit.answers.get("home") == "yes"
    ]
    return [row for row in found if row.on <= on]


def _inside(within: str, field: str = "area") -> Q:
    """In a place whose code begins like this: as a range of digits, which an index can serve where a pattern cannot."""
    return Q((f"{field}__gte", within), (f"{field}__lte", within.ljust(12, "9")))


def _scope(viewer: Viewer, act: str, *, by_day: bool = False) -> QuerySet[Alert]:
    """The alerts a viewer may see at all: of their area; a village worker only those they were asked to visit.

    :param by_day: the first few days are wanted; a whole city holds nearly all alerts, so the index by day finds them sooner
    """
    viewer.need(act)
    if not viewer.within:
        return Alert.objects.none()
    whole_city = by_day and len(viewer.within) < 6
    rows = Alert.objects.filter(Q(area__startswith=viewer.within) if whole_city else _inside(viewer.within))
    return rows.filter(worker__username=viewer.username) if viewer.role is Role.VILLAGE else rows


def _rows(alerts: Iterable[Alert]) -> tuple[AlertRow, ...]:
    found = list(alerts)
    labels = office.area_labels([one.area for one in found])
    return tuple(
        AlertRow(
            ref=one.ref,
            indicator=one.indicator,
            level=Level(one.level),
            masked_name=one.masked_name,
            area=one.area,
            area_label=labels.get(one.area, one.area),
            state=State(one.state),
            raised_on=one.raised_on,
            seen_on=one.seen_on,
            due_on=one.due_on,
            worker=one.worker.name if one.worker else "",
            mask=one.mask,
            figures=json.loads(one.figures),
            subject_kind=one.subject_kind,
        )
        for one in found
    )


def inbox(
    viewer: Viewer, *, state: str = "open", level: str = "", indicator: str = "", after: str = "", size: int = PAGE
) -> AlertPage:
    """The alerts of the viewer's area in one state, the most urgent first, a page at a time.

    :param after: where the page before ended, as it said itself
    :raises NotAllowed: the post does not allow it
    """
    act = "alert.list" if viewer.role is not Role.VILLAGE else "alert.read"
    rows = _scope(viewer, act, by_day=not (level or indicator)).filter(state=state)
    if level:
        rows = rows.filter(level=level)
    if indicator:
        rows = rows.filter(indicator=indicator)
    if after:
        day, _, ref = after.partition(" ")
        try:
            since = date.fromisoformat(day)
        except ValueError:
            raise NotAllowed("这一页的地址不对，请从第一页看起。") from None
        rows = rows.filter(Q(due_on__gt=since) | Q(due_on=since, ref__gt=ref))
    found = list(rows.select_related("worker").order_by("due_on", "ref")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return AlertPage(_rows(found[:size]), f"{last.due_on.isoformat()} {last.ref}" if last else "")


def to_visit(viewer: Viewer, *, size: int = PAGE) -> AlertPage:
    """The visits this clerk was asked to make and has not closed, most urgent first; one walk fits on one page.

    :raises NotAllowed: the post does not visit
    """
    viewer.need("visit.list")
    rows = _scope(viewer, "alert.read").filter(state=State.ASSIGNED, worker__username=viewer.username)
    return AlertPage(_rows(rows.select_related("worker").order_by("due_on", "ref")[:size]), "")


def counts(viewer: Viewer) -> dict[str, int]:
    """How many alerts wait in the viewer's area, by level ("R", "O", "Y") and in all ("all")."""
    found = _scope(viewer, "alert.list").filter(state__in=IN_WORK).order_by().values("level").annotate(n=Count("ref"))
    by = {row["level"]: row["n"] for row in found}
    return {**{str(level): by.get(str(level), 0) for level in Level}, "all": sum(by.values())}


def raised(viewer: Viewer, on: date) -> int:
    """How many alerts were raised in the viewer's area on a day, whatever became of them: it only grows while the day lasts.

    :raises NotAllowed: the post does not list alerts
    """
    return _scope(viewer, "alert.list").filter(raised_on=on).count()


def by_county(viewer: Viewer) -> list[dict[str, Any]]:
    """Waiting and closed alerts by county, for the figures of an auditor or director; no people in it."""
    viewer.need("figures.read")
    rows = Alert.objects.filter(_inside(viewer.within)) if viewer.within else Alert.objects.none()
    found = (
        rows.annotate(county=Substr("area", 1, 6))
        .order_by("county")
        .values("county")
        .annotate(waiting=Count("ref", filter=Q(state__in=IN_WORK)), closed=Count("ref", filter=Q(state=State.CLOSED)))
    )
    labels = office.area_labels([row["county"] for row in found])
    return [{**row, "label": labels.get(row["county"], row["county"])} for row in found]


def visits_made(viewer: Viewer, *, first: date, last: date) -> tuple[tuple[str, date, int], ...]:
    """Visits and calls kept between two days in the viewer's area: place, first day of the month, how many. In one query.

    :raises NotAllowed: the post does not look at how much work there is
    """
    viewer.need("burden.read")
    if not viewer.within:
        return ()
    since, until = (datetime.combine(day, time(), office.HERE) for day in (first, last + days.ONE_DAY))
    found = (
        Visit.objects.filter(_inside(viewer.within, "alert__area"), kept_at__gte=since, kept_at__lt=until)
        .order_by()
        .values(place=F("alert__area"), month=TruncMonth("kept_at", tzinfo=office.HERE))
        .annotate(number=Count("pk"))
    )
    return tuple((row["place"], row["month"].date(), row["number"]) for row in found)


def alert(ref: str, viewer: Viewer) -> AlertDetail:
    """One alert with its visits. The page that shows it notes the look.

    :raises NotAllowed: no such alert where this viewer may see any
    """
    found = _scope(viewer, "alert.read").select_related("worker").filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这条提醒，或者不归您负责。")
    visits = tuple(
        VisitRow(
            ref=visit.ref,
            way=WAYS[visit.way],
            visited_at=visit.visited_at,
            by=visit.kept_by.name,
            answers=visit.answers,
            note=visit.note,
            wish=WISHES[visit.wish],
            outcome=OUTCOME_LABELS[Outcome(visit.outcome)] if visit.outcome else "",
            case_ref=visit.case_ref,
        )
        for visit in Visit.objects.filter(alert=found).select_related("kept_by").order_by("visited_at", "ref")
    )
    return AlertDetail(
        row=_rows([found])[0],
        pid=found.pid,
        hid=found.hid,
        subject=found.subject,
        basis=found.basis,
        outcome=OUTCOME_LABELS[Outcome(found.outcome)] if found.outcome else "",
        reason=found.reason,
        closed_at=found.closed_at,
        visits=visits,
        withdrawn=withdrawn_behind(found.ref),
    )


def of_person(pid: str, viewer: Viewer) -> tuple[AlertRow, ...]:
    """The alerts about a person the viewer may see, latest first."""
    about = _scope(viewer, "alert.read").filter(pid__in=registry.pids_of(pid))
    return _rows(about.select_related("worker").order_by("-raised_on", "ref")[:50])


def visit(ref: str, viewer: Viewer) -> VisitRow | None:
    """A visit already kept under this number, if it is the viewer's to see."""
    kept = Visit.objects.filter(ref=ref).select_related("alert").first()
    return next((row for row in alert(kept.alert_id, viewer).visits if row.ref == ref), None) if kept else None


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """A cycle that reached people's desks."""

    cycle: str
    judged_on: date
    counts: dict[str, Any]
    published_at: datetime


def latest() -> EvaluationRow | None:
    """The last cycle published, or None before the first."""
    row = Evaluation.objects.order_by("-published_at", "-id").first()
    return EvaluationRow(row.cycle, row.judged_on, row.counts, row.published_at) if row else None


def current_on(day: date) -> EvaluationRow | None:
    """The cycle that counted at the end of a day: the last one published by then, or None before the first."""
    end = datetime.combine(day + timedelta(days=1), time(), office.HERE)
    row = Evaluation.objects.filter(published_at__lt=end).order_by("-published_at", "-id").first()
    return EvaluationRow(row.cycle, row.judged_on, row.counts, row.published_at) if row else None


def published(cycle: str) -> bool:
    """Whether the alerts on people's desks are those of this cycle."""
    last = latest()
    return last is not None and last.cycle == cycle


# ---- what a change of the law would do -----------------------------------------------------------------------------------

FEWEST = 10  # smaller numbers of people are not told: somebody could be known by them


@dataclass(frozen=True, slots=True)
class Preview:
    """A change of the law tried on the last published cycle, inside the viewer's area."""

    judged_on: date
    rules: tuple[Compared, ...]


def preview(change: str, viewer: Viewer) -> Preview | None:
    """Whom the rules a change touches would find that they do not find now, and whom no more. Whoever shows it notes the look.

    :raises NotAllowed: the post does not allow it
    :raises RuleError: the change is not understood
    :raises NotPublished: the last cycle is not in the lake any more
    """
    viewer.need("rules.change")
    last = latest()
    if last is None:
        return None
    tried = rulebook.trial(change, last.judged_on)
    compared = trying.compare(
        last.cycle, tried.before, tried.after, tried.on, tried.indicators, tried.programmes, office.within(viewer)
    )
    return Preview(last.judged_on, tuple(compared))


def told(numbers: Mapping[str, int]) -> dict[str, int | None]:
    """Numbers of people as they may be shown: small ones hidden, and one more where the hidden one could be reckoned back."""
    found: dict[str, int | None] = {name: None if 0 < number < FEWEST else number for name, number in numbers.items()}
    hidden = [name for name, number in found.items() if number is None]
    shown = [name for name, number in found.items() if number]
    if len(hidden) == 1 and shown:
        found[min(shown, key=lambda name: numbers[name])] = None
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign nobody has answered yet; for supervision, which counts."""

    indicator: str
    pid: str
    hid: str
    raised_on: date


def waiting(area: str) -> list[Waiting]:
    """Every alert of an area that waits for somebody, oldest first; for supervision only, which asks who looks."""
    rows = Alert.objects.filter(state__in=IN_WORK, area__startswith=prefix(area)).order_by("raised_on", "ref")
    return [Waiting(*row) for row in rows.values_list("indicator", "pid", "hid", "raised_on")]
