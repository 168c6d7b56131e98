"""What places set without touching a rule: weights, lines, levels, switches, whole texts; and what was known when."""

import json
from datetime import date

import pytest

from doudi.facts.household import Household, Member
from doudi.policy import assess, cases, explain, pack, supervise, sweep
from doudi.policy.language.errors import RuleError
from policy import made_up

ON = date(2026, 7, 31)
OWN = """
[[fact]]
name = "age"
subject = "person"
type = "count"
unit = "years"
label = "年龄"

[[fact]]
name = "heads"
subject = "household"
type = "count"
unit = "heads"
label = "人数"

[[fact]]
name = "income"
subject = "household"
type = "money"
label = "收入"

[[fact]]
name = "outlay"
subject = "household"
type = "money"
label = "支出"

[[fact]]
name = "accepted_on"
subject = "case"
type = "date"
label = "受理日期"

[[fact]]
name = "decided_on"
subject = "case"
type = "date"
label = "决定日期"

[[parameter]]
name = "hard"
type = "formula"
label = "支出过大的算法"
answers = "condition"
subject = "household"

[[value]]
parameter = "hard"
is = "outlay > income * 0.6"

[[value]]
parameter = "hard"
place = "9901"
is = "income - outlay < money(500) * heads and any(age >= 60)"
says = "扣掉支出以后每人不到 500 元"
says_not = "扣掉支出以后每人还有 500 元"

[[indicator]]
code = "T01"
label = "老人多"
subject = "household"
mode = "points"
level = "Y"
from = 2026-01-01
threshold = 5
innocent = ["也许有人照顾"]

  [[indicator.clause]]
  name = "old"
  if = "any(age >= 60)"
  says = "有老人"
  weight = 3

  [[indicator.clause]]
  name = "alone"
  if = "heads = 1"
  weight = 2

[[programme]]
code = "aid"
label = "支出型救助"
unit = "household"
from = 2026-01-01

  [[programme.condition]]
  name = "hard"
  if = "P.hard"
  says = "支出占收入六成以上"

  [[programme.amount]]
  name = "monthly"
  is = "ceil(outlay, money(10))"

[[supervision]]
code = "SP-01"
pack = "process"
label = "办得太慢"
subject = "case"
level = "O"
from = 2026-01-01
article = "办法第 9 条"
if = "working_days_between(accepted_on, coalesce(decided_on, on)) > 30"
says = "{accepted_on}受理，超过 30 个工作日"
show = { took = "working_days_between(accepted_on, coalesce(decided_on, on))" }
innocent = ["需要重新核对"]
"""
OLD_ALONE = {"age": 70}


@pytest.fixture
def folder(tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "pack.toml").write_text('name = "own"\nlabel = "own"\n', encoding="utf-8")
    (own / "rules.toml").write_text(OWN, encoding="utf-8")
    return own


def value(parameter, is_, **more):
    written = {"parameter": parameter, "is": is_, **more}
    lines = [f"{key} = {one.isoformat() if isinstance(one, date) else json.dumps(one)}" for key, one in written.items()]
    return "[[value]]\n" + "\n".join(lines) + "\n"


def found(rules, households, on=ON):
    """Level and mask by household, the same from the sweep and from assessing each."""
    connection = made_up.database(dict(rules.names.facts), households)
    swept = {(row[2], row[4], row[6]): json.loads(row[7]) for row in connection.execute(sweep.findings_sql(rules, on)).fetchall()}
    asked = [sign for one in households for sign in assess.signs(one, on, one.area, rules) if sign.state == "met"]
    assert {(sign.subject.area, sign.level, sign.mask) for sign in asked} == set(swept)
    assert all(explain.sign(sign, on).level == sign.level for sign in asked)
    return {area: (level, mask) for area, level, mask in swept}


HOMES = [Household(f"h{n}", area, {"heads": 1}, (Member(f"p{n}", OLD_ALONE),)) for n, area in enumerate(("990101", "990113"))]


def test_nothing_set_costs_nothing(folder):
    rules = pack.load([folder])
    assert rules.indicator("T01", ON).among is None
    assert "coalesce(CAST(NULL" not in sweep.findings_sql(rules, ON) and "starts_with" not in sweep.findings_sql(rules, ON)
    assert rules.tunables("T01", ON) == [
        ("T01.on", "on", True), ("T01.level", "level", "Y"), ("T01.threshold", "threshold", 5),
        ("T01.old.weight", "weight", 3), ("T01.alone.weight", "weight", 2),
    ]  # fmt: skip
    assert found(rules, HOMES) == {"990101": ("Y", 3), "990113": ("Y", 3)}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([value("T01.level", "R", place="990101")], {"990101": ("R", 3), "990113": ("Y", 3)}),
        ([value("T01.level", "R"), value("T01.level", "O", place="990113")], {"990101": ("R", 3), "990113": ("O", 3)}),
        ([value("T01.threshold", 6, place="9901")], {}),
        ([value("T01.old.weight", 2)], {}),
        ([value("T01.old.weight", 2, place="990113"), value("T01.threshold", 4, place="990113")],
         {"990101": ("Y", 3), "990113": ("Y", 3)}),
        ([value("T01.on", False, place="990101")], {"990113": ("Y", 3)}),
        ([value("T01.on", False), value("T01.on", True, place="990101")], {"990101": ("Y", 3)}),
        ([value("T01.on", False, **{"from": date(2026, 8, 1)})], {"990101": ("Y", 3), "990113": ("Y", 3)}),
    ],
)  # fmt: skip
def test_a_value_sets_it_for_its_place_and_time(folder, texts, expected):
    assert found(pack.load([folder], added=[("改一改", "".join(texts))]), HOMES) == expected


def test_what_is_switched_off_is_said(folder):
    off = value("T01.on", False, place="990101", source="通知") + value("SP-01.on", False)
    rules = pack.load([folder], added=[("关", off)])
    assert [(one.code, one.place, one.source) for one in rules.switched_off(ON)] == [("T01", "990101", "通知"), ("SP-01", "", "")]
    assert pack.load([folder]).switched_off(ON) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (value("T01.levl", "R"), "T01.level"),
        (value("T02.level", "R"), "T01.level"),
        (value("T01.young.weight", 1), "T01.old.weight"),
        (value("T01.level", "red"), '"R"'),
        (value("T01.on", "no"), "true"),
        (value("T01.threshold", 1.5), "整数"),
        (value("SP-01.threshold", 3), "SP-01.level"),
        (value("hard", "outlay > incme", place="990113"), "income"),
        (value("hard", "outlay", place="990113"), "条件"),
        (value("hard", "P.hard", place="990113"), "hard"),
        (value("hard", 3, place="990113"), "引号"),
        (value("hard", "age > 3", place="990113"), "any(age"),
        (value("hard", "outlay > income", place="990113", says="{outly} 元"), "outlay"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(folder, text, said):
    with pytest.raises(RuleError) as refused:
        pack.load([folder], added=[("本县的改动", "\n\n" + text)])
    assert said in str(refused.value) and "本县的改动 第" in str(refused.value)


def test_a_formula_differs_by_place_with_its_sentence(folder):
    rules = pack.load([folder])

    def asked(area, **facts):
        return assess.assess("aid", Household("h", area, facts, (Member("p", OLD_ALONE),)), ON, area, rules)

    elsewhere, here = asked("880101", income=100_000, outlay=60_100), asked("990101", income=100_000, outlay=60_100, heads=1)
    assert (elsewhere.eligible, elsewhere.conditions[0].sentence) == ("yes", "支出占收入六成以上")
    assert (here.eligible, here.conditions[0].sentence) == ("yes", "扣掉支出以后每人不到 500 元")
    assert asked("990101", income=300_000, outlay=0, heads=1).conditions[0].sentence == "扣掉支出以后每人还有 500 元"
    assert here.amount_fen == 61_000
    assert [one.name for one in asked("990101", income=100_000, outlay=60_100).unknowns] == ["heads"]  # not of the other text
    assert [one.name for one in asked("880101", outlay=1).unknowns] == ["income"]


def test_a_place_without_a_text_does_not_know(folder):
    national = '[[value]]\nparameter = "hard"\nis = "outlay > income * 0.6"\n'
    (folder / "rules.toml").write_text(OWN.replace(national, ""), encoding="utf-8")
    answer = assess.assess("aid", Household("h", "880101", {"income": 0, "outlay": 1}), ON, "880101", pack.load([folder]))
    assert answer.eligible == "unknown" and [one.name for one in answer.unknowns] == ["P.hard"]


def test_everything_set_means_the_same_for_everybody(folder):
    texts = value("T01.level", "R", place="9901") + value("T01.alone.weight", 4, place="990113") + value("T01.threshold", 4)
    rules = pack.load([folder], added=[("改", texts)])
    homes = made_up.households({n: f for n, f in rules.names.facts.items() if f.subject != "case"}, 800, seed=5)
    connection = made_up.database({n: f for n, f in rules.names.facts.items() if f.subject != "case"}, homes)
    swept = {(r[1], r[4], r[6]) for r in connection.execute(sweep.findings_sql(rules, ON)).fetchall()}
    asked = {(s.subject.id, s.level, s.mask) for h in homes for s in assess.signs(h, ON, h.area, rules) if s.state == "met"}
    assert swept == asked and len(swept) > 50
    rows = connection.execute(sweep.programme_sql(rules, "aid", ON)).fetchall()
    answers = {a.subject: (a.eligible, a.amount_fen) for h in homes for a in assess.assess_each("aid", h, ON, h.area, rules)}
    assert {row[0]: (row[2], row[3]) for row in rows} == answers


def test_what_was_known_on_a_day(folder):
    later = OWN[OWN.index("[[programme]]") : OWN.index("[[supervision]]")]
    later = later.replace("from = 2026-01-01", "from = 2026-07-01\nknown_since = 2026-09-01").replace("money(10)", "money(100)")
    rules = pack.load([folder], added=[("后来的", later + value("T01.level", "R", known_since=date(2026, 9, 1)))])
    home = Household("h", "880101", {"income": 0, "outlay": 61_000, "heads": 1}, (Member("p", OLD_ALONE),))

    def asked(known_on):
        answer = assess.assess("aid", home, ON, "880101", rules, known_on=known_on)
        level = assess.signs(home, ON, "880101", rules.known(known_on))[0].level
        return answer.amount_fen, level, answer.pack_version

    before, after = asked(date(2026, 8, 1)), asked(date(2026, 10, 1))
    assert (before[:2], after[:2]) == ((61_000, "Y"), (70_000, "R"))
    assert before[2] == pack.load([folder]).known(date(2026, 8, 1)).version != after[2] == rules.version
    known_then = sweep.programme_sql(rules, "aid", ON, known_on=date(2026, 8, 1))
    assert known_then == sweep.programme_sql(pack.load([folder]), "aid", ON)
    with pytest.raises(RuleError, match="2026-01-01"):
        rules.known(date(2026, 1, 1)).programme("aid", date(2025, 12, 31))


def test_two_versions_known_on_the_same_day_are_refused(folder):
    with pytest.raises(RuleError, match="known_since"):
        pack.load([folder], added=[("又一个", OWN[OWN.index("[[programme]]") : OWN.index("[[supervision]]")])])


def test_supervision_looks_at_a_case(folder):
    rules = pack.load([folder])

    def asked(**facts):
        return [(one.code, one.state, one.level, one.sentence) for one in assess.supervise(rules, "case", facts, ON, "990101")]

    slow = asked(accepted_on=date(2026, 6, 1))
    assert slow == [("SP-01", "met", "O", "2026 年 6 月 1 日受理，超过 30 个工作日")]
    assert asked(accepted_on=date(2026, 6, 1), decided_on=date(2026, 7, 10)) == []
    assert asked() == [("SP-01", "unknown", "O", "办得太慢：还不知道受理日期、决定日期，要查一查")]
    found = assess.supervise(rules, "case", {"accepted_on": date(2026, 6, 1)}, ON, "990101")[0]
    assert (found.innocent, found.article, found.values["took"]) == (("需要重新核对",), "办法第 9 条", 43)
    with pytest.raises(RuleError, match="accepted_on"):
        assess.supervise(rules, "case", {"acepted_on": None}, ON, "990101")
    with pytest.raises(RuleError, match="payment"):
        supervise.supervise(rules, "cases", {}, ON, "990101")
    off = pack.load([folder], added=[("关", value("SP-01.on", False, place="9901") + value("SP-01.level", "R"))])
    assert supervise.supervise(off, "case", {}, ON, "990101") == []
    assert supervise.supervise(off, "case", {}, ON, "880101")[0].level == "R"


def test_a_case_of_supervision_beside_the_rules(folder):
    (folder / "cases").mkdir()
    text = (
        '[[case]]\nname = "慢"\nrule = "SP-01"\non = 2026-07-31\nrecord = { accepted_on = 2026-06-01 }\n'
        'expect = { state = true, level = "O" }\n[[case]]\nname = "不慢"\nrule = "SP-01"\non = 2026-07-31\n'
        "record = { accepted_on = 2026-07-01 }\nexpect = { state = false }\n"
    )
    (folder / "cases" / "sp.toml").write_text(text, encoding="utf-8")
    assert [str(outcome) for outcome in cases.run(pack.load([folder])) if not outcome.right] == []
    (folder / "cases" / "sp.toml").write_text(text.replace("accepted_on", "acepted_on"), encoding="utf-8")
    with pytest.raises(RuleError, match="accepted_on"):
        cases.run(pack.load([folder]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('subject = "case"\nlevel', 'subject = "person"\nlevel'), "一件办理"),
        (("coalesce(decided_on, on)) > 30", "on) > 30 and any(age > 3)"), "没有家庭成员"),
        (('if = "P.hard"', 'if = "accepted_on < on"'), "说的是一件办理"),
        (('pack = "process"', 'pack = "proces"'), "process（"),
        (("if = \"working_days", "iff = \"working_days"), "不认识的一项“iff”"),
    ],
)  # fmt: skip
def test_each_rule_reads_facts_of_its_own_subject(folder, change, said):
    assert change[0] in OWN
    (folder / "rules.toml").write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        pack.load([folder])
    assert said in str(refused.value)


def test_every_mistake_is_named_at_once_with_its_line(folder):
    text = OWN.replace('if = "heads = 1"', 'if = "hads = 1"').replace('if = "any(age >= 60)"', 'if = "age >= 60"')
    text = text.replace("ceil(outlay, money(10))", "ceil(outlay, 10)").replace('type = "count"\nunit = "years"', 'type = "cont"')
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as refused:
        pack.load([folder])
    lines = text.splitlines()
    named = [(one.file_line, one.column) for one in refused.value.every()]
    assert len(named) == 3 and "另外还有 2 处" in str(refused.value)  # not the rules that only use the fact that is wrong
    assert [lines[line - 1].strip() for line, _ in named] == ["[[fact]]", 'if = "hads = 1"', 'is = "ceil(outlay, 10)"']
