"""The time limits of a case and the day each runs out."""

from __future__ import annotations

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


def due_on(state: State, road: Road, *, entered: date, whole_due: date | None, shown_to: date | None = None) -> date:
    """The clock that runs out next for a case that came into a state on a day."""
    clock = road.clock
    if state is State.SUBMITTED:
        return days.add_working_days(entered, clock["accept_wd"])
    if state is State.ASKED:
        return days.add_working_days(entered, clock["supplement_wd"])
    if state is State.SHOWN and shown_to is not None:
        return shown_to
    if state is State.HELPED:
        return days.add_working_days(entered, clock["papers_wd"])
    if state in (State.CONFIRMED, State.REFUSED):
        return days.add_working_days(entered, clock["refusal_notice_wd"])
    if whole_due is None:
        return entered
    if state is State.ACCEPTED:
        return min(days.add_working_days(entered, clock["investigation_start_wd"]), whole_due)
    if state is State.AT_COUNTY:
        return min(days.add_working_days(entered, clock["county_wd"]), whole_due)
    return leave_for_county(whole_due, road)
