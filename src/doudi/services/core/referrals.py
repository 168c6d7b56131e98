"""A referral's states, how it may be agreed to and sent, its clock, and how far a silent one climbs."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from doudi.office.core import NotAllowed


class AlreadyDone(NotAllowed):
    """The step was taken before, by a double click, another browser or a colleague; nothing was done twice."""


class Missing(NotAllowed):
    """The act lacks something a person has to say; the text names it."""


class TooOften(NotAllowed):
    """A login looked up too many people; the text says when it may again."""


class State(StrEnum):
    """Where a referral is: sent, taken up by the department, answered, or taken back by the person."""

    SENT = "sent"
    TAKEN = "taken"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STATE_LABELS[self][0]

    @property
    def says(self) -> str:
        """The sentence for the family."""
        return STATE_LABELS[self][1]


STATE_LABELS = {
    State.SENT: ("已转出，等接下", "已经替您转过去了，等他们接下"),
    State.TAKEN: ("部门接下了", "他们接下了，正在办"),
    State.ANSWERED: ("回话了", "他们回话了"),
    State.WITHDRAWN: ("撤回了", "您不用他们帮了，已经撤回"),
}
OPEN = (State.SENT, State.TAKEN)

# How the person agreed to what is passed on.
CONSENTS = {
    "paper": "签了字的同意书",
    "spoken": "当面说的，记下了",
    "phone": "打电话说的，记下了",
    "urgent": "人在危险里，来不及问（写明原因）",
}
WAYS = {"desk": "对方在这里登录办理", "letter": "寄转介单，回信由我们录入"}
VERDICTS = {
    "yes": "给帮助",
    "partly": "给一部分",
    "no": "不能给",
    "not_ours": "不归这个部门办",
}


class Climb(StrEnum):
    """How far a referral without an answer has climbed."""

    DEPARTMENT = "department"
    COUNTY = "county"
    DIRECTOR = "director"

    @property
    def label(self) -> str:
        return CLIMB_LABELS[self]


CLIMB_LABELS = {Climb.DEPARTMENT: "催过部门", Climb.COUNTY: "报了县民政局", Climb.DIRECTOR: "报了负责人"}


def due_on(sent: date, days: int) -> date:
    """The last day for the answer; `days` are calendar days, as indicator D04 counts them."""
    return sent + timedelta(days=days)


def climbed(due: date, on: date, director_days: int) -> tuple[Climb, ...]:
    """How far a referral still open on a day has to have climbed: on the last day the department is reminded,
    the day after the county hears of it, after `director_days` more the director."""
    late = (on - due).days
    steps = []
    if late >= 0:
        steps.append(Climb.DEPARTMENT)
    if late >= 1:
        steps.append(Climb.COUNTY)
    if late > director_days:
        steps.append(Climb.DIRECTOR)
    return tuple(steps)


def number_of(county: str, year: int, count: int) -> str:
    """What stands on the paper: ZJ, county, year, running number."""
    return f"ZJ{county[:6]}{year % 100:02d}{count:05d}"
