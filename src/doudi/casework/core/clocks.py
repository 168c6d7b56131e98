"""The time limits of a case and the day each runs out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from doudi.casework.core.roads import Road
from doudi.casework.core.states import State
from doudi.facts import days


class Clock(StrEnum):
    """A time limit running on a case."""

    CONTACT = "contact"
    ACCEPT = "accept"
    SUPPLEMENT = "supplement"
    INVESTIGATE = "investigate"
    WHOLE = "whole"
    SHOWING = "showing"
    COUNTY = "county"
    NOTICE = "notice"
    HELP = "help"
    PAPERS = "papers"

    @property
    def label(self) -> str:
        return CLOCK_LABELS[self]

    def basis(self, road: Road) -> str:
        """The article that sets it on a programme's road; our own promise where none does."""
        return road.procedure.basis.get(self.value, "承诺")


CLOCK_LABELS = {
    Clock.CONTACT: "和申请人联系",
    Clock.ACCEPT: "受理或一次告知",
    Clock.SUPPLEMENT: "等家里补上，再打电话问",
    Clock.INVESTIGATE: "开始调查核对",
    Clock.WHOLE: "全部办完",
    Clock.SHOWING: "公示",
    Clock.COUNTY: "县级审核确认",
    Clock.NOTICE: "送达书面通知",
    Clock.HELP: "急难先行救助",
    Clock.PAPERS: "补齐急难救助材料",
}


def leave_for_county(whole_due: date, road: Road) -> date:
    """The day the first opinion has to be written so that showing and county still fit into the whole clock."""
    day = whole_due
    while days.working_days_between(day, whole_due) < road.clock["county_wd"]:
        day -= days.ONE_DAY
    return day - days.ONE_DAY * (road.clock["publicity_days"] + 1)


# The clock a state's own work is done by; a state without one has what showing and county leave of the whole.
STEP_CLOCK = {
    State.SUBMITTED: Clock.ACCEPT,
    State.ASKED: Clock.SUPPLEMENT,
    State.ACCEPTED: Clock.INVESTIGATE,
    State.SHOWN: Clock.SHOWING,
    State.AT_COUNTY: Clock.COUNTY,
    State.HELPED: Clock.PAPERS,
    State.CONFIRMED: Clock.NOTICE,
    State.REFUSED: Clock.NOTICE,
}


def due_on(state: State, road: Road, running: Mapping[Clock, date]) -> date | None:
    """The day by which a case has to move on, by the clocks that run for it; None when none does.

    :param running: the last day of each running clock
    """
    own, whole = running.get(STEP_CLOCK[state]) if state in STEP_CLOCK else None, running.get(Clock.WHOLE)
    if state in STEP_CLOCK:
        return min(own, whole) if own and whole and state is not State.SHOWN else own
    return leave_for_county(whole, road) if whole and state.is_open else None
