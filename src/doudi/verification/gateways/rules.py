"""What the rule store says about checks: how long a report holds, and what a programme is called."""

from __future__ import annotations

from datetime import date

from doudi.policy.language.errors import RuleError
from doudi.rulebook import queries as rulebook

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
