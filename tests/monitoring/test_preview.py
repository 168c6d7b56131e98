"""A change tried before it counts: nobody is named by a small number, nobody without a post looks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import people
from doudi.monitoring import queries
from doudi.office import queries as office
from doudi.office.core import NotAllowed


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 40), max_size=6))
def test_a_small_number_is_hidden_and_cannot_be_reckoned_from_the_others(numbers):
    told = queries.told(numbers)
    assert set(told) == set(numbers)
    for name, number in numbers.items():
        assert told[name] in (None, number)
        if 0 < number < queries.FEWEST:
            assert told[name] is None
    hidden = [name for name in numbers if told[name] is None]
    others = [name for name, number in numbers.items() if number]
    assert len(hidden) != 1 or others == hidden  # one alone is the whole sum; that sum is hidden by itself


@pytest.mark.django_db
def test_only_who_changes_rules_tries_them_and_without_a_cycle_there_is_nothing_to_try():
    li = office.viewer(people.clerk_li(), "rules.read", people.NOON)
    with pytest.raises(NotAllowed):
        queries.preview("g1", li)
    zhao = office.viewer(people.officer_zhao(), "rules.change", people.NOON)
    assert queries.preview("g1", zhao) is None
