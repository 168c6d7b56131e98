"""The catalogue of what other departments give: data in catalogue.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from doudi.office.core import NotAllowed

# What may be passed on about a person, by code; a kind of help names those it needs.
PASSED = {
    "name": "姓名",
    "number": "身份证号",
    "phone": "电话",
    "place": "住在哪个村（社区）",
    "home": "一起吃住的有几口人",
    "status": "正在享受哪类救助",
    "need": "需要帮什么",
}

# Statuses of a household that one confirmation opens doors with (Law Art. 42).
STATUSES = {
    "tekun": "特困供养",
    "dibao": "最低生活保障",
    "single_person_dibao": "最低生活保障（单人保）",
    "near_dibao": "低保边缘家庭",
    "rigid_expenditure": "刚性支出困难家庭",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing another department may give. `statuses`: whom the law names; empty with `for_anybody`: whoever needs it."""

    code: str
    label: str
    plain: str  # as the family hears it: no programme, no illness
    department: str
    department_label: str
    where: str
    article: str
    passes: tuple[str, ...]
    not_asked: tuple[str, ...]
    statuses: frozenset[str] = frozenset()
    for_anybody: bool = False
    urgent: bool = False

    def is_for(self, held: frozenset[str] | set[str]) -> bool:
        """Whether the law names somebody with these statuses."""
        held = {("dibao" if one == "single_person_dibao" else one) for one in held}
        return self.for_anybody or bool(self.statuses & held)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many look-ups one login may make."""

    per_hour: int
    per_day: int


@cache
def _book() -> dict:
    return tomllib.loads(files("doudi.services").joinpath("catalogue.toml").read_text(encoding="utf-8"))


@cache
def kinds() -> dict[str, Kind]:
    """Everything that can be asked of a department, by code."""
    result = {}
    for code, row in _book()["kind"].items():
        rest = {key: value for key, value in row.items() if key not in ("for", "passes", "not_asked")}
        result[code] = Kind(
            code=code,
            statuses=frozenset(row.get("for", ())),
            passes=tuple(row["passes"]),
            not_asked=tuple(row["not_asked"]),
            **rest,
        )
    return result


def kind(code: str) -> Kind:
    """One kind of help.

    :raises NotAllowed: nobody gives it
    """
    if code not in kinds():
        raise NotAllowed("没有这一类可以转介的帮助。")
    return kinds()[code]


def kinds_of(department: str) -> tuple[Kind, ...]:
    """What a department gives; all there is for the office itself (an empty code)."""
    return tuple(one for one in kinds().values() if not department or one.department == department)


def guardian_below() -> int:
    """The age below which a guardian agrees, not the child alone (PIPL Art. 31)."""
    return _book()["consent"]["guardian_below"]


def lookup_limits() -> Limits:
    """How many recognition look-ups one login may make."""
    return Limits(**_book()["lookup"])
