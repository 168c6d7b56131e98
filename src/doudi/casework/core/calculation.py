"""How the sum is made: which lines count, what is still unknown, and the household as rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.casework.core.words import OPEN_CHOICES
from doudi.facts import days
from doudi.verification.core.compared import ASSETS
from doudi.verification.core.reading import INCOMES

Value = bool | int | str | date | None


@dataclass(frozen=True, slots=True)
class Judged:
    """How a difference was settled; an open choice settles nothing."""

    key: str
    kind: str
    pid: str
    choice: str
    found_fen: int | None
    said_fen: int | None
    amount_fen: int | None
    reason: str

    @property
    def is_open(self) -> bool:
        return self.choice in OPEN_CHOICES


@dataclass(frozen=True, slots=True)
class IncomeLine:
    """A line of income, found or said."""

    pid: str
    whose: str
    kind: str
    found_fen: int | None
    said: str
    said_fen: int | None
    source: str  # whose it is and of which day, in words
    as_of: date | None


@dataclass(frozen=True, slots=True)
class HelpLine:
    """Help from another roll."""

    pid: str
    whose: str
    text: str
    fen: int
    source: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the calculation as people read it. counted: None while it is not settled."""

    what: str
    whose: str
    source: str
    as_of: date | None
    fen: int | None
    counted: bool | None
    why: str


def income_table(
    lines: Iterable[IncomeLine], help_lines: Iterable[HelpLine], judged: Mapping[str, Judged], living: set[str]
) -> tuple[int | None, list[TableLine]]:
    """The month's income of the household in fen (None while a line is open), and the table behind it.

    :param living: pids of who counts; lines without a pid are the household's own
    """
    table = []
    for line in lines:
        question = judged.get(f"income:{line.pid}:{line.kind}")
        fen, counted, why = _settled(line, question)
        if line.pid and line.pid not in living:
            counted, why = False, "不算一起吃住的家里人"
        source = line.source if line.found_fen is not None else "本人说的"
        table.append(TableLine(INCOMES[line.kind], line.whose, source, line.as_of, fen, counted, why))
    for one in help_lines:
        why = "救助和补贴不计入收入（D57 第 13 条）"
        table.append(TableLine(one.text, one.whose, one.source, one.as_of, one.fen, False, why))
    if any(line.counted is None for line in table):
        return None, table
    return sum(line.fen or 0 for line in table if line.counted), table


def _settled(line: IncomeLine, question: Judged | None) -> tuple[int | None, bool | None, str]:
    if question is not None and not question.is_open:
        found = question.found_fen if question.found_fen is not None else line.found_fen
        amounts = {
            "data_right": (found, True, "经办人判断：按查到的算"),
            "person_right": (line.said_fen, True, "经办人判断：按本人说的算"),
            "amount": (question.amount_fen, True, "经办人核实后定的数"),
            "not_counted": (found, False, "经办人判断：不计入"),
        }
        return amounts[question.choice]
    if question is not None or line.said == "wrong":
        return line.found_fen if line.found_fen is not None else line.said_fen, None, "和本人说的不一样，还没判断"
    if line.found_fen is None and line.said_fen is None:
        return None, None, "像是有工作，工资还不知道"
    if line.found_fen is None:
        return line.said_fen, True, "本人说的"
    return line.found_fen, True, "本人说对" if line.said == "right" else "先按查到的算"


def things_counted(kind: str, judged: Iterable[Judged], *, answered: bool, silent_key: str) -> int | None:
    """How many cars or firms count: None while one is open, a source is silent, or nobody was asked."""
    of_kind = [one for one in judged if one.kind == kind]
    silent = next((one for one in judged if one.key == silent_key), None)
    if any(one.is_open for one in of_kind):
        return None
    counted = sum(one.choice == "data_right" for one in of_kind)
    if not answered and (silent is None or silent.is_open):
        return None
    return counted


def savings(judged: Iterable[Judged], *, answered: bool) -> int | None:
    """The household's deposits, securities, policies and housing fund in fen: None while one is open, or a silent bank is."""
    of_kind = [one for one in judged if one.kind in ASSETS]
    silent = next((one for one in judged if one.key == "silent:deposit"), None)
    if any(one.is_open for one in of_kind):
        return None
    total = 0
    for one in of_kind:
        total += {"data_right": one.found_fen or 0, "amount": one.amount_fen or 0}.get(one.choice, 0)
    if answered:
        return total
    if silent is None or silent.is_open:
        return None
    return total + ((silent.amount_fen or 0) if silent.choice == "amount" else 0)


HOMES = {"homes_0": 0, "homes_1": 1, "homes_2": 2}


def homes(judged: Iterable[Judged]) -> int | None:
    """How many homes the family has, as somebody settled it; trades alone never tell."""
    return next((HOMES[one.choice] for one in judged if one.kind == "homes" and one.choice in HOMES), None)


# What a judgement on the life of the applicant settles (T43 Art. 8, 21, 22).
SETTLES: dict[tuple[str, str], dict[str, Value]] = {
    ("supporter", "supporter_unable"): {"supporter_unable": True},
    ("supporter", "supporter_able"): {"supporter_unable": False},
    ("self_care", "care_full"): {"self_care_failed": 0, "tekun_care_grade": "full"},
    ("self_care", "care_half"): {"self_care_failed": 1, "tekun_care_grade": "half"},
    ("self_care", "care_none"): {"self_care_failed": 4, "tekun_care_grade": "none"},
}


def medical_year(rows: Iterable[Mapping[str, Any]], on: date) -> int:
    """What was paid by oneself for treatment in the 12 months before a day, in fen."""
    year_ago = days.add_months(on, -12)
    total = 0
    for row in rows:
        period = row["values"].get("period")
        month = period if isinstance(period, date) or period is None else date.fromisoformat(str(period)[:10])
        if row["dataset"] == "medical_cost" and month is not None and year_ago < month <= on:
            total += int(row["values"].get("self_paid") or 0)
    return total


def household_facts(
    *, members: int, income_month: int | None, deposits: int | None, cars: int | None, firms: int | None,
    homes: int | None, medical_year_fen: int | None, place_kind: str | None,
) -> dict[str, Value]:  # fmt: skip
    """The household facts of the catalogue a case knows; what is left out is not known.

    Per head is rounded to the nearest fen only for reading: rules multiply before they divide.
    """
    facts: dict[str, Value] = {
        "hh_members": members,
        "hh_income_month": income_month,
        "hh_income_per_head": None if income_month is None or not members else income_month // members,
        "hh_income_year": None if income_month is None else income_month * 12,
        "hh_financial_assets": deposits,
        "hh_car_count": cars,
        "hh_firm_count": firms,
        "hh_dwelling_count": homes,
        "hh_medical_self_paid_year": medical_year_fen,
        "hh_rigid_outlay_year": medical_year_fen,
        "hh_place_kind": place_kind,
    }
    return {name: value for name, value in facts.items() if value is not None}


def with_derived(found: Mapping[str, Value], members: int) -> dict[str, Value]:
    """Household facts a person found out, with what follows from a month's income unless it was found out by itself."""
    month = found.get("hh_income_month")
    if not isinstance(month, int) or isinstance(month, bool) or not members:
        return dict(found)
    return {"hh_income_per_head": month // members, "hh_income_year": month * 12, **found}
