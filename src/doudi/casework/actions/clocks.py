"""Clocks: started, stopped and extended with each step of a case, counted anew when the calendar moves, climbing when overdue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from doudi.casework import core
from doudi.casework.core import AlreadyDone, Clock, Span, State, Step
from doudi.casework.models import Case, Climb, Decision, Pause, RunningClock
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Role, prefix
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
            row.done_at, row.done_by = at, office.party(by)
            row.save(update_fields=["done_at", "done_by"])
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
def climb(*, clock: str, by: By, at: datetime) -> Climb:
    """Tell those concerned that a clock (its ref) runs out or ran out: the officer, then the head, then the county; each once.

    Steps passed over meanwhile are not told afterwards: only the highest that has come.

    :raises AlreadyDone: that step was told before
    :raises NotAllowed: the clock does not run, or nothing is due of it yet
    """
    row = RunningClock.objects.select_for_update().select_related("case").filter(ref=clock, done_at__isnull=True).first()
    if row is None:
        raise NotAllowed("这个期限已经了结了。")
    case = row.case
    need(by, "case.accept", area=case.area, at=at)
    step = core.step_due(Clock(row.kind), row.due_on, today(at))
    if step is None:
        raise NotAllowed("还没到提醒的时候。")
    told_before = [Step(one) for one in Climb.objects.filter(clock=row).values_list("step", flat=True)]
    order = list(Step)
    if any(order.index(one) >= order.index(step) for one in told_before):
        raise AlreadyDone("已经提醒过了。")
    people = _told(case, step, at)
    made = Climb.objects.create(clock=row, step=step, told=[ref for ref, _ in people], at=at, by=office.party(by))
    words = {
        Step.BEFORE: f"“{Clock(row.kind).label}”{row.due_on.month}月{row.due_on.day}日到期",
        Step.DUE: f"“{Clock(row.kind).label}”今天到期",
    }.get(step, f"“{Clock(row.kind).label}”{row.due_on.month}月{row.due_on.day}日已过期")
    for _, phone in people:
        if phone:
            body = f"{core.show_receipt(case.receipt)}{words}，请在系统里看。{settings.SITE['office']}"
            office.notify(body=body[:70], subject=case.ref, by=by, at=at, phone=phone)
    detail = {"clock": row.kind, "due": row.due_on.isoformat(), "step": str(step), "told": made.told}
    office.record("casework.climb", subject=case.ref, by=by, at=at, detail=detail)
    return made


def _told(case: Case, step: Step, at: datetime) -> list[tuple[str, str]]:
    """Whom a step of the stair tells: ref and telephone of each clerk. Who is away is told through who stands in."""
    if step in (Step.BEFORE, Step.DUE, Step.AFTER):
        at_county = State(case.state) is State.AT_COUNTY
        refs = [] if at_county or not case.handler else [case.handler]
        if not refs:
            role = Role.COUNTY if at_county else Role.TOWNSHIP
            area = case.area[:6] if at_county else case.area[:9]
            refs = [row.ref for row in office_queries.staff(at, area=area, role=role)]
    elif step is Step.HEAD:
        heads = office_queries.heads(case.area, at)
        nearest = max((len(prefix(row.area)) for row in heads), default=0)
        refs = [row.ref for row in heads if len(prefix(row.area)) == nearest]
    else:
        refs = [row.ref for row in office_queries.heads(case.area, at)]
        refs += [row.ref for row in office_queries.staff(at, area=case.area[:6], role=Role.COUNTY)]
    gone = office_queries.away(refs, at)
    refs = list(dict.fromkeys(gone.get(ref, ref) or ref for ref in refs))
    phones = office_queries.clerk_phones(refs)
    return [(ref, phones.get(ref, "")) for ref in refs]
