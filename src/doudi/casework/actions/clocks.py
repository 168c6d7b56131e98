"""Clocks: started, stopped and extended with each step of a case, counted anew when the calendar moves, climbing when overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction

from doudi.casework import core
from doudi.casework.core import Clock, Span, State, Step
from doudi.casework.models import Case, Climb, Decision, Pause, RunningClock
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Role, contains, prefix
from doudi.office.queries import need, today
from doudi.rulebook import queries as rulebook


def follow(case: Case, *, by: By, at: datetime, since: date | None = None) -> None:
    """Let the clocks of a case, locked by an act, be those of its state now. A step of acts; the act keeps the case afterwards.

    What ran for the state before is done, what runs in this one starts, the whole clock is longer once it was extended, and
    stands still where the place lets it. `case.due_on` and `case.whole_due_on` are set to the days the rows say.

    :param since: the day the clocks that start now run from, when it lies before: a paper handed over days ago
    """
    state, road = State(case.state), core.road(case.programme)
    wanted = core.clocks_in(state, road, accepted=case.accepted_at is not None, unserved=_unserved(case, state))
    running = {row.kind: row for row in RunningClock.objects.filter(case=case, done_at__isnull=True)}
    for kind, row in running.items():
        if Clock(kind) not in wanted:
            _close_pause(row, at)
            row.done_at, row.done_by, row.in_time = at, office.party(by), today(at) <= row.due_on
            row.save(update_fields=["done_at", "done_by", "in_time"])
    for clock in wanted:
        if clock not in running:
            running[clock] = _start(case, clock, at if since is None else at - (today(at) - since), at=at)
    if Clock.WHOLE in wanted:
        _whole(case, running[Clock.WHOLE], state, by=by, at=at)
    _say_due(case, {clock: running[clock] for clock in wanted})


def _say_due(case: Case, running: Mapping[Clock, RunningClock]) -> None:
    """Set the day a case is sorted by to what its rows say; one that no clock runs for keeps its last."""
    last_days = {clock: row.due_on for clock, row in running.items()}
    case.due_on = core.due_on(State(case.state), core.road(case.programme), last_days) or case.due_on


def _unserved(case: Case, state: State) -> bool:
    decided = Decision.objects.filter(case=case, kind__in=["confirm", "refuse"], served_at__isnull=True)
    return not state.is_open and decided.exists()


def _start(case: Case, clock: Clock, started: datetime, *, at: datetime) -> RunningClock:
    road = core.road(case.programme)
    limit = core.limit(clock, road, case.level)
    if clock is Clock.HELP:
        started = min(started, case.submitted_at)
    if clock is Clock.WHOLE and case.accepted_at is not None:
        started = case.accepted_at
    if limit.unit == "hours":
        due_at = core.hours_out(started, limit.count)
        due_on = today(due_at)
    else:
        due_at, due_on = None, core.runs_out(today(started), limit.count, limit.unit, on=today(at))
    return RunningClock.objects.create(
        case=case, area=case.area, kind=clock, basis=clock.basis(road), unit=limit.unit, count=limit.count,
        longest=limit.longest, started_at=started, first_due_on=due_on, due_on=due_on, due_at=due_at,
    )  # fmt: skip


def _whole(case: Case, row: RunningClock, state: State, *, by: By, at: datetime) -> None:
    """Extend the whole clock where the case was extended, and let it stand still in a state the place does not count."""
    if case.extended_reason and row.extended_at is None:
        row.count = core.limit(Clock.WHOLE, core.road(case.programme), case.level, extended=True).count
        row.extended_at, row.extended_by = at, office.party(by)
    reason = core.PAUSES_IN.get(state, "")
    open_pause = Pause.objects.filter(clock=row, to_on__isnull=True).first()
    if open_pause is not None and open_pause.reason != reason:
        open_pause.to_on = max(today(at), open_pause.from_on)
        open_pause.save(update_fields=["to_on"])
        open_pause = None
    if reason and open_pause is None and _place_pauses(case.area, reason, at):
        Pause.objects.create(clock=row, reason=reason, from_on=today(at), at=at, by=office.party(by))
    row.due_on = _due(row, at)
    row.save(update_fields=["count", "extended_at", "extended_by", "due_on"])
    case.whole_due_on = row.due_on


def _place_pauses(area: str, reason: str, at: datetime) -> bool:
    """Whether this place's numbers let the whole clock stand still for the reason; unknown is never yes."""
    return rulebook.pack().parameters_at(area, today(at)).get(f"clock_pauses_{reason}") is True


def _close_pause(row: RunningClock, at: datetime) -> None:
    for one in Pause.objects.filter(clock=row, to_on__isnull=True):
        one.to_on = max(today(at), one.from_on)
        one.save(update_fields=["to_on"])


def _due(row: RunningClock, at: datetime) -> Any:
    spans = [Span(one.from_on, one.to_on) for one in Pause.objects.filter(clock=row)]
    return core.runs_out(today(row.started_at), row.count, row.unit, spans, on=today(at))


@transaction.atomic
def recount(*, ref: str, by: By, at: datetime) -> int:
    """Count the running clocks of a case anew: the calendar of a year was announced or moved, or a clock stands still a day more.

    What is done stays as it is. Nothing changed leaves no line.

    :returns: how many clocks run out on another day now
    """
    case = Case.objects.select_for_update().filter(ref=ref).first()
    if case is None:
        raise NotAllowed("没有这件申请，或者不归您办。")
    need(by, "case.accept", area=case.area, at=at)
    before = {row.ref: row.due_on for row in RunningClock.objects.filter(case=case, done_at__isnull=True)}
    fields = ["due_on", "whole_due_on"]
    if not before:  # a case from before clocks were rows
        follow(case, by=by, at=at)
    moved, days, running = 0, {}, {}
    for row in RunningClock.objects.filter(case=case, done_at__isnull=True).exclude(unit="hours"):
        due_on = _due(row, at)
        if due_on != row.due_on:
            row.due_on = due_on
            row.save(update_fields=["due_on"])
        running[Clock(row.kind)] = row
        if before.get(row.ref) != due_on:
            moved += 1
            days[row.kind] = due_on.isoformat()
        if row.kind == Clock.WHOLE:
            case.whole_due_on = due_on
    if not moved:
        return 0
    _say_due(case, running)
    case.save(update_fields=fields)
    office.record("casework.recount", subject=case.ref, by=by, at=at, detail={"due": days})
    return moved


@transaction.atomic
def climb(clocks: Sequence[str], *, by: By, at: datetime) -> list[Climb]:
    """Tell those concerned that clocks (their refs) run out or ran out: the officer, then the head, then the county; each once.

    Steps passed over meanwhile are not told afterwards: only the highest that has come. Each step told has its own line. A clock
    that does not run any more, of which nothing is due or that was told already is left out, and so is one somebody is at work
    on in this moment: nobody waits for anybody here, and the next run finds it.

    :raises NotAllowed: a clerk who does not accept applications there
    """
    found = RunningClock.objects.filter(ref__in=clocks, done_at__isnull=True).order_by("pk").select_related("case")
    rows = list(found.select_for_update(skip_locked=True).only(*CLIMBING))
    for area in {row.case.area for row in rows}:
        need(by, "case.accept", area=area, at=at)
    told: dict[int, list[Step]] = defaultdict(list)
    for pk, step in Climb.objects.filter(clock__in=rows).values_list("clock", "step"):
        told[pk].append(Step(step))
    order, on = list(Step), today(at)
    steps = [(row, step) for row in rows if (step := core.step_due(Clock(row.kind), row.due_on, on)) is not None]
    steps = [(row, step) for row, step in steps if all(order.index(one) < order.index(step) for one in told[row.pk])]
    whom = _told([(row.case, step) for row, step in steps], at)
    made = [
        Climb(clock=row, step=step, told=[ref for ref, _ in people], at=at, by=office.party(by))
        for (row, step), people in zip(steps, whom, strict=True)
    ]
    Climb.objects.bulk_create(made)
    with_phone = [(one, phone) for one, people in zip(made, whom, strict=True) for _, phone in people if phone]
    texts = [office.Text(_says(one.clock, Step(one.step)), one.clock.case.ref, phone) for one, phone in with_phone]
    office.notify_all(texts, by=by, at=at)
    lines = [("casework.climb", one.clock.case.ref, _line(one)) for one in made]
    if lines:
        office.record_all(lines, by=by, at=at)
    return made


CLIMBING = ("ref", "kind", "due_on", *(f"case__{name}" for name in ("ref", "receipt", "area", "state", "handler")))


def _line(one: Climb) -> dict[str, Any]:
    return {"clock": one.clock.kind, "due": one.clock.due_on.isoformat(), "step": str(one.step), "told": one.told}


def _says(row: RunningClock, step: Step) -> str:
    """What the text says: which application, which limit and when; no name, and nothing of the matter."""
    words = {
        Step.BEFORE: f"“{Clock(row.kind).label}”{row.due_on.month}月{row.due_on.day}日到期",
        Step.DUE: f"“{Clock(row.kind).label}”今天到期",
    }.get(step, f"“{Clock(row.kind).label}”{row.due_on.month}月{row.due_on.day}日已过期")
    return f"{core.show_receipt(row.case.receipt)}{words}，请在系统里看。{settings.SITE['office']}"[:70]


def _told(steps: Sequence[tuple[Case, Step]], at: datetime) -> list[list[tuple[str, str]]]:
    """Whom each step of the stair tells: ref and telephone of each clerk. Who is away is told through who stands in."""
    heads = cache(lambda: office_queries.staff(at, role=Role.DIRECTOR))
    staff = cache(lambda area, role: [row.ref for row in office_queries.staff(at, area=area, role=role)])
    whom = []
    for case, step in steps:
        at_county = State(case.state) is State.AT_COUNTY
        above = [] if step in (Step.BEFORE, Step.DUE, Step.AFTER) else [one for one in heads() if contains(one.area, case.area)]
        if step is Step.HEAD:
            nearest = max((len(prefix(one.area)) for one in above), default=0)
            whom.append([one.ref for one in above if len(prefix(one.area)) == nearest])
        elif step is Step.COUNTY:
            whom.append([*(one.ref for one in above), *staff(case.area[:6], Role.COUNTY)])
        elif at_county:
            whom.append(staff(case.area[:6], Role.COUNTY))
        else:
            whom.append([case.handler] if case.handler else staff(case.area[:9], Role.TOWNSHIP))
    gone = office_queries.away({ref for refs in whom for ref in refs}, at)
    whom = [list(dict.fromkeys(gone.get(ref, ref) or ref for ref in refs)) for refs in whom]
    phones = office_queries.clerk_phones(sorted({ref for refs in whom for ref in refs}))
    return [[(ref, phones.get(ref, "")) for ref in refs] for refs in whom]
