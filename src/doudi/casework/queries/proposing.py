"""What an application being written would be proposed to ask for, by what is known before anything is checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.casework import core
from doudi.casework.core import calculation, proposing
from doudi.casework.gateways import register, rules
from doudi.casework.models import Draft
from doudi.facts.household import Household, Member
from doudi.office import queries as office
from doudi.office.queries import today
from doudi.registry.core import age_on


@dataclass(frozen=True, slots=True)
class Proposed:
    """A programme to tick or not: its name, for whom, and why in plain words."""

    key: str
    code: str
    label: str
    whom: str  # name of the member it is for; "" for the household or the applicant
    tells: str
    leans: str  # yes | unknown | no
    is_proposed: bool
    is_asked: bool  # ticked: as somebody chose, else as proposed


def proposed(ref: str, *, at: datetime) -> tuple[Proposed, ...]:
    """What an application may ask for, those proposed first; inside a page of who writes it.

    Who writes for somebody else gets it by what they said alone: a proposal must not tell a neighbour what registers know.
    """
    row = Draft.objects.get(ref=ref)
    on = today(at)
    blind = row.writer.startswith("resident:") and row.writer != f"resident:{row.applicant}"
    household = _household(row, on)
    answers = {}
    for code in proposing.book():
        if code in core.roads():
            for who in [""] if blind else _recipients(code, row.content, on):
                if blind:
                    answers[code, who] = "unknown"
                    continue
                ruled = rules.ask(code, household, on, row.area, subject=who or row.applicant)
                answers[code, who] = ruled.outcome
    always = () if row.programme == "dibao" else (row.programme,)
    chosen = row.content.get("programmes")
    names = {one["pid"]: one["name"] for one in row.content["members"]}
    found = [
        Proposed(
            key=one.key,
            code=one.code,
            label=core.road(one.code).label,
            whom=names.get(one.recipient, ""),
            tells=one.tells,
            leans=one.leans,
            is_proposed=one.is_proposed,
            is_asked=one.key in chosen if chosen else one.is_proposed,
        )
        for one in proposing.proposals(answers, row.content["hardships"], always=always)
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_asked, not one.is_proposed, one.leans == "no")))


def _recipients(code: str, content: dict[str, Any], on: date) -> list[str]:
    """For whom a programme may be asked: the applicant (""), and, where it is one of persons, others of the household.

    Others only where the register says the thing it is for of them: a child, a certificate.
    """
    unit = core.road(code).unit
    if unit == "household":
        return [""]
    found = [""] if unit == "person" else []
    for one in content["members"]:
        age = age_on(date.fromisoformat(one["born_on"]), on) if one["born_on"] else None
        if unit == "child" and age is not None and age < 18:
            found.append("" if one["is_applicant"] else one["pid"])
        elif unit == "person" and not one["is_applicant"] and code.startswith("disability_") and _noted(content, one["pid"]):
            found.append(one["pid"])
    return found


def _noted(content: dict[str, Any], pid: str) -> bool:
    return any(note["pid"] == pid and note["kind"] == "disability" for note in content["notes"])


def _household(row: Draft, on: date) -> Household:
    """The household as rules see it before anybody checked: facts of the register, incomes known or said; the rest is unknown."""
    content = row.content
    living = [one for one in content["members"] if one["is_applicant"] or content["together"].get(one["pid"], True)]
    known = [one["fen"] for one in content["incomes"] if content["said"].get(one["key"]) != "wrong"]
    income = sum(known) + sum(fen for _, fen in content["other_incomes"]) if "income" in content["done"] else None
    place = office.area(row.area)
    facts = calculation.household_facts(
        members=len(living) + len(content["others"]), income_month=income, deposits=None, cars=None, firms=None, homes=None,
        medical_year_fen=None, place_kind=place.place_kind or None if place else None,
    )  # fmt: skip
    return Household(
        hid=content["household"] or row.ref,
        area=row.area,
        facts=facts,
        members=tuple(Member(pid=one["pid"], facts=_facts(one, on), relation=one["relation"]) for one in living),
    )


def _facts(one: dict[str, Any], on: date) -> dict[str, Any]:
    facts = {name: value for name, value in register.facts_of(one["pid"]).items() if value is not None}
    if one["born_on"]:
        born = date.fromisoformat(one["born_on"])
        facts |= {"born_on": born, "age": age_on(born, on)}
    return facts
