"""Citizen numbers: what is read, what is repaired, what is never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.facts import number

GOOD = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        (GOOD, GOOD, "ok"),
        ("440524188001010014", "440524188001010014", "ok"),
        ("11010519491231002x", GOOD, "ok"),
        ("11010519491231002×", GOOD, "ok"),
        ("１１０１０５１９４９１２３１００２Ｘ", GOOD, "ok"),
        (" 110105 19491231 002X\u200b", GOOD, "ok"),
        ("'11010519491231002X", GOOD, "ok"),
        ("110105491231002", GOOD, "from15"),
        (None, None, "missing"),
        ("", None, "missing"),
        ("无", None, "missing"),
        ("0", None, "missing"),
        ("111111111111111111", None, "missing"),
        ("110105194912310021", None, "bad_check"),
        ("110105194913310020", None, "malformed"),
        ("11010519490230002X", None, "malformed"),
        ("110105491331002", None, "malformed"),
        ("6.1E+17", None, "malformed"),
        ("1101051949123100", None, "malformed"),
        ("张三", None, "malformed"),
        ("①10105194912310021", None, "malformed"),
    ],
)
def test_reading(text, value, state):
    assert number.parse(text) == number.Number(value, state)


@given(st.text(max_size=30))
def test_any_text_gets_a_state_and_a_value_only_when_trusted(text):
    read = number.parse(text)
    assert read.state in number.STATES
    assert (read.value is not None) == (read.state in ("ok", "from15"))
    if read.value:
        assert number.parse(read.value) == number.Number(read.value, "ok")


@given(st.dates(min_value=number.date(1901, 1, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(born, order, place, step):
    if born.year > number.LAST_YEAR:
        born = born.replace(year=1950, day=1)
    first = f"990113{born:%Y%m%d}{order:03d}"
    whole = first + number.check_character(first)
    assert number.parse(whole).state == "ok"
    wrong = whole[:place] + str((int(whole[place]) + step) % 10) + whole[place + 1 :]
    assert number.parse(wrong).value is None


def test_birth_and_sex_are_read_from_the_number():
    assert number.birth_of(GOOD) == number.date(1949, 12, 31)
    assert number.sex_of(GOOD) == "2"
    assert number.masked(GOOD) == "110105********002X"
