"""The programmes: what no household may change, money to the fen, the law of the day, what is not known."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.facts.household import Household, Member
from doudi.policy import assess, document, pack
from examples import some
from policy import made_up

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "programmes.md"
RULES = pack.load()
ON = made_up.ON
AREA = "990101"
LAST_OF_OLD, FIRST_OF_LAW = date(2026, 6, 30), date(2026, 7, 1)
NEW = {
    "single_person_dibao", "temporary_emergency", "temporary_expenditure", "medical", "medical_premium", "disability_living",
    "disability_nursing", "orphan_benefit", "unattended_child", "old_age_allowance", "price_subsidy",
}  # fmt: skip
FINE = {"hh_place_kind": "rural", "hh_financial_assets": 0, "hh_car_count": 0, "hh_dwelling_count": 1, "hh_firm_count": 0}


def home(*people, **facts):
    return Household("h", AREA, facts, tuple(Member(f"p{n}", person) for n, person in enumerate(people, 1)))


def asked(code, household, on=ON, area=AREA, **parameters):
    rule = RULES.programme(code, on)
    held = dict(RULES.parameters_at(area, on)) | parameters
    one = assess.Asked(household, on, area, RULES, held)
    return one.programme(rule, one.whole if rule.subject == "household" else one.each[0])


def test_the_programmes_of_the_fact_sheet_are_there():
    assert {"dibao", "near_dibao", "rigid_expenditure", "tekun"} | NEW <= set(RULES.programmes)
    for versions in RULES.programmes.values():
        for rule in versions:
            assert rule.articles and all(condition.articles and condition.met for condition in rule.conditions), rule.code


@settings(max_examples=some(80), deadline=None, suppress_health_check=list(HealthCheck))
@given(made_up.strategy(dict(RULES.names.facts)))
def test_no_amount_is_negative_and_nothing_unknown_is_a_yes(household):
    for answer in assess.Asked(household, ON, AREA, RULES).programmes():
        states = {condition.state for condition in answer.conditions}
        assert answer.eligible == ("no" if "not_met" in states else "unknown" if "unknown" in states else "yes")
        assert answer.amount_fen is None or (type(answer.amount_fen) is int and answer.amount_fen >= 0)
        if answer.eligible == "yes" and answer.steps and answer.amount_fen is None:
            assert answer.unknowns, answer.programme


@settings(max_examples=some(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(made_up.strategy(dict(RULES.names.facts)), st.randoms(use_true_random=False))
def test_the_order_of_members_changes_nothing(household, shuffler):
    members = list(household.members)
    shuffler.shuffle(members)
    turned = replace(household, members=tuple(members))

    def said(home):
        answers = assess.Asked(home, ON, AREA, RULES).programmes()
        return {(one.programme, one.subject): (one.eligible, one.amount_fen) for one in answers}

    assert said(household) == said(turned)


def test_of_somebody_nothing_is_known_of_nothing_is_said():
    nobody_known = home({})
    for answer in assess.Asked(nobody_known, ON, AREA, RULES).programmes():
        if answer.programme == "price_subsidy":  # the prices of this month alone say no
            continue
        assert answer.eligible == "unknown" and answer.amount_fen is None, answer.programme
        assert answer.unknowns and all(unknown.settle for unknown in answer.unknowns)


@settings(max_examples=some(50), deadline=None)
@given(st.integers(0, 400_000), st.integers(0, 100_000), st.integers(1, 6), st.booleans())
def test_more_income_never_means_more_dibao(income, more, heads, by_bands):
    bands = {
        "dibao_amount_by_bands": by_bands, "dibao_band_low_share": 30, "dibao_band_middle_share": 70,
        "dibao_band_low_month": 50_000, "dibao_band_middle_month": 35_000, "dibao_band_high_month": 20_000,
    }  # fmt: skip
    people = [{"age": 70, "is_disabled": True, "disability_grade": 1}] * heads
    poorer, richer = (
        asked("dibao", home(*people, **FINE, hh_members=heads, hh_income_month=given), **bands)
        for given in (income, income + more)
    )
    order = ("no", "unknown", "yes")
    assert order.index(poorer.eligible) >= order.index(richer.eligible)
    assert (poorer.amount_fen or 0) >= (richer.amount_fen or 0)


def test_632_times_three_less_1894_is_two():
    """Dividing by three first and multiplying back made it three."""
    steps = asked("dibao", home(**FINE, hh_members=3, hh_income_month=189_400), **{"dibao_standard:rural": 63_200}).steps
    assert {step.name: step.fen for step in steps} == {"counted": 189_400, "gap": 200, "base": 200, "topup": 0, "monthly": 200}


@given(st.integers(1, 20), st.integers(10_000, 200_000), st.integers(0, 4_000_000))
def test_the_gap_is_exact_and_rounded_up_once(heads, standard, income):
    answer = asked("dibao", home(**FINE, hh_members=heads, hh_income_month=income), **{"dibao_standard:rural": standard})
    step = {step.name: step.fen for step in answer.steps}
    assert step["gap"] == max(standard * heads - income, 0)
    assert step["base"] == -(-step["gap"] // 100) * 100
    assert (answer.conditions[0].state == "met") == (income < standard * heads)


def test_each_person_is_topped_up_once_for_the_best_reason():
    everything = {"age": 70, "is_disabled": True, "disability_grade": 1, "has_serious_illness": True}

    def topup(*people, **numbers):
        answer = asked("dibao", home(*people, **FINE, hh_members=2, hh_income_month=0), **numbers)
        return next(step.fen for step in answer.steps if step.name == "topup")

    assert topup(everything) == 20_700 and topup({"age": 70}) == 13_800 and topup({"age": 40}) == 0
    assert topup(everything, {"age": 9}, {"age": 40}) == 34_500
    assert topup(everything, **{"dibao_topup_ill:rural": 30_000}) == 30_000
    assert topup({"age": None, "has_serious_illness": None}) == 0  # not known: not added, and the sentence says so


SIX = ("fails_eating", "fails_dressing", "fails_getting_up", "fails_toilet", "fails_walking", "fails_bathing")


@given(st.lists(st.none() | st.booleans(), min_size=6, max_size=6))
def test_the_grade_of_self_care_is_told_only_when_the_known_items_decide(items):
    possible = {sum(bool(item) for item in items) + more for more in range(items.count(None) + 1)}
    grades = {"full" if failed == 0 else "half" if failed <= 3 else "none" for failed in possible}
    told = asked("tekun", home({"age": 70, **dict(zip(SIX, items, strict=True))}, **FINE)).steps[1].fen
    care = {"full": 20_000, "half": 60_000, "none": 120_000}
    assert told == (care[grades.pop()] if len(grades) == 1 else None)


def test_the_text_of_the_day_is_cited():
    for code in sorted(RULES.programmes):
        if not any("LAW" in article.text for rule in RULES.programmes[code] for article in rule.articles):
            continue
        before, after = (asked(code, home({}), on) for on in (LAST_OF_OLD, FIRST_OF_LAW))
        assert "LAW" not in before.article + "".join(one.article for one in before.conditions), code
        assert "LAW" in after.article, code
    assert {"dibao", "tekun", "medical", "price_subsidy", "temporary_emergency"} <= {
        code for code in RULES.programmes if "LAW" in asked(code, home({}), FIRST_OF_LAW).article
    }


def test_what_the_law_changed_on_its_first_day():
    fire = {"hh_place_kind": "urban", "hh_members": 1, "hh_emergency_kind": "fire", "hh_emergency_on": date(2026, 6, 29),
            "hh_living_in_distress": True, "hh_registered_here": False}  # fmt: skip
    assert [asked("temporary_emergency", home(**fire), on).eligible for on in (LAST_OF_OLD, FIRST_OF_LAW)] == ["no", "yes"]
    pupil = home({"age": 18, "is_disabled": False, "on_tekun": True, "student_stage": "senior"})
    assert [asked("tekun", pupil, on).conditions[0].state for on in (LAST_OF_OLD, FIRST_OF_LAW)] == ["not_met", "met"]


def test_the_basic_pension_is_left_out_and_the_end_of_its_legal_basis_is_said():
    old = home({"age": 70}, **FINE, hh_members=1, hh_income_month=75_000, hh_basic_pension_month=20_000)
    assert [asked("dibao", old, date(year, 12, 1)).conditions[0].state for year in (2025, 2026)] == ["met", "met"]
    assert asked("dibao", old, income_exclude_basic_pension=False).conditions[0].state == "not_met"
    assert "待确认" in RULES.parameters["income_exclude_basic_pension"].at(AREA, date(2026, 1, 1)).source


def test_a_number_no_place_has_set_is_named():
    elsewhere = asked("orphan_benefit", home({"age": 9, "father_state": "dead", "mother_state": "dead"}), area="880101")
    assert (elsewhere.eligible, elsewhere.amount_fen) == ("yes", None)
    child = asked(
        "orphan_benefit",
        home({"age": 9, "father_state": "dead", "mother_state": "dead", "child_care_form": "home"}),
        ON,
        "880101",
    )
    assert [unknown.name for unknown in child.unknowns] == ["P.child_standard"]


@pytest.mark.parametrize("parameter", sorted(RULES.parameters))
def test_what_no_national_text_fixes_has_no_national_value(parameter):
    """Warnings' thresholds are our own proposals; of the programmes only these few are national."""
    national = {
        "near_dibao_multiplier", "old_age_allowance_age", "topup_elderly_age", "dibao_round_up_to_yuan", "dibao_amount_by_bands",
        "income_exclude_basic_pension", "rigid_valid_months", "medical_rate_floor", "counted_income", "rigid_test",
    }  # fmt: skip
    read = {name for versions in RULES.programmes.values() for rule in versions for name in reads(rule)}
    if parameter in read - national:
        assert not [one for one in RULES.parameters[parameter].settings if not one.place]
        assert RULES.parameters[parameter].note


def reads(rule):
    expressions = [condition.test for condition in rule.conditions] + [step.amount for step in rule.steps]
    return {name.partition(":")[0] for expression in expressions for name in expression.parameters}


def test_the_page_of_the_programmes_is_not_stale():
    """Write it anew with `doudi rules document > docs/reference/programmes.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == document.markdown(pack.load())
