"""疑点: somebody a check of a roll found, from first seen to closed by a person with a cause; what a later check may change."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from doudi.facts import days
from doudi.office.core import NotAllowed, Role

TOWNSHIP_WD, SUPERVISION_WD = 10, 15  # working days to say what it was, when nothing else is agreed
PAIRS_KEPT = 20  # pairs of rows kept with one anomaly; all of them are in the lake


class AnomalyState(StrEnum):
    """Where an anomaly is. LAPSED: a later check no longer found it while nobody was working on it."""

    OPEN = "open"
    HANDED = "handed"
    CLOSED = "closed"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    AnomalyState.OPEN: "等人处理",
    AnomalyState.HANDED: "交出去了",
    AnomalyState.CLOSED: "写明原因了",
    AnomalyState.LAPSED: "后来没有了",
}


class Whom(StrEnum):
    """Who an anomaly is handed to."""

    TOWNSHIP = "township"
    SUPERVISION = "supervision"

    @property
    def label(self) -> str:
        return WHOM_LABELS[self]


WHOM_LABELS = {Whom.TOWNSHIP: "乡镇（街道）去核实", Whom.SUPERVISION: "监督检查"}
DAYS_FOR = {Whom.TOWNSHIP: TOWNSHIP_WD, Whom.SUPERVISION: SUPERVISION_WD}


class Seen(StrEnum):
    """How one check saw an anomaly, beside the checks of the same roll before it."""

    NEW = "new"
    STILL = "still"
    KNOWN = "known"  # a person closed it, and nothing in its rows is another since
    CHANGED = "changed"  # a person closed it, and its rows say something else now: it is open again
    DUE = "due"  # a person closed it for a while, and the while is over: it is open again
    BACK = "back"  # it had lapsed
    GONE = "gone"

    @property
    def label(self) -> str:
        return SEEN_LABELS[self]


SEEN_LABELS = {
    Seen.NEW: "新的",
    Seen.STILL: "还在处理",
    Seen.KNOWN: "写明过原因，没有变",
    Seen.CHANGED: "写明过原因，数据变了",
    Seen.DUE: "写明过原因，到期再看",
    Seen.BACK: "又出现了",
    Seen.GONE: "没有了",
}
REOPENED = frozenset({Seen.CHANGED, Seen.DUE, Seen.BACK})


def ref_of(snapshot: str, roll: str, kind: str, pid: str) -> str:
    """The name of an anomaly: the same person, on the same roll, for the same reason, is the same anomaly in every month."""
    told = "|".join((snapshot, roll, kind, pid))
    return "yd" + hashlib.sha256(told.encode()).hexdigest()[:16]


def seen_again(state: AnomalyState | str, *, same_rows: bool, again_on: date | None, on: date) -> Seen:
    """How an anomaly that is there already is seen by a later check."""
    now = AnomalyState(state)
    if now is AnomalyState.LAPSED:
        return Seen.BACK
    if now is not AnomalyState.CLOSED:
        return Seen.STILL
    if not same_rows:
        return Seen.CHANGED
    return Seen.DUE if again_on is not None and on >= again_on else Seen.KNOWN


def due_on(whom: Whom, today: date) -> date:
    """By when whoever an anomaly is handed to says what it was."""
    return days.add_working_days(today, DAYS_FOR[whom])


def may_close(role: Role | str, state: AnomalyState | str, whom: str) -> bool:
    """Say whether a post of this role closes an anomaly: who holds it, and the verification body and the county always."""
    if AnomalyState(state) not in (AnomalyState.OPEN, AnomalyState.HANDED):
        return False
    if Role(role) in (Role.VERIFICATION, Role.COUNTY):
        return True
    holder = {Role.TOWNSHIP: Whom.TOWNSHIP, Role.AUDITOR: Whom.SUPERVISION}.get(Role(role))
    return AnomalyState(state) is AnomalyState.HANDED and whom == holder


# ---- causes: data in causes.toml ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cause:
    """What an anomaly turned out to be, and what follows. A person picks it; nothing is stopped by it."""

    code: str
    label: str
    follows: str
    real: bool  # the person is on both and may not be
    wrong: str = ""  # which row is wrong: roll | other; its department is asked to correct it
    again_days: int | None = None  # looked at again after so many days; None: only when its rows say something else

    def again_on(self, today: date) -> date | None:
        return None if self.again_days is None else today + timedelta(days=self.again_days)


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause a person may pick, in the order written."""
    raw = tomllib.loads(files("doudi.verification").joinpath("causes.toml").read_text("utf-8"))
    return {one["code"]: Cause(**one) for one in raw["cause"]}


def cause_of(code: str) -> Cause:
    """One cause.

    :raises NotAllowed: nobody picked one, or there is no such cause
    """
    found = causes().get(code)
    if found is None:
        raise NotAllowed("请选一个原因。")
    return found


# ---- what a check found -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of the roll beside one row of another list, each in words with its place."""

    roll_batch: int
    roll_row: int
    other_batch: int
    other_row: int
    how: str
    said: str
    roll_words: str
    other_words: str


@dataclass(frozen=True, slots=True)
class FoundOne:
    """Somebody a check found on a roll for one reason; `digest` tells whether the rows say the same as before."""

    kind: str
    pid: str
    area: str
    name: str
    number: str
    other: str
    pairs: tuple[Pair, ...]
    more: int  # pairs beyond those here
    digest: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What one check of the packs says of whoever it finds."""

    kind: str
    label: str
    article: str
    innocent: tuple[str, ...]


def digest_of(rows: list[Any]) -> str:
    """What rows say, without where they stand: the same row in next month's file gives the same."""
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
