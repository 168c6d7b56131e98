"""Which clocks run in a state, when each runs out, what makes one stand still, and whom an overdue one climbs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from doudi.casework.core.clocks import Clock
from doudi.casework.core.roads import Road
from doudi.casework.core.states import Level, State
from doudi.facts import days

# clock → the road's number, its unit, and the road's number the law allows at most where that is another one
LIMITS: dict[Clock, tuple[str, str, str]] = {
    Clock.CONTACT: ("contact_wd", "wd", "contact_wd"),
    Clock.ACCEPT: ("accept_wd", "wd", "accept_wd"),
    Clock.SUPPLEMENT: ("supplement_wd", "wd", "supplement_wd"),
    Clock.INVESTIGATE: ("investigation_start_wd", "wd", "investigation_start_wd"),
    Clock.WHOLE: ("total_wd", "wd", "extended_wd"),
    Clock.SHOWING: ("publicity_days", "days", "publicity_days"),
    Clock.COUNTY: ("county_wd", "wd", "county_wd"),
    Clock.NOTICE: ("refusal_notice_wd", "wd", "refusal_notice_wd"),
    Clock.HELP: ("help_hours", "hours", "help_hours"),
    Clock.PAPERS: ("papers_wd", "wd", "papers_wd"),
}
IN_STATE: dict[State, tuple[Clock, ...]] = {
    State.SUBMITTED: (Clock.CONTACT, Clock.ACCEPT),
    State.ASKED: (Clock.SUPPLEMENT,),
    State.ACCEPTED: (Clock.INVESTIGATE,),
    State.SHOWN: (Clock.SHOWING,),
    State.AT_COUNTY: (Clock.COUNTY,),
    State.HELPED: (Clock.PAPERS,),
}
BEFORE_HELP = frozenset({State.SUBMITTED, State.ASKED, State.ACCEPTED, State.INVESTIGATING})

# What a place may let the whole clock stand still for (its numbers clock_pauses_…), and in which state that is so.
PAUSES = {"publicity": "公示的日子不算", "appraisal": "有不同意见、再了解或评议的日子不算"}
PAUSES_IN = {State.SHOWN: "publicity", State.OBJECTED: "appraisal"}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock of a case may run."""

    clock: Clock
    count: int
    unit: str  # wd | days | hours
    longest: int


def limit(clock: Clock, road: Road, level: str = Level.COUNTY, *, extended: bool = False) -> Limit:
    """The limit of a clock on a programme's road; the whole is shorter where the township confirms (D57 Art. 22)."""
    key, unit, most = LIMITS[clock]
    if clock is Clock.WHOLE and level == Level.TOWNSHIP:
        key = "delegated_wd"
    if clock is Clock.WHOLE and extended:
        key = most
    count = road.clock[key]
    return Limit(clock, count, unit, max(count, road.clock[most]))


def clocks_in(state: State, road: Road, *, accepted: bool, unserved: bool) -> tuple[Clock, ...]:
    """The clocks that run for a case in a state.

    :param accepted: whether the whole clock has begun
    :param unserved: whether a decision waits to be handed over
    """
    running = list(IN_STATE.get(state, ()))
    if state is State.HELPED and "papers_wd" not in road.clock:
        running = []
    if state in BEFORE_HELP and "help_first" in road.procedure.moves:
        running.append(Clock.HELP)
    if accepted and state.is_open and state is not State.HELPED:
        running.append(Clock.WHOLE)
    if not state.is_open and state is not State.WITHDRAWN and unserved:
        running.append(Clock.NOTICE)
    return tuple(running)


@dataclass(frozen=True, slots=True)
class Span:
    """Days a clock stands still: those after the first, up to the last; without a last they go on."""

    first: date
    last: date | None


def runs_out(started: date, count: int, unit: str, pauses: Iterable[Span] = (), *, on: date) -> date:
    """The last day of a period that began on a day, which is not counted itself (Civil Code Art. 201).

    Publicity is counted in plain days and ends on whichever day that is; days that stand still are not counted.

    :param unit: wd or days; hours are counted by `hours_out`
    :param on: today: how far a clock that still stands still has come
    """
    if unit == "days":
        return started + days.ONE_DAY * count
    still = 0
    for one in sorted(pauses, key=lambda pause: pause.first):
        if one.first >= days.add_working_days(started, count + still):
            break
        still += max(0, days.working_days_between(one.first, one.last or max(on, one.first)))
    return days.add_working_days(started, count + still)


def hours_out(started: datetime, count: int) -> datetime:
    """The moment a number of hours is over: nights, weekends and holidays count (LAW Art. 50)."""
    return started + timedelta(hours=count)


# ---- an overdue clock climbs ----------------------------------------------------------------------------------------------


class Step(StrEnum):
    """A step of the stair: reminded before, on the day, after it; then the office's head, then the county."""

    BEFORE = "before"
    DUE = "due"
    AFTER = "after"
    HEAD = "head"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return STEP_LABELS[self]


STEP_LABELS = {
    Step.BEFORE: "到期前提醒了经办人",
    Step.DUE: "到期当天提醒了经办人",
    Step.AFTER: "过期提醒了经办人",
    Step.HEAD: "报给了负责人",
    Step.COUNTY: "报给了县里",
}
# From how many working days after the last one on (before it: negative) each step is due. Our own promise; no law says when.
CLIMBS = {Step.BEFORE: -2, Step.DUE: 0, Step.AFTER: 1, Step.HEAD: 2, Step.COUNTY: 5}
# Clocks that run out by themselves, or that are only our own reminders, climb to nobody.
NOBODY_LATE = frozenset({Clock.SHOWING, Clock.SUPPLEMENT})


def step_due(clock: Clock, due_on: date, on: date) -> Step | None:
    """The highest step of the stair that has come for a running clock on a day.

    Days of hours climb faster: an hour's clock that ran out is the head's matter at once.
    """
    if clock in NOBODY_LATE:
        return None
    gone = days.working_days_between(due_on, on) if on >= due_on else -days.working_days_between(on, due_on)
    if on > due_on:
        gone = max(gone, 1)
    if clock is Clock.HELP and gone >= 1:
        gone = max(gone, CLIMBS[Step.HEAD])
    reached = [step for step, after in CLIMBS.items() if gone >= after]
    return reached[-1] if reached else None
