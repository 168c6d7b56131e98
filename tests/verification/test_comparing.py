"""Declared against found: sums to the fen, the same in whatever order, and what is not known never turns into a number."""

from dataclasses import asdict, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.verification.core import comparing
from doudi.verification.core.comparing import Answered, Declared, Somebody, compare
from doudi.verification.core.kinds import kinds
from doudi.verification.core.reading import INCOMES

ON = date(2026, 7, 1)
GRANNY, SON = Somebody("a", "a", "王桂兰", True), Somebody("b", "b", "王建国", True)
AUNT = Somebody("c", "c", "王小妹", True, role="supporter")
ASKED = (
    "insurance",
    "unemployed",
    "income",
    "deposit",
    "securities",
    "housing_fund",
    "vehicle",
    "business",
    "dwelling",
    "death",
    "custody",
    "marriage",
    "dibao",
)

lean = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(1, 10**8)
dated = st.dates(date(2020, 1, 1), ON)
values = st.one_of(
    st.tuples(st.just("insurance"), st.fixed_dictionaries({"event": st.just("job_start"), "event_date": dated, "base": money})),
    st.tuples(
        st.just("deposit"),
        st.fixed_dictionaries(
            {"balance": money, "balance_date": st.sampled_from([date(2026, 5, 1), date(2026, 6, 1)])},
            optional={"account": st.sampled_from(["1", "2", "3"])},
        ),
    ),
    st.tuples(
        st.just("securities"),
        st.fixed_dictionaries({"kind": st.sampled_from(["stock", "insurance"]), "market_value": money, "value_date": dated}),
    ),
    st.tuples(
        st.just("vehicle"),
        st.fixed_dictionaries({"plate": st.sampled_from("123"), "class": st.just("car"), "status": st.just("normal")}),
    ),
    st.tuples(st.just("dwelling"), st.fixed_dictionaries({"event": st.sampled_from(["bought", "sold"]), "event_date": dated})),
)


def row(number, found):
    dataset, held = found
    return {"dataset": dataset, "batch": 7, "row_no": number, "as_of": date(2026, 6, 30), "values": held, "their_ref": ""}


@st.composite
def checks(draw):
    """Answers of every source about three people, some of them silent, refused or ambiguous."""
    rows = draw(st.lists(st.tuples(st.sampled_from("abc"), values), max_size=10))
    who = st.tuples(st.sampled_from("abc"), st.sampled_from(ASKED))
    silent = draw(st.dictionaries(who, st.sampled_from(["no_answer", "refused", "ambiguous", "stale"]), max_size=4))
    answers = []
    for pid in "abc":
        for dataset in ASKED:
            mine = tuple(row(at, one) for at, (whose, one) in enumerate(rows, 1) if whose == pid and one[0] == dataset)
            word = silent.get((pid, dataset), "found")
            answers.append(Answered(pid, dataset, dataset, dataset, "nothing" if word == "found" and not mine else word, mine))
    return answers


def of(answers, declared=(), people=(GRANNY, SON, AUNT), programme="dibao"):
    return {one.key: one for one in compare(programme, people, declared, answers, ON)}


@lean
@given(checks())
def test_the_household_has_what_its_people_have_to_the_fen(answers):
    items = of(answers)

    for kind, of_kinds in (("income", ("income",)), ("deposit", ("deposit", "securities"))):
        parts = [one for one in items.values() if one.kind in of_kinds and one.pid in "ab" and not one.is_total]
        total, held = items[f"total:{kind}"], sum(one.found_fen or 0 for one in parts)
        assert total.found_fen == held or (not held and total.found_fen is None and total.at_least)
        assert all(one.found_fen == sum(each.fen for each in one.found if each.counted) for one in parts)
    cars = [one for one in items.values() if one.kind == "vehicle" and one.pid in "ab" and not one.is_total]
    assert items["total:vehicle"].count == len(cars) or (not cars and items["total:vehicle"].count is None)


@lean
@given(checks(), st.randoms())
def test_the_order_of_rows_answers_and_people_says_nothing(answers, random):
    mixed = [replace(one, rows=tuple(random.sample(one.rows, len(one.rows)))) for one in answers]
    random.shuffle(mixed)
    other_way = of(mixed, people=[AUNT, SON, GRANNY])

    assert of(mixed) == of(answers)
    for key, one in of(answers).items():
        assert (other_way[key].found_fen, other_way[key].count, other_way[key].at_least) == (
            one.found_fen,
            one.count,
            one.at_least,
        )


@lean
@given(checks(), st.sampled_from("ab"), st.sampled_from(ASKED), st.sampled_from(["no_answer", "refused", "ambiguous", "stale"]))
def test_one_more_silent_source_never_turns_at_least_into_a_number(answers, pid, dataset, said):
    before = of(answers)
    after = of([*answers, Answered(pid, dataset, "another bank", "另一家", said)])

    for key, one in before.items():
        assert after[key].at_least or not one.at_least
        assert after[key].found_fen == one.found_fen or (after[key].found_fen is None and not one.found_fen)
        assert after[key].count == one.count or (after[key].count is None and not one.count)
    if dataset == "deposit":
        assert after["total:deposit"].at_least and after["total:deposit"].data_says.startswith(("至少", "还不知道"))


ALL = Declared("", "incomes", None, "", ON)  # asked for all its income, the family said: this is all
TOTALS = ("income", "deposit", "vehicle", "business", "homes")
nothing = [Answered(pid, dataset, dataset, dataset, "nothing") for pid in "ab" for dataset in ASKED]


def number_of(one):
    return one.found_fen if one.kind in ("income", "deposit") else one.count


@lean
@given(checks(), st.booleans())
def test_what_nobody_told_is_never_nothing(answers, told):
    """0 stands only where every source said found or nothing about everybody, and of income the family told of all it has."""
    items = of(answers, [ALL] if told else [])

    known = {(one.pid, one.dataset) for one in answers if one.said in ("found", "nothing")}
    needs = {
        "income": ("insurance", "unemployed", "income"),
        "deposit": ("deposit", "securities", "housing_fund"),
        "vehicle": ("vehicle",),
        "business": ("business",),
    }
    for kind in TOTALS:
        total = items[f"total:{kind}"]
        whole = kind in needs and all((pid, dataset) in known for pid in "ab" for dataset in needs[kind])
        if kind == "income":
            whole = whole and told
        if number_of(total) in (0, None):
            assert (number_of(total) == 0) == whole, kind
        assert total.data_says.startswith("至少" if number_of(total) else "还不知道") or whole


def test_sources_that_know_nothing_and_a_family_nobody_asked_are_no_income_of_nothing():
    silent = of(nothing)["total:income"]
    assert (silent.found_fen, silent.said_fen, silent.at_least, silent.data_says) == (None, None, True, "还不知道")
    assert silent.unanswered == ("家里人自己说的收入",)

    told = of(nothing, [ALL])["total:income"]
    assert (told.found_fen, told.at_least, told.data_says, told.unanswered) == (0, False, "0 元", ())


@pytest.mark.parametrize("total", TOTALS)
def test_who_lives_together_and_was_not_asked_about_leaves_every_sum_open(total):
    grandson = Somebody("d", "d", "王小宝", False)
    one = of(nothing, [ALL], people=(GRANNY, SON, grandson))[f"total:{total}"]
    assert (number_of(one), one.at_least, one.data_says) == (None, True, "还不知道")
    stranger = Somebody("m1", "", "李四", True)
    assert of(nothing, [ALL], people=(GRANNY, SON, stranger))[f"total:{total}"].at_least
    assert "还没有查回来" in of(nothing, people=(GRANNY, SON, grandson))["homes"].data_says


def test_what_only_the_family_named_stands_beside_what_was_found():
    named = [ALL, Declared("", "support", 500_00, "", ON), Declared("b", "deposit", 900_00, "", ON)]
    items = of(nothing, named)

    income, savings = items["total:income"], items["total:deposit"]
    assert (income.found_fen, income.said_fen, income.only_said_fen) == (0, 500_00, 500_00)
    assert income.data_says == "0 元；另有 500 元只是家里人说的"
    assert (savings.found_fen, savings.only_said_fen) == (0, 900_00)
    assert of(nothing, named[1:])["total:income"].data_says == "还不知道；另有 500 元只是家里人说的"


@lean
@given(checks())
def test_rows_that_may_be_somebody_elses_are_not_counted(answers):
    emptied = [replace(one, rows=()) if one.said == "ambiguous" else one for one in answers]
    assert of(emptied) == of(answers)


@lean
@given(checks())
def test_a_supporter_is_compared_alone_and_asked_nothing_by_us(answers):
    items = of(answers)
    without = of([one for one in answers if one.pid != "c"], people=(GRANNY, SON))

    theirs = {key for key, one in items.items() if one.pid == "c"}
    assert all(items[key].is_supporter and not items[key].is_question for key in theirs)
    assert {key: one for key, one in items.items() if key not in theirs} == without


def deposit(pid, rows, said="found", source="deposit"):
    held = tuple(row(at, ("deposit", one)) for at, one in enumerate(rows, 1))
    return Answered(pid, "deposit", source, "银行", said, held)


def balance(fen, day=date(2026, 6, 20), **more):
    return {"balance": fen, "balance_date": day, **more}


def test_what_a_supporter_has_stands_before_who_judges_whether_they_can_help():
    wage = row(1, ("insurance", {"event": "job_start", "event_date": date(2025, 1, 1), "base": 3000_00}))
    answers = [Answered(one, "insurance", "insurance", "人社", "found", (wage,) if one == "c" else ()) for one in "ac"]
    items = of(answers, people=(GRANNY, AUNT), programme="tekun")

    assert "王小妹的工资、打工：每月 3,000 元" in items["supporter"].data_says
    assert items["total:income"].found_fen is None and items["income:c:wage"].is_supporter


def test_several_banks_are_one_sum_and_a_joint_account_counts_once():
    answers = [
        deposit("a", [balance(100_00, account="11"), balance(5_00, account="12")], source="rural"),
        deposit("a", [balance(30_00)], source="post"),
        deposit("b", [balance(100_00, account="11")], source="rural"),
    ]
    items = of(answers, people=(GRANNY, SON))

    assert items["deposit:a"].found_fen == 135_00 and len(items["deposit:a"].found) == 3
    assert items["deposit:b"].found_fen == 0 and "王桂兰名下" in items["deposit:b"].found[0].why
    assert items["total:deposit"].found_fen == 135_00


def fund(pid, **values):
    held = {"fund_event": "start", "event_date": date(2026, 3, 1), "fund_base": 4000_00, **values}
    return Answered(pid, "housing_fund", "housing_fund", "公积金中心", "found", (row(1, ("housing_fund", held)),))


def without(*datasets, pid="a"):
    return [one for one in nothing if one.pid != pid or one.dataset not in datasets]


def test_a_housing_fund_paid_into_hints_at_work_and_its_balance_is_counted_with_the_deposits():
    items = of([*without("housing_fund"), fund("a", balance=8000_00)], [ALL])

    wage, assets = items["income:a:wage"], items["total:deposit"]
    assert (wage.found_fen, wage.difference, wage.found[0].place.dataset) == (None, "not_said", "housing_fund")
    assert items["total:income"].data_says == "还不知道" and items["total:income"].unanswered == ("还在缴公积金的人工资多少",)
    assert (items["housing_fund:a"].found_fen, assets.found_fen, assets.at_least) == (8000_00, 8000_00, False)


def test_a_housing_fund_that_tells_no_balance_leaves_the_assets_open():
    assets = of([*without("housing_fund"), fund("a")], [ALL])["total:deposit"]
    assert (assets.found_fen, assets.at_least, assets.unanswered) == (None, True, ("公积金账户里有多少",))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"fund_event": "stop"}, []),  # nobody pays any more
        ({}, [Declared("a", "wage", 2000_00, "", ON)]),  # the family said how much
    ],
)
def test_a_hint_of_work_asks_nothing_where_there_is_no_more_to_know(more, said):
    items = of([*without("housing_fund"), fund("a", balance=1, **more)], [ALL, *said])
    assert not [one for one in items.values() if one.kind == "income" and one.is_question]
    assert not items["total:income"].at_least and items["total:income"].only_said_fen == sum(one.fen for one in said)


def test_a_benefit_that_is_drawn_of_nobody_knows_how_much_leaves_the_income_open():
    drawn = Answered("a", "unemployed", "unemployed", "人社", "found", (row(1, ("unemployed", {"on_benefit": True})),))
    answers = [*without("unemployed"), drawn]
    assert of(answers, [ALL])["total:income"].unanswered == ("失业金每月多少",)
    assert not of(answers, [ALL, Declared("a", "unemployment", 900_00, "", ON)])["total:income"].at_least


def test_securities_count_with_the_deposits():
    stock = row(1, ("securities", {"kind": "stock", "market_value": 700_00, "value_date": date(2026, 6, 1)}))
    found = Answered("a", "securities", "securities", "券商", "found", (stock,))
    total = of([*without("securities"), found], [ALL])["total:deposit"]
    assert (total.found_fen, total.at_least) == (700_00, False)
    assert of(without("securities"), [ALL])["total:deposit"].unanswered == ("securities",)


def test_an_older_balance_of_one_account_is_not_added_to_the_newer():
    rows = [balance(900_00, date(2026, 1, 5), account="1"), balance(70_00, date(2026, 6, 5), account="1")]
    assert of([deposit("a", rows)])["deposit:a"].found_fen == 70_00


@pytest.mark.parametrize(
    ("said", "declared", "found", "difference"),
    [
        ("right", None, 21300, ""),  # shown 213, called right, still 213
        ("right", None, 50000, "more"),
        ("", None, 21300, ""),  # left as shown
        ("", None, 9000, "less"),
        ("wrong", 15000, 21300, "wrong"),
        ("wrong", None, 21300, "wrong"),
    ],
)
def test_a_line_is_held_against_what_is_found_now(said, declared, found, difference):
    line = Declared(
        "a", "pension", declared, "", ON, said=said, found_fen=21300, dataset="insurance", batch=7, row_no=1, as_of=ON
    )
    pension = row(1, ("insurance", {"event": "pension_start", "event_date": date(2015, 1, 1), "base": found}))
    item = of([Answered("a", "insurance", "insurance", "人社", "found", (pension,))], [line])["income:a:pension"]

    assert (item.difference, item.found_fen) == (difference, found)
    assert item.is_question == bool(difference)


def test_what_the_family_added_itself_is_compared_too():
    line = Declared("a", "wage", 1000_00, "", ON, said="right")
    wage = row(1, ("insurance", {"event": "job_start", "event_date": date(2025, 1, 1), "base": 3000_00}))
    item = of([Answered("a", "insurance", "insurance", "人社", "found", (wage,))], [line])["income:a:wage"]

    assert (item.difference, item.said_fen, item.found_fen) == ("more", 1000_00, 3000_00)


def test_what_was_declared_is_the_same_after_it_was_kept():
    line = Declared("a", "pension", 5, "话", ON, said="wrong", found_fen=7, dataset="insurance", batch=1, row_no=2, as_of=ON)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(line).items()}
    assert comparing.kept([plain]) == (line,)


def test_every_kind_may_be_innocent_and_the_family_may_always_say_it_is_not_sure():
    assert set(INCOMES)
    for code, kind in kinds().items():
        assert kind.explanations, code
        if kind.to_family:
            assert kind.asks and kind.door and "unsure" in kind.answers and len(kind.answers) > 2, code
            assert not any(word in kind.door for word in ("{found}", "{source}")), code
