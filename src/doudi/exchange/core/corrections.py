"""校核申请: one side asks the other to check a value; ten working days to answer (GDS Art. 26). States, moves and clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from doudi.facts.days import add_working_days, working_days_between

DAYS_TO_ANSWER = 10  # working days, GDS Art. 26
DAYS_MORE = 10  # working days more, once, with a reason
SOON = 2  # working days before the last one from which a request counts as nearly due
ESCALATE_AFTER = 5  # working days late, from which a request stands on the director's list


class NotAMove(Exception):
    """What was tried is no move of a request in this state; the text says so to people."""


class Direction(StrEnum):
    """Who asks whom: `out` we ask a department about its data, `in` a department asks us about ours."""

    OUT = "out"
    IN = "in"


class Origin(StrEnum):
    """What made somebody ask."""

    REJECT = "reject"
    DISAGREEMENT = "disagreement"
    OBJECTION = "objection"
    DEPARTMENT = "department"


ORIGIN_LABELS = {
    Origin.REJECT: "这一行没有收下",
    Origin.DISAGREEMENT: "和别的来源对不上",
    Origin.OBJECTION: "本人说不对",
    Origin.DEPARTMENT: "部门提出",
}


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    EXTENDED = "extended"
    CORRECTED = "corrected"
    STANDS = "stands"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


STATE_LABELS = {
    State.ASKED: "等答复",
    State.EXTENDED: "延长了，等答复",
    State.CORRECTED: "答复：已改正，等数据进来",
    State.STANDS: "答复：核实过，没有错",
    State.APPLIED: "改正的数据已经进来",
    State.WITHDRAWN: "撤回了",
}
OPEN = frozenset({State.ASKED, State.EXTENDED})


class Side(StrEnum):
    """Whose turn a move is."""

    ASKER = "asker"
    ASKED = "asked"
    BOOKS = "books"  # nobody's decision: a corrected value came in


@dataclass(frozen=True, slots=True)
class Move:
    """From which states to which, by whose hand, and what a refusal is called."""

    source: frozenset[State]
    target: State
    side: Side
    words: str


MOVES = {
    "more_time": Move(frozenset({State.ASKED}), State.EXTENDED, Side.ASKED, "延长"),
    "correct": Move(OPEN, State.CORRECTED, Side.ASKED, "答复已改正"),
    "stand": Move(OPEN, State.STANDS, Side.ASKED, "答复没有错"),
    "withdraw": Move(OPEN, State.WITHDRAWN, Side.ASKER, "撤回"),
    "apply": Move(frozenset({State.CORRECTED}), State.APPLIED, Side.BOOKS, "记下数据已进来"),
}


def move(state: str, name: str) -> State:
    """The state a move leads to.

    :raises NotAMove: it does not begin in this state
    """
    one = MOVES[name]
    if State(state) not in one.source:
        more = "只能延长一次。" if name == "more_time" and state == State.EXTENDED else ""
        raise NotAMove(f"这件校核申请现在是“{STATE_LABELS[State(state)]}”，不能{one.words}。{more}")
    return one.target


def due_on(asked_on: date) -> date:
    """The last day to answer."""
    return add_working_days(asked_on, DAYS_TO_ANSWER)


def extended_to(due: date) -> date:
    """The last day to answer once more time was asked for."""
    return add_working_days(due, DAYS_MORE)


class Pace(StrEnum):
    """How an open request stands to its last day."""

    CALM = "calm"
    SOON = "soon"
    LATE = "late"
    ESCALATED = "escalated"


def pace(due: date, today: date) -> Pace:
    """Whether there is time, little time, none, or none for so long that the director is told."""
    left = working_days_between(today, due)
    if left >= 0:
        return Pace.SOON if left <= SOON else Pace.CALM
    return Pace.ESCALATED if -left > ESCALATE_AFTER else Pace.LATE
