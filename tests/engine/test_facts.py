"""Facts: the columns of the catalogue, what holds on a day, and what stays unknown; people, households, tiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from doudi.engine import people, register
from doudi.engine.facts import arrow_type, summaries
from doudi.engine.lake import Lake
from doudi.policy import pack

from .landed import FAR_VILLAGE, KEY, ON, VILLAGE, contracts, land, no, person

CATALOGUE = pack.load().names.facts
ROLL = {"area_code": VILLAGE, "from_date": date(2025, 1, 1)}
LIU, CHEN, BAO = no("19550505", 11), no("19580808", 22), no("20140228", 13)
FAMILY = [
    person("刘大山", "19550505", 11, "B1"),
    person("陈秀兰", "19580808", 22, "B1", "spouse"),
    person("刘小宝", "20140228", 13, "B1", "grandchild"),
]


@dataclass(frozen=True)
class Register:
    """What was built, by name of the person."""

    person: dict[str, dict[str, Any]]
    home: dict[str, dict[str, Any]]
    laid: people.Laid

    def fact(self, name: str, fact: str) -> Any:
        return (self.home if fact.startswith("hh_") else self.person)[name][fact]


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Register]:
    def built(on: date = ON, **datasets: Sequence[Mapping[str, Any]]) -> Register:
        lake = Lake(tmp_path)
        loads = {dataset: [land(lake, dataset, rows)] for dataset, rows in datasets.items()}
        with duckdb.connect() as con:
            read = register.link(con, contracts(), loads, on)
            summed = register.sum_up(con, contracts(), read, CATALOGUE, on)
            kinds = register.place_kinds(con, loads.get("division", []))
            laid = people.lay(con, summed, CATALOGUE, kinds, KEY, on)
        homes = [own | facts for own, facts in zip(laid.household.to_pylist(), laid.household_facts.to_pylist(), strict=True)]
        persons = [own | facts for own, facts in zip(laid.person.to_pylist(), laid.person_facts.to_pylist(), strict=True)]
        return Register({one["name"]: one for one in persons}, {one["name"]: homes[one["m"]] for one in persons}, laid)

    return built


def test_the_columns_are_the_catalogue(build: Callable[..., Register]) -> None:
    laid = build(hukou=FAMILY).laid
    for subject, table in (("person", laid.person_facts), ("household", laid.household_facts)):
        assert [(field.name, field.type) for field in table.schema] == [
            (fact.name, arrow_type(fact)) for fact in CATALOGUE.values() if fact.subject == subject
        ]


def test_every_expression_answers_a_fact_of_the_catalogue_and_names_a_dataset_it_comes_from() -> None:
    for dataset, summary in summaries().items():
        assert dataset in contracts()
        assert set(summary.absent) <= set(summary.facts)
        for fact in summary.facts:
            assert fact.startswith("_") or dataset in CATALOGUE[fact].sources, (dataset, fact)


def test_codes_of_contracts_are_codes_of_facts() -> None:
    """A code the catalogue does not know would stop the cycle: every stored value must be on its list."""
    for dataset, column, fact in (
        ("hukou", "hukou_kind", "hukou_kind"), ("hukou", "status", "hukou_status"), ("tekun", "care_grade", "tekun_care_grade"),
        ("tekun", "support_form", "tekun_support_form"), ("child_benefit", "kind", "child_benefit_kind"),
        ("disability_certificate", "disability_kind", "disability_kind"), ("student", "stage", "student_stage"),
        ("dibao", "kind", "hh_place_kind"), ("hukou", "sex", "sex"),
    ):  # fmt: skip
        assert set(contracts()[dataset].by_name[column].codes) <= set(CATALOGUE[fact].codes), (dataset, column)


# ---- unknown is not no --------------------------------------------------------------------------------------------------


def test_a_dataset_that_did_not_come_leaves_its_facts_unknown_and_one_that_came_says_no(build: Callable[..., Register]) -> None:
    without = build(hukou=FAMILY)
    for fact in CATALOGUE.values():
        if fact.sources and "hukou" not in fact.sources and fact.name not in ("born_on", "age"):
            assert without.fact("刘大山", fact.name) is None, fact.name
    tekun = [{"case_no": "T1", "citizen_no": no("19400101", 1), "name": "孤老", **ROLL}]
    came = build(hukou=FAMILY, tekun=tekun)
    assert came.fact("刘大山", "on_tekun") is False and came.fact("孤老", "on_tekun") is True
    assert came.fact("刘大山", "on_dibao") is None


def test_what_needs_a_visit_stays_unknown(build: Callable[..., Register]) -> None:
    built = build(hukou=FAMILY, dibao=[{"case_no": "D", "household_no": "H", "citizen_no": LIU, "name": "刘大山", **ROLL}])
    for fact in ("has_living_source", "supporter_unable", "self_care_failed", "deposits", "hh_financial_assets"):
        assert built.fact("刘大山", fact) is None


def test_an_empty_cell_is_not_a_no(build: Callable[..., Register]) -> None:
    rows = [
        {"citizen_no": LIU, "name": "刘大山", "kind": "dangerous", "grade": "D", "renovated": None},
        {"citizen_no": CHEN, "name": "陈秀兰", "kind": "dangerous", "grade": "D", "renovated": False},
        {"citizen_no": BAO, "name": "刘小宝", "kind": "public_rental"},
    ]
    built = build(hukou=FAMILY, housing=rows)
    assert [built.fact(name, "in_dangerous_dwelling") for name in ("刘大山", "陈秀兰", "刘小宝")] == [None, True, False]


# ---- on a day -----------------------------------------------------------------------------------------------------------


def test_only_what_had_happened_counts(build: Callable[..., Register]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {
        "death": [{"death_date": date(2026, 6, 20), "service_date": date(2026, 7, 2)}],
        "medical_cost": [
            {"period": date(2025, 6, 1), "total": 1, "self_paid": 100},
            {"period": date(2025, 7, 1), "total": 1, "self_paid": 200},
            {"period": date(2026, 6, 1), "total": 1, "self_paid": 300, "assisted": 50},
            {"period": date(2026, 6, 1), "total": 1, "self_paid": 400},
            {"period": date(2026, 7, 1), "total": 1, "self_paid": 5000},
        ],
        "insurance": [
            {"event": "job_start", "event_date": date(2026, 1, 1), "base": 400000},
            {"event": "job_stop", "event_date": date(2026, 5, 1)},
            {"event": "job_start", "event_date": date(2026, 7, 1), "base": 900000},
        ],
        "business": [
            {"company_name": "a", "credit_code": "1", "role": "legal_person", "from_date": date(2026, 2, 1), "status": "active"},
            {"company_name": "b", "credit_code": "2", "role": "legal_person", "from_date": date(2026, 8, 1), "status": "active"},
            {"company_name": "c", "credit_code": "3", "role": "legal_person", "from_date": date(2020, 1, 1), "status": "closed"},
        ],
        "vehicle": [
            {"plate": "A1", "class": "car", "first_registered": date(2020, 1, 1), "status": "normal"},
            {"plate": "A2", "class": "motorcycle", "first_registered": date(2020, 1, 1), "status": "normal"},
            {"plate": "A3", "class": "car", "first_registered": date(2020, 1, 1), "status": "scrapped"},
        ],
        "custody": [{"kind": "prison", "from_date": date(2024, 1, 1), "to_date": date(2026, 7, 9)}],
        "temporary_assistance": [
            {"amount": 50000, "paid_date": date(2026, 6, 1)},
            {"amount": 70000, "paid_date": date(2025, 6, 1)},
            {"amount": 90000, "paid_date": date(2026, 7, 1)},
        ],
        "disaster": [{"event": "洪水", "event_date": date(2026, 6, 2), "loss": 80000}],
    }
    datasets = {code: [{"citizen_no": LIU, "name": "刘大山", **row} for row in of] for code, of in rows.items()}
    built = build(hukou=FAMILY, **datasets)
    expected = {
        "died_on": date(2026, 6, 20), "cremated_on": None, "medical_self_paid_year": 900, "medical_self_paid_month": 700,
        "medical_last_month": date(2026, 6, 1), "medical_assisted_year": 50, "has_insured_job": False,
        "job_started_on": date(2026, 1, 1), "job_stopped_on": date(2026, 5, 1), "wage_base_month": 400000, "firm_count": 1,
        "firm_since": date(2026, 2, 1), "car_count": 1, "is_in_custody": True, "released_on": None,
        "temporary_aid_on": date(2026, 6, 1), "temporary_aid_year": 50000, "disaster_loss": 80000, "disaster_relief": None,
        "source_count": 9, "age": 71, "sex": "1",
    }  # fmt: skip
    assert {fact: built.fact("刘大山", fact) for fact in expected} == expected
    assert built.fact("陈秀兰", "medical_self_paid_year") == 0 and built.fact("陈秀兰", "has_insured_job") is None
    july = build(on=date(2026, 7, 10), hukou=FAMILY, **datasets)
    assert july.fact("刘大山", "is_in_custody") is False and july.fact("刘大山", "released_on") == date(2026, 7, 9)
    assert july.fact("刘大山", "has_insured_job") is True and july.fact("刘大山", "medical_self_paid_month") == 5000


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [("20080229", date(2026, 2, 28), 17), ("20080229", date(2026, 3, 1), 18), ("19600630", date(2026, 6, 30), 66)],
)
def test_age_is_whole_years(build: Callable[..., Register], born: str, on: date, age: int) -> None:
    assert build(on=on, hukou=[person("赵", born, 7, "B")]).fact("赵", "age") == age


def test_the_last_certificate_in_force_counts(build: Callable[..., Register]) -> None:
    base = {"citizen_no": LIU, "name": "刘大山", "disability_kind": "4"}
    rows = [
        base | {"certificate_no": "1", "grade": "1", "status": "superseded", "issued_date": date(2026, 1, 1)},
        base
        | {
            "certificate_no": "2",
            "grade": "3",
            "status": "valid",
            "issued_date": date(2016, 1, 1),
            "valid_to": date(2026, 6, 29),
        },
    ]
    built = build(hukou=FAMILY, disability_certificate=rows)
    assert (built.fact("刘大山", "disability_grade"), built.fact("刘大山", "is_disabled")) == (3, False)
    assert built.fact("陈秀兰", "is_disabled") is False and built.fact("陈秀兰", "disability_grade") is None


# ---- households and tiers -----------------------------------------------------------------------------------------------


def dibao(number: str, name: str, household: str, **more: Any) -> dict[str, Any]:
    said = {"case_no": household, "household_no": household, "citizen_no": number, "name": name, "kind": "rural", "single": False}
    return said | {"amount_month": 90000, "income_month": 100001, "relation": "other", **ROLL} | more


def test_who_is_on_a_roll_lives_with_the_roll_and_the_others_with_the_booklet(build: Callable[..., Register]) -> None:
    rows = [dibao(LIU, "刘大山", "H1", relation="self"), dibao(CHEN, "陈秀兰", "H1", relation="spouse", topup_month=3000)]
    built = build(hukou=FAMILY, dibao=rows)
    assert built.home["刘大山"]["hid"] == built.home["陈秀兰"]["hid"] != built.home["刘小宝"]["hid"]
    expected = {
        "hh_members": 2, "hh_tier": "dibao", "hh_income_month": 100001, "hh_income_per_head": 50001, "hh_income_year": 1200012,
        "hh_dibao_amount_month": 90000, "hh_place_kind": "rural", "hh_review_on": date(2025, 1, 1),
    }  # fmt: skip
    assert {fact: built.fact("刘大山", fact) for fact in expected} == expected
    assert (built.fact("陈秀兰", "dibao_topup_month"), built.fact("刘大山", "dibao_topup_month")) == (3000, 0)
    assert built.fact("刘小宝", "hh_income_month") is None and built.fact("刘小宝", "hh_tier") is None
    assert built.person["刘大山"]["relation"] == "self" and built.person["刘小宝"]["home_source"] == "hukou"


def test_a_single_person_dibao_stays_in_the_borderline_household(build: Callable[..., Register]) -> None:
    near = [
        {
            "case_no": "N1",
            "household_no": "N1",
            "citizen_no": number,
            "name": name,
            "relation": relation,
            "income_per_head": 60000,
            **ROLL,
        }
        for number, name, relation in ((LIU, "刘大山", "self"), (CHEN, "陈秀兰", "spouse"))
    ]
    built = build(hukou=FAMILY, near_dibao=near, dibao=[dibao(CHEN, "陈秀兰", "H9", single=True)])
    assert built.home["陈秀兰"]["hid"] == built.home["刘大山"]["hid"]
    assert (built.fact("陈秀兰", "tier"), built.fact("刘大山", "tier"), built.fact("陈秀兰", "hh_tier")) == (
        "dibao",
        "near_dibao",
        "near_dibao",
    )
    assert (built.fact("陈秀兰", "hh_income_month"), built.fact("陈秀兰", "hh_income_per_head")) == (120000, 60000)


def test_one_status_a_person_the_first_that_applies(build: Callable[..., Register]) -> None:
    tekun = [{"case_no": "T", "citizen_no": LIU, "name": "刘大山", **ROLL}]
    rigid = [
        {"household_no": "R", "citizen_no": number, "name": name, "outlay_year": 5000000, "income_year": 2000000, **ROLL}
        for number, name in ((LIU, "刘大山"), (BAO, "刘小宝"))
    ]
    monitored = [{"household_no": "M", "citizen_no": CHEN, "name": "陈秀兰", "area_code": VILLAGE, "lifted": False}]
    built = build(hukou=FAMILY, tekun=tekun, rigid_expenditure=rigid, monitored=monitored, dibao=[dibao(LIU, "刘大山", "H1")])
    assert [built.fact(name, "tier") for name in ("刘大山", "陈秀兰", "刘小宝")] == ["tekun", "monitored", "rigid_expenditure"]
    assert built.fact("刘小宝", "hh_income_month") == 166667 and built.fact("刘小宝", "hh_rigid_outlay_year") == 5000000
    assert built.fact("刘大山", "hh_members") == 1  # supported alone


def test_other_hardship_is_the_sixth_status_and_none_at_all_is_none(build: Callable[..., Register]) -> None:
    built = build(hukou=FAMILY, dibao=[dibao(CHEN, "陈秀兰", "H1")], union_hardship=[{"citizen_no": LIU, "name": "刘大山"}])
    assert [built.fact(name, "tier") for name in ("刘大山", "陈秀兰", "刘小宝")] == ["other", "dibao", None]


def test_a_roll_that_ended_does_not_count(build: Callable[..., Register]) -> None:
    ended = [{"case_no": "T", "citizen_no": LIU, "name": "刘大山", **ROLL, "to_date": date(2026, 6, 29)}]
    later = [dibao(CHEN, "陈秀兰", "H1", from_date=date(2026, 7, 1))]
    built = build(hukou=FAMILY, tekun=ended, dibao=later)
    assert built.fact("刘大山", "on_tekun") is False and built.fact("陈秀兰", "on_dibao") is False
    assert built.fact("刘大山", "hh_members") == 3


def test_the_dead_are_kept_and_not_counted_in(build: Callable[..., Register]) -> None:
    cancelled = {"status": "cancelled", "status_date": date(2026, 3, 1)}
    built = build(hukou=[FAMILY[0] | cancelled, *FAMILY[1:]])
    assert built.fact("刘大山", "died_on") == date(2026, 3, 1) and built.fact("陈秀兰", "hh_members") == 2
    assert built.home["刘大山"]["hid"] == built.home["陈秀兰"]["hid"]


def test_a_member_with_an_unknown_sum_makes_the_households_unknown(build: Callable[..., Register]) -> None:
    balance = {"balance_date": ON, "balance": 100}
    one = build(hukou=FAMILY, deposit=[{"citizen_no": LIU, "name": "刘大山", **balance}])
    every = build(hukou=FAMILY, deposit=[{"citizen_no": row["citizen_no"], "name": row["name"], **balance} for row in FAMILY])
    assert one.fact("刘大山", "hh_financial_assets") is None and every.fact("刘大山", "hh_financial_assets") == 300


def test_town_or_country_is_told_by_the_division_where_no_roll_tells(build: Callable[..., Register]) -> None:
    division = [{"code": FAR_VILLAGE, "label": "远村", "kind": "village", "place_kind": "urban"}]
    far = person("钱远", "19700101", 1, "B7", area_code=FAR_VILLAGE)
    built = build(hukou=[*FAMILY, far], division=division)
    assert (built.fact("钱远", "hh_place_kind"), built.fact("刘大山", "hh_place_kind")) == ("urban", "rural")


def test_nobody_at_all_is_an_empty_register(build: Callable[..., Register]) -> None:
    laid = build(court=[{"case_no": "1", "name": "张", "kind": "missing", "ruling_date": ON}]).laid
    assert len(laid.person) == len(laid.household) == 1
    assert laid.person["area"].to_pylist() == [None] and isinstance(laid.person_facts, pa.Table)
