"""What is known of somebody as people read it: facts by part of life with who said so and as of when, delivered rows with the
labels of their contract, what sources say differently; numbers and accounts masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.office.core import mask_account, mask_number
from doudi.policy.language.names import Fact
from doudi.policy.pack import Pack
from doudi.registry.queries import SourceRow
from doudi.web.parts.templatetags.parts import full_day, month, yuan

WHO = ("citizen_no", "name", "area")

# The parts of a life, in the order they are read, and which datasets speak of each.
DIMENSIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "who": ("户籍和家庭", ("hukou", "marriage", "death", "division")),
    "income": ("收入", ("income", "insurance", "public_payroll", "court", "custody")),
    "property": ("存款和财产", ("deposit", "securities", "vehicle", "business", "dwelling", "housing_fund")),
    "health": ("看病", ("medical_cost", "medical_enrolment", "disease")),
    "disability": ("残疾和康复", ("disability_certificate", "disability_subsidy", "rehabilitation")),
    "education": ("上学", ("student", "school_enrolment")),
    "housing": ("住房和水电", ("housing", "housing_application", "meter_reading")),
    "labour": ("干活", ("unemployed", "job_service", "union_hardship")),
    "care": ("照料", ("tekun", "child_benefit", "old_age_allowance")),
    "disaster": ("突然出的事", ("disaster", "distress_report")),
    "support": (
        "在领的和办过的",
        ("dibao", "near_dibao", "rigid_expenditure", "temporary_assistance", "monitored", "price_subsidy", "case_record",
         "referral", "applicant"),
    ),
    "other": ("别的", ()),
}  # fmt: skip
_COMPARED = ("name", "flag", "code", "text")  # days and amounts are of different events; what somebody is or has can be compared
_OF = {dataset: name for name, (_, datasets) in DIMENSIONS.items() for dataset in datasets}


@dataclass(frozen=True, slots=True)
class Told:
    """Who said something, as of which day, in which delivery."""

    department: str
    label: str
    as_of: date
    batch: int
    row_no: int


@dataclass(frozen=True, slots=True)
class Known:
    """One fact in words, and where it may come from: the rows of the datasets the catalogue names for it."""

    name: str
    label: str
    value: str
    is_not: bool  # looked for, and not there
    whole: bool  # of the household
    told: tuple[Told, ...]


@dataclass(slots=True)
class Dimension:
    """One part of a life: what is known, what was looked for and is not there, and what nobody has said anything about."""

    name: str
    label: str
    facts: list[Known] = field(default_factory=list)
    nots: list[Known] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing that sources say differently, side by side."""

    label: str
    said: tuple[tuple[str, Told], ...]


def told_by(row: SourceRow, contract: Any) -> Told:
    department, label = (contract.department, contract.label) if contract else ("", row.dataset)
    return Told(department, label, row.as_of, row.batch, row.row_no)


def dimensions(
    facts: Mapping[str, Any], home: Mapping[str, Any], rows: Sequence[SourceRow], rules: Pack, contracts: Mapping[str, Any]
) -> list[Dimension]:
    """Everything the catalogue can know of a person and their household, part by part; parts with nothing to say come last.

    :param facts: the person's own, None where unknown
    :param home: the household's
    :param rows: the delivered rows about the person, which say who told it and as of when
    """
    found = {name: Dimension(name, label) for name, (label, _) in DIMENSIONS.items()}
    by_dataset: dict[str, list[Told]] = {}
    for row in rows:
        by_dataset.setdefault(row.dataset, []).append(told_by(row, contracts.get(row.dataset)))
    for name, fact in rules.names.facts.items():
        whole = fact.subject == "household"
        of = home if whole else facts
        if fact.subject not in ("person", "household") or name not in of:
            continue
        part = found[next((_OF[source] for source in fact.sources if source in _OF), "other")]
        value = of[name]
        if value is None:
            part.unknown.append(fact.label)
            continue
        is_not = value is False or value == 0
        told = tuple(one for source in fact.sources for one in by_dataset.get(source, ()))
        known = Known(name, fact.label, fact_words(fact, value), is_not, whole, told)
        (part.nots if is_not else part.facts).append(known)
    return sorted(found.values(), key=lambda one: not one.facts)


def differing(rows: Sequence[SourceRow], contracts: Mapping[str, Any]) -> list[Differing]:
    """What two datasets call by one name and say differently of the person: both are shown, nobody is believed by machine."""
    said: dict[str, dict[str, tuple[str, Told]]] = {}
    for row in sorted(rows, key=lambda row: row.as_of):
        contract = contracts.get(row.dataset)
        for column in contract.columns if contract and not row.role else ():
            value = row.values.get(column.name)
            if value not in (None, "") and column.type in _COMPARED:
                said.setdefault(column.label, {})[row.dataset] = (_value(value, column), told_by(row, contract))
    return [
        Differing(label, tuple(of.values()))
        for label, of in said.items()
        if len(of) > 1 and len({value for value, _ in of.values()}) > 1
    ]


def row_words(row: SourceRow, contract: Any, read: frozenset[str] | None = None) -> dict[str, Any]:
    """A delivered row with the labels of its contract; what is empty stays away.

    :param read: only these cells; with none named, all but those that only say who and where somebody is
    """
    pairs = []
    for column in contract.columns if contract else ():
        value = row.values.get(column.name)
        if value is not None and value != "" and (read is None or (column.name in read if read else column.type not in WHO)):
            pairs.append((column.label, _value(value, column)))
    label = f"{contract.department} · {contract.label}" if contract else row.dataset
    return {"label": label, "as_of": row.as_of, "batch": row.batch, "row_no": row.row_no, "pairs": pairs}


def _value(value: Any, column: Any) -> str:
    if column.type == "money":
        return yuan(value)
    if column.type == "month":
        return month(value) if isinstance(value, date) else str(value)
    if column.type == "citizen_no":
        return mask_number(str(value))
    if column.type == "account":
        return mask_account(str(value))
    if column.codes:
        return column.codes.get(str(value), [str(value)])[0]
    return worded(value)


def fact_words(fact: Fact, value: Any) -> str:
    """A known fact's value in words."""
    if fact.type == "money":
        return yuan(value)
    if fact.type == "code":
        return fact.codes.get(str(value), str(value))
    return worded(value)


def worded(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return full_day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
