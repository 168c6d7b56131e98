"""Small numbers hide, and stay hidden from whoever subtracts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doudi.engine.small import LEAST, hidden, small

ROWS = st.integers(1, 4).flatmap(
    lambda wide: st.lists(st.tuples(*[st.one_of(st.integers(0, 12), st.integers(0, 5000))] * wide), min_size=1, max_size=14)
)


@given(rows=ROWS)
def test_no_small_count_is_shown_nor_left_when_the_shown_are_subtracted(rows: list[tuple[int, ...]]) -> None:
    gone = hidden(rows)
    assert not [count for at, row in enumerate(rows) if at not in gone for count in row if small(count)]
    if not gone or len(gone) == len(rows):
        return  # all hidden: what is left is the total, which hides itself when it is small
    assert len(gone) >= 2
    for column in range(len(rows[0])):
        left = sum(rows[at][column] for at in gone)
        assert left == 0 or left >= LEAST


@given(rows=ROWS, more=st.sets(st.integers(0, 13)))
def test_what_is_hidden_in_any_case_is_hidden_and_nothing_large_hides_for_nothing(
    rows: list[tuple[int, ...]], more: set[int]
) -> None:
    given_ = frozenset(at for at in more if at < len(rows))
    assert given_ <= hidden(rows, given_)
    if not any(small(count) for row in rows for count in row):
        assert hidden(rows) == frozenset()


def test_one_small_county_takes_a_second_one_with_it() -> None:
    assert hidden([(3,), (40,), (500,)]) == {0, 1}
    assert hidden([(3,), (4,), (500,)]) == {0, 1, 2}  # 3 and 4 leave 7, which is small itself
    assert hidden([(0,), (40,), (500,)]) == frozenset()
