"""The road of a case: states, the table of moves, each programme's road, clocks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from doudi.facts import days
from doudi.office.core import NotAllowed


class AlreadyDone(NotAllowed):
    """The step was taken before, by a double click, another browser or a colleague; nothing was done twice."""


class Changed(NotAllowed):
    """Somebody changed the case after this page was opened; look again before deciding."""


class Missing(NotAllowed):
    """The act lacks something a person has to say; the text names it."""


# ---- states and moves ---------------------------------------------------------------------------------------------------


class State(StrEnum):
    """Where a case is in its life. Whether help is in force, or due for review, is kept on the benefit."""

    SUBMITTED = "submitted"
    ASKED = "asked"
    ACCEPTED = "accepted"
    INVESTIGATING = "investigating"
    SHOWN = "shown"
    OBJECTED = "objected"
    AT_COUNTY = "at_county"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The word for clerks."""
        return STATE_LABELS[self][0]

    @property
    def says(self) -> str:
        """The sentence for the family."""
        return STATE_LABELS[self][1]

    @property
    def is_open(self) -> bool:
        return self not in CLOSED

    @property
    def takes_signatures(self) -> bool:
        """While it is dealt with, and while assistance lasts: papers run out, and members change."""
        return self.is_open or self is State.CONFIRMED


CLOSED = frozenset({State.CONFIRMED, State.REFUSED, State.WITHDRAWN})

STATE_LABELS = {
    State.SUBMITTED: ("等受理", "收到了，镇里会和您联系"),
    State.ASKED: ("等补材料", "还差一样，等您补上"),
    State.ACCEPTED: ("已受理", "已经开始办了"),
    State.INVESTIGATING: ("调查核对", "正在查一查、看一看"),
    State.SHOWN: ("公示中", "正在村里公示，一共 7 天"),
    State.OBJECTED: ("公示有异议", "有人提了不同意见，镇里再去了解"),
    State.AT_COUNTY: ("等县里确认", "镇里办完了，等县里定下来"),
    State.RETURNED: ("县里退回补一样", "县里请镇里再补一样"),
    State.CONFIRMED: ("已确认", "县里定下来了"),
    State.REFUSED: ("未确认", "这次没有批"),
    State.WITHDRAWN: ("已撤回", "您撤回了申请"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the table: from these states, by this act, to that state; by a clerk whose post allows `permit`."""

    sources: tuple[State, ...]
    target: State
    permit: str  # an act of the office's permission table; "" for the family itself or a job
    label: str


S = State
WORKING = (S.ACCEPTED, S.INVESTIGATING, S.OBJECTED, S.RETURNED)  # the township is at work on it

# Read aloud: "accept: from submitted or asked, to accepted, by who may accept".
MOVES: dict[str, Move] = {
    "ask_once": Move((S.SUBMITTED,), S.ASKED, "case.ask", "一次告知要补的"),
    "supplement": Move((S.ASKED,), S.SUBMITTED, "", "补上了"),
    "accept": Move((S.SUBMITTED, S.ASKED), S.ACCEPTED, "case.accept", "受理"),
    "investigate": Move((S.ACCEPTED, S.RETURNED), S.INVESTIGATING, "case.survey", "开始调查"),
    "propose": Move((S.INVESTIGATING, S.RETURNED), S.SHOWN, "case.propose", "写成初步意见，去公示"),
    "propose_refusal": Move((S.INVESTIGATING, S.RETURNED), S.AT_COUNTY, "case.propose", "建议不确认，报县里"),
    "object": Move((S.SHOWN,), S.OBJECTED, "case.object", "登记不同意见"),
    "reinvestigate": Move((S.OBJECTED,), S.INVESTIGATING, "case.propose", "为不同意见再调查"),
    "end_showing": Move((S.SHOWN,), S.AT_COUNTY, "", "公示期满，报县里"),
    "resend": Move((S.RETURNED,), S.AT_COUNTY, "case.propose", "补好了，再报县里"),
    "confirm": Move((S.AT_COUNTY,), S.CONFIRMED, "case.decide", "确认"),
    "return_one": Move((S.AT_COUNTY,), S.RETURNED, "case.decide", "退回补一样"),
    "refuse": Move((S.AT_COUNTY,), S.REFUSED, "case.decide", "不确认"),
    "withdraw": Move((S.SUBMITTED, S.ASKED, *WORKING, S.SHOWN, S.AT_COUNTY), S.WITHDRAWN, "", "撤回申请"),
}

# What a county decides with, in the journal and in the table of two people: one permit, three moves.
DECISIONS = ("confirm", "return_one", "refuse")


def move(state: State | str, act: str) -> State:
    """Say where an act takes a case.

    :raises AlreadyDone: the case is already there, or beyond deciding
    :raises NotAllowed: the table has no such line
    """
    line, now = MOVES[act], State(state)
    if now in line.sources:
        return line.target
    if now == line.target:
        raise AlreadyDone(f"这一步已经办过了：{now.label}。")
    raise NotAllowed(f"这件现在是“{now.label}”，不能{line.label}。")


def moves_from(state: State | str) -> list[str]:
    """The acts that lead on from a state, in the order of the table."""
    return [act for act, line in MOVES.items() if State(state) in line.sources]


# ---- roads and clocks: data in roads.toml -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Road:
    """What is particular to one programme. wd: working days."""

    code: str
    label: str
    unit: str
    monthly: bool
    review_months: int
    review_months_unsteady: int
    article: str
    clock: dict[str, int]


@cache
def _book() -> dict:
    return tomllib.loads(files("doudi.casework").joinpath("roads.toml").read_text())


@cache
def roads() -> dict[str, Road]:
    """Programmes that can be applied for, by code."""
    book, result = _book(), {}
    for code, row in book["road"].items():
        own = {key: row[key] for key in book["clock"] if key in row}
        rest = {key: value for key, value in row.items() if key not in own}
        result[code] = Road(code=code, clock={**book["clock"], **own}, **rest)
    return result


def road(programme: str) -> Road:
    """The road of a programme.

    :raises NotAllowed: nobody can apply for it here
    """
    if programme not in roads():
        raise NotAllowed(f"这里还不能办“{programme}”。")
    return roads()[programme]


class Clock(StrEnum):
    """A time limit running on a case."""

    CONTACT = "contact"
    ACCEPT = "accept"
    INVESTIGATE = "investigate"
    WHOLE = "whole"
    SHOWING = "showing"
    COUNTY = "county"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        return CLOCK_LABELS[self][0]

    @property
    def basis(self) -> str:
        return CLOCK_LABELS[self][1]


CLOCK_LABELS = {
    Clock.CONTACT: ("和申请人联系", "承诺"),
    Clock.ACCEPT: ("受理或一次告知", "D57 Art. 10"),
    Clock.INVESTIGATE: ("开始调查核对", "D57 Art. 15"),
    Clock.WHOLE: ("全部办完", "D57 Art. 22"),
    Clock.SHOWING: ("公示", "D57 Art. 19"),
    Clock.COUNTY: ("县级审核确认", "D57 Art. 20"),
    Clock.NOTICE: ("送达书面通知", "D57 Art. 21"),
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
    if state in (State.CONFIRMED, State.REFUSED):
        return days.add_working_days(entered, clock["refusal_notice_wd"])
    if whole_due is None:
        return entered
    if state is State.ACCEPTED:
        return min(days.add_working_days(entered, clock["investigation_start_wd"]), whole_due)
    if state is State.AT_COUNTY:
        return min(days.add_working_days(entered, clock["county_wd"]), whole_due)
    return leave_for_county(whole_due, road)
