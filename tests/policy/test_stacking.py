"""The stacking matrix: judged per month of entitlement, one answer for one and for everybody; packages hold nothing barred."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.config.cli import cli
from doudi.engine import holdings as engine
from doudi.facts.household import Household, Member
from doudi.policy import assess, pack, stacking
from doudi.policy.language.errors import RuleError
from doudi.policy.stacking import Holding
from examples import some

RULES = pack.load()
UNTIL = date(2026, 8, 31)


def judged(*holdings, until=UNTIL):
    return stacking.judge(holdings, RULES, until)


def tekun(since=date(2026, 3, 5), **more):
    return Holding("wang", "tekun", since, **more)


def test_tekun_bars_both_subsidies_from_the_month_it_began():
    living = Holding("wang", "disability_living", date(2020, 1, 1), date(2026, 8, 31), 10_000)
    nursing = Holding("wang", "disability_nursing", date(2020, 1, 1), date(2026, 5, 31), 8_000)
    barred = [one for one in judged(tekun(), living, nursing) if one.relation == "X"]
    months = {
        subsidy: [one.month.month for one in barred if one.stops == subsidy] for subsidy in (living.programme, nursing.programme)
    }
    assert months == {"disability_living": [3, 4, 5, 6, 7, 8], "disability_nursing": [3, 4, 5]}
    assert {(one.code, one.certain) for one in barred} == {("ST-01", True)}
    assert barred[0].sentence == "2026 年 3 月：特困供养和残疾人两项补贴不能同时领（不能一起领）"
    assert barred[0].article == "国发〔2015〕52号"


def test_a_month_is_judged_by_the_rule_of_that_month():
    both = (Holding("li", "dibao", date(2022, 1, 1)), Holding("li", "tekun", date(2022, 1, 1)))
    found = judged(*both, until=date(2022, 12, 31))
    assert [one.month for one in found] == [date(2022, 11, 1), date(2022, 12, 1)]  # N2022 is of 20 October: whole months after it
    assert {one.stops for one in found} == {""}  # the text does not say which: a person decides


def test_a_child_on_dibao_gets_the_difference():
    dibao = Holding("an", "dibao", date(2026, 7, 1), amount_fen=50_000)
    child = Holding("an", "unattended_child", date(2026, 8, 1), amount_fen=130_000)
    (one,) = judged(dibao, child)
    assert (one.relation, one.due_fen, one.income, one.month) == ("D", 80_000, "not_counted", date(2026, 8, 1))
    assert judged(dibao, Holding("an", "unattended_child", date(2026, 8, 1)))[0].due_fen is None


def test_a_minor_chooses_and_the_better_one_is_named():
    born = date(2010, 7, 15)
    held = (tekun(amount_fen=110_000, born_on=born), Holding("wang", "orphan_benefit", date(2026, 7, 1), amount_fen=130_000))
    assert [(one.relation, one.better) for one in judged(*held)] == [("C", "orphan_benefit")] * 2
    grown = (tekun(born_on=date(2008, 7, 15)), held[1])
    assert [one.month for one in judged(*grown)] == [date(2026, 7, 1)]  # eighteen on 15 July: no choice is asked from August on
    unknown_age = (tekun(), held[1])
    assert [one.certain for one in judged(*unknown_age)] == [False, False]
    assert "还不知道" in judged(*unknown_age)[0].sentence


def test_unknown_days_and_kinds_stay_unknown():
    (one,) = judged(Holding("wang", "tekun"), Holding("wang", "disability_living"))
    assert (one.certain, one.month) == (False, date(2026, 8, 1))
    living = Holding("an", "disability_living", date(2026, 8, 1))
    kinds = {
        kind: judged(Holding("an", "unattended_child", date(2026, 8, 1), kind=kind), living)
        for kind in ("full", "difference", "")
    }
    assert {kind: [(one.relation, one.certain) for one in found] for kind, found in kinds.items()} == {
        "full": [("X", True)],
        "difference": [("D", True)],
        "": [("D", False), ("X", False)],
    }


def test_two_rolls_of_the_same_benefit_and_other_people():
    twice = judged(Holding("li", "dibao", date(2026, 8, 1)), Holding("li", "dibao", date(2026, 8, 1)))
    assert [(one.code, one.row, one.column) for one in twice] == [("ST-09", "dibao", "dibao")]
    assert judged(tekun(), Holding("sun", "disability_living", date(2020, 1, 1))) == []


DAYS = st.none() | st.sampled_from(
    [date(2016, 1, 1), date(2022, 10, 20), date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 15), date(2027, 1, 1)]
)
OFTEN = ["tekun", "orphan_benefit", "unattended_child", "disability_living", "old_age_living", "dibao", "work_injury_nursing"]
HOLDINGS = st.lists(
    st.builds(
        Holding,
        st.sampled_from(["a", "b"]),
        st.sampled_from(OFTEN),
        st.none()
        | st.sampled_from([date(2021, 12, 31), date(2022, 10, 31), date(2026, 2, 28), date(2026, 6, 30), date(2026, 8, 31)]),
        DAYS,
        st.none() | st.sampled_from([0, 50_000, 130_000]),
        st.sampled_from(["", "full", "difference"]),
        st.none() | st.sampled_from([date(2008, 2, 29), date(2008, 8, 31), date(2008, 7, 1), date(2012, 1, 1), date(1950, 1, 1)]),
    ),
    max_size=6,
)


@settings(max_examples=some(30), deadline=None)
@given(HOLDINGS)
def test_everybody_at_once_is_judged_like_one(holdings):
    swept = [tuple(row.values()) for row in engine.judge(holdings, RULES, UNTIL).to_pylist()]
    one_by_one = [
        (j.pid, j.month, j.code, j.row, j.column, j.relation, j.certain, j.stops, j.better, j.due_fen, j.income)
        for j in stacking.judge(holdings, RULES, UNTIL)
    ]
    assert sorted(swept, key=repr) == sorted(one_by_one, key=repr)


# ---- tables of holdings ---------------------------------------------------------------------------------------------------

TABLE = """person,programme,from,to,amount,kind,born
wang,tekun,2026-03-05,,1097,,
wang,困难残疾人生活补贴,2020-01-01,2026-08-31,100,,
an,dibao,2026-07-01,,500,,
an,unattended_child,2026-08-01,,1300,,
"""


def run(*words):
    result = CliRunner().invoke(cli, [str(word) for word in words])
    return result.exit_code, result.stdout


def test_a_table_of_holdings_is_judged_by_the_command(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    code, out = run("rules", "stack", tmp_path / "t.csv", "--until", "2026-08-31", "--json")
    found = json.loads(out)
    assert code == 1 and found["barred"] == {"ST-01": 6}
    assert [one["due"] for one in found["months"] if one["pid"] == "an"] == ["800.00"]
    code, out = run("rules", "stack", tmp_path / "t.csv", "--until", "2026-08-31", "--person", "an")
    assert code == 0 and "儿童补贴只补差额" in out and "CH2019" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("programme,from", "programm,from"), "programme"),
        (("wang,tekun", "wang,tekum"), "tekun"),
        (("2026-03-05", "2026-02-30"), "第 1 行"),
        (("wang,tekun", ",tekun"), "person"),
        (("1097", "much"), "月金额"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(tmp_path, change, said):
    (tmp_path / "t.csv").write_text(TABLE.replace(*change, 1), encoding="utf-8")
    code, out = run("rules", "stack", tmp_path / "t.csv", "--until", "2026-08-31", "--json")
    assert code == 2 and said in json.loads(out)["error"]


# ---- packages ------------------------------------------------------------------------------------------------------------


def home(*people, **facts):
    members = tuple(Member(f"p{n}", person) for n, person in enumerate(people, 1))
    return Household("h", "990101", {"hh_place_kind": "urban", **facts}, members)


def proposed(household, on=date(2026, 7, 31)):
    answers, _ = assess.assess_all(household, on, "990101", RULES)
    package = stacking.package(answers, RULES)
    return package, {(one.assessment.programme, one.assessment.subject) for one in package.proposed}


PROPERTY = {"hh_financial_assets": 0, "hh_car_count": 0, "hh_dwelling_count": 1, "hh_firm_count": 0}


def test_what_bars_one_another_is_not_proposed_together():
    """A man of 61, alone, level 1: he fits Dibao, Tekun and the nursing subsidy. Tekun and Dibao never stand side by side."""
    alone = home(
        {"age": 61, "is_disabled": True, "disability_kind": "4", "disability_grade": 1, "has_living_source": False,
         "supporter_unable": True, "self_care_failed": 0}, hh_members=1, hh_income_month=0, **PROPERTY,
    )  # fmt: skip
    package, together = proposed(alone)
    assert ("tekun", "p1") in together and ("dibao", "h") not in together and ("disability_nursing", "p1") not in together
    reasons = {one.assessment.programme: (one.instead_of.programme, one.reason, one.chosen) for one in package.aside}
    assert reasons["disability_nursing"] == ("tekun", "特困供养和残疾人两项补贴不能同时领（国发〔2015〕52号）", False)
    assert reasons["dibao"][0] == "tekun" and reasons["dibao"][2] is True and "N2022 3(1)" in reasons["dibao"][1]


def test_a_new_dibao_household_with_a_child_nobody_cares_for_gets_the_difference():
    child = {"age": 9, "father_state": "prison", "mother_state": "out_of_contact", "child_care_form": "home", "on_dibao": False,
             "on_living_subsidy": False}  # fmt: skip
    package, together = proposed(home({"age": 66}, child, hh_members=2, hh_income_month=700, **PROPERTY))
    assert {("dibao", "h"), ("unattended_child", "p2")} <= together
    due = {one.assessment.programme: one for one in package.proposed}
    dibao = due["dibao"].assessment.amount_fen
    assert due["unattended_child"].due_fen == 130_000 - dibao // 2 and "CH2019" in due["unattended_child"].reasons[0]
    assert due["dibao"].due_fen == dibao


def test_a_package_holds_nothing_unknown_and_bars_nothing_within(made_of=PROPERTY):
    package, together = proposed(home({"age": 70}, hh_members=1, **made_of))
    assert all(one.assessment.eligible == "yes" for one in package.proposed) and ("dibao", "h") not in together


# ---- the table -----------------------------------------------------------------------------------------------------------

PAIR = """
[[benefit]]
code = "a"
label = "a"
[[benefit]]
code = "b"
label = "b"
[[stacking]]
code = "S1"
label = "not both"
row = "a"
column = "b"
relation = "X"
from = 2020-01-01
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('relation = "X"', 'relation = "Y"'), "relation"),
        (('column = "b"', 'column = "c"'), "没有“c”"),
        (('relation = "X"', 'relation = "D"'), "pays"),
        (('relation = "X"', 'relation = "X"\nkeeps = "c"'), "keeps"),
        (("from = 2020-01-01", "from = 2020-01-01\nto = 2019-01-01"), "早"),
        (('code = "S1"', 'codes = "S1"'), "codes"),
        (("[[stacking]]", PAIR[PAIR.index("[[stacking]]") :] + "[[stacking]]"), "两遍"),
    ],
)
def test_a_cell_that_is_not_understood_is_refused(tmp_path, change, said):
    (tmp_path / "pack.toml").write_text('name = "own"\nlabel = "own"\n', encoding="utf-8")
    (tmp_path / "rules.toml").write_text(PAIR.replace(*change, 1), encoding="utf-8")
    with pytest.raises(RuleError, match=said):
        pack.load([tmp_path])


def test_every_rule_of_the_matrix_is_there_with_its_article():
    codes = {cell.code for cell in RULES.stacking}
    assert {f"ST-{number:02}" for number in range(1, 13)} <= codes
    assert all(cell.articles and cell.grade for cell in RULES.stacking)
    assert {"ST-01", "ST-02", "ST-04", "ST-06", "ST-07", "ST-08", "ST-09", "ST-12"} == set(RULES.overlaps)
