"""What the rules say about a household, written down for machines: the same question, the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.facts.household import Household
from doudi.policy import explain, stacking
from doudi.policy.assess import Asked, Assessment, ConditionResult, Overlapping
from doudi.policy.language.names import MONEY_UNIT, YUAN, Currency
from doudi.policy.pack import Pack
from doudi.policy.rules import Expression, Programme

EVERY = "all"  # asked instead of one programme: every programme in force on the day
BEST_FIRST = ("yes", "unknown", "no")


def canonical(body: Any) -> bytes:
    """The one way an answer is written down: keys in order, no blanks, UTF-8. Equal answers are equal bytes."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(body: Any) -> str:
    """SHA-256 over the canonical bytes, in hex: printed on a sheet, it says which answer the sheet shows."""
    return hashlib.sha256(canonical(body)).hexdigest()


def programmes(pack: Pack, code: str, on: date) -> list[Programme]:
    """The programmes a question is about: the one named, or with `all` every one in force, by code.

    :raises RuleError: no such programme, or none in force then
    """
    return pack.programmes_on(on) if code == EVERY else [pack.programme(code, on)]


def household(asked: Asked, rules: Iterable[Programme], *, every: bool) -> dict[str, Any]:
    """The answer for one household: of one programme, or of every one with what may not be held together."""
    found = {rule.code: (rule, [asked.programme(rule, one) for one in asked.subjects(rule.subject)]) for rule in rules}
    home = asked.whole.household
    if not every:
        (rule, answers) = next(iter(found.values()))
        return {"id": home.hid, **entry(answers, rule.subject)}
    return {
        "id": home.hid,
        "programmes": [
            {"programme": rule.code, "label": rule.label, **entry(answers, rule.subject)} for rule, answers in found.values()
        ],
        "overlaps": [overlap(one) for one in asked.overlaps()],
        "package": together(stacking.package([one for _, answers in found.values() for one in answers], asked.pack)),
    }


def ask(home: Household, on: date, area: str, pack: Pack, known_on: date | None = None) -> Asked:
    """The household before the rules and numbers of a day and place, as they were known on a day (by default the latest)."""
    return Asked(home, on, area, pack.known(known_on) if known_on else pack)


def entry(answers: list[Assessment], subject: str) -> dict[str, Any]:
    """What is answered for one household by one programme; for a programme of persons also for each member."""
    if subject == "household":
        return assessment(answers[0])
    persons = [{"id": one.subject, **assessment(one)} for one in answers]
    states = {person["eligible"] for person in persons}
    paid = [one.amount_fen for one in answers if one.amount_fen is not None]
    alone = persons[0] if len(persons) == 1 else {"conditions": [], "unknowns": [], "steps": []}
    total = sum(paid) if paid else None
    return {
        "eligible": next((state for state in BEST_FIRST if state in states), "unknown"),
        "amount": None if total is None else answers[0].money.plain(total),
        "amount_fen": total,
        **{key: alone[key] for key in ("conditions", "unknowns", "steps")},
        "persons": persons,
    }


def assessment(found: Assessment) -> dict[str, Any]:
    """One assessment: money in yuan (or the pack's own unit) as text, whole fen beside it."""
    return {
        "eligible": found.eligible,
        "amount": None if found.amount_fen is None else found.money.plain(found.amount_fen),
        "amount_fen": found.amount_fen,
        "article": found.article,
        "conditions": [
            {
                "name": one.name,
                "label": one.label,
                "state": one.state,
                "sentence": one.sentence,
                "article": one.article or found.article,
                "assumed": [unknown.name for unknown in one.assumed] if one.state != "unknown" else [],
                "values": {name: written(value, one.condition.values[name], found.money) for name, value in one.values.items()},
            }
            for one in found.conditions
        ],
        "unknowns": [
            {"name": one.name, "label": one.label, "settle": one.settle, "members": list(one.members)} for one in found.unknowns
        ],
        "steps": [
            {
                "name": one.name,
                "label": one.label,
                "amount": None if one.fen is None else found.money.plain(one.fen),
                "amount_fen": one.fen,
                "sentence": one.sentence,
            }
            for one in found.steps
        ],
    }


def overlap(found: Overlapping) -> dict[str, Any]:
    """Two benefits that may not be held together, for one member."""
    return {
        "code": found.rule.code,
        "label": found.rule.label,
        "person": found.subject.id,
        "state": found.state,
        "sentence": explain.overlapping(found),
        "months": [month.isoformat() for month in found.months],
    }


def together(found: stacking.Package) -> dict[str, Any]:
    """What may be proposed together, what each would still pay, and what is left aside for which reason."""
    return {
        "proposed": [
            {
                "programme": one.assessment.programme,
                "label": one.assessment.label,
                "subject": one.assessment.subject,
                "amount": None if one.due_fen is None else one.assessment.money.plain(one.due_fen),
                "amount_fen": one.due_fen,
                "reasons": list(one.reasons),
            }
            for one in found.proposed
        ],
        "aside": [
            {
                "programme": one.assessment.programme,
                "label": one.assessment.label,
                "subject": one.assessment.subject,
                "instead_of": one.instead_of.programme,
                "reason": one.reason,
                "person_chooses": one.chosen,
            }
            for one in found.aside
        ],
    }


def stands_on(found: ConditionResult) -> list[dict[str, Any]]:
    """The facts a condition reads, each with whose it is (a pid, or the household's id) and its value as people write it."""
    names, subject = found.subject.pack.names, found.subject
    told = []
    for name in found.condition.test.facts:
        fact = names.facts[name]
        if fact.subject == "household":
            owners = [(subject.household.hid, subject.household.facts)]
        elif subject.member is not None:
            owners = [(subject.member.pid, subject.member.facts)]
        else:
            owners = [(one.pid, one.facts) for one in subject.household.members]
        for owner, facts in owners:
            value = facts.get(name)
            told.append({"name": name, "label": fact.label, "whose": owner, "value": spoken(value, name, found.subject.pack)})
    return told


def spoken(value: Any, name: str, pack: Pack) -> str | None:
    """A fact's value as people write it; None where it is not known."""
    fact = pack.names.facts[name]
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    if fact.type == "money":
        return f"{pack.names.money.spoken(int(value))} {pack.names.money.unit}"
    return fact.codes.get(str(value), str(value))


def written(value: Any, expression: Expression, held: Currency = YUAN) -> Any:
    """For machines: money in yuan (or the pack's own unit) as text, days as YYYY-MM-DD, ratios as decimals, unknown null."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if expression.unit == MONEY_UNIT:
        return held.plain(value if expression.down == 1 else round(Decimal(value) / expression.down))
    return value if expression.down == 1 else f"{(Decimal(value) / expression.down).normalize():f}"
