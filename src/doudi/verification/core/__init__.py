"""Words of means checks: what a source may answer, on which legal basis it is asked, and how old an answer may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from doudi.facts.money import spoken
from doudi.office.core import NotAllowed


class NoBasis(NotAllowed):
    """A check without consent of each adult asked about, and without a task order; it is not made."""


class Said(StrEnum):
    """What a source answered about one person; `no_answer` never reads as nothing."""

    FOUND = "found"
    NOTHING = "nothing"
    NO_ANSWER = "no_answer"

    @property
    def label(self) -> str:
        return SAID_LABELS[self]


SAID_LABELS = {Said.FOUND: "查到了", Said.NOTHING: "没有查到", Said.NO_ANSWER: "还没有回话"}


class Basis(StrEnum):
    """Why the law lets us ask (PIPL Art. 13; LAW Art. 40, 41, 46)."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"

    @property
    def label(self) -> str:
        return BASIS_LABELS[self]


BASIS_LABELS = {
    Basis.CONSENT: "本人书面同意（社会救助法第 40、41 条）",
    Basis.STATUTORY_DUTY: "法定职责（社会救助法第 41、46 条）",
}

# How old the latest delivery may be, in days, before its silence stops meaning "nothing".
FRESH_DAYS = {"daily": 7, "event": 45, "monthly": 62, "quarterly": 123, "term": 215, "yearly": 400}

SILENT = {
    "not_loaded": "这个部门还没有送来数据",
    "stale": "这个部门的数据太旧，不能当作“没有”",
    "no_register": "登记信息还没有整理出来",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody a check asks about."""

    pid: str
    name: str
    is_adult: bool
    guardian: str = ""  # the pid of the adult who agreed for a minor


@dataclass(frozen=True)
class Batch:
    """What a whole roll against other lists gave. A person counts once in `anomalies`, once for each kind in `kinds`."""

    ref: str
    roll: str
    against: list[str]
    snapshot: str
    on: date
    area: str
    persons: int
    anomalies: int
    kinds: dict[str, int]
    pairs: int
    silent: list[str]
    sources: list[dict[str, Any]]
    object: str


def is_fresh(as_of: date, rhythm: str, on: date) -> bool:
    """Say whether a delivery is young enough that its silence means "nothing".

    :raises KeyError: a rhythm nobody defined
    """
    return (on - as_of).days <= FRESH_DAYS[rhythm]


class ColumnWords(Protocol):
    """What of a contract's column this room reads."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def person(self) -> bool: ...
    @property
    def codes(self) -> Mapping[str, tuple[str, ...]]: ...


WHO = frozenset({"citizen_no", "name"})  # columns that only say whose row it is


def in_words(columns: Iterable[ColumnWords], values: Mapping[str, Any]) -> str:
    """A delivered row in words: label and value of each column that holds something, without whose row it is."""
    parts = []
    for column in columns:
        value = values.get(column.name)
        if value is None or value == "" or column.name in WHO or column.type in ("citizen_no", "area"):
            continue
        parts.append(f"{column.label} {_value_in_words(column, value)}")
    return "；".join(parts)


def _value_in_words(column: ColumnWords, value: Any) -> str:
    if column.type == "money":
        return f"{spoken(int(value))} 元"
    if column.type == "code":
        return column.codes[value][0] if value in column.codes else str(value)
    if column.type == "flag":
        return "是" if value else "否"
    if column.type == "month":
        return str(value)[:7]
    if column.type == "account":
        return f"尾号 {str(value)[-4:]}"
    return str(value)
