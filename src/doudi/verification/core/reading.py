"""Reading delivered rows: monthly incomes, what need not be asked, help already received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.facts import days
from doudi.facts.money import spoken

Row = Mapping[str, Any]  # dataset, batch, row_no, as_of, values, and their_ref where no lake holds it

INCOMES = {
    "wage": "工资、打工",
    "business": "种地、做买卖",
    "property": "租金、利息、分红",
    "pension": "养老金",
    "support": "儿女或别人给的钱",
    "unemployment": "失业金",
    "other": "别的进项",
}

# Help that rules leave out of income (D57 Art. 13: all social assistance), and the column of its monthly amount.
HELP = {
    "dibao": "低保金",
    "tekun": "特困供养金",
    "disability_subsidy": "残疾人两项补贴",
    "old_age_allowance": "高龄津贴",
    "child_benefit": "儿童基本生活费",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: dataset, batch and row, or how the other place calls it, and the day it speaks of."""

    dataset: str
    batch: int | None
    row_no: int | None
    as_of: date
    their_ref: str = ""


@dataclass(frozen=True, slots=True)
class Income:
    """A monthly income an office knows of."""

    pid: str
    kind: str
    fen: int
    place: Place


@dataclass(frozen=True, slots=True)
class Note:
    """Something an office knows that need not be asked. `fen`: a month's help, or a year's medical cost."""

    pid: str
    kind: str
    text: str
    fen: int | None
    place: Place


def place_of(row: Row) -> Place:
    return Place(
        row["dataset"], row.get("batch"), row.get("row_no"), day_of(row["as_of"]) or date.min, str(row.get("their_ref") or "")
    )


def day_of(value: Any) -> date | None:
    """A day of a delivered value, which may have been kept as text."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])


def of_dataset(rows: Iterable[Row], *codes: str) -> list[Row]:
    return [row for row in rows if row["dataset"] in codes]


def _latest(rows: list[Row], column: str, on: date) -> Row | None:
    """The row of the latest day in a column, not after `on`."""
    dated = [(day, order(row), row) for row in rows if (day := day_of(row["values"].get(column))) is not None and day <= on]
    return max(dated, key=lambda found: found[:2])[2] if dated else None


def order(row: Row) -> tuple[int, str]:
    """Which of two rows of one day was written later, whatever order they came in."""
    return int(row.get("row_no") or 0), repr(sorted(row["values"].items(), key=lambda pair: pair[0]))


def incomes(pid: str, rows: Iterable[Row], on: date) -> list[Income]:
    """The monthly incomes known of a person on a day: the pension drawn, the wage insured, the income declared for tax."""
    rows, found = list(rows), []
    insurance = of_dataset(rows, "insurance")
    pension = _latest([row for row in insurance if row["values"].get("event") == "pension_start"], "event_date", on)
    if pension is not None and pension["values"].get("base"):
        found.append(Income(pid, "pension", int(pension["values"]["base"]), place_of(pension)))
    job = _latest([row for row in insurance if row["values"].get("event") != "pension_start"], "event_date", on)
    if job is not None and job["values"]["event"] != "job_stop" and job["values"].get("base"):
        found.append(Income(pid, "wage", int(job["values"]["base"]), place_of(job)))
    declared = _latest(of_dataset(rows, "income"), "period", on)
    if declared is not None and declared["values"].get("income_month") and job is None:
        found.append(Income(pid, "wage", int(declared["values"]["income_month"]), place_of(declared)))
    return found


def contribution(rows: Iterable[Row], on: date) -> Row | None:
    """The latest row of a housing fund that is still paid into on a day: a hint of work, no income."""
    last = _latest(of_dataset(rows, "housing_fund"), "event_date", on)
    return last if last is not None and last["values"].get("fund_event") != "stop" else None


def is_over(row: Row, on: date) -> bool:
    """Whether what a row tells of had ended before a day."""
    ended = day_of(row["values"].get("to_date"))
    return ended is not None and ended < on


def help_received(pid: str, rows: Iterable[Row], on: date) -> list[Note]:
    """Help from other rolls, by the month; none of it counts as income."""
    notes = []
    for row in of_dataset(rows, *HELP):
        if is_over(row, on):
            continue
        notes.append(Note(pid, "help", HELP[row["dataset"]], int(row["values"].get("amount_month") or 0), place_of(row)))
    return notes


def notes(pid: str, rows: Iterable[Row], on: date) -> list[Note]:
    """What need not be asked: disability, illness, the year's medical cost, school, and help already received."""
    rows, found = list(rows), []
    certificate = _latest(of_dataset(rows, "disability_certificate"), "issued_date", on)
    if certificate is not None:
        grade = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}.get(str(certificate["values"].get("grade")), "")
        found.append(Note(pid, "disability", f"有残疾人证（{grade}）" if grade else "有残疾人证", None, place_of(certificate)))
    for row in of_dataset(rows, "disease"):
        found.append(Note(pid, "illness", "有重病、慢病登记", None, place_of(row)))
        break
    year_ago = days.add_months(on, -12)
    bills = [row for row in of_dataset(rows, "medical_cost") if (day_of(row["values"].get("period")) or date.min) > year_ago]
    paid = sum(int(row["values"].get("self_paid") or 0) for row in bills)
    if paid:
        found.append(Note(pid, "medical", f"近 12 个月自己付的医药费 {spoken(paid)} 元", paid, place_of(bills[-1])))
    for row in of_dataset(rows, "student"):
        found.append(Note(pid, "school", "在读书", None, place_of(row)))
        break
    return found + help_received(pid, rows, on)


def account(rows: Iterable[Row]) -> tuple[str, Place] | None:
    """The account another subsidy already goes to, from the latest delivery; None when there is none."""
    found = [row for row in of_dataset(rows, "old_age_allowance", "disability_subsidy") if row["values"].get("account")]
    if not found:
        return None
    latest = max(found, key=lambda row: (row["as_of"], row["dataset"]))
    return str(latest["values"]["account"]), place_of(latest)
