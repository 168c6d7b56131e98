"""The life of an alert: states, moves, outcomes, response times, and the words for them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple

from doudi.facts import days
from doudi.office.core import NotAllowed


class State(StrEnum):
    """Where an alert is. `lapsed`: the register no longer says so; it comes back by itself if it says so again."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {State.OPEN: "等处理", State.ASSIGNED: "已排走访", State.CLOSED: "处理完了", State.LAPSED: "情况已经没有了"}
IN_WORK = (State.OPEN, State.ASSIGNED)


class Level(StrEnum):
    """How soon somebody should be there."""

    RED = "R"
    ORANGE = "O"
    YELLOW = "Y"

    @property
    def label(self) -> str:
        return {"R": "红", "O": "橙", "Y": "黄"}[self]

    @property
    def working_days(self) -> int:
        """Working days until a visit has to be made (our own promise, policy facts §12.4)."""
        return {"R": 2, "O": 5, "Y": 15}[self]


class Outcome(StrEnum):
    """How an alert ended; each goes back to the hit rate of its rule."""

    FALSE_ALARM = "false_alarm"
    ALREADY_HELPED = "already_helped"
    OFFERED_DECLINED = "offered_declined"
    APPLICATION_STARTED = "application_started"
    REFERRED = "referred"
    EMERGENCY_AID = "emergency_aid"

    @property
    def label(self) -> str:
        return OUTCOME_LABELS[self]


OUTCOME_LABELS = {
    Outcome.FALSE_ALARM: "不是这么回事",
    Outcome.ALREADY_HELPED: "已经在帮了",
    Outcome.OFFERED_DECLINED: "问过了，暂时不需要",
    Outcome.APPLICATION_STARTED: "愿意申请，已立案",
    Outcome.REFERRED: "转给别的部门了",
    Outcome.EMERGENCY_AID: "急事先救了",
}
# How a clerk at a desk may end an alert without a visit; starting a case or urgent help needs somebody to have been there.
WITHOUT_VISIT = (Outcome.FALSE_ALARM, Outcome.ALREADY_HELPED, Outcome.OFFERED_DECLINED, Outcome.REFERRED)

WAYS = {"visit": "上门", "call": "打电话"}

# The questions of a friendly visit, made for thumbs; "unclear" is always an answer (ui.md journey c, f).
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "home": ("人在家吗", {"yes": "在家", "no": "不在家", "moved": "搬走了", "unclear": "没问到"}),
    "true": ("留意到的事是真的吗", {"yes": "是真的", "partly": "有一些", "no": "不是", "unclear": "没看清"}),
    "living": ("吃穿过得去吗", {"fine": "过得去", "hard": "有点难", "very_hard": "很难", "unclear": "没看清"}),
    "care": ("有人照顾吗", {"yes": "有", "partly": "有时有", "no": "没有", "unclear": "没问到"}),
    "urgent": ("有没有等不得的事", {"no": "没有", "yes": "有，今天就要办", "unclear": "没问到"}),
}
WISHES = {"yes": "愿意，请帮我申请", "no": "暂时不用", "later": "过些日子再问", "cannot": "他说不清楚，请村里代交"}


class Finding(NamedTuple):
    """What a rule noticed about one person or household in one cycle.

    `values`: the figures behind it as a JSON text, without a citizen number. `basis`: what tells this episode from an
    earlier one, so that the same event is the same alert for ever.
    """

    indicator: str
    level: str
    subject_kind: str
    subject: str
    pid: str
    hid: str
    area: str
    masked_name: str
    basis: str
    mask: int
    values: str

    @property
    def ref(self) -> str:
        return ref_of(self.indicator, self.subject, self.basis)


class Seen(NamedTuple):
    """Somebody of ours met or reached a person because of an alert: whom, where, when, at which visit."""

    pid: str
    area: str
    on: date
    ref: str


def ref_of(indicator: str, subject: str, basis: str) -> str:
    """The name of an alert, the same in every run: nobody can count alerts by it or guess another's."""
    return "a" + blake2b(f"{indicator}|{subject}|{basis}".encode(), digest_size=10).hexdigest()


class Trace(NamedTuple):
    """One thing that came from a withdrawn delivery: an alert or a case, how it differs without it, and where it stands."""

    kind: str  # alert | case
    ref: str
    pid: str
    area: str
    change: str  # gone | changed | look
    state: str


ASKED = "V01"  # not a rule: somebody was asked to go and see, because little is known or the village said so

CHANGES = {"gone": "不再成立", "changed": "内容变了", "look": "请再看一眼"}


def due_on(level: Level | str, raised: date) -> date:
    """The day by which somebody should have been there."""
    return days.add_working_days(raised, Level(level).working_days)


MOVES: dict[str, tuple[tuple[State, ...], State]] = {
    "assign": ((State.OPEN, State.ASSIGNED), State.ASSIGNED),
    "dismiss": ((State.OPEN, State.ASSIGNED), State.CLOSED),
    "close_visit": ((State.OPEN, State.ASSIGNED), State.CLOSED),
    "come_back": ((State.OPEN, State.ASSIGNED), State.OPEN),
}


def move(state: State | str, act: str) -> State:
    """Say where an act takes an alert.

    :raises NotAllowed: it is closed, or the register no longer says so
    """
    sources, target = MOVES[act]
    if State(state) not in sources:
        raise NotAllowed(f"这条提醒现在是“{State(state).label}”，不用再办了。")
    return target
