"""Names compared: titles and dots left out, homophones heard as one; SQL and Python agree."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.engine.names import plain, plain_sql, sound, sounds

NAMES = st.text(st.sampled_from("张王李德顺桂兰买提艾力·户主同志本人Aab （）()"), max_size=9)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张三丰户主", "张三丰"),
        ("王德顺（户主）", "王德顺"),
        ("买买提·艾力", "买买提艾力"),
        ("李德顺", "李德顺"),
        ("户主", "户主"),
    ],
)
def test_what_does_not_belong_to_a_name_is_left_out(written: str, name: str) -> None:
    assert plain(written) == name


@pytest.mark.parametrize(("one", "other"), [("王洁", "王杰"), ("閆艳", "闫燕"), ("李昇", "李升"), ("吕方", "呂芳")])
def test_names_of_one_sound_share_a_key(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("鲁方", "吕方"), ("王洁", "王强"), ("王", "王王")])
def test_names_of_different_sound_do_not(one: str, other: str) -> None:
    assert sound(one) != sound(other)
    assert sounds([one, other]) == [sound(one), sound(other)]


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=20))
def test_sql_leaves_out_what_python_leaves_out(names: list[str]) -> None:
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT name, {plain_sql('name')} FROM (SELECT unnest(?) AS name)", [names]).fetchall()
    assert rows == [(name, plain(name)) for name in names]
