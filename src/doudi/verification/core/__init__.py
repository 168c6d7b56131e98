"""Words of means checks: what a source may answer, on which legal basis it is asked, and how old an answer may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from doudi.facts.money import spoken
from doudi.verification.core.basis import Capacity, Ended, NoBasis, terms
from doudi.verification.core.questions import (
    CLOSED,
    Asked,
    BadRow,
    NotAnAnswer,
    Said,
    SourceRow,
    State,
    Way,
    asked_datasets,
    due_at,
    retry_at,
    why_in_words,
)

__all__ = [
    "AT_LEAST",
    "BASIS_LABELS",
    "CLOSED",
    "FRESH_DAYS",
    "Asked",
    "BadRow",
    "Basis",
    "Batch",
    "Capacity",
    "ColumnWords",
    "Ended",
    "NoBasis",
    "NotAnAnswer",
    "Said",
    "SourceRow",
    "State",
    "Way",
    "asked_datasets",
    "due_at",
    "in_words",
    "is_fresh",
    "retry_at",
    "terms",
    "why_in_words",
]


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


AT_LEAST = "at_least"  # the flag beside a sum of which a source says only that it is over this
WHO = frozenset({"citizen_no", "name"})  # columns that only say whose row it is


def in_words(columns: Iterable[ColumnWords], values: Mapping[str, Any]) -> str:
    """A delivered row in words: label and value of each column that holds something, without whose row it is.

    A sum of which only a limit it is over is known is told as that.
    """
    parts = []
    over = "超过 " if values.get(AT_LEAST) else ""
    for column in columns:
        value = values.get(column.name)
        if value is None or value == "" or column.name in (*WHO, AT_LEAST) or column.type in ("citizen_no", "area"):
            continue
        parts.append(f"{column.label} {over if column.type == 'money' else ''}{_value_in_words(column, value)}")
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
