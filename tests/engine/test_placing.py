"""One record placed: the same figures as a whole cycle's, a number that decides or does not, and nobody by a name alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.engine import cycle, matching, placing, register, scoring, weights
from doudi.engine.lake import Lake
from doudi.engine.linkage import roles
from doudi.engine.weights import EVIDENCE, LEVELS, ONE_PERSON
from doudi.policy import pack

from .landed import KEY, ON, contracts, land, no, person
from .test_linkage import FAMILY, LIU, OTHER_VILLAGE, pid_of, typed_wrong

VILLAGES = [f"9901010012{at:02d}" for at in range(1, 5)] + ["990107003204"]
SURNAMES, GIVEN = "王李张陈单曾", "国华秀英桂贵杰洁艳燕志智诚承"


def _population(rng: random.Random, count: int) -> list[dict[str, Any]]:
    found = []
    for at in range(count):
        born = date(1940, 1, 1) + timedelta(days=rng.randrange(25000))
        name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))
        found.append(person(name, f"{born:%Y%m%d}", 11 + at % 900, f"B{at // 3}", area_code=rng.choice(VILLAGES)))
    return found


def _noisy(rng: random.Random, one: dict[str, Any]) -> dict[str, Any]:
    """What another department may say of somebody, its number unusable."""
    number, name, born = str(one["citizen_no"]), str(one["name"]), one["birth_date"]
    written = rng.choice([None, typed_wrong(number), number[:15] + "000", number[:16], "无", "111111111111111111"])
    name = rng.choice(
        [name, name, name[0] + name[1:].translate(str.maketrans("桂杰艳志", "贵洁燕智")), name[0] + "□" + name[2:], "王五"]
    )
    born = rng.choice([born, born, born - timedelta(days=30), born.replace(year=born.year - 1), None])
    area = rng.choice([one["area_code"], one["area_code"], rng.choice(VILLAGES), None])
    return {"citizen_no": written, "name": name, "birth_date": born, "area_code": area}


def rows_of_many() -> dict[str, list[dict[str, Any]]]:
    """A register of 240 and what four departments say of half of them."""
    rng = random.Random(20261129)
    people = _population(rng, 240)
    rows: dict[str, list[dict[str, Any]]] = {"hukou": people, "disease": [], "dibao": [], "marriage": [], "disaster": []}
    for at, one in enumerate(rng.sample(people, 120)):
        said = _noisy(rng, one)
        rows["disease"].append(said | {"disease_code": "E11", "serious": False})
        home = people[at // 3 * 3]
        good = {"citizen_no": home["citizen_no"], "name": home["name"], "area_code": home["area_code"]}
        for told in (good, said):
            rows["dibao"].append(
                {**told, "case_no": f"D{at}", "household_no": f"H{at}", "kind": "rural", "amount_month": 30000, "from_date": ON}
            )
        rows["disaster"].append(
            {"citizen_no": said["citizen_no"], "name": said["name"], "area_code": said["area_code"], "event": "flood"}
        )
        other = rng.choice(people)
        for event, number in (("marriage", one["citizen_no"]), ("divorce", said["citizen_no"])):
            names = {"name": one["name"] if event == "marriage" else said["name"], "spouse_name": other["name"]}
            numbers = {"citizen_no": number, "spouse_no": other["citizen_no"]}
            rows["marriage"].append({"certificate_no": f"{event}{at}", "event": event, "event_date": ON, **names, **numbers})
    return rows


@pytest.fixture(scope="module")
def linked(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, dict[str, list[dict[str, Any]]]]]:
    lake, rows = Lake(tmp_path_factory.mktemp("lake")), rows_of_many()
    loads = {dataset: [land(lake, dataset, told)] for dataset, told in rows.items()}
    with duckdb.connect() as con:
        register.link(con, contracts(), loads, ON, key=KEY)
        landed = {
            dataset: duckdb.sql(f"SELECT * FROM read_parquet('{load[0].object}')").to_arrow_table().to_pylist()
            for dataset, load in loads.items()
        }
        yield con, landed


def test_one_record_is_weighed_as_in_a_whole_cycle(
    linked: tuple[duckdb.DuckDBPyConnection, dict[str, list[dict[str, Any]]]],
) -> None:
    con, landed = linked
    kept = matching.kept(con)
    people, beside = kept["placing"], kept["placing_beside"]
    index = placing.Index(
        people.combine_chunks(), beside.combine_chunks(), pa.array([str(n) for n in range(1000)]), weights.trained()
    )
    late = con.execute("SELECT id, dataset, role, line & 4294967295 FROM late WHERE bad IS NULL AND NOT doubted").fetchall()
    compared = 0
    for id_, dataset, role, row_no in late:
        record = placing.record_of(
            contracts()[dataset],
            next(one for one in roles(contracts()[dataset]) if one.called == role),
            landed[dataset][row_no - 1],
        )
        single = [
            (int(index._was[at]), probability, weight, tuple(levels.get(name) for name in weights.LEVELS))
            for probability, weight, at, levels in index.weigh(placing._Asked(index, record), index.known_share(record))
        ]
        levels = ", ".join(f"{name}_level" for name in weights.LEVELS)
        asked = f"SELECT n, probability, weight, {levels} FROM weighed WHERE id = ? ORDER BY turn"
        bulk = [(n, p, w, tuple(levels)) for n, p, w, *levels in con.execute(asked, [id_]).fetchall()]
        assert [(one[0], one[3]) for one in single] == [(one[0], one[3]) for one in bulk], (dataset, role, record)
        for mine, theirs in zip(single, bulk, strict=True):
            assert mine[1:3] == pytest.approx(theirs[1:3], abs=1e-6), (dataset, record)
        compared += len(bulk)
    assert len(late) > 200 and compared > 400


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, cycle.Cycle]:
    lake = Lake(tmp_path_factory.mktemp("town"))
    return lake, cycle.run(lake, contracts(), [land(lake, "hukou", FAMILY)], pack.load(), ON, key=KEY)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"number": no(*LIU), "name": "刘大山"}, no(*LIU)),
        ({"number": no(*LIU), "name": "刘大杉"}, no(*LIU)),
        ({"number": no(*LIU), "name": "赵铁柱", "born": date(1999, 9, 9)}, None),  # somebody else's number
        ({"number": no(*LIU), "name": "周德顺", "born": date(1960, 1, 9), "area": OTHER_VILLAGE}, no("19600109", 31)),
        ({"written": typed_wrong(no(*LIU)), "name": "刘大山"}, no(*LIU)),
        ({"name": "周德顺", "born": date(1960, 1, 9)}, no("19600109", 31)),
        ({"name": "周德顺"}, None),  # a name alone is never enough
        ({"name": "王建国"}, None),
        ({"number": no("19900909", 77), "name": "钱来福"}, None),  # nobody has this number yet
    ],
)
def test_where_a_record_belongs(town: tuple[Lake, cycle.Cycle], said: dict[str, Any], found: str | None) -> None:
    lake, made = town
    placed = placing.place(lake, made, placing.Record("disease", **said), KEY)
    assert placed.pid == (pid_of(found) if found else None)
    if found:
        assert placed.probability >= 0.95 and placed.why and placed.candidates[0].pid == placed.pid


def test_why_is_told_level_by_level(town: tuple[Lake, cycle.Cycle]) -> None:
    lake, made = town
    placed = placing.place(lake, made, placing.Record("disease", name="周得顺", born=date(1960, 1, 9), area=OTHER_VILLAGE), KEY)
    assert placed.why == (("name", "sound"), ("birth", "same"), ("place", "village"))


def test_a_cycle_without_an_index_is_said(town: tuple[Lake, cycle.Cycle], tmp_path: Path) -> None:
    _, made = town
    with pytest.raises(placing.NotPublished):
        placing.place(Lake(tmp_path), made, placing.Record("disease", name="周德顺"), KEY)


@given(st.fixed_dictionaries({}, optional={name: st.integers(0, len(levels) - 1) for name, levels in LEVELS.items()}))
def test_agreements_are_read_alike_in_bulk_and_alone(levels: dict[str, int]) -> None:
    told = ", ".join(f"{levels.get(name, 'NULL')}::INTEGER AS {name}_level" for name in LEVELS)
    for agreements in (EVIDENCE, ONE_PERSON):
        found = duckdb.sql(f"SELECT {scoring.agrees_sql(agreements)} FROM (SELECT {told})").fetchall()
        assert found == [(placing._agrees(levels, agreements),)]


def test_a_rare_name_and_a_near_birthday_do_not_make_two_numbers_one_person() -> None:
    """A death of 2022 was once joined to a living namesake born six days apart."""
    near = {
        "name": LEVELS["name"].index("same"),
        "birth": LEVELS["birth"].index("digit"),
        "number": LEVELS["number"].index("edits"),
    }
    assert placing._agrees(near, EVIDENCE) and not placing._agrees(near, ONE_PERSON)
    assert placing._agrees(near | {"place": LEVELS["place"].index("village")}, ONE_PERSON)
