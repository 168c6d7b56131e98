"""Where a case is in its life, and why a step is refused."""

from __future__ import annotations

from enum import StrEnum

from doudi.office.core import NotAllowed


class AlreadyDone(NotAllowed):
    """The step was taken before, by a double click, another browser or a colleague; nothing was done twice."""


class Changed(NotAllowed):
    """Somebody changed the case after this page was opened; look again before deciding."""


class Missing(NotAllowed):
    """The act lacks something a person has to say; the text names it."""


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
    HELPED = "helped"
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
WORKING = (State.ACCEPTED, State.INVESTIGATING, State.OBJECTED, State.RETURNED)  # the township is at work on it

STATE_LABELS = {
    State.SUBMITTED: ("等受理", "收到了，镇里会和您联系"),
    State.ASKED: ("等补材料", "还差一样，等您补上"),
    State.ACCEPTED: ("已受理", "已经开始办了"),
    State.INVESTIGATING: ("调查核对", "正在查一查、看一看"),
    State.SHOWN: ("公示中", "正在村里公示，一共 7 天"),
    State.OBJECTED: ("公示有异议", "有人提了不同意见，镇里再去了解"),
    State.AT_COUNTY: ("等县里确认", "镇里办完了，等县里定下来"),
    State.RETURNED: ("县里退回补一样", "县里请镇里再补一样"),
    State.HELPED: ("先救助了，等补材料", "急用的钱先给您了，材料由镇里后补"),
    State.CONFIRMED: ("已确认", "县里定下来了"),
    State.REFUSED: ("未确认", "这次没有批"),
    State.WITHDRAWN: ("已撤回", "您撤回了申请"),
}


class Level(StrEnum):
    """Who confirms: the county, or the township where the province or a small sum lets it (LAW Art. 44)."""

    COUNTY = "county"
    TOWNSHIP = "township"


# What the words of a state are where the township itself confirms.
HERE_LABELS = {
    State.AT_COUNTY: ("等镇里另一位同志确认", "调查办完了，等镇里另一位同志定下来"),
    State.RETURNED: ("退回补一样", "确认的同志请经办人再补一样"),
    State.CONFIRMED: ("已确认", "定下来了"),
}


def label_at(state: State, level: str) -> str:
    """The word for clerks, as the confirming level has it."""
    return (HERE_LABELS if level == Level.TOWNSHIP else STATE_LABELS).get(state, STATE_LABELS[state])[0]


def says_at(state: State, level: str) -> str:
    """The sentence for the family, as the confirming level has it."""
    return (HERE_LABELS if level == Level.TOWNSHIP else STATE_LABELS).get(state, STATE_LABELS[state])[1]
