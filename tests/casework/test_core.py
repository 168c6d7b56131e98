"""The table of moves, the clocks, receipt numbers: pure."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doudi.casework import core
from doudi.casework.core import State, calculation, differences
from doudi.casework.core.calculation import IncomeLine, Judged
from doudi.facts import days
from doudi.office.core import NotAllowed
from doudi.verification.core.kinds import kinds


def test_every_state_has_words_for_clerk_and_family():
    for state in State:
        assert state.label and state.says
    assert all(core.road(code).label for code in core.roads())
    with pytest.raises(NotAllowed):
        core.road("lottery")


@given(st.integers(990101, 990199).map(str), st.integers(2026, 2060), st.integers(1, 99999), st.data())
def test_a_wrong_digit_of_a_receipt_is_noticed(county, year, number, data):
    receipt = core.receipt_of(county, year, number)
    assert core.read_receipt(core.show_receipt(receipt)) == receipt
    place = data.draw(st.integers(0, len(receipt) - 1))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != receipt[place])
    assert core.read_receipt(receipt[:place] + wrong + receipt[place + 1 :]) is None


def test_a_receipt_is_read_however_it_is_typed():
    receipt = core.receipt_of("990101", 2026, 17)
    for text in (
        f" {receipt} ",
        "－".join((receipt[:6], receipt[6:])),
        receipt.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ):
        assert core.read_receipt(text) == receipt
    assert core.read_receipt("没有") is None


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_an_opinion_is_due_so_that_showing_and_county_still_fit(accepted):
    road = core.road("dibao")
    whole = days.add_working_days(accepted, road.clock["total_wd"])
    shown = core.leave_for_county(whole, road)
    at_county = days.ONE_DAY * (road.clock["publicity_days"] + 1) + shown
    assert days.add_working_days(at_county, road.clock["county_wd"]) <= whole
    assert shown > accepted


def test_the_clocks_of_the_law():
    clock = core.road("dibao").clock
    assert (clock["total_wd"], clock["extended_wd"], clock["county_wd"], clock["publicity_days"]) == (30, 45, 10, 7)
    assert (clock["investigation_start_wd"], clock["refusal_notice_wd"], clock["reconsider_days"]) == (3, 3, 60)
    assert core.road("tekun").clock["county_wd"] == 15


@pytest.mark.parametrize(
    ("name", "minor", "shown"),
    [("王桂兰", False, "王*兰"), ("王兰", False, "王*"), ("买买提·阿不都", False, "买*都"), ("王小宝", True, "（未成年人）")],
)
def test_names_on_a_board(name, minor, shown):
    assert core.mask_for_list(name, minor) == shown


# ---- the sum ------------------------------------------------------------------------------------------------------------

amounts = st.one_of(st.none(), st.integers(0, 10**8))
lines = st.builds(
    IncomeLine,
    pid=st.sampled_from(["a", "b", ""]),
    whose=st.just("某人"),
    kind=st.sampled_from(list(core.INCOMES)),
    found_fen=amounts,
    said=st.sampled_from(["right", "wrong", ""]),
    said_fen=st.integers(0, 10**8),
    source=st.just("人社"),
    as_of=st.none(),
)


@given(st.lists(lines, max_size=8), st.sampled_from([{"a"}, {"a", "b"}, set()]))
def test_the_sum_is_what_the_table_counts_and_unknown_stays_unknown(some, living):
    total, table = calculation.income_table(some, [], {}, living)

    open_lines = [row for row in table if row.counted is None]
    if open_lines:
        assert total is None
    else:
        assert total == sum(row.fen for row in table if row.counted)
    assert all(row.why for row in table)
    assert len(table) == len(some)


def test_what_is_judged_counts_as_judged():
    line = IncomeLine("a", "王桂兰", "pension", 21300, "wrong", None, "人社", None)

    def judged(choice, amount=None):
        question = Judged("income:a:pension", "income", "a", choice, 21300, None, amount, "问过")
        return calculation.income_table([line], [], {question.key: question}, {"a"})[0]

    assert judged("") is None and judged("visit") is None
    assert (judged("data_right"), judged("amount", 15000), judged("not_counted")) == (21300, 15000, 0)


def judged(key, kind, choice, found=None, amount=None):
    return Judged(key, kind, "a", choice, found, None, amount, "看过")


@pytest.mark.parametrize(
    ("questions", "answered", "cars"),
    [
        ([], True, 0),
        ([], False, None),
        ([judged("vehicle:a:1", "vehicle", "")], True, None),
        ([judged("vehicle:a:1", "vehicle", "data_right")], True, 1),
        ([judged("vehicle:a:1", "vehicle", "not_counted")], True, 0),
        ([judged("silent:vehicle", "silent", "person_right")], False, 0),
        ([judged("silent:vehicle", "silent", "discuss")], False, None),
    ],
)
def test_cars_are_known_only_when_answered_or_settled(questions, answered, cars):
    assert calculation.things_counted("vehicle", questions, answered=answered, silent_key="silent:vehicle") == cars


@pytest.mark.parametrize(
    ("questions", "answered", "fen"),
    [
        ([], True, 0),
        ([], False, None),
        ([judged("deposit:a:1", "deposit", "data_right", 500), judged("deposit:a:2", "deposit", "amount", 900, 100)], True, 600),
        ([judged("deposit:a:1", "deposit", "data_right", 500)], False, None),
        ([judged("silent:deposit", "silent", "amount", amount=300)], False, 300),
        ([judged("silent:deposit", "silent", "person_right")], False, 0),
    ],
)
def test_savings_are_known_only_when_answered_or_settled(questions, answered, fen):
    assert calculation.savings(questions, answered=answered) == fen


def test_every_kind_of_difference_has_innocent_explanations_and_a_way_to_leave_it_open():
    assert set(differences.CHOICES) == set(kinds())
    for kind, choices in differences.CHOICES.items():
        assert kinds()[kind].explanations and set(choices) <= set(core.QUESTION_CHOICES), kind
        assert set(choices) & core.OPEN_CHOICES, kind
