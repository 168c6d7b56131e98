"""Names compared: titles and dots left out, homophones heard as one; SQL and Python agree."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.engine.names import blurred, folded, gapped, heard, plain, plain_sql, sound, sounds

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


@given(st.lists(NAMES, min_size=1, max_size=20))
def test_sql_leaves_out_what_python_leaves_out(names: list[str]) -> None:
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT name, {plain_sql('name')} FROM (SELECT unnest(?) AS name)", [names]).fetchall()
    assert rows == [(name, plain(name)) for name in names]


@pytest.mark.parametrize(
    ("one", "other"), [("单雄", "善雄"), ("曾明", "增明"), ("仇志", "求志"), ("尉迟恭", "玉池公"), ("万俟明", "莫奇明")]
)
def test_surnames_sound_as_surnames_do(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), [("张山", "臧三"), ("陈静", "成进"), ("石生", "司森")])
def test_ears_that_hear_no_difference(one: str, other: str) -> None:
    assert blurred(one) == blurred(other) and sound(one) != sound(other)


def test_many_ways_of_writing_a_name_fold_into_one_and_lost_characters_leave_gaps() -> None:
    assert folded("劉國鳳") == "刘国凤"
    assert [gapped(name) for name in ("刘□□", "王YAN红", "李?", "张三", "??")] == ["刘__", "王_红", "李_", None, None]


def test_no_two_syllables_share_a_code() -> None:
    from doudi.engine.names import _CODES, _spelling

    said = {syllable for syllable in map(_spelling, map(chr, range(0x4E00, 0x9FA6))) if syllable}
    assert len({_CODES.of(one) for one in said}) == len(said) > 380


@given(st.lists(NAMES, min_size=1, max_size=8))
def test_many_at_once_are_heard_as_one_by_one(names: list[str]) -> None:
    names = [plain(name) for name in names]
    told = heard(names)
    assert told["sound"] == [sound(name) for name in names]
    assert told["folded"] == [folded(name) for name in names] and told["gapped"] == [gapped(name) for name in names]
