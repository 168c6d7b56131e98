"""Places that ask each other: how they stand to each other, states on both sides, and on what a question may be answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from doudi.facts.days import add_working_days

DAYS_TO_ANSWER = 10  # working days, conditional class of GDS Art. 21; both sides count for themselves
OVERLAP = timedelta(days=7)  # how long the keys before still count, so that letters under way arrive
RETRY = (0, 5, 30, 120, 600, 1800, 3600)  # seconds until the next try of handing a letter over; the last again and again
REF = re.compile(r"e[0-9a-f]{32}")  # how an exchange, or a comparison of one, is named on both sides
PURPOSE = "核对申请社会救助家庭的经济状况"


class Relation(StrEnum):
    """How another place stands to ours."""

    UP = "up"
    DOWN = "down"
    BESIDE = "beside"

    @property
    def label(self) -> str:
        return {"up": "上级", "down": "下级", "beside": "外地"}[self.value]


class Side(StrEnum):
    """Who asks in an exchange, seen from here."""

    ASKING = "asking"
    ANSWERING = "answering"

    @property
    def label(self) -> str:
        return {"asking": "我们问", "answering": "问我们"}[self.value]


class Way(StrEnum):
    """Which way a letter goes, seen from here."""

    OUT = "out"
    IN = "in"
    THROUGH = "through"


class State(StrEnum):
    """Where an exchange stands. `received` means: the answering place has the whole question and said so."""

    ASKED = "asked"
    RECEIVED = "received"
    ANSWERED = "answered"
    REFUSED = "refused"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    State.ASKED: "发出了，对方还没有说收到",
    State.RECEIVED: "收到了，等答复",
    State.ANSWERED: "答复了",
    State.REFUSED: "不予答复",
    State.CLOSED: "不再等了",
}
OPEN = frozenset({State.ASKED, State.RECEIVED})

REFUSALS = {
    "no_authorisation": "没有本人的授权书编号",
    "no_paper": "没有授权书的摘要，无法核对授权书",
    "not_yet": "授权还没有开始",
    "expired": "授权过期了",
    "wrong_purpose": "授权不是为了这个救助项目",
    "wrong_sources": "授权没有包括问的这种数据",
    "no_order": "按法定职责问，没有任务单",
    "order_not_approved": "任务单不是两个人定的",
    "order_expired": "任务单过期了",
    "order_wrong_sources": "任务单没有包括问的这种数据",
    "unreadable": "问题读不懂",
    "not_ours": "不归我们管",
    "by_hand": "经办人不同意答复",
}


class NotAMove(Exception):
    """What was tried is no move of an exchange in this state; the text says so to people."""


@dataclass(frozen=True, slots=True)
class About:
    """Somebody another place is asked about, with the paper the question stands on."""

    name: str
    number: str
    authorisation: Mapping[str, Any] | None  # number, sha256, signed_on, valid_until, programmes, datasets


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked: which dataset of whom; `item` is the asking side's own ref for it."""

    item: str
    person: int  # place in the list of people
    dataset: str


def question(
    *, exchange: str, writer: str, reader: str, office: str, programme: str, basis: str, order: Mapping[str, Any] | None,
    people: Sequence[About], wanted: Sequence[Wanted], due_on: date, at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The message that asks: who, what, why, and on what paper."""
    return {
        "kind": "question",
        "exchange": exchange,
        "from": writer,
        "to": reader,
        "office": office,
        "at": at.isoformat(timespec="seconds"),
        "due_on": due_on.isoformat(),
        "purpose": PURPOSE,
        "programme": programme,
        "basis": basis,
        "order": dict(order) if order else None,
        "people": [
            {"name": one.name, "number": one.number, "authorisation": dict(one.authorisation) if one.authorisation else None}
            for one in people
        ],
        "wanted": [{"item": one.item, "person": one.person, "dataset": one.dataset} for one in wanted],
    }


def due(on: date) -> date:
    """The last day to answer, by the clock of the side that counts."""
    return add_working_days(on, DAYS_TO_ANSWER)


def unreadable(message: Mapping[str, Any]) -> bool:
    """Whether a question lacks what every question has; the columns' own meaning is judged by `refusal`."""
    try:
        people, wanted = message["people"], message["wanted"]
        date.fromisoformat(message["due_on"])
        datetime.fromisoformat(message["at"])
        texts = all(isinstance(message[name], str) and len(message[name]) <= 200 for name in ("purpose", "programme", "basis"))
        named = all(isinstance(one["name"], str) and isinstance(one["number"], str) for one in people)
        asked = all(
            isinstance(one["item"], str)
            and len(one["item"]) <= 40
            and isinstance(one["dataset"], str)
            and type(one["person"]) is int
            and 0 <= one["person"] < len(people)
            for one in wanted
        )
        once = len({one["item"] for one in wanted}) == len(wanted)
        return not (people and wanted and texts and named and asked and once and isinstance(message["office"], str))
    except (KeyError, TypeError, ValueError):
        return True


def refusal(message: Mapping[str, Any], on: date) -> str:
    """Why a question may not be answered on a day here, as a code of REFUSALS; empty when its papers stand.

    It is judged by the answering side's own day and from what travelled with the question, nothing else.
    """
    if unreadable(message):
        return "unreadable"
    if message["basis"] == "statutory_duty":
        return _order_refused(message, on)
    if message["basis"] != "consent":
        return "no_authorisation"
    for at, person in enumerate(message["people"]):
        asked = {one["dataset"] for one in message["wanted"] if one["person"] == at}
        if why := _paper_refused(person.get("authorisation"), message["programme"], asked, on):
            return why
    return ""


def _paper_refused(paper: Any, programme: str, asked: set[str], on: date) -> str:
    if not isinstance(paper, Mapping) or not isinstance(paper.get("number"), str) or not paper["number"].strip():
        return "no_authorisation"
    sha256 = paper.get("sha256")
    if not isinstance(sha256, str) or len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        return "no_paper"
    try:
        first = date.fromisoformat(paper["signed_on"])
        last = date.max if paper["valid_until"] is None else date.fromisoformat(paper["valid_until"])
    except (KeyError, TypeError, ValueError):
        return "expired"  # None is written out for "as long as assistance lasts"; a paper silent about its end is not in force
    if on < first:
        return "not_yet"
    if on > last:
        return "expired"
    if not isinstance(paper.get("programmes"), list) or programme not in paper["programmes"]:
        return "wrong_purpose"
    if not isinstance(paper.get("datasets"), list) or not asked <= {str(one) for one in paper["datasets"]}:
        return "wrong_sources"
    return ""


def _order_refused(message: Mapping[str, Any], on: date) -> str:
    order = message.get("order")
    if not isinstance(order, Mapping) or not isinstance(order.get("number"), str) or not order["number"].strip():
        return "no_order"
    two = {order.get("drafted_by"), order.get("approved_by")}
    if len(two) != 2 or not all(isinstance(one, str) and one for one in two):
        return "order_not_approved"
    try:
        if not date.fromisoformat(order["valid_from"]) <= on <= date.fromisoformat(order["valid_until"]):
            return "order_expired"
    except (KeyError, TypeError, ValueError):
        return "order_expired"
    asked = {one["dataset"] for one in message["wanted"]}
    if not isinstance(order.get("datasets"), list) or not asked <= {str(one) for one in order["datasets"]}:
        return "order_wrong_sources"
    return ""


def answers_wrong(message: Mapping[str, Any], question: Mapping[str, Any], said: Sequence[str]) -> bool:
    """Whether an answer does not fit its question: each thing asked answered once, in a word we know, with rows only if found."""
    try:
        asked = {one["item"] for one in question["wanted"]}
        told = message["answers"]
        if {one["item"] for one in told} != asked or len(told) != len(asked):
            return True
        for one in told:
            rows = one["rows"]
            if one["said"] not in said or not isinstance(one["why"], str) or (one["said"] == "found") != bool(rows):
                return True
            if one["as_of"] is not None:
                date.fromisoformat(one["as_of"])
            if not all(isinstance(row["values"], Mapping) and isinstance(row["ref"], str) for row in rows):
                return True
    except (KeyError, TypeError, ValueError):
        return True
    return False


VERDICTS = {
    "agree": "两边一样",
    "here_altered": "我们这边被改过：留下的内容和当时记进留痕的摘要不一样",
    "there_altered": "对方那边被改过：留下的内容和当时记进留痕的摘要不一样",
    "differ": "两边留痕里的摘要不一样",
    "not_there": "对方没有这一次",
    "under_way": "还有信在路上，等一等再比",
}


def verdict(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """Compare what both sides hold of one exchange: what each journal says, and what each side's kept content gives now.

    Each side tells `journal` and `kept`: the digests of question and answer, empty for what is not there.
    """
    if not theirs.get("journal"):
        return "not_there"
    if any(ours["kept"][what] != ours["journal"][what] for what in ("question", "answer")):
        return "here_altered"
    if any(theirs["kept"].get(what) != theirs["journal"].get(what) for what in ("question", "answer")):
        return "there_altered"
    if ours["journal"]["question"] != theirs["journal"]["question"]:
        return "differ"
    if ours["journal"]["answer"] != theirs["journal"]["answer"]:
        return "differ" if ours["journal"]["answer"] and theirs["journal"]["answer"] else "under_way"
    return "agree"
