"""Words of means checks: what a source may answer, on which legal basis it is asked, and how old an answer may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
FRESH_DAYS = {"event": 45, "monthly": 62, "quarterly": 123, "term": 215, "yearly": 400}

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


def is_fresh(as_of: date, rhythm: str, on: date) -> bool:
    """Say whether a delivery is young enough that its silence means "nothing".

    :raises KeyError: a rhythm nobody defined
    """
    return (on - as_of).days <= FRESH_DAYS[rhythm]
