"""One household through every programme and every indicator, with its trace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bench.measure import median_ms
from bench.table import Row
from doudi.facts.household import Household, Member
from doudi.policy import assess, pack

ON, AREA = date(2026, 7, 1), "990101001201"


def family() -> Household:
    """Three people: an old man on dialysis, his wife, a grandson at school."""
    old = {
        "age": 72,
        "sex": "1",
        "on_dibao": True,
        "disability_grade": 2,
        "disability_kind": "4",
        "medical_self_paid_year": 1_356_000,
    }
    wife = {"age": 70, "sex": "2", "on_dibao": True, "pension_month": 21_300, "has_chronic_illness": True}
    boy = {"age": 9, "sex": "1", "on_dibao": True, "student_stage": "primary", "student_aided": False}
    members = tuple(
        Member(pid=f"p{number:020d}", facts=facts, relation=relation)
        for number, (relation, facts) in enumerate((("self", old), ("spouse", wife), ("grandchild", boy)))
    )
    facts = {
        "hh_members": 3,
        "hh_income_month": 145_800,
        "hh_income_per_head": 48_600,
        "hh_place_kind": "rural",
        "hh_tier": "dibao",
    }
    return Household(hid="h" + "0" * 20, area=AREA, facts=facts, members=members)


def measure(root: Path, profile: str) -> list[Row]:
    """Median of a thousand runs; the pack is loaded once, as a server does."""
    rules = pack.load(("cn", "demo_city"))
    home = family()
    found, signs = assess.assess_all(home, ON, AREA, rules)
    spent = median_ms(lambda: assess.assess_all(home, ON, AREA, rules), 1000)
    what = (
        f"one household of 3 with trace: {len(found)} assessments, {len(rules.indicators_on(ON))} indicators, {len(signs)} signs"
    )
    return [Row(what, f"{spent:.2f} ms", "", "< 1 ms")]
