"""The limits of a programme in force for a place on a day, asked of the rules themselves; no number stands in this code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from doudi.facts.household import Household, Member
from doudi.policy import explain
from doudi.policy.assess import Asked, ConditionResult, Subject, article_on
from doudi.policy.language.errors import RuleError
from doudi.policy.rules import Condition
from doudi.rulebook import queries as rulebook
from doudi.verification.core.compared import Compared, Limit, Used
from doudi.verification.core.kinds import kinds

# The household fact a sum is put to the rules as.
FACTS = {
    "income": "hh_income_month",
    "deposit": "hh_financial_assets",
    "vehicle": "hh_car_count",
    "business": "hh_firm_count",
    "homes": "hh_dwelling_count",
}


def limits(
    programme: str, on: date, area: str, *, members: int, place_kind: str | None, totals: Iterable[Compared]
) -> dict[str, Limit]:
    """For each sum the condition that limits it, its number here and now, and whether the sum keeps to it.

    A sum that is "at least" can only break a limit, never keep it; one that is not known does neither. What only the family named
    counts with what was found. A programme without such a condition, or without rules in
    force, gives none.

    :param place_kind: urban or rural, where the standard is split
    """
    pack, found = rulebook.pack(), {}
    try:
        conditions = {one.name: one for one in pack.programme(programme, on).conditions}
    except RuleError:
        return {}
    for total in totals:
        condition = conditions.get(kinds()[total.kind].limit)
        if condition is None:
            continue
        sum_of = _known(total)
        facts: dict[str, Any] = {"hh_members": members, "hh_place_kind": place_kind, FACTS[total.kind]: sum_of}
        if total.kind == "income" and sum_of is not None and members:
            facts["hh_income_per_head"] = sum_of // members
        facts = {name: value for name, value in facts.items() if value is not None}
        household = Household("", area, facts, tuple(Member(f"m{at}", {}, "") for at in range(members)))
        subject = Asked(household, on, area, pack).whole
        found[total.kind] = _limit(programme, condition, subject, total, on)
    return found


def _known(total: Compared) -> int | None:
    if not total.is_money:
        return total.count
    return (total.found_fen or 0) + total.only_said_fen if total.found_fen is not None or total.only_said_fen else None


def _limit(programme: str, condition: Condition, subject: Subject, total: Compared, on: date) -> Limit:
    values = subject.values(condition.values)
    name = _name(condition)
    expression = condition.values[name] if name else None
    value = values.get(name) if name else None
    held = subject.run(condition.test)
    holds = None if total.at_least and held is not False else held
    state = {True: "met", False: "not_met", None: "unknown"}[holds]
    result = ConditionResult(condition.name, state, condition, subject, on)  # type: ignore[arg-type]
    used = tuple(_used(subject, parameter, on) for parameter in (expression.parameters if expression else ()))
    return Limit(
        programme=programme,
        clause=condition.label or condition.name,
        article=article_on(condition.articles, on),
        value=None if value is None or expression is None else int(value) // expression.down,
        unit="fen" if total.is_money else "count",
        per_head=total.kind == "income",
        holds=holds,
        says=explain.condition(result) if holds is not None else "还没有查全，现在说不准",
        used=tuple(one for one in used if one is not None),
    )


def _name(condition: Condition) -> str:
    """The value of a condition's sentences that is its limit: the one named so, else the only number of the place."""
    if "limit" in condition.values:
        return "limit"
    named = [name for name in condition.values if name.startswith("P.")]
    return named[0] if len(named) == 1 else ""


def _used(subject: Subject, name: str, on: date) -> Used | None:
    """A number the limit was made of, and the document that sets it; None where nobody set it."""
    parameter = subject.pack.parameters[name]
    setting = parameter.at(subject.area, on)
    value = subject.around.parameters.get(name)
    if setting is None:
        return None
    if value is None and isinstance(setting.value, dict):
        value = setting.value.get(str(subject.household.facts.get("hh_place_kind")))
    if value is None:
        return None
    kind = parameter.kind
    if kind.type == "ratio":
        value = f"{value / kind.scale:g}"
    return Used(name, kind.label, value, kind.type, setting.source)


# ---- how long a report holds, what a programme is called ----------------------------------------------------------------

VALID_DAYS = "verification_report_valid_days"


def report_valid_days(area: str, on: date) -> int:
    """For how many days from asking the sources a report may be leaned on here.

    :raises RuleError: nobody has set it
    """
    parameter = rulebook.pack().parameters.get(VALID_DAYS)
    setting = parameter.at(area, on) if parameter else None
    if setting is None:
        raise RuleError("还没有定核对报告几天有效", hint=f"：请在“规则”里给 {VALID_DAYS} 定一个数")
    return int(setting.value)


def programme_label(code: str, on: date) -> str:
    """What a programme is called on a day; the code itself where no rule is in force."""
    try:
        return rulebook.pack().programme(code, on).label
    except RuleError:
        return code
