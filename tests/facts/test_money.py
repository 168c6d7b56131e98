"""Money: to the fen at the edges, whole fen inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.facts import money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("900", 90_000),
        ("900.5", 90_050),
        ("1,894.00", 189_400),
        ("￥１２．３０", 1_230),
        ("1894元", 189_400),
        ("-3.10", -310),
        (632, 63_200),
    ],
)
def test_yuan_as_written(text, fen):
    assert money.fen(text) == fen


@pytest.mark.parametrize("text", ["", "1.234", "1,23", "12,34.5", "一百", "1e5", "1.2.3", "nan", "9" * 20, "1 000,00", "0x10"])
def test_what_is_not_money_is_refused(text):
    with pytest.raises(money.NotMoney):
        money.fen(text)


@given(st.integers(-money.LARGEST_FEN, money.LARGEST_FEN))
def test_there_and_back(fen):
    assert money.fen(money.yuan(fen)) == fen
    assert money.fen(money.spoken(fen)) == fen


@given(st.integers(-(10**12), 10**12))
def test_rounding_up_never_takes_away_and_adds_less_than_a_yuan(fen):
    assert 0 <= money.ceil_yuan(fen) - fen < 100
    assert money.ceil_yuan(fen) % 100 == 0


def test_a_unit_written_twice_is_not_an_amount() -> None:
    with pytest.raises(ValueError):
        money.fen("0元元")
