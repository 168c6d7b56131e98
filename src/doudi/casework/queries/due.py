"""What the schedule has to do."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from doudi.casework.core import CLIMBS, CLOSED, NOBODY_LATE, WORKING, Clock, Span, State, Step, runs_out, step_due
from doudi.casework.core.causes import OF_EVENTS
from doudi.casework.models import Benefit, Case, CaseMember, Climb, Happening, Pause, RunningClock, Showing
from doudi.facts import days
from doudi.office.queries import today
from doudi.registry import queries as registry

HAPPENED_MONTHS = 6  # events known longer ago were noted then, or are over
MANY = 500  # SQLite takes a thousand names at a time


def showings_over(at: datetime) -> list[str]:
    """Refs of cases whose last day on the board has passed."""
    rows = Showing.objects.filter(state="running", to_on__lt=today(at), case__state=State.SHOWN).order_by("to_on", "id")
    return list(rows.values_list("case__ref", flat=True))


def reviews_due(at: datetime) -> list[str]:
    """Refs of benefits whose review is due and not called."""
    rows = Benefit.objects.filter(review_state="none", review_due_on__lte=today(at), to_month__isnull=True)
    return list(rows.order_by("review_due_on", "id").values_list("ref", flat=True))


def happenings_to_note(at: datetime) -> list[tuple[str, registry.Happened, str]]:
    """What the register knows to have happened and is not noted at the help in force it may touch: benefit, event, who."""
    events = [one for one in registry.happened_since(days.add_months(today(at), -HAPPENED_MONTHS)) if one.kind in OF_EVENTS]
    by_pid: dict[str, set[str]] = defaultdict(set)
    running = Q(case__benefit__to_month__isnull=True) | Q(case__benefit__to_month__gte=today(at).replace(day=1))
    refs, pids = [one.ref for one in events], sorted({pid for one in events for pid in one.pids})
    noted: set[tuple[str, str]] = set()
    for first in range(0, len(pids), MANY):
        rows = CaseMember.objects.filter(running, pid__in=pids[first : first + MANY], case__benefit__isnull=False)
        for pid, ref in rows.values_list("pid", "case__benefit__ref"):
            by_pid[pid].add(ref)
    for first in range(0, len(refs), MANY):
        told = Happening.objects.filter(source_ref__in=refs[first : first + MANY])
        noted |= set(told.values_list("benefit__ref", "source_ref"))
    return [
        (ref, one, pid)
        for one in events
        for ref, pid in sorted({ref: pid for pid in one.pids for ref in by_pid.get(pid, ())}.items())
        if (ref, one.ref) not in noted
    ]


def assistance_over(at: datetime) -> list[str]:
    """Refs of cases whose help has been paid to its last month; what was signed for them ends."""
    rows = Benefit.objects.filter(to_month__lt=today(at).replace(day=1)).order_by("to_month", "id")
    return list(rows.values_list("case__ref", flat=True))


def cases_with_checks() -> list[tuple[str, str, int]]:
    """Cases being worked on whose sources were asked: ref, check, and how many later answers were taken in."""
    rows = Case.objects.filter(state__in=WORKING).exclude(check_ref="").order_by("id")
    return list(rows.values_list("ref", "check_ref", "answers_taken"))


def clocks_to_climb(at: datetime) -> list[str]:
    """Refs of running clocks somebody has to be told about: a step of the stair has come that was not told yet."""
    on = today(at)
    soon = days.move_working_days(on, -CLIMBS[Step.BEFORE])
    late = [clock.value for clock in Clock if clock not in NOBODY_LATE]
    rows = list(
        RunningClock.objects.filter(done_at__isnull=True, due_on__lte=soon, kind__in=late)
        .order_by("due_on", "id")
        .values_list("pk", "ref", "kind", "due_on")
    )
    told: dict[int, set[str]] = {}
    for clock, step in Climb.objects.filter(clock__done_at__isnull=True).values_list("clock", "step"):
        told.setdefault(clock, set()).add(step)
    order = list(Step)
    found = []
    for pk, ref, kind, due_on in rows:
        step = step_due(Clock(kind), due_on, on)
        if step is not None and all(order.index(Step(one)) < order.index(step) for one in told.get(pk, ())):
            found.append(ref)
    return found


def cases_without_clocks() -> list[str]:
    """Refs of open cases no clock runs for: those from before clocks were rows."""
    running = RunningClock.objects.filter(case=OuterRef("pk"), done_at__isnull=True)
    rows = Case.objects.exclude(state__in=[str(state) for state in CLOSED]).filter(~Exists(running))
    return list(rows.order_by("id").values_list("ref", flat=True))


def cases_miscounted(at: datetime) -> list[str]:
    """Refs of cases with a running clock whose last day is another one by the calendar and the pauses as they are now."""
    on, spans = today(at), defaultdict(list)
    for clock, first, last in Pause.objects.filter(clock__done_at__isnull=True).values_list("clock", "from_on", "to_on"):
        spans[clock].append(Span(first, last))
    running = RunningClock.objects.filter(done_at__isnull=True, unit="wd").order_by("case", "id")
    rows = running.values_list("pk", "case__ref", "started_at", "count", "due_on")
    wrong = {
        ref: None
        for pk, ref, started, count, due_on in rows.iterator(chunk_size=2000)
        if runs_out(today(started), count, "wd", spans.get(pk, ()), on=on) != due_on
    }
    return list(wrong)
