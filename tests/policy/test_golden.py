"""The 25 golden cases of the fact sheet: each is held somewhere, and here stands where."""

import re
from pathlib import Path

import pytest

from doudi.policy import cases, pack

TESTS = Path(__file__).parents[1]
RULES = pack.load()
BY_RULES = {*range(1, 19), 23, 25}
"""Answered by a rule: a case named 黄金 n beside the rules."""

BY_TESTS = {
    # Facts of the process, held by the tests that walk it.
    19: ("casework/test_road.py", "test_an_objection_is_answered_shown_again_and_visited_by_the_county"),
    20: ("casework/test_road.py", "test_near_kin_step_back_and_the_county_looks_itself"),
    21: ("verification/test_household.py", "test_silence_is_not_nothing"),
    22: (
        "casework/test_golden.py",
        "test_golden_22_nothing_is_asked_about_a_spouse_who_will_not_sign_and_the_review_ends_with_the_reason",
    ),
    24: ("casework/test_roads.py", "test_nothing_that_weighs_on_a_family_is_moved_by_a_machine"),
}
ANSWERS = {  # what the fact sheet says must come out, beside what the cases say
    1: ("dibao", "yes", "900.00"),
    2: ("near_dibao", "yes", None),
    3: ("dibao", "unknown", None),
    4: ("dibao", "yes", "1000.00"),
    5: ("dibao", "yes", "800.00"),
    6: ("single_person_dibao", "yes", None),
    7: ("single_person_dibao", "no", None),
    8: ("tekun", "yes", None),
    9: ("tekun", "unknown", None),
    10: ("tekun", "no", None),
    11: ("tekun", "yes", None),
    12: ("tekun", None, "1210.00"),
    13: ("rigid_expenditure", "yes", None),
    14: ("rigid_expenditure", "no", None),
    15: ("temporary_emergency", "yes", None),
    17: ("unattended_child", "yes", "800.00"),
    18: ("dibao", "no", None),
    23: ("tekun", "no", None),
    25: ("single_person_dibao", "yes", None),
}


def golden():
    found = {}
    for case in RULES.cases:
        number = re.match(r"黄金 (\d+)：", case.name)
        if number:
            found.setdefault(int(number[1]), []).append(cases.run_one(RULES, case))
    return found


GOLDEN = golden()


@pytest.mark.parametrize("number", range(1, 26))
def test_each_golden_case_is_held(number):
    if number in BY_RULES:
        assert GOLDEN.get(number), f"no case 黄金 {number}"
        assert [str(outcome) for outcome in GOLDEN[number] if not outcome.right] == []
    else:
        path, name = BY_TESTS[number]
        assert re.search(rf"^def {name}\(", (TESTS / path).read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize("number", sorted(ANSWERS))
def test_the_answer_is_the_one_of_the_fact_sheet(number):
    rule, eligible, amount = ANSWERS[number]
    got = [outcome.got for outcome in GOLDEN[number] if outcome.case.rule == rule]
    assert any((eligible is None or one["eligible"] == eligible) and (amount is None or one["amount"] == amount) for one in got)


def test_tekun_beside_both_subsidies_is_six_months_of_two():
    (outcome,) = GOLDEN[16]
    assert outcome.got == {"state": True, "months": 6, "benefits": 2}
