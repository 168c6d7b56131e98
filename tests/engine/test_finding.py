"""Finding people: whatever part of somebody is remembered finds them, and only inside the area; outsiders change no answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.engine import finding
from doudi.engine.finding import COUNTED, Finder, Hits, Term, letters_of, make, sounds
from doudi.engine.lake import Lake

HERE, THERE = "990101001201", "990102001201"
PEOPLE = [
    ("王桂兰", "990101195203050022", HERE),
    ("汪贵蓝", "990101196001010024", HERE),  # sounds the same
    ("王小宝", "990101201402280013", HERE),
    ("单雄信", "990101197007070031", HERE),  # shàn as a surname, dān in a dictionary
    ("吕绿", "990101198808080042", HERE),
    ("阿依古丽·买买提", "990101199012120065", HERE),
    ("李先", "", HERE),
    ("王桂兰", "990102195203050066", THERE),
    ("欧阳桂", "990102196506060053", THERE),
]


def index(folder: Path, people: list[tuple[str, str, str]]) -> Finder:
    """The index of a register of these people."""
    lake = Lake(folder)
    born = [date(int(no[6:10]), int(no[10:12]), int(no[12:14])) if no else date(1949, 10, 1) for _, no, _ in people]
    table = pa.table(
        {
            "pid": [f"p{at:020x}" for at in range(len(people))],
            "citizen_no": pa.array([no or None for _, no, _ in people], pa.string()),
            "name": [name for name, _, _ in people],
            "born_on": pa.array(born, pa.date32()),
            "area": pa.array([area or None for _, _, area in people], pa.string()).dictionary_encode(),
            "died_on": pa.array([None] * len(people), pa.date32()),
        }
    )
    with lake.workshop() as workshop:
        pq.write_table(table, workshop / "person.parquet")
        sha256 = lake.keep_object(workshop / "person.parquet")
    return Finder(make(lake, sha256))


@pytest.fixture(scope="module")
def town(tmp_path_factory: Any) -> Finder:
    return index(tmp_path_factory.mktemp("town"), PEOPLE)


def names(hits: Hits) -> list[str]:
    return [one.name for one in hits.people]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        (Term(han="王桂兰"), ["王桂兰", "汪贵蓝"]),  # as written first, then as it sounds
        (Term(han="桂兰"), ["王桂兰", "汪贵蓝"]),
        (Term(han="王"), ["王小宝", "王桂兰"]),
        (Term(letters="wangguilan"), ["汪贵蓝", "王桂兰"]),
        (Term(letters="wgl"), ["汪贵蓝", "王桂兰"]),
        (Term(letters="wangg"), ["汪贵蓝", "王桂兰"]),
        (Term(letters="shanxiongxin"), ["单雄信"]),
        (Term(letters="danxx"), ["单雄信"]),
        (Term(letters="lvlv"), ["吕绿"]),
        (Term(letters="ayigulimaimaiti"), ["阿依古丽买买提"]),
        (Term(letters="mmt"), ["阿依古丽买买提"]),
        (Term(digits="0022"), ["王桂兰"]),
        (Term(digits="19520305"), ["王桂兰"]),
        (Term(digits="520305"), ["王桂兰"]),
        (Term(digits="990101195203050022"), ["王桂兰"]),
        (Term(digits="1949"), ["李先"]),  # no number: by the birthday
        (Term(digits="0119"), []),  # digits of the region say too little
        (Term(han="赵"), []),
        (Term(letters="qqq"), []),
    ],
)
def test_any_part_of_somebody_finds_them_in_the_area(town: Finder, term: Term, found: list[str]) -> None:
    assert sorted(names(town.find([term], "990101"))) == sorted(found)
    if term.han:
        assert names(town.find([term], "990101")) == found or len(term.han) == 1


def test_pieces_together_narrow_and_either_way_round(town: Finder) -> None:
    assert names(town.find([Term(letters="wgl"), Term(digits="1952")], "990101")) == ["王桂兰"]
    assert names(town.find([Term(han="王"), Term(han="宝")], "990101")) == ["王小宝"]
    assert names(town.find([Term(letters="guilan"), Term(letters="wang"), Term(digits="0024")], "990101")) == ["汪贵蓝"]
    assert names(town.find([Term(han="王桂兰"), Term(han="桥头村", areas=(THERE,))], "9901")) == ["王桂兰"]
    assert names(town.find([Term(digits="5678", pids=frozenset({f"p{2:020x}"}))], "990101")) == ["王小宝"]


@pytest.mark.parametrize("within", ["", "990103", "99010100120", "99010100120199"])
def test_nobody_without_an_area_and_nobody_of_another(town: Finder, within: str) -> None:
    found = {one.area for one in town.find([Term(han="王")], within).people}
    assert found == ({HERE} if within and HERE.startswith(within) else set())


def test_who_lives_nowhere_known_is_in_no_area(tmp_path: Path) -> None:
    assert index(tmp_path, [("王桂兰", "", ""), ("王宝", "", HERE)]).find([Term(han="王")], "9").count == 1


CHARACTERS = st.sampled_from("王汪李桂贵兰小宝单吕欧阳")
PERSON = st.tuples(
    st.text(CHARACTERS, min_size=1, max_size=5),
    st.from_regex(r"99010[12]19[5-9][0-9]0[1-9]1[0-9][0-9]{3}[0-9X]", fullmatch=True),
    st.sampled_from([HERE, "990101001202", "990101002201"]),
)


@given(inside=st.lists(PERSON, min_size=1, max_size=8), outside=st.lists(PERSON, max_size=8), data=st.data())
def test_every_part_finds_and_outsiders_change_nothing(
    tmp_path_factory: Any, inside: list[tuple[str, str, str]], outside: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    away = [(name, number, THERE) for name, number, _ in outside]
    alone, among = (index(tmp_path_factory.mktemp("t"), people) for people in (inside, [*inside, *away]))
    name, number, area = data.draw(st.sampled_from(inside))
    first = data.draw(st.integers(0, len(name) - 1))
    part = name[first : data.draw(st.integers(first + 1, len(name)))]
    sound = "".join(sounds(one)[0] for one in part)
    terms = [Term(han=part), Term(digits=number[-4:]), Term(digits=number[6:14]), Term(han="", areas=(area,))]
    terms += [Term(letters=sound)]
    for term in terms:
        told, mixed = alone.find([term], "990101"), among.find([term], "990101")
        assert (name, number) in {(one.name, one.number) for one in told.people}, term
        assert told.count == mixed.count
        assert [(one.name, one.number) for one in told.people] == [(one.name, one.number) for one in mixed.people]


def test_how_many_is_counted_only_so_far(tmp_path: Path) -> None:
    many = [("王桂兰", f"9901011952{at // 28 % 12 + 1:02d}{at % 28 + 1:02d}{at:04d}", HERE) for at in range(COUNTED + 30)]
    found = index(tmp_path, many).find([Term(letters="wgl")], "990101")
    assert (len(found.people), found.count) == (20, COUNTED + 1)


def test_the_index_is_made_once_and_follows_its_register(tmp_path: Path) -> None:
    index(tmp_path, PEOPLE[:2])
    first = next((tmp_path / "finding").iterdir())
    stamp = (first / "names.npy").stat().st_mtime_ns
    index(tmp_path, PEOPLE[:2])
    assert (first / "names.npy").stat().st_mtime_ns == stamp
    Lake(tmp_path).object(first.name.partition("-")[0]).unlink()  # its register is deleted: so is what was made from it
    index(tmp_path, PEOPLE)
    assert first not in set((tmp_path / "finding").iterdir())


def test_before_the_first_cycle_nobody_is_found(tmp_path: Path) -> None:
    assert finding.finder(Lake(tmp_path)) is None


def test_letters_are_compared_without_tones() -> None:
    assert [letters_of(one) for one in ("Wáng", "lǚ", "lü4", "LV", "gui4 lan2", "nu:")] == [
        "wang",
        "lv",
        "lv",
        "lv",
        "guilan",
        "nv",
    ]
    assert json.dumps(sounds("单")) == json.dumps(tuple(dict.fromkeys(sounds("单")))) and {"dan", "shan"} <= set(sounds("单"))
