"""One rule text, one answer: the closure and the SQL agree on every household, unknowns, zeros and extremes included."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from doudi.facts.household import Household, Member
from doudi.policy import assess, cases, pack, sweep
from examples import some
from policy import made_up

ON = made_up.ON


@pytest.fixture(scope="module")
def rules():
    return pack.load()


def plain(values):
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def python_findings(rules, made):
    return {
        (
            sign.subject_kind,
            sign.subject.id,
            sign.subject.area,
            sign.indicator.code,
            sign.indicator.level,
            sign.basis,
            sign.mask,
        ): plain(sign.values)
        for household in made
        for sign in assess.signs(household, ON, household.area, rules)
        if sign.state == "met"
    }


def agree(rules, made):
    connection = made_up.database(dict(rules.names.facts), made)
    swept = {tuple(row[:-1]): json.loads(row[-1]) for row in connection.execute(sweep.findings_sql(rules, ON)).fetchall()}
    assert swept == python_findings(rules, made)
    for code in rules.programmes:
        found = connection.execute(sweep.programme_sql(rules, code, ON))
        columns = [column[0] for column in found.description]
        expected = {}
        for household in made:
            for answer in assess.assess_each(code, household, ON, household.area, rules):
                states = {"met": True, "not_met": False, "unknown": None}
                row = {f"c_{condition.name}": states[condition.state] for condition in answer.conditions}
                row |= {f"s_{step.name}": step.fen for step in answer.steps}
                row |= {
                    "subject": answer.subject,
                    "area": answer.area,
                    "eligible": answer.eligible,
                    "amount_fen": answer.amount_fen,
                }
                expected[answer.subject] = row
        assert {row[0]: dict(zip(columns, row, strict=True)) for row in found.fetchall()} == expected
    for code in rules.overlaps:
        rows = connection.execute(sweep.overlap_sql(rules, code, ON)).fetchall()
        held = {
            found.subject.id: (found.months[0] if found.months else None, len(found.months), found.benefits)
            for household in made
            for found in assess.overlaps(household, ON, household.area, rules)
            if found.rule.code == code and found.state == "met"
        }
        assert {row[0]: (row[2] and row[2].replace(day=1), max(row[3] or 0, 0), row[4]) for row in rows} == {
            subject: (first, months, benefits) if first else (rows_since(rows, subject), months, benefits)
            for subject, (first, months, benefits) in held.items()
        }
    connection.close()
    return len(swept)


def rows_since(rows, subject):
    """An overlap that begins after the day of judgement has no month yet; its first day is only in the table."""
    return next(row[2] and row[2].replace(day=1) for row in rows if row[0] == subject)


@pytest.fixture(scope="module")
def made(rules):
    """Random households, and those of the cases: what random facts seldom make, an officer wrote down."""
    written = [
        Household(f"case{n}", "990101", told.facts, tuple(Member(f"case{n}_{one.pid}", one.facts) for one in told.members))
        for n, told in enumerate(cases.household_of(rules, case) for case in rules.cases)
    ]
    return made_up.households(dict(rules.names.facts), 3000, seed=7) + written


def test_several_thousand_households(rules, made):
    fired = agree(rules, made)
    assert fired > 5000


def test_every_indicator_fires_somewhere(rules, made):
    fired = {
        sign.indicator.code
        for household in made
        for sign in assess.signs(household, ON, household.area, rules)
        if sign.state == "met"
    }
    assert fired == set(rules.indicators)


@settings(
    max_examples=some(6),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(made_up.strategy(dict(pack.load().names.facts)))
def test_any_household(household):
    agree(pack.load(), [household])


def test_a_foreign_benefit_with_steps_that_lean_on_steps():
    rules = pack.load(["us_snap"])
    households = made_up.households(dict(rules.names.facts), 1500, seed=11)
    agree(rules, households)
    answers = [a.eligible for h in households for a in assess.assess_each("snap", h, ON, h.area, rules)]
    assert {answers.count(said) > 20 for said in ("yes", "no", "unknown")} == {True}
