"""The rule language: what is understood, what is refused and how, and that nothing crashes or escapes."""

from datetime import date

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from doudi.policy.language import check, python, sql
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Currency, Fact, Kind, Names, Variant
from doudi.policy.language.text import read
from examples import some
from policy import reference

NAMES = Names(
    {
        fact.name: fact
        for fact in (
            Fact("age", "person", "count", "years", "年龄"),
            Fact("ill", "person", "flag", "flag", "重病"),
            Fact("cost", "person", "money", "fen", "自付"),
            Fact("heads", "household", "count", "heads", "人数"),
            Fact("income", "household", "money", "fen", "月收入"),
            Fact("kind", "household", "code", "code", "城乡", codes={"urban": "城镇", "rural": "农村"}),
            Fact("since", "household", "date", "date", "起始日期"),
            Fact("alone", "household", "flag", "flag", "独居"),
        )
    },
    {
        "line": Kind("line", "money", "fen", "标准", by="kind"),
        "share": Kind("share", "ratio", "", "比例", 2),
        "days": Kind("days", "count", "days", "天数"),
        "people": Kind("people", "count", "heads", "人数线"),
        "rate": Kind("rate", "ratio", "", "费率", 12),
        "most": Kind("most", "money", "fen", "最多", by="heads", rows=(1, 2, 3), more=True),
        "few": Kind("few", "money", "fen", "按老人数", by="count(age >= 60)", rows=(0, 1, 2)),
        "hard": Kind(
            "hard",
            "formula",
            "",
            "刚性支出大",
            answers="condition",
            subject="household",
            variants=(Variant("income < P.line * heads"), Variant("any(ill) and income <= yuan(20)")),
        ),
        "gap": Kind(
            "gap",
            "formula",
            "",
            "差额",
            answers="money",
            subject="household",
            variants=(Variant("P.line - income / heads"), Variant("yuan(3)"), Variant("income * P.rate")),
        ),
    },
)
ON = date(2026, 7, 31)
PARAMETERS = {
    "line:urban": 85_000, "line:rural": 69_000, "share": 60, "days": 60, "people": 2, "rate": 40_800_001,
    "most:1": 100, "most:2": 200, "most:3": 250, "most:more": 30, "few:0": 5, "few:2": 9, "hard": 0, "gap": 0,
}  # fmt: skip


def ask(text, household=None, members=()):
    """The answer of the closure, after DuckDB and the reference have given the same."""
    household = household or {}
    node = check.condition(text, NAMES, "household")
    answer = python.closure(node)({}, household, python.Around(ON, PARAMETERS, tuple(members)))
    assert in_duckdb(node, household, members) is answer
    assert reference.answer(text, household, list(members), PARAMETERS, ON) is answer
    return answer


def in_duckdb(node, household, members):
    counted = sql.Counted()
    writer = sql.Sql(ON, lambda name: f"CAST({PARAMETERS.get(name, 'NULL')} AS BIGINT)", counted)
    tables = "household_facts h"
    fill("household", [household])
    fill("person", members)
    text = writer.text(node)
    if counted:
        counts = ", ".join(["count(*) AS members", *counted.columns(writer)])
        grouped = f"SELECT p.hid, {counts} FROM person_facts p JOIN household_facts h USING (hid) GROUP BY p.hid"
        tables += f" LEFT JOIN ({grouped}) c USING (hid)"
    return DUCKDB.execute(f"SELECT {text} FROM {tables}").fetchone()[0]


DUCKDB = duckdb.connect()
KINDS = {"count": "INTEGER", "money": "BIGINT", "flag": "BOOLEAN", "code": "VARCHAR", "date": "DATE"}
for SUBJECT in ("person", "household"):
    COLUMNS = ", ".join(f"{fact.name} {KINDS[fact.type]}" for fact in NAMES.facts.values() if fact.subject == SUBJECT)
    DUCKDB.execute(f"CREATE TABLE {SUBJECT}_facts (hid VARCHAR, {COLUMNS})")


def fill(subject, rows):
    facts = [fact.name for fact in NAMES.facts.values() if fact.subject == subject]
    DUCKDB.execute(f"DELETE FROM {subject}_facts")
    marks = ", ".join("?" * (len(facts) + 1))
    for row in rows:
        DUCKDB.execute(f"INSERT INTO {subject}_facts VALUES ({marks})", ["h", *(row.get(name) for name in facts)])


@pytest.mark.parametrize(
    ("text", "household", "answer"),
    [
        ("income < P.line * heads", {"income": 189_400, "heads": 3, "kind": "rural"}, True),
        ("income < P.line * heads", {"income": 207_000, "heads": 3, "kind": "rural"}, False),
        ("income < P.line * heads", {"income": 189_400, "heads": 3}, None),
        ("income / heads < P.line", {"income": 206_999, "heads": 3, "kind": "rural"}, True),
        ("income / heads < P.line", {"income": 0, "heads": 0, "kind": "rural"}, None),
        ("income / heads = income / heads", {"income": 5, "heads": 0}, None),
        ("income / income > P.share", {"income": -100}, True),
        ("yuan(60) / income >= P.share", {"income": 10_000}, True),
        ("yuan(60) / income > P.share", {"income": 10_000}, False),
        ("yuan(-60) / income < P.share", {"income": -10_000}, False),
        ("0.1 + 0.2 = 0.3", {}, True),
        ("1 / 3 * 3 = 1", {}, True),
        ("round(income / 3) = yuan(0.33)", {"income": 100}, True),
        ("round(income / 2) = yuan(0.01)", {"income": 1}, True),
        ("round(income / 2) = 0", {"income": -1}, True),
        ("ceil_yuan(income / 3) = yuan(1)", {"income": 1}, True),
        ("ceil_yuan(income) = yuan(-1)", {"income": -199}, True),
        ("alone and heads = 1", {"alone": False}, False),
        ("alone or heads = 1", {"alone": True}, True),
        ("alone and heads = 1", {"alone": True}, None),
        ("not alone", {}, None),
        ("alone is null", {}, True),
        ("income / heads is null", {"income": 3, "heads": 0}, True),
        ("kind in ('urban', 'rural')", {}, None),
        ("kind not in ('urban')", {"kind": "rural"}, True),
        ("case when alone then true else false end", {}, None),
        ("case kind when 'urban' then yuan(1) else yuan(2) end = yuan(2)", {"kind": "rural"}, True),
        ("case when heads = 1 then yuan(1) end = yuan(1)", {"heads": 2}, None),
        ("coalesce(income, yuan(1)) = yuan(1)", {}, True),
        ("coalesce(income / heads, yuan(1)) = yuan(1)", {"income": 5, "heads": 0}, True),
        ("least(income, yuan(3)) = yuan(3)", {"income": 400}, True),
        ("least(income, yuan(3)) <= yuan(3)", {}, None),
        ("greatest(income, income / heads, 0) = yuan(2)", {"income": 200, "heads": 3}, True),
        ("heads between 1 and 3", {"heads": 3}, True),
        ("months_between(since, on) = 1", {"since": date(2026, 6, 30)}, True),
        ("months_between(since, on) = 0", {"since": date(2026, 7, 1)}, True),
        ("months_between(since, on) = -1", {"since": date(2026, 8, 1)}, True),
        ("add_months(on, -1) = date '2026-06-30'", {}, True),
        ("add_months(since, 12) = date '2025-02-28'", {"since": date(2024, 2, 29)}, True),
        ("since >= add_days(on, -P.days)", {"since": date(2026, 6, 1)}, True),
        ("days_between(since, on) <= P.days", {"since": date(2026, 6, 1)}, True),
        ("since in (date '2026-06-01', on)", {"since": ON}, True),
        ("round(income, yuan(10)) = yuan(10)", {"income": 500}, True),
        ("round(income, yuan(10)) = 0", {"income": 499}, True),
        ("round(income, yuan(10)) = 0", {"income": -500}, True),
        ("round(income, yuan(10)) = yuan(-10)", {"income": -501}, True),
        ("floor(income, yuan(10)) = yuan(-10)", {"income": -1}, True),
        ("ceil(income, yuan(10)) = yuan(10)", {"income": 1}, True),
        ("ceil(income / 3, yuan(0.05)) = yuan(0.05)", {"income": 13}, True),
        ("floor(income / 3) = yuan(0.03)", {"income": 11}, True),
        ("ceil(income / heads) = yuan(0.02)", {"income": 3, "heads": 2}, True),
        ("ceil(income / heads) = yuan(0.02)", {"income": 3, "heads": 0}, None),
        ("round(income / yuan(1), 0.05) = 0.35", {"income": 33}, True),
        ("floor(heads, 2) = 4", {"heads": 5}, True),
        ("income * 0.000000000001 = yuan(0.01)", {"income": 10**12}, True),
        ("income * P.rate > yuan(0.40)", {"income": 10**6}, True),
        ("income * P.rate > yuan(0.41)", {"income": 10**6}, False),
        ("income = money(5)", {"income": 500}, True),
        ("P.most = yuan(2)", {"heads": 2}, True),
        ("P.most = yuan(3.10)", {"heads": 5}, True),
        ("P.most = yuan(3.10)", {"heads": 0}, None),
        ("P.most is null", {}, True),
        ("P.hard", {"income": 84_999, "heads": 1, "kind": "urban"}, True),
        ("not P.hard", {"income": 84_999, "kind": "urban"}, None),
        ("P.gap = yuan(100)", {"income": 130_000, "heads": 2, "kind": "rural"}, False),
        ("round(P.gap) = yuan(40)", {"income": 130_000, "heads": 2, "kind": "rural"}, True),
        ("working_days_between(date '2026-09-18', date '2026-10-10') = 11", {}, True),
        ("working_days_between(on, since) = -1", {"since": date(2026, 7, 30)}, True),
        ("add_working_days(date '2026-09-18', 11) = date '2026-10-10'", {}, True),
        ("add_working_days(since, 1) = date '2026-01-04'", {"since": date(2025, 12, 31)}, True),
        ("add_working_days(since, -1) = date '2025-12-31'", {"since": date(2026, 1, 4)}, True),
        ("add_working_days(since, 0) = since", {"since": date(2026, 1, 1)}, True),
        ("add_working_days(since, P.days) > on", {}, None),
    ],
)
def test_answers(text, household, answer):
    assert ask(text, household) is answer


ILL, WELL, UNSURE = {"ill": True, "age": 70, "cost": 500}, {"ill": False, "age": 30, "cost": 100}, {"age": 9}


@pytest.mark.parametrize(
    ("text", "members", "answer"),
    [
        ("any(ill)", [ILL, UNSURE], True),
        ("any(ill)", [WELL, UNSURE], None),
        ("any(ill)", [WELL], False),
        ("any(ill)", [], None),
        ("all(ill)", [WELL, UNSURE], False),
        ("all(ill)", [ILL], True),
        ("all(ill)", [ILL, UNSURE], None),
        ("count(ill) >= 1", [ILL, UNSURE], True),
        ("count(ill) >= 2", [ILL, UNSURE], None),
        ("count(ill) >= 3", [ILL, UNSURE], False),
        ("count(ill) < 2", [WELL, UNSURE], True),
        ("2 > count(ill)", [WELL, UNSURE], True),
        ("count(ill) = 1", [ILL, WELL], True),
        ("count(ill) <> 1", [ILL, UNSURE], None),
        ("count(ill) >= P.people", [ILL, ILL], True),
        ("count(ill) = 0", [], None),
        ("count(age >= 60) * 3 >= count(true)", [ILL, WELL, WELL], True),
        ("sum(cost) = yuan(6)", [ILL, WELL], True),
        ("sum(cost where age >= 60) = yuan(5)", [ILL, WELL, UNSURE], True),
        ("sum(cost where age < 18) = yuan(0)", [ILL, UNSURE], None),
        ("sum(cost) / heads > yuan(1)", [ILL, WELL], True),
        ("any(cost > income)", [ILL], True),
        ("P.few = yuan(0.09)", [ILL, ILL], True),
        ("P.few is null", [ILL], True),
        ("P.few = yuan(0.05)", [WELL], True),
        ("P.few is null", [UNSURE, {}], True),
        ("any(cost > P.most)", [ILL], True),
        ("sum(case when age < 18 then yuan(5) else 0 end) = yuan(5)", [UNSURE, WELL], True),
        ("sum(case when age < 18 then yuan(5) end where age < 18) = yuan(5)", [UNSURE, WELL], True),
    ],
)
def test_members(text, members, answer):
    assert ask(text, {"heads": 2, "income": 400}, members) is answer


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("incme > yuan(1)", 1, 1, "income（月收入）"),
        ("alone and\n  heds >= 1", 2, 3, "heads（人数）"),
        ("月收入 > yuan(1)", 1, 1, "income"),
        ("P.lin > yuan(1)", 1, 3, "line（标准）"),
        ("line > yuan(1)", 1, 1, "P.line"),
        ("kind = 'urbn'", 1, 1, "urban"),
        ("kind in ()", 1, 1, "清单是空的"),
        ("kind in ('urban', 'town')", 1, 19, "能写的有"),
        ("kind > 'urban'", 1, 1, "没有大小"),
        ("kind = 1", 1, 1, "比较"),
        ("income > 500", 1, 1, "yuan(500)"),
        ("income > heads", 1, 1, "钱不能和人数"),
        ("income + heads > 0", 1, 1, "钱不能和人数"),
        ("heads > P.days", 1, 1, "人数不能和天数"),
        ("income * income > 0", 1, 1, "没有意思"),
        ("since > '2026-01-01'", 1, 1, "date '2026-01-01'"),
        ("since > date '2026-02-30'", 1, 9, "没有 2026-02-30"),
        ("on - since > 3", 1, 1, "days_between"),
        ("age >= 60", 1, 1, "any(age"),
        ("income = null", 1, 1, "is null"),
        ("heads", 1, 1, "是”或“不是”"),
        ("heads and alone", 1, 1, "条件"),
        ("income / 0 > P.share", 1, 10, "不能除以 0"),
        ("heads >= 1 alone", None, None, "看不懂"),
        ("heads between 1 2", None, None, "词"),
        ("+heads > 1", None, None, "词"),
        ("(heads > 1", 1, 10, "括号"),
        ("heads > 1)", 1, 10, "括号"),
        ("heads ＞ 1", 1, 7, "英文的 >"),
        ("heads > 1e3", 1, 9, "科学记数"),
        ('kind = "urban"', 1, 8, "单引号"),
        ("cnt(ill) > 1", 1, 1, "count"),
        ("any(any(ill))", 1, 5, "不能再套"),
        ("count(ill, ill) > 1", 1, 1, "1 项"),
        ("heads > 1; drop table x", 1, 10, ";"),
        ("select 1", None, None, "看不懂"),
        ("(select true)", None, None, "看不懂"),
        ("exists(select 1)", 1, 1, "没有"),
        ("read_csv('/etc/passwd')", 1, 1, "没有"),
        ("heads::varchar = '1'", 1, 6, "::"),
        ("heads > 1 -- yes", None, None, "注释"),
        ("alone is true", 1, 1, "null"),
        ("heads < 1 < 2", 1, 1, "真假"),
        ("S.x > 1", 1, 3, "S.x"),
        ("x.age > 1", 1, 1, "P.名称"),
        ("add_months(on, heads) > on", 1, 1, "整数"),
        ("sum(cost / age) > 0", 1, 1, "会变的数"),
        ("", 1, 1, "空"),
        ("  \n ", 1, 1, "空"),
        ("income = money(0.001)", 1, 10, "两位小数"),
        ("round(income, heads) > 0", 1, 15, "固定数"),
        ("round(income, 0) > 0", 1, 15, "大于 0"),
        ("round(income, 10) > 0", 1, 1, "yuan(10)"),
        ("heads > 0.0000000000001", 1, 9, "12 位"),
        ("any(P.hard)", 1, 7, "不能再套"),
        ("add_working_days(on, heads) > on", 1, 1, "整数"),
        ("add_days(add_days(add_days(add_days(add_days(on, 40000), 40000), 40000), 40000), 40000) > on", 1, 1, "太远"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place_and_a_hint(text, line, column, said):
    with pytest.raises(RuleError) as found:
        check.condition(text, NAMES, "household")
    assert said in str(found.value)
    if line:
        assert (found.value.line, found.value.column) == (line, column)


def test_the_money_of_another_country():
    yen = Names(NAMES.facts, NAMES.parameters, Currency("JPY", "円", 0))
    node = check.condition("income = money(500)", yen, "household")
    assert python.closure(node)({}, {"income": 500}, python.Around(ON, {}))
    with pytest.raises(RuleError, match="不带小数"):
        check.condition("income = money(0.5)", yen, "household")
    with pytest.raises(RuleError, match=r"money\(500\)"):
        check.condition("income > 500", yen, "household")
    dinar = Currency("KWD", "dinar", 3)
    assert (dinar.pieces("1,234.5"), dinar.plain(1_234_500), dinar.spoken(-1_234_005)) == (1_234_500, "1234.500", "-1,234.005")


TOKENS = """
    P.most P.few P.hard P.gap P.rate money( floor( ceil( working_days_between( add_working_days( add_days( 0.000000000001
    age ill cost heads income kind since alone on P.line P.share P.days S.x and or not in between is null case
    when then else end any( all( count( sum( where coalesce( least( greatest( round( ceil_yuan( yuan( date
    months_between( add_months( ( ) , + - * / = <> < <= > >= 1 0 0.6 60 'urban' 'x' true false select from ;
    -- /* */ :: . " ' [ ] { } @ $ || % cast( exists( interval read_csv( lambda __import__ ${x} {{x}} \\ ` # 年龄
    ＞ union 1e9 999999999999 current_date now() array struct
"""
WORDS = st.sampled_from(TOKENS.split())


@settings(max_examples=some(150), deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=14).map(" ".join)), st.sampled_from(["person", "household"]))
@example("((((((((((((((((((((((((((((((((((((((((((((((((((", "household")
@example("not " * 400 + "alone", "household")
@example("heads + " * 240 + "1 > 0", "household")
@example("least(" * 30 + "heads, 1" + ", 2)" * 30 + " > 0", "household")
@example("\x00'; drop table person_facts; --", "household")
def test_no_text_crashes_or_escapes(text, subject):
    """Every text is refused in words, or becomes an expression over catalogue names that both backends run."""
    try:
        node = check.condition(text, NAMES, subject)
    except RuleError as refused:
        assert str(refused)
        return
    names = {part.value for part in node.walk() if part.op == "fact"}
    assert names <= set(NAMES.facts)
    answer = python.closure(node)({}, {}, python.Around(ON, PARAMETERS, ()))
    if subject == "household":
        assert in_duckdb(node, {}, []) is answer


NUMBER = st.sampled_from(
    [
        "income",
        "yuan(3)",
        "P.line",
        "income / heads",
        "income / 7",
        "sum(cost)",
        "-income",
        "income * P.share",
        "yuan(0.01)",
        "P.most",
        "P.few",
        "P.gap",
        "income * P.rate",
        "sum(case when ill then cost else yuan(1) end)",
    ]
)
FLAG = st.sampled_from(
    [
        "alone",
        "any(ill)",
        "all(ill)",
        "count(age >= 60) >= 1",
        "kind = 'urban'",
        "since <= on",
        "heads > 2",
        "true",
        "P.hard",
        "working_days_between(since, on) > 20",
        "add_working_days(since, -P.days) < on",
        "add_working_days(since, 7) <= on",
    ]
)


def grown(numbers, flags):
    pairs = st.tuples(numbers, numbers)
    number = st.one_of(
        st.tuples(st.sampled_from("+-"), pairs).map(lambda x: f"({x[1][0]} {x[0]} {x[1][1]})"),
        st.tuples(st.sampled_from(["least", "greatest", "coalesce"]), pairs).map(lambda x: f"{x[0]}({x[1][0]}, {x[1][1]})"),
        numbers.map(lambda x: f"round({x})"),
        numbers.map(lambda x: f"ceil_yuan({x})"),
        st.tuples(st.sampled_from(["round", "ceil", "floor"]), numbers, st.sampled_from(["0.03", "1", "10"])).map(
            lambda x: f"{x[0]}({x[1]}, yuan({x[2]}))"
        ),
        st.tuples(flags, pairs).map(lambda x: f"case when {x[0]} then {x[1][0]} else {x[1][1]} end"),
    )
    flag = st.one_of(
        st.tuples(st.sampled_from(["<", "<=", "=", "<>", ">", ">="]), pairs).map(lambda x: f"({x[1][0]} {x[0]} {x[1][1]})"),
        st.tuples(st.sampled_from(["and", "or"]), flags, flags).map(lambda x: f"({x[1]} {x[0]} {x[2]})"),
        flags.map(lambda x: f"(not {x})"),
        numbers.map(lambda x: f"({x} is null)"),
        st.tuples(flags, flags).map(lambda x: f"coalesce({x[0]}, {x[1]})"),
    )
    return number, flag


N1, F1 = grown(NUMBER, FLAG)
N2, F2 = grown(st.one_of(NUMBER, N1), st.one_of(FLAG, F1))
MONEY = st.none() | st.sampled_from([0, 1, -1, 49, 50, 51, 99, 100, 101, 63_200, 189_400, 10**12, -(10**12)])
PERSON = st.fixed_dictionaries(
    {"age": st.none() | st.sampled_from([0, 59, 60, 200]), "ill": st.none() | st.booleans(), "cost": MONEY}
)
HOUSEHOLD = st.fixed_dictionaries(
    {
        "heads": st.none() | st.sampled_from([0, 1, 2, 3, 1000]),
        "income": MONEY,
        "kind": st.sampled_from([None, "urban", "rural"]),
        "since": st.none() | st.dates(date(1901, 1, 1), date(2099, 12, 31)),
        "alone": st.none() | st.booleans(),
    }
)


@settings(max_examples=some(80), deadline=None)
@given(F2, HOUSEHOLD, st.lists(PERSON, max_size=3))
def test_any_expression_means_the_same_in_both(text, household, members):
    try:
        ask(text, household, members)
    except RuleError as refused:
        assert "大" in str(refused)  # too large to be exact, and says so


def test_deep_and_long_texts_are_refused_not_crashed():
    for text in ("a" * 5000, "(" * 41 + "alone" + ")" * 41, "alone and " * 300 + "alone"):
        with pytest.raises(RuleError):
            check.condition(text, NAMES, "household")
    assert read("alone and " * 100 + "alone").kind == "and"
