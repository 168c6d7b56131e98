"""Answers about one household: states, sentences, unknowns, and how quickly."""

import time
from datetime import date

import pytest

from doudi.facts.household import Household, Member
from doudi.policy import assess, explain, pack
from policy import made_up

ON = date(2026, 7, 31)
RULES = pack.load()
KNOWN = {
    "hh_place_kind": "urban", "hh_members": 2, "hh_income_month": 90_000, "hh_financial_assets": 100_000,
    "hh_car_count": 0, "hh_dwelling_count": 1, "hh_firm_count": 0,
}  # fmt: skip


def granny(**facts):
    members = (Member("p1", {"age": 72, "on_tekun": False}), Member("p2", {"age": 9, "on_tekun": False}))
    return Household("h1", "990101001201", {**KNOWN, **facts}, members)


def test_every_condition_says_why_in_words_with_its_values():
    answer = assess.assess("dibao", granny(), ON, "990101", RULES)
    assert (answer.eligible, answer.amount_fen, answer.unknowns) == ("yes", 114_000, ())
    income = answer.conditions[0]
    assert (income.name, income.state, income.values["hh_income_month"]) == ("income", "met", 90_000)
    assert income.sentence == "一起吃住的 2 口人，每人每月收入 450 元，低于当地标准 850 元"
    assert [step.sentence for step in answer.steps] == [
        "家庭月收入 900 元，减去按规定不算、可以扣的，算 900 元",
        "850 元 × 2 人 − 算数的家庭月收入 900 元 = 800 元",
        "按补差或者分档：800 元",
        "老人、孩子、重残、重病的人，每人只按最高的一样加一次：一共加 340 元；不清楚的没有加",
        "每月 1,140 元",
    ]
    assert explain.sentences(income) == [income.sentence]


def test_unknown_is_named_with_what_would_settle_it_and_pays_nothing():
    answer = assess.assess("dibao", granny(hh_financial_assets=None), ON, "990101", RULES)
    assert (answer.eligible, answer.amount_fen) == ("unknown", None)
    assert [(unknown.name, unknown.settle) for unknown in answer.unknowns] == [
        ("hh_financial_assets", "请家里人签授权书，向银行等查一查")
    ]
    assert answer.steps[-1].fen == 114_000  # what it would be, were everything else met


def test_what_a_rule_passes_over_aloud_is_shown():
    alone = Household("h1", "990101001201", KNOWN)
    answer = assess.assess("dibao", alone, ON, "990101", RULES)
    passed = {one.name: [unknown.name for unknown in one.assumed] for one in answer.conditions if one.assumed}
    assert answer.eligible == "yes"
    not_deducted = ["hh_basic_pension_month", "hh_working_members", "hh_illness_outlay_month"]
    assert passed == {
        "income": not_deducted,
        "members": ["is_in_custody", "is_declared_missing", "age", "student_stage"],
        "not_tekun": ["on_tekun"],
    }
    both = Household("h2", "990101001201", {**KNOWN, "hh_income_month": None, "hh_income_per_head": 45_000})
    assert [u.name for u in assess.assess("dibao", both, ON, "990101", RULES).conditions[0].assumed] == [
        "hh_income_month",
        *not_deducted,
    ]


def test_a_no_needs_nothing_settled():
    answer = assess.assess("dibao", granny(hh_financial_assets=None, hh_car_count=1), ON, "990101", RULES)
    assert (answer.eligible, answer.amount_fen, answer.unknowns) == ("no", None, ())
    assert next(one for one in answer.conditions if one.name == "cars").state == "not_met"


def test_where_the_law_stops_a_person_is_asked():
    household = Household("h", "9901", {}, (Member("p", {"age": 16, "has_living_source": False, "supporter_unable": True}),))
    answer = assess.assess("tekun", household, ON, "990101", RULES)
    labour = answer.conditions[0]
    assert labour.state == "unknown" and "要工作人员来定" in labour.sentence
    assert answer.eligible == "unknown" and answer.unknowns


def test_a_programme_of_persons_asks_who():
    with pytest.raises(ValueError, match="哪一位"):
        assess.assess("tekun", granny(), ON, "990101", RULES)
    with pytest.raises(KeyError):
        assess.assess("tekun", granny(), ON, "990101", RULES, subject="p9")
    assert assess.assess("tekun", granny(), ON, "990101", RULES, subject="p2").subject == "p2"
    assert [one.subject for one in assess.assess_each("tekun", granny(), ON, "990101", RULES)] == ["p1", "p2"]


def test_a_sign_explains_itself_and_shows_what_may_be_innocent():
    facts = {"age": 60, "on_dibao": True, "car_count": 1, "car_registered_on": date(2024, 5, 6), "died_on": None}
    household = Household("h", "990101", {}, (Member("p", facts),))
    sign = next(s for s in assess.signs(household, ON, "990101", RULES) if s.indicator.code == "C18")
    told = explain.sign(sign, ON)
    assert (sign.state, sign.basis, sign.mask) == ("met", "2024-05-06", 3)
    assert told.sentence == "名下有 1 辆汽车，最近一辆 2024 年 5 月 6 日 登记"
    assert "车已经卖了没有过户" in told.innocent and told.response.visit_working_days == 5
    assert "LAW Art. 46–48" in told.article
    from_the_sweep = explain.finding(RULES, "C18", ON, 3, {"car_count": 1, "car_registered_on": "2024-05-06", "on_dibao": True})
    assert from_the_sweep == told


def test_points_fade_with_the_age_of_the_fact():
    def score(since):
        jobless = {"is_registered_unemployed": True, "on_unemployment_benefit": False, "unemployed_since": since, "age": 40}
        child = {"age": 9, "has_serious_illness": False}
        members = (Member("p", {**jobless, "has_serious_illness": False}), Member("q", child))
        asked = assess.Asked(Household("h", "990101", {}, members), ON, "990101", RULES)
        rule = RULES.indicator("A03", ON)
        return asked.each[0].run(rule.clauses[0].points), asked.sign(rule, asked.each[0]) is not None

    ages = {days: score(date.fromordinal(ON.toordinal() - days)) for days in (0, 89, 90, 180, 270, 360)}
    assert {days: points / 8 for days, (points, _) in ages.items()} == {0: 4, 89: 4, 90: 2, 180: 1, 270: 0.5, 360: 0}
    assert [fires for _, fires in ages.values()] == [True, True, False, False, False, False]
    assert score(None)[0] == 32  # an unknown day does not make it old


def test_overlap_by_month_of_entitlement():
    facts = {"on_tekun": True, "tekun_since": date(2026, 3, 1), "on_living_subsidy": True, "on_nursing_subsidy": True}
    household = Household("h", "990101", {}, (Member("p", {**facts, "subsidy_since": date(2020, 1, 1)}),))
    found = assess.overlaps(household, ON, "990101", RULES, until=date(2026, 8, 31))
    assert [(one.rule.code, len(one.months), one.benefits) for one in found if one.state == "met"] == [("ST-01", 6, 2)]
    assert explain.overlapping(found[0]).startswith("2026 年 3 月 1 日 起领特困供养")


def test_one_household_through_everything_with_its_trace_is_quick():
    """Under a millisecond on an idle machine; the gate is loose because test machines are busy. Process time, best of five."""
    made = [h for h in made_up.households(dict(RULES.names.facts), 200, seed=3) if len(h.members) == 3][:20]
    best = []
    for _ in range(5):
        begun = time.process_time()
        for household in made:
            answers, found = assess.assess_all(household, ON, "990101", RULES)
            assert answers and found is not None
        best.append((time.process_time() - begun) / len(made))
    assert min(best) < 0.003
