"""Whose row is this: every way a row finds its person, and the ways it must not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine import register
from doudi.engine.lake import Lake
from doudi.engine.linkage import HOWS, ids_sql, roles, whose_sql
from examples import some

from .landed import FAR_VILLAGE, KEY, ON, OTHER_VILLAGE, VILLAGE, contracts, land, no, person

Rows = Sequence[Mapping[str, Any]]
Joined = dict[tuple[str, str, int], tuple[str, str]]  # dataset, role, row_no → pid, how

LIU, CHEN, BAO = ("19550505", 11), ("19580808", 22), ("20140228", 13)
FAMILY = [
    person("刘大山", *LIU, "B1"),
    person("陈秀兰", *CHEN, "B1", "spouse"),
    person("刘小宝", *BAO, "B1", "grandchild"),
    person("周德顺", "19600109", 31, "B2", area_code=OTHER_VILLAGE),
    person("王建国", "19500101", 41, "B3"),
    person("王建国", "19700707", 51, "B4", area_code=FAR_VILLAGE),
]
ROLL = {
    "case_no": "D1",
    "household_no": "H1",
    "area_code": VILLAGE,
    "kind": "rural",
    "amount_month": 30000,
    "from_date": date(2025, 1, 1),
}


def pid_of(number: str) -> str:
    return "p" + sha256(f"{KEY}:{number}".encode()).hexdigest()[:20]


@pytest.fixture
def join(tmp_path: Path) -> Callable[..., Joined]:
    def joined(**datasets: Rows) -> Joined:
        return join_rows(Lake(tmp_path), datasets)

    return joined


def join_rows(lake: Lake, datasets: Mapping[str, Rows]) -> Joined:
    loads = {dataset: [land(lake, dataset, rows)] for dataset, rows in datasets.items()}
    found: Joined = {}
    with duckdb.connect() as con:
        register.link(con, contracts(), loads, ON, key=KEY)
        pids = dict(con.execute(f"SELECT n, pid FROM ({ids_sql(KEY)})").fetchall())
        assert len(set(pids.values())) == len(pids), "two people of one id"
        for dataset in datasets:
            for role in roles(contracts()[dataset]):
                for _, row_no, n, how in con.execute(whose_sql(contracts()[dataset], role)).fetchall():
                    assert (dataset, role.called, row_no) not in found, "one row, two people"
                    found[dataset, role.called, row_no] = (pids[n], HOWS[how])
    return found


def test_a_good_number_decides_and_an_old_one_is_the_same_person(join: Callable[..., Joined]) -> None:
    old = no(*LIU)[:6] + no(*LIU)[8:17]
    joined = join(
        hukou=FAMILY, dibao=[{**ROLL, "citizen_no": no(*LIU), "name": "刘大山"}, {**ROLL, "citizen_no": old, "name": "刘大山"}]
    )
    assert joined["hukou", "", 1] == joined["dibao", "", 1] == (pid_of(no(*LIU)), "number")
    assert joined["dibao", "", 2] == (pid_of(no(*LIU)), "number15")


def typed_wrong(number: str) -> str:
    """The number with its tenth digit wrong, so that its check character disagrees."""
    return number[:9] + str((int(number[9]) + 1) % 10) + number[10:]


def swapped(number: str) -> str:
    return number[:14] + number[15] + number[14] + number[16:]


@pytest.mark.parametrize(
    ("row", "how"),
    [
        ({"citizen_no": typed_wrong(no(*LIU)), "name": "刘大山"}, "number_near"),
        ({"citizen_no": swapped(no("19550505", 11)), "name": "刘大山户主"}, "number_near"),
        ({"citizen_no": no(*LIU)[:15] + "000", "name": "刘大山"}, "number_near"),
        ({"citizen_no": no(*LIU)[:15] + "99" + no(*LIU)[17], "name": "刘大杉"}, "sound"),
        ({"citizen_no": None, "name": "刘大山"}, "name_area"),
    ],
)
def test_a_bad_number_is_matched_by_what_else_the_row_says(join: Callable[..., Joined], row: dict[str, Any], how: str) -> None:
    joined = join(hukou=FAMILY, dibao=[{**ROLL, **row}])
    assert joined["dibao", "", 1] == (pid_of(no(*LIU)), how)


def test_name_and_birth_find_the_one_person(join: Callable[..., Joined]) -> None:
    rows = [
        {"name": "王建国", "birth_date": date(1950, 1, 1), "disease_code": "E11", "serious": False},
        {"name": "王健国", "birth_date": date(1970, 7, 7), "disease_code": "E11", "serious": False},
        {"name": "王建国", "birth_date": date(1960, 3, 3), "disease_code": "E11", "serious": False},
    ]
    joined = join(hukou=FAMILY, disease=rows)
    assert joined["disease", "", 1] == (pid_of(no("19500101", 41)), "name_birth")
    assert joined["disease", "", 2] == (pid_of(no("19700707", 51)), "sound")
    assert joined["disease", "", 3][1] == "alone"


def test_a_name_alone_is_never_enough(join: Callable[..., Joined]) -> None:
    joined = join(hukou=FAMILY, court=[{"case_no": "C1", "name": "周德顺", "kind": "missing", "ruling_date": ON}])
    assert joined["court", "", 1][1] == "alone"
    assert joined["court", "", 1][0].startswith("x")


def test_two_who_fit_alike_are_nobody(join: Callable[..., Joined]) -> None:
    twins = [person("李明", "19800101", 11, "T1"), person("李明", "19800101", 13, "T2")]
    joined = join(hukou=twins, dibao=[{**ROLL, "name": "李明"}])
    assert joined["dibao", "", 1][1] == "alone"


def test_the_household_of_the_roll_tells_namesakes_apart(join: Callable[..., Joined]) -> None:
    rows = [
        {**ROLL, "citizen_no": no(*CHEN), "name": "陈秀兰"},
        {**ROLL, "name": "刘小宝", "area_code": FAR_VILLAGE},
    ]
    assert join(hukou=FAMILY, dibao=rows)["dibao", "", 2] == (pid_of(no(*BAO)), "name_household")


def test_both_spouses_are_joined_and_one_helps_to_find_the_other(join: Callable[..., Joined]) -> None:
    wedding = {"certificate_no": "M1", "event": "marriage", "event_date": date(1980, 5, 1)}
    joined = join(hukou=FAMILY, marriage=[{**wedding, "name": "刘大山", "spouse_no": no(*CHEN), "spouse_name": "陈秀兰"}])
    assert joined["marriage", "spouse", 1] == (pid_of(no(*CHEN)), "number")
    assert joined["marriage", "", 1] == (pid_of(no(*LIU)), "name_household")


def test_the_number_inside_a_disability_certificate_counts(join: Callable[..., Joined]) -> None:
    row = {"certificate_no": no(*LIU) + "43", "name": "刘大山", "disability_kind": "4", "grade": "3"}
    assert join(hukou=FAMILY, disability_certificate=[row])["disability_certificate", "", 1] == (pid_of(no(*LIU)), "certificate")


@pytest.mark.parametrize(
    ("dataset", "row"),
    [
        ("child_benefit", {"citizen_no": no(*LIU), "name": "刘小妹", "birth_date": date(2015, 4, 4), "kind": "orphan"}),
        ("student", {"citizen_no": no(*LIU), "name": "刘小妹", "school": "镇小", "stage": "primary"}),
        ("student", {"citizen_no": no(*CHEN), "guardian_no": no(*CHEN), "name": "刘小妹", "school": "镇小", "stage": "bachelor"}),
        ("dibao", {**ROLL, "citizen_no": no(*LIU), "name": "赵铁柱", "area_code": FAR_VILLAGE}),
    ],
)
def test_somebody_elses_number_is_left_for_a_person_to_look_at(
    join: Callable[..., Joined], dataset: str, row: dict[str, Any]
) -> None:
    pid, how = join(hukou=FAMILY, **{dataset: [row]})[dataset, "", 1]
    assert how == "review" and pid.startswith("x")


@pytest.mark.parametrize(
    "row",
    [
        {"name": "刘大三", "area_code": FAR_VILLAGE},  # one character shared
        {"name": "流大衫", "area_code": FAR_VILLAGE},  # the same sound
        {"name": "刘□□", "area_code": FAR_VILLAGE},  # characters that could not be stored
        {"name": "刘志远"},  # a former name; nothing else disagrees
    ],
)
def test_another_way_of_writing_the_name_is_not_another_person(join: Callable[..., Joined], row: dict[str, Any]) -> None:
    joined = join(hukou=FAMILY, dibao=[{**ROLL, "citizen_no": no(*LIU), **row}])
    assert joined["dibao", "", 1] == (pid_of(no(*LIU)), "number")


def test_two_people_with_one_number_in_the_register_are_two_people(join: Callable[..., Joined]) -> None:
    other = person("赵铁柱", *LIU, "B9", birth_date=date(1990, 9, 9))
    joined = join(hukou=[*FAMILY, other])
    assert joined["hukou", "", 1] == (pid_of(no(*LIU)), "number")
    assert joined["hukou", "", 7][1] == "review"


def test_somebody_the_household_register_does_not_know_is_known_from_the_roll(join: Callable[..., Joined]) -> None:
    stranger = no("19630303", 77)
    rows = [{**ROLL, "citizen_no": stranger, "name": "钱来福"}, {**ROLL, "citizen_no": typed_wrong(stranger), "name": "钱来福"}]
    for datasets in ({"hukou": FAMILY, "dibao": rows}, {"dibao": rows}):
        joined = join(**datasets)
        assert joined["dibao", "", 1] == (pid_of(stranger), "number")
        assert joined["dibao", "", 2] == (pid_of(stranger), "number_near")


def test_a_register_row_without_a_number_finds_the_person_of_the_rolls(join: Callable[..., Joined]) -> None:
    row = person("钱来福", "19630303", 77, "B5", citizen_no=None)
    joined = join(
        hukou=[*FAMILY, row],
        tekun=[{"case_no": "T", "citizen_no": no("19630303", 77), "name": "钱来福", "area_code": VILLAGE, "from_date": ON}],
    )
    assert joined["hukou", "", 7] == (pid_of(no("19630303", 77)), "name_birth")


def test_people_without_a_number_keep_their_id_when_the_file_is_sorted_otherwise(tmp_path: Path) -> None:
    rows = [{**ROLL, "case_no": f"D{at}", "name": name} for at, name in enumerate(("钱一", "孙二", "李三"))]
    first = join_rows(Lake(tmp_path / "a"), {"dibao": rows})
    again = join_rows(Lake(tmp_path / "b"), {"dibao": rows[::-1]})
    assert {first["dibao", "", at][0] for at in (1, 2, 3)} == {again["dibao", "", at][0] for at in (1, 2, 3)}
    assert len({pid for pid, _ in first.values()}) == 3


SPOILT = st.sampled_from(["", "x", "typed wrong", "missing", "other name", "nobody", "15"])


@settings(max_examples=some(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), SPOILT, SPOILT), min_size=1, max_size=25), st.booleans())
def test_no_row_is_dropped_and_none_belongs_to_two(
    tmp_path_factory: pytest.TempPathFactory, picks: list[tuple[int, str, str]], registered: bool
) -> None:
    people = [person(f"张{'甲乙丙丁戊己庚辛壬癸'[at]}明", f"19{50 + at}0101", 11 + 2 * at, f"B{at // 3}") for at in range(10)]

    def spoil(row: dict[str, Any], how: str) -> dict[str, Any]:
        number = str(row["citizen_no"])
        return row | {
            "": {}, "x": {"citizen_no": number.lower()}, "typed wrong": {"citizen_no": typed_wrong(number)},
            "missing": {"citizen_no": None}, "other name": {"name": "欧阳不二"}, "15": {"citizen_no": number[:6] + number[8:17]},
            "nobody": {"citizen_no": no("19991231", 901), "name": "司马无人"},
        }[how]  # fmt: skip

    rolls = [spoil({**ROLL, "citizen_no": people[at]["citizen_no"], "name": people[at]["name"]}, how) for at, how, _ in picks]
    weddings = [
        {"certificate_no": f"M{at}", "event": "marriage", "event_date": ON, "spouse_no": people[at]["citizen_no"],
         "spouse_name": people[at]["name"], "citizen_no": roll["citizen_no"], "name": roll["name"]}
        for (at, _, _), roll in zip(picks, rolls, strict=True)
    ]  # fmt: skip
    datasets: dict[str, Rows] = {"dibao": rolls, "marriage": weddings}
    if registered:
        datasets["hukou"] = [spoil(people[at], how) for at, _, how in picks]
    joined = join_rows(Lake(tmp_path_factory.mktemp("lake")), datasets)
    assert len(joined) == len(rolls) + 2 * len(weddings) + len(datasets.get("hukou", ()))
    for (dataset, role, row_no), (pid, how) in joined.items():
        row = datasets[dataset][row_no - 1]
        assert pid.startswith("x" if how in ("alone", "review") else "p")
        if how == "number":
            assert pid == pid_of(str(row["spouse_no" if role else "citizen_no"]).upper())
