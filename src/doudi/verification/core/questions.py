"""A question to one source about one person: what may come back, how long it may take, when to knock again."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from doudi.facts.days import add_working_days


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of an answer that does not keep to the contract: which row (from 1), which field, why, what to do."""

    row: int
    field: str
    label: str
    reason: str
    message: str
    fix: str


class NotAnAnswer(ValueError):
    """Something sent as an answer that cannot be one: a stable reason, what is wrong, what to do, and each bad row."""

    def __init__(self, reason: str, message: str, fix: str, rows: tuple[BadRow, ...] = ()) -> None:
        super().__init__(f"{message}{fix}")
        self.reason, self.message, self.fix, self.rows = reason, message, fix, rows


class Said(StrEnum):
    """What a source answered about one person. Six different things; only `nothing` means nothing."""

    FOUND = "found"
    NOTHING = "nothing"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    AMBIGUOUS = "ambiguous"
    STALE = "stale"

    @property
    def label(self) -> str:
        return SAID_LABELS[self]

    @property
    def is_known(self) -> bool:
        """Whether it says something about the person; the others leave it open."""
        return self in (Said.FOUND, Said.NOTHING)


SAID_LABELS = {
    Said.FOUND: "查到了",
    Said.NOTHING: "没有查到",
    Said.NO_ANSWER: "没有回话",
    Said.REFUSED: "拒绝回答",
    Said.AMBIGUOUS: "对不准是谁",
    Said.STALE: "数据太旧",
}

# Why a source did not say found or nothing: our own words by code. A source's own words are kept as it wrote them.
SILENT = {
    "not_loaded": "这个部门还没有送来数据",
    "stale": "这个部门的数据太旧，不能当作“没有”",
    "no_register": "登记信息还没有整理出来",
    "refused": "对方说不能回答，没有写原因",
    "ambiguous": "对方那里不止一个像的人，对不准是谁",
    "no_such_person": "对方那里没有这个人的记录",
    "silent": "对方回了话，但没有说查到没有",
    "waiting": "已经问了，还在等对方回话",
    "late": "期限已经过了，对方还没有回话",
}


class State(StrEnum):
    """Where a question stands: not yet out of the house, out, answered, or closed without an answer."""

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        return self in OPEN


STATE_LABELS = {State.WAITING: "等着发出", State.SENT: "已发出，等回话", State.ANSWERED: "已回话", State.CLOSED: "不再问了"}

OPEN = frozenset({State.WAITING, State.SENT})

# Why a question was closed without an answer.
WHY_CLOSED = {
    "no_basis": "本人撤回了授权，或任务单到期，这一问不再发出，也不再收回话",
    "source_stopped": "这个来源停用了",
    "too_long": "报告有效期都过了，对方还没有回话",
}
CLOSED = frozenset(WHY_CLOSED)


def why_in_words(why: str) -> str:
    """Why a source did not say found or nothing, for people; a source's own words stay as they are."""
    return SILENT.get(why) or WHY_CLOSED.get(why) or why


class Way(StrEnum):
    """How a source is asked."""

    LAKE = "lake"
    HTTP = "http"
    FILE = "file"
    LETTER = "letter"
    PLACE = "place"
    MATCHING = "matching"

    @property
    def label(self) -> str:
        return WAY_LABELS[self]

    @property
    def by_machine(self) -> bool:
        """Whether the worker sends it; files and letters are carried by people."""
        return self in (Way.HTTP, Way.PLACE, Way.MATCHING)


WAY_LABELS = {
    Way.LAKE: "部门送来的数据",
    Way.HTTP: "接口",
    Way.FILE: "文件交换",
    Way.LETTER: "信函",
    Way.PLACE: "外地核对机构",
    Way.MATCHING: "隐私比对",
}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is asked. `answer_seconds`, where given, counts instead of working days; `daily_quota` 0: no limit."""

    code: str
    label: str
    department: str
    dataset: str
    adapter: Way
    area: str = ""
    address: str = ""
    public_key: str = ""
    answer_wd: int = 1
    answer_seconds: int | None = None
    daily_quota: int = 0
    at_once: int = 50
    active: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody a check asks about. role: member of the household, or a supporter outside it (who signs for themselves)."""

    pid: str
    name: str
    is_adult: bool
    guardian: str = ""  # the pid of the adult who agreed for a minor
    role: str = "member"


@dataclass(frozen=True, slots=True)
class DatasetAsked:
    """A kind of data a check asks for: in plain words, about whom, and for which programmes (none named: all)."""

    dataset: str
    asks: str
    of: tuple[str, ...] = ("member",)
    programmes: tuple[str, ...] = ()


@cache
def _datasets() -> tuple[DatasetAsked, ...]:
    text = (files("doudi.verification") / "sources.toml").read_text(encoding="utf-8")
    return tuple(
        DatasetAsked(row["code"], row["asks"], tuple(row.get("of", ["member"])), tuple(row.get("programmes", ())))
        for row in tomllib.loads(text)["dataset"]
    )


def asked_datasets(programme: str = "", role: str = "member") -> tuple[DatasetAsked, ...]:
    """The kinds of data asked about a member or a supporter, in the order of the report.

    :param programme: only those this programme needs; empty for all
    """
    return tuple(
        one for one in _datasets() if role in one.of and (not programme or programme in (one.programmes or (programme,)))
    )


END_OF_WORK = time(18, 0)
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(hours=1)


def due_at(asked_at: datetime, *, answer_wd: int, answer_seconds: int | None) -> datetime:
    """Until when a source may answer: so many seconds, or the end of so many working days (GDS Art. 21: 1 or 10).

    :param asked_at: in local time
    """
    if answer_seconds is not None:
        return asked_at + timedelta(seconds=answer_seconds)
    return datetime.combine(add_working_days(asked_at.date(), answer_wd), END_OF_WORK, asked_at.tzinfo)


def retry_at(at: datetime, tries: int, *, after: timedelta | None = None, draw: Any = random.random) -> datetime:
    """When to knock again after so many tries: twice as long each time, at most an hour, shortened by chance up to a half so that
    not all come back at once; never sooner than the source asked for.

    :param after: how long the source asked us to wait
    """
    whole = min(FIRST_WAIT * 2 ** min(tries, 20), LONGEST_WAIT)
    wait = whole * (0.5 + draw() / 2)
    return at + max(wait, after or timedelta(0))
