"""异议和复核: what may be said against a report, by when it is looked at again, by whom, and how it may end (D57 Art. 18)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from doudi.exchange.core.corrections import Pace, pace
from doudi.facts.days import add_working_days
from doudi.office.core import NotAllowed
from doudi.verification.core.questions import Said

DAYS_TO_RECHECK = 10  # working days from the objection to the new report
MOST_LINES = 40  # lines of one objection; more is the whole report, which a second objection takes up
MOST_PAPERS = 12


class AlreadyOpen(NotAllowed):
    """This person's objection to this check is being looked at; `ref` names it, more can be added to it."""

    def __init__(self, ref: str, number: str) -> None:
        super().__init__(f"您对这份报告的不同意见正在看（编号 {number}），可以在那里补充。")
        self.ref = ref


class SamePerson(NotAllowed):
    """Who asked first, or looked at an earlier objection, may not look again; somebody else does."""


class State(StrEnum):
    """Where an objection stands. Nothing leads out of the first two but a person."""

    OPENED = "opened"
    TAKEN = "taken"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    State.OPENED: "等另一位同志接",
    State.TAKEN: "正在重新问、重新看",
    State.SETTLED: "看完了，出了新报告",
    State.WITHDRAWN: "本人撤回了",
}
OPEN = frozenset({State.OPENED, State.TAKEN})


class Channel(StrEnum):
    """How an objection came in; every way starts the same clock."""

    PHONE = "phone"
    DESK = "desk"
    PAPER = "paper"
    VILLAGE = "village"
    API = "api"

    @property
    def label(self) -> str:
        return CHANNEL_LABELS[self]


CHANNEL_LABELS = {
    Channel.PHONE: "本人用手机",
    Channel.DESK: "到窗口说",
    Channel.PAPER: "交来一张纸",
    Channel.VILLAGE: "村里帮着说",
    Channel.API: "别的系统转来",
}


class Outcome(StrEnum):
    """How one disputed line ended; a person says which, with a reason."""

    CORRECTED = "corrected"
    STANDS = "stands"
    EVIDENCE = "evidence"
    UNRESOLVED = "unresolved"

    @property
    def label(self) -> str:
        return OUTCOME_LABELS[self]


OUTCOME_LABELS = {
    Outcome.CORRECTED: "来源改了",
    Outcome.STANDS: "来源再查过，没有改",
    Outcome.EVIDENCE: "以您给的证明为准",
    Outcome.UNRESOLVED: "问不到，报告里写明有不同意见",
}

# What may be wrong with a line, in the family's words; each dataset's own, then those for any line.
_ANY = (("not_mine", "不是我的，是同名的人"), ("wrong", "写得不对"), ("other", "别的，我来说"))
_GONE = ("gone", "早就卖了、没有了，登记没改")
_ENDED = ("ended", "早就停了，登记没改")
_AMOUNT = ("amount", "数不对")
_JOINT = ("joint", "和别人合用的，不全是我家的")
CLAIMS_OF: dict[str, tuple[tuple[str, str], ...]] = {
    "vehicle": (_GONE, ("lent", "别人借我的名字买的"), *_ANY),
    "dwelling": (_GONE, ("ruin", "塌了，不能住"), _JOINT, *_ANY),
    "deposit": (_AMOUNT, _JOINT, ("debt", "是借来看病的钱"), *_ANY),
    "securities": (_AMOUNT, _JOINT, *_ANY),
    "housing_fund": (_AMOUNT, _ENDED, ("drawn", "已经取走了"), *_ANY),
    "insurance": (_ENDED, _AMOUNT, *_ANY),
    "income": (_ENDED, _AMOUNT, *_ANY),
    "business": (_ENDED, ("lent", "被别人拿身份证登记的"), *_ANY),
    "custody": (_ENDED, *_ANY),
}
# A line that holds no row: nothing was found, or nobody answered.
CLAIMS_OF_SILENCE = (("missing", "应该查得到，没有写"), ("other", "别的，我来说"))
CLAIM_LABELS = dict([*_ANY, *CLAIMS_OF_SILENCE, *(pair for pairs in CLAIMS_OF.values() for pair in pairs)])


def claims(dataset: str, found: bool) -> tuple[tuple[str, str], ...]:
    """What somebody may say is wrong with a line of the report: code and words."""
    if not found:
        return CLAIMS_OF_SILENCE
    return CLAIMS_OF.get(dataset, (_ENDED, _AMOUNT, *_ANY))


def due_on(opened_on: date) -> date:
    """The last working day on which somebody must have looked again."""
    return add_working_days(opened_on, DAYS_TO_RECHECK)


def stop_the_same(doer: str, before: Iterable[str]) -> None:
    """Another person looks again than those who asked, issued or decided before.

    :param doer: who wants to look, as the journal names them (clerk:ref)
    :raises SamePerson: it is one of them
    """
    if doer in set(before):
        raise SamePerson("第一次是您问的或者看过的，要换一位同志重新看。")


def is_new(round_now: int, said_now: str, round_then: int, said_then: str) -> bool:
    """Whether what a source says now came after the line was disputed: asked again, or at last an answer where there was none."""
    return round_now > round_then or (not Said(said_then).is_known and Said(said_now).is_known)


def stop_outcome(outcome: Outcome, *, asked: bool, waiting: bool, answered: bool, same: bool, papers: int) -> None:
    """Stop an end that what is known does not carry.

    :param asked: the source was asked again
    :param waiting: it still has time to answer
    :param answered: it answered since, found or nothing
    :param same: what it answers holds the disputed row just as before
    :param papers: how many papers of evidence there are
    :raises NotAllowed: in words
    """
    if outcome is Outcome.EVIDENCE:
        if not papers:
            raise NotAllowed("还没有证明材料，不能写“以证明为准”。请先把证明拍照留下。")
        return
    if not asked:
        raise NotAllowed("请先重新问这个来源，再写结果。")
    if outcome is Outcome.UNRESOLVED:
        if answered:
            raise NotAllowed("这个来源已经回话了，请按它的回话写结果。")
        if waiting:
            raise NotAllowed("还没到这个来源回话的期限，请再等等；有证明的，可以先以证明为准。")
        return
    if not answered:
        raise NotAllowed("这个来源还没有回话，不能替它说改了或者没有改。")
    if outcome is Outcome.CORRECTED and same:
        raise NotAllowed("这个来源重新答的和原来一样，不能写“改了”。")
    if outcome is Outcome.STANDS and not same:
        raise NotAllowed("这个来源重新答的和原来不一样，不能写“没有改”。")


__all__ = [
    "CHANNEL_LABELS",
    "CLAIM_LABELS",
    "DAYS_TO_RECHECK",
    "MOST_LINES",
    "MOST_PAPERS",
    "OPEN",
    "OUTCOME_LABELS",
    "STATE_LABELS",
    "AlreadyOpen",
    "Channel",
    "Outcome",
    "Pace",
    "SamePerson",
    "State",
    "claims",
    "due_on",
    "is_new",
    "pace",
    "stop_outcome",
    "stop_the_same",
]
