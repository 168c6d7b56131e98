"""Tables from outside: columns by name or label, money in yuan, empty unknown, mistakes refused with their place."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.policy import pack
from doudi.policy.tables import TableError, households, value

NAMES = pack.load().names
FACTS = NAMES.facts


@pytest.mark.parametrize(
    ("fact", "written", "read"),
    [
        ("hh_income_month", "1,894.00", 189_400),
        ("hh_income_month", 1894, 189_400),
        ("hh_income_month", 1894.5, 189_450),
        ("hh_income_month", Decimal("1894.50"), 189_450),
        ("hh_income_month", "", None),
        ("hh_income_month", None, None),
        ("hh_income_month", float("nan"), None),
        ("hh_income_month", "不知道", None),
        ("hh_members", "3", 3),
        ("hh_members", 3.0, 3),
        ("hh_place_kind", "城镇", "urban"),
        ("hh_place_kind", "rural", "rural"),
        ("tekun_care_grade", "none", "none"),
        ("on_dibao", "否", False),
        ("on_dibao", 1, True),
        ("on_dibao", False, False),
        ("born_on", "1950-02-28", date(1950, 2, 28)),
        ("born_on", datetime(1950, 2, 28, tzinfo=UTC), date(1950, 2, 28)),
        ("disability_kind", 6, "6"),
    ],
)
def test_values(fact, written, read):
    assert value(written, FACTS[fact]) == read


@pytest.mark.parametrize(
    ("fact", "written", "said"),
    [
        ("hh_income_month", "1.234", "两位小数"),
        ("hh_income_month", 0.1 + 0.2, "两位小数"),
        ("hh_income_month", "9" * 13, "太大"),
        ("hh_income_month", True, "金额"),
        ("hh_members", "3.5", "整数"),
        ("hh_members", "-1", "0 到"),
        ("hh_members", "1e99", "之间"),
        ("hh_members", "Infinity", "整数"),
        ("hh_place_kind", "town", "rural"),
        ("on_dibao", "也许", "是 或 否"),
        ("born_on", "1950-2-28", "born_on"),
        ("born_on", "20260230", "born_on"),
        ("age", "六十", "age"),
    ],
)
def test_values_that_do_not_fit(fact, written, said):
    with pytest.raises(TableError, match=said):
        value(written, FACTS[fact])


@given(st.sampled_from(sorted(FACTS)), st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_any_value_is_read_or_refused(fact, written):
    try:
        value(written, FACTS[fact])
    except TableError as refused:
        assert FACTS[fact].label in str(refused)


def test_members_nested_beside_or_as_columns():
    nested = households([{"id": "a", "hh_members": 2, "persons": [{"age": 70, "relation": "self"}, {"age": 8}]}], NAMES)
    beside = households(
        [{"家庭编号": "a", "共同生活人数": "2"}],
        NAMES,
        persons=[{"household": "a", "age": 70, "name": "王"}, {"household": "a", "age": 8}],
    )
    assert (
        [member.facts["age"] for member in nested[0].members] == [70, 8] == [member.facts["age"] for member in beside[0].members]
    )
    assert (nested[0].members[0].relation, beside[0].members[0].name) == ("self", "王")
    alone = households([{"id": "a", "age": 70, "hh_members": 1}], NAMES)[0]
    assert (alone.members[0].pid, alone.members[0].facts, alone.facts) == ("a", {"age": 70}, {"hh_members": 1})


@pytest.mark.parametrize(
    ("rows", "persons", "said"),
    [
        ([], None, "空"),
        ([{"hh_members": 1}], None, "编号"),
        ([{"id": "a", "hh_member": 1}], None, "hh_members"),
        ([{"id": "a", "人数": 1}], None, "共同生活人数"),
        ([{"id": "a"}, {"id": "a"}], None, "第 2 行"),
        ([{"id": "a"}, {"id": " "}], None, "第 2 行"),
        ([{"id": "a", "hh_members": 1, "共同生活人数": 1}], None, "两列"),
        ([{"id": "a", "hh_members": "x"}], None, "第 1 行"),
        ([{"id": "a", "age": 3}], [{"household": "a", "age": 3}], "成员表"),
        ([{"id": "a"}], [{"household": "b", "age": 3}], "不在家庭表"),
        ([{"id": "a"}], [{"age": 3}], "家庭编号"),
        ([{"id": "a"}], [{"household": "a", "hh_members": 3}], "家庭表"),
        ([{"id": "a"}], [{"household": "a", "id": "p"}, {"household": "a", "id": "p"}], "第 2 行"),
        ([{"id": "a", "persons": 3}], None, "清单"),
        ([{"id": "a", "persons": [{"agge": 3}]}], None, "age"),
    ],
)
def test_tables_that_are_refused(rows, persons, said):
    with pytest.raises(TableError, match=said):
        households(rows, NAMES, persons=persons)
