"""Whatever is written: a refusal with its place, or rules both engines run alike. Nothing crashes, runs, or is read besides."""

import tomllib
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from doudi.policy import assess, cases, loading, pack, sweep
from doudi.policy.language.errors import RuleError
from examples import some
from policy import made_up

ON = date(2026, 1, 15)
FOLDER = pack.SHIPPED / "us_snap"
TEXT = (
    "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("facts.toml", "parameters.toml", "snap.toml"))
    + """
[[indicator]]
code = "T01"
label = "many"
subject = "household"
mode = "points"
level = "Y"
from = 2024-01-01
threshold = 2
  [[indicator.clause]]
  name = "old"
  if = "any(age >= 60) or hh_size > 3"
  weight = 2
  since = "date '2025-12-01'"
  half_life = 30

[[supervision]]
code = "S01"
pack = "process"
label = "slow"
subject = "household"
level = "O"
from = 2024-01-01
if = "hh_size > 2"
"""
)
LINES = TEXT.splitlines()
PIECES = [
    "",
    "[[programme]]",
    "[[value]]",
    "  [[programme.condition]]",
    "is = true",
    "is = { 1 = 2, x = 3 }",
    "is = { more = 1 }",
    'by = "age"',
    "from = 2027-02-30",
    "from = 2020-01-01",
    'from = "2020"',
    'code = ""',
    "code = 3",
    'name = "on"',
    'type = "formula"',
    'is = "hh_size / 0"',
    'if = "S.allotment > 3 or P.max_allotment is null"',
    'is = "round(1 / 3, 0.000000000001)"',
    "threshold = -1",
    "weight = 99999999999999999",
    'parameter = "T01.on"',
    'parameter = "T01.old.weight"',
    "is = false",
    'place = "12345"',
    'place = "99"',
    "known_since = 2019-01-01",
    "articles = [{ is = 3 }]",
    "articles = 7",
    'show = { x = "hh_size * 2" }',
    'says = "{x} {"',
    "set_by = []",
    'set_by = ["moon"]',
    'by = "count(age > 3)"',
    "decimals = 99",
    '"" = 1',
    "a.b.c = 1",
    "[table]",
    "label = []",
    "label = { a = 1 }",
    "half_life = 0",
    "from = nan",
    "is = inf",
    "is = 1e400",
    "is = -1",
    "is = 9223372036854775808",
    'subject = ["person"]',
    "unit = {}",
    'if = """\n\n"""',
    "codes = { '' = 'x' }",
]


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("empty")
    (folder / "pack.toml").write_text((FOLDER / "pack.toml").read_text(encoding="utf-8"), encoding="utf-8")
    facts = dict(pack.load(["us_snap"]).names.facts)
    made = made_up.households(facts, 60, seed=3)
    return folder, facts, made, made_up.database(facts, made)


def judged(text, homes):
    """Load a text over an empty pack; what is understood answers alike in Python and in DuckDB."""
    folder, facts, made, connection = homes
    try:
        rules = pack.load([folder], added=[("odd", text)])
    except RuleError as refused:
        assert str(refused) and all(one.alone() for one in refused.every())
        return False
    read = {
        node.value
        for rule in [*rules.indicators_on(ON)]
        for expression in sweep.reads(rule)
        for node in expression.core.walk()
        if node.op == "fact"
    }
    assert read <= set(rules.names.facts)
    if dict(rules.names.facts) != facts:
        return True
    for code in {rule.code for rule in rules.programmes_on(ON)}:
        rows = {row[0]: (row[2], row[3]) for row in connection.execute(sweep.programme_sql(rules, code, ON)).fetchall()}
        answers = (answer for home in made for answer in assess.assess_each(code, home, ON, home.area, rules))
        assert rows == {answer.subject: (answer.eligible, answer.amount_fen) for answer in answers}
    swept = {(row[1], row[3], row[4], row[6]) for row in connection.execute(sweep.findings_sql(rules, ON)).fetchall()}
    signs = (sign for home in made for sign in assess.signs(home, ON, home.area, rules) if sign.state == "met")
    assert swept == {(sign.subject.id, sign.indicator.code, sign.level, sign.mask) for sign in signs}
    for home in made[:5]:
        assess.supervise(rules, "household", home.facts, ON, home.area)
        for answer in assess.Asked(home, ON, home.area, rules).programmes():
            assert all(condition.sentence is not None for condition in answer.conditions)
            assert all(step.sentence is not None for step in answer.steps)
    return True


CHANGES = st.lists(
    st.tuples(
        st.integers(0, len(LINES) - 1),
        st.sampled_from(["drop", "put", "swap", "token"]),
        st.sampled_from(PIECES),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=3,
)


def changed(changes):
    lines = list(LINES)
    for at, how, piece, number in changes:
        at = at % len(lines)
        if how == "drop":
            lines[at] = ""
        elif how == "put":
            lines.insert(at, piece)
        elif how == "swap":
            other = number % len(lines)
            lines[at], lines[other] = lines[other], lines[at]
        else:
            words = lines[at].split(" ")
            words[number % len(words)] = LINES[number % len(LINES)].split(" ")[-1]
            lines[at] = " ".join(words)
    return "\n".join(lines)


@settings(max_examples=some(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(CHANGES)
def test_a_real_pack_with_mistakes(homes, changes):
    judged(changed(changes), homes)


def test_the_unchanged_text_is_a_pack(homes):
    assert judged(TEXT, homes)
    assert tomllib.loads(TEXT)["programme"][0]["code"] == "snap"


KEYS = st.sampled_from(
    ["code", "name", "label", "subject", "type", "unit", "is", "if", "from", "to", "by", "place", "mode", "level", "pack", "says"]
)
VALUES = st.recursive(
    st.one_of(
        st.integers(-(2**70), 2**70).map(str),
        st.booleans().map(lambda x: str(x).lower()),
        st.sampled_from(["1.5", "nan", "-inf", "2026-01-01"]),
        st.sampled_from(
            [
                "12:30:00",
                "2026-01-01T00:00:00Z",
                '"household"',
                '"hh_size > 1"',
                '"P.x"',
                '"money"',
                '"trigger"',
                '"R"',
                '""',
                "'''\n'''",
            ]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda x: f"[{', '.join(x)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(lambda x: "{" + ", ".join(f"{k} = {v}" for k, v in x.items()) + "}"),
    ),
    max_leaves=5,
)
HEADS = st.sampled_from([*loading.TABLES, "case", "check", "odd"])
TABLE = st.tuples(HEADS, st.dictionaries(KEYS, VALUES, max_size=8)).map(
    lambda x: f"[[{x[0]}]]\n" + "\n".join(f"{k} = {v}" for k, v in x[1].items())
)


@settings(max_examples=some(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=80), st.lists(TABLE, min_size=1, max_size=3).map("\n".join)))
@example("[[case]]\nname = 1\nrule = 2\non = 2026-01-01\nexpect = 3")
@example('[[programme]]\ncode = "x"\nlabel = "x"\nunit = "household"\nfrom = 2026-01-01\ncondition = [1]')
@example("a = " + "[" * 300 + "]" * 300)
@example('[[fact]]\nname = "x"\nsubject = "person"\ntype = "code"\nlabel = "x"\ncodes = { a = 1 }')
def test_any_toml(text):
    try:
        rules = pack.load(["us_snap"], added=[("odd", text)])
        cases.run(rules)
    except RuleError as refused:
        assert all(one.alone() for one in refused.every())
