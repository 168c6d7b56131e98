"""Packs: what is refused when they are loaded, dated and local numbers, the cases beside the rules."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from doudi.engine.contract import read_contracts
from doudi.facts.household import Household
from doudi.policy import assess, cases, pack, sweep
from doudi.policy.language.errors import RuleError

CONTRACTS = Path(pack.__file__).parents[1] / "exchange" / "contracts"
ON = date(2026, 7, 1)

FACTS = """
[[fact]]
name = "weeks_out_of_work"
subject = "person"
type = "count"
label = "weeks without work"

[[fact]]
name = "savings"
subject = "household"
type = "money"
label = "savings"
"""
RULE = """
[[parameter]]
name = "limit"
type = "money"
label = "most savings"
set_by = ["nation", "city"]

[[value]]
parameter = "limit"
is = 500
from = 2020-01-01
to = 2026-06-30

[[value]]
parameter = "limit"
is = 600
from = 2026-07-01
known_since = 2026-05-01

[[value]]
parameter = "limit"
place = "9901"
is = 650
from = 2026-07-01
known_since = 2026-06-20

[[programme]]
code = "aid"
label = "aid"
unit = "household"
from = 2020-01-01
article = "Act 1"

  [[programme.condition]]
  name = "poor"
  if = "savings < P.limit"
  says = "{savings} below {P.limit}"

  [[programme.amount]]
  name = "gap"
  is = "P.limit - savings"
"""


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pack.toml").write_text('name = "own"\nlabel = "own"\n', encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def poor(savings, area="990101", on=ON, known_on=None, folder=None):
    household = Household("h", area, {"savings": savings})
    return assess.assess("aid", household, on, area, pack.load([folder]), known_on=known_on)


def test_a_folder_anyone_writes_is_a_pack_with_its_own_facts(tmp_path):
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE)
    answer = poor(60_000, folder=folder)
    assert (answer.eligible, answer.amount_fen) == ("yes", 5_000)
    assert answer.conditions[0].sentence == "600 below 650"


def test_numbers_by_place_day_and_what_was_known(tmp_path):
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE)
    limit = {
        "elsewhere": poor(0, area="880101", folder=folder),
        "here": poor(0, folder=folder),
        "before": poor(0, on=date(2026, 6, 30), folder=folder),
        "known in June": poor(0, known_on=date(2026, 6, 1), folder=folder),
        "known in April": poor(0, known_on=date(2026, 4, 1), folder=folder),
    }
    assert {when: answer.amount_fen for when, answer in limit.items()} == {
        "elsewhere": 60_000, "here": 65_000, "before": 50_000, "known in June": 60_000, "known in April": None,
    }  # fmt: skip
    assert limit["known in April"].eligible == "unknown"
    assert limit["known in April"].unknowns[0].name == "P.limit"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("savings < P.limit", "saving < P.limit"), "savings"),
        (("savings < P.limit", "savings < P.limt"), "limit"),
        (("savings < P.limit", "savings < 500"), "yuan(500)"),
        (('  if = "savings < P.limit"\n', ""), "少了“if”"),
        (('if = "savings', 'iff = "savings'), "不认识的一项“iff”"),
        (("[[programme.condition]]", "[[programme.conditions]]"), "conditions"),
        (("{savings} below", "{savngs} below"), "savings"),
        (("{savings} below", "{savings below"), "大括号"),
        (('is = "P.limit - savings"', 'is = "(P.limit - savings) / 3"'), "取整"),
        (('is = "P.limit - savings"', 'is = "weeks_out_of_work"'), "个人的事"),
        (('unit = "household"', 'unit = "family"'), "household"),
        (('place = "9901"', 'place = "990101"'), "不能由 990101 来定"),
        (('place = "9901"', 'place = "99O1"'), "区划代码"),
        (("is = 650", "is = 650.123"), "两位小数"),
        (("is = 650", 'is = "much"'), "不合适"),
        (("from = 2020-01-01\narticle", "from = 2020-01-01\nto = 2019-01-01\narticle"), "早"),
        (('article = "Act 1"', "article = 1"), "要写文字"),
        (('parameter = "limit"\nplace', 'parameter = "limits"\nplace'), "limit"),
        (('type = "money"\nlabel = "most', 'type = "cash"\nlabel = "most'), "money"),
    ],
)
def test_a_mistake_refuses_the_whole_pack_with_a_sentence(tmp_path, change, said):
    assert change[0] in RULE
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE.replace(*change))
    with pytest.raises(RuleError) as found:
        pack.load([folder])
    assert said in str(found.value)
    assert "own/rules.toml" in str(found.value)


def test_the_place_in_a_rule_is_named(tmp_path):
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE.replace("savings < P.limit", "savings <\\n P.limt"))
    with pytest.raises(RuleError, match=r"own/rules\.toml 第 36 行，programme aid 条件 poor if 式子第 2 行第 4 列"):
        pack.load([folder])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"rules": "programme = 1"}, "表"),
        ({"rules": "[[programme]]\ncode = 1"}, "少了"),
        ({"rules": "[[program]]"}, "programme"),
        ({"rules": "not toml"}, "TOML"),
        ({"facts": FACTS, "rules": RULE + RULE.split("[[programme]]")[0]}, "两遍"),
        ({"facts": FACTS, "rules": RULE + "[[programme]]" + RULE.split("[[programme]]")[1]}, "同时有效"),
        ({"facts": FACTS, "rules": '[[programme]]\ncode = "x"\nlabel = "x"\nunit = "household"\nfrom = 2020-01-01'}, "没有条件"),
        ({"facts": FACTS + FACTS.replace("savings", "saved").replace("weeks", "days").replace("count", "money")}, "两遍"),
    ],
)
def test_other_mistakes(tmp_path, files, said):
    if "两遍" in said and "rules" not in files:
        files = {"facts": FACTS, "more": FACTS.replace('label = "savings"', 'label = "saved"')}
    with pytest.raises(RuleError, match=said):
        pack.load([written(tmp_path / "own", **files)])


def test_packs_that_are_not_there_or_lie_on_themselves(tmp_path):
    with pytest.raises(RuleError, match="demo_city"):
        pack.load(["demo_cty"])
    folder = written(tmp_path / "own")
    (folder / "pack.toml").write_text(f'name = "own"\nlabel = "own"\nover = ["{folder}"]\n', encoding="utf-8")
    with pytest.raises(RuleError, match="绕"):
        pack.load([folder])


def test_every_case_beside_the_rules_comes_out_as_its_officer_expects():
    rules = pack.load()
    wrong = [str(outcome) for outcome in cases.run(rules) if not outcome.right]
    assert wrong == []


def test_every_rule_has_a_case_of_each_answer():
    rules = pack.load()
    seen = {}
    for outcome in cases.run(rules):
        seen.setdefault(outcome.case.rule, set()).add(str(outcome.got.get("eligible", outcome.got.get("state"))))
    assert {code: answers for code, answers in seen.items() if len(answers) < 3} == {}
    assert set(seen) == {*rules.programmes, *rules.indicators, *rules.overlaps, *rules.supervision}


def test_a_broken_rule_is_noticed_by_its_cases(tmp_path):
    shutil.copytree(pack.SHIPPED / "cn", tmp_path / "cn")
    path = tmp_path / "cn" / "dibao.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("P.counted_income < P", "P.counted_income <= P"), encoding="utf-8")
    wrong = [outcome for outcome in cases.run(pack.load([tmp_path / "cn"])) if not outcome.right]
    assert [outcome.case.name for outcome in wrong] == [
        "黄金 2：人均正好 700 元：不是低保",
        "人均正好等于标准：不是低于，不够低保",
    ]


def test_a_case_that_asks_for_what_is_not_there_is_refused(tmp_path):
    text = '[[case]]\nname = "c"\nrule = "aid"\non = 2026-07-01\nfacts = { savings = 1 }\nexpect = { por = true }'
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE)
    (folder / "cases").mkdir()
    (folder / "cases" / "aid.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match="poor"):
        cases.run(pack.load([folder]))


def test_rules_are_judged_by_the_law_of_the_day():
    rules = pack.load()
    household = Household("h", "990101", {"hh_place_kind": "urban", "hh_members": 1, "hh_income_month": 0})
    before, after = (assess.assess("dibao", household, day, "990101", rules) for day in (date(2026, 6, 30), ON))
    assert "LAW" not in before.article and "LAW Art. 18" in after.article
    assert "D57" in before.article and "D57" in after.article
    with pytest.raises(RuleError, match="2021-07-01"):
        assess.assess("dibao", household, date(2020, 1, 1), "990101", rules)
    with pytest.raises(RuleError, match="dibao"):
        assess.assess("dibo", household, ON, "990101", rules)


def test_rules_without_a_live_source_are_named_not_run():
    rules = pack.load()
    everything = set(read_contracts(CONTRACTS))
    assert rules.without_life(everything, ON) == {}
    dead = rules.without_life(everything - {"unemployed", "disaster"}, ON)
    assert {"A03", "A10", "B26", "B28"} <= set(dead) and dead["A10"] == ["disaster_loss", "disaster_on"]
    assert "C20" in rules.without_life(everything - {"deposit"}, ON)


def test_the_catalogue_names_datasets_that_have_a_contract_with_the_same_words():
    rules, contracts = pack.load(), read_contracts(CONTRACTS)
    assert {source for fact in rules.names.facts.values() for source in fact.sources} <= set(contracts)
    for code, source in rules.sources.items():
        assert (source.label, source.department) == (contracts[code].label, contracts[code].department)


def test_the_first_warnings_are_broad_enough():
    rules = pack.load()
    indicators = rules.indicators_on(ON)
    sources = {source for rule in indicators for name in rule.facts for source in rules.names.facts[name].sources}
    assert len(indicators) >= 24 and {rule.mode for rule in indicators} == {"trigger", "points"} and len(sources) >= 10
    assert all(rule.innocent for rule in indicators if rule.code.startswith("C"))
    assert all(rule.articles and (rule.words or rule.label) for rule in indicators)
    assert set(rules.responses) == {"R", "O", "Y"}


def test_the_sql_of_a_small_rule_is_pinned(tmp_path):
    folder = written(tmp_path / "own", facts=FACTS, rules=RULE)
    assert sweep.programme_sql(pack.load([folder]), "aid", ON) == (
        "SELECT subject, area, CASE WHEN c_poor THEN 'yes' WHEN NOT (c_poor) THEN 'no' ELSE 'unknown' END AS eligible, "
        "CASE WHEN c_poor THEN s_gap END AS amount_fen, c_poor, s_gap FROM (SELECT h.hid AS subject, h.area AS area, "
        "(CAST(h.\"savings\" AS BIGINT) < (CASE WHEN starts_with(h.area, '9901') THEN CAST(65000 AS BIGINT) "
        "ELSE CAST(60000 AS BIGINT) END)) AS c_poor, CAST(((CASE WHEN starts_with(h.area, '9901') THEN CAST(65000 AS BIGINT) "
        'ELSE CAST(60000 AS BIGINT) END) - CAST(h."savings" AS BIGINT)) AS BIGINT) AS s_gap FROM household_facts h)'
    )
    assert sweep.programme_sql(pack.load([folder]), "aid", ON, scope="990101").count("starts_with") == 0


def test_the_example_of_the_manual_is_true(tmp_path):
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    folder = tmp_path / "my_county"
    (folder / "cases").mkdir(parents=True)
    (folder / "pack.toml").write_text('name = "my_county"\nlabel = "某县"\nover = ["demo_city"]\n', encoding="utf-8")
    for name in ("rules.toml", "cases/l01.toml"):
        block = manual.split(f"```toml\n# {name}\n")[1].split("```")[0]
        (folder / name).write_text(block, encoding="utf-8")
    rules = pack.load([folder])
    outcomes = [outcome for outcome in cases.run(rules) if outcome.case.rule == "L01"]
    assert [outcome.right for outcome in outcomes] == [True]
