"""Look-ups: one person, one household, and every row said about them, out of the published cycle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.policy import pack

from .landed import KEY, ON, OTHER_VILLAGE, VILLAGE, contracts, land, no, person
from .town import BAO, CHEN, LIU, TOWN, ZHOU, town


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("town"))
    cycle.run(made, contracts(), town(made), pack.load(), ON, key=KEY)
    return made


@pytest.fixture
def look(lake: Lake) -> Lookup:
    return Lookup(lake.root)


def test_a_number_leads_to_a_person(look: Lookup) -> None:
    liu = look.by_number(LIU, KEY)
    assert liu is not None
    assert (liu["name"], liu["citizen_no"], liu["sex"], liu["born_on"], liu["area"]) == (
        "刘大山",
        LIU,
        "1",
        date(1955, 5, 5),
        VILLAGE,
    )
    assert (liu["tier"], liu["home_source"], liu["died_on"]) == ("dibao", "dibao", None)
    assert look.person(liu["pid"]) == liu
    assert look.by_number(LIU, "another key") is None and look.by_number(no("19990101", 1), KEY) is None


@pytest.mark.parametrize(
    "stranger", ["", "p", "p" + "0" * 20, "x" + "f" * 20, "p" + "z" * 20, "h" + "0" * 20, "q" + "0" * 20, "p" + "0" * 40]
)
def test_who_is_not_there_is_not_found(look: Lookup, stranger: str) -> None:
    assert look.person(stranger) is None and look.household_of(stranger) is None
    assert look.facts(stranger) == {} and look.everything(stranger) == [] and look.members(stranger) == []


def test_the_letter_of_an_id_counts(look: Lookup) -> None:
    liu = look.by_number(LIU, KEY)
    assert liu is not None and look.person("x" + liu["pid"][1:]) is None


def test_a_household_by_its_id_or_a_members_the_head_first(look: Lookup) -> None:
    bao = look.by_number(BAO, KEY)
    assert bao is not None
    home = look.household_of(bao["pid"])
    assert home is not None and look.household_of(home["hid"]) == home
    assert [(one["name"], one["relation"]) for one in home["members"]] == [
        ("刘大山", "self"),
        ("陈秀兰", "spouse"),
        ("刘小宝", "grandchild"),
    ]
    assert home["head"] == home["members"][0]["pid"] and home["area"] == VILLAGE
    assert {one["hid"] for one in look.members(home["hid"])} == {home["hid"]}


def test_everybody_and_every_household_is_found(look: Lookup) -> None:
    pids = {one["pid"] for row in TOWN["hukou"] if (one := look.by_number(row["citizen_no"], KEY))}
    assert len(pids) == len(TOWN["hukou"])
    homes = {home["hid"]: {one["pid"] for one in home["members"]} for pid in pids if (home := look.household_of(pid))}
    assert set.union(*homes.values()) == pids and sum(len(of) for of in homes.values()) == len(pids)


def test_facts_of_people_and_households(look: Lookup) -> None:
    zhou = look.by_number(ZHOU, KEY)
    assert zhou is not None
    facts = look.facts(zhou["pid"])
    assert (facts["on_tekun"], facts["died_on"], facts["tekun_care_grade"], facts["deposits"]) == (
        True,
        date(2026, 2, 1),
        "none",
        None,
    )
    assert look.facts(zhou["hid"])["hh_tier"] == "tekun"
    assert list(facts) == [fact.name for fact in pack.load().names.facts.values() if fact.subject == "person"]


def test_every_row_about_a_person_with_where_it_stands(look: Lookup) -> None:
    liu = look.by_number(LIU, KEY)
    assert liu is not None
    rows = look.everything(liu["pid"])
    assert [(row["dataset"], row["row_no"], row["how"], row["as_of"]) for row in rows] == [
        (dataset, 1, "number", ON)
        for dataset in ("hukou", "dibao", "disability_certificate", "disability_subsidy", "vehicle")
    ]  # fmt: skip
    assert rows[1]["values"]["amount_month"] == 60000 and rows[0]["values"]["name"] == "刘大山"
    assert [row["dataset"] for row in look.everything(liu["pid"], ["dibao"])] == ["dibao"]


def test_a_fact_is_traced_to_dataset_batch_row_and_column(look: Lookup) -> None:
    liu = look.by_number(LIU, KEY)
    assert liu is not None
    (row,) = look.sources(liu["pid"], "disability_grade", ["disability_certificate"])
    batch = list(contracts()).index("disability_certificate") + 1
    assert (row["dataset"], row["batch"], row["row_no"], row["values"]["grade"]) == ("disability_certificate", batch, 1, "1")
    assert "grade" in row["columns"] and "address" not in row["columns"]
    of_home = look.sources(liu["hid"], "hh_dibao_amount_month", ["dibao"])
    assert [row["row_no"] for row in of_home] == [1, 2, 3] and all(row["pid"] for row in of_home)


def test_people_are_searched_by_name_and_place(look: Lookup) -> None:
    assert [one["citizen_no"] for one in look.search("周德顺")] == [ZHOU]
    assert look.search("周德顺", OTHER_VILLAGE[:9]) and not look.search("周德顺", "990102")
    assert {one["pid"][0] for one in look.search("刘大山")} == {"p", "x"}  # the court named one without a number


def test_before_the_first_cycle_there_is_nobody(tmp_path: Path) -> None:
    empty = Lookup(Lake(tmp_path))
    assert (
        empty.on is None
        and empty.person("p" + "0" * 20) is None
        and empty.search("刘大山") == []
        and empty.facts("h" + "0" * 20) == {}
    )


def test_another_cycle_is_seen_at_once(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    cycle.run(lake, contracts(), town(lake), pack.load(), ON, key=KEY)
    look = Lookup(lake)
    assert look.by_number(CHEN, KEY) is not None and look.on == ON
    loads = [land(lake, "hukou", [person("赵新", "19700101", 3, "B1")])]
    cycle.run(lake, contracts(), loads, pack.load(), date(2026, 7, 1), key=KEY)
    assert look.by_number(CHEN, KEY) is None and look.search("赵新") and look.on == date(2026, 7, 1)
