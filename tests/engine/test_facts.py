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
            read = register.link(con, contracts(), loads, on, key=KEY)
            summed = register.sum_up(con, contracts(), read, CATALOGUE, on)
            kinds = register.place_kinds(con, loads.get("division", []))
            laid, _ = people.lay(con, summed, CATALOGUE, kinds, KEY, on)
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


# ---- further departments and case records --------------------------------------------------------------------------------

NOBODY_ELSE = {"citizen_no": no("19700101", 77), "name": "别人"}  # a dataset that came, and does not name the family
SAYS_NO = {
    "medical_enrolment": (
        {"insured": True, "subsidised": True, "listed_date": ON},
        {"is_uninsured": False, "premium_unsubsidised": False},
    ),
    "school_enrolment": ({"enrolment": "enrolled", "checked_date": ON}, {"is_out_of_school": False}),
    "rehabilitation": ({"from_date": ON}, {"in_rehabilitation": False}),
    "housing_application": ({"applied_date": ON, "condition": "none", "progress": "waiting"}, {"is_waiting_for_housing": False}),
    "job_service": ({"service": "training", "service_date": ON}, {"job_services_year": 0}),
    "price_subsidy": ({"owed_month": date(2026, 3, 1), "owed": 2800}, {"price_subsidy_owed": 0}),
    "public_payroll": ({"from_date": date(2020, 1, 1)}, {"on_public_payroll": False}),
    "distress_report": ({"channel": "hotline", "reported_date": ON}, {"distress_reports_year": 0}),
    "dibao": ({"case_no": "D", "household_no": "H9", **ROLL}, {"dibao_places": 0}),
    "securities": ({"market_value": 100, "value_date": ON}, {"securities": None}),  # nobody asked is not nothing
    "case_record": ({"step": "open", "step_date": ON, "ref": "1"}, {"paid_since_confirmed": None, "step_due_on": None}),
}


@pytest.mark.parametrize("dataset", SAYS_NO)
def test_a_further_dataset_speaks_only_when_it_came(build: Callable[..., Register], dataset: str) -> None:
    row, told = SAYS_NO[dataset]
    without, came = build(hukou=FAMILY), build(hukou=FAMILY, **{dataset: [NOBODY_ELSE | row]})
    for fact, value in told.items():
        assert without.fact("刘大山", fact) is None
        assert came.fact("刘大山", fact) == value, fact


def test_an_empty_answer_about_insurance_is_not_a_no(build: Callable[..., Register]) -> None:
    rows = [{"citizen_no": LIU, "name": "刘大山", "insured": None, "subsidised": None, "listed_date": ON}]
    built = build(hukou=FAMILY, medical_enrolment=rows)
    assert built.fact("刘大山", "is_uninsured") is None and built.fact("刘大山", "premium_unsubsidised") is None


def test_the_meter_counts_only_where_the_person_agreed(build: Callable[..., Register]) -> None:
    rows = [
        {"citizen_no": who, "name": name, "channel": channel, "reported_date": day, "consented": consented}
        for who, name, channel, day, consented in (
            (LIU, "刘大山", "power", date(2026, 6, 20), None), (CHEN, "陈秀兰", "power", date(2026, 6, 20), True),
            (BAO, "刘小宝", "village", date(2026, 7, 20), None),
        )
    ]  # fmt: skip
    built = build(hukou=FAMILY, distress_report=rows)
    assert [built.fact(name, "distress_reports_year") for name in ("刘大山", "陈秀兰", "刘小宝")] == [0, 1, 0]
    assert built.fact("刘大山", "distress_on") is None and built.fact("陈秀兰", "distress_on") == date(2026, 6, 20)


def steps(*told: tuple[str, date, date | None, str]) -> list[dict[str, Any]]:
    return [
        {"citizen_no": LIU, "name": "刘大山", "step": step, "step_date": on, "due_date": due, "programme": "dibao", "ref": ref}
        for step, on, due, ref in told
    ]


def test_what_was_confirmed_and_paid(build: Callable[..., Register]) -> None:
    confirmed = ("confirmed", date(2026, 4, 20), date(2026, 5, 31), "c1")
    built = build(hukou=FAMILY, case_record=steps(("paid", date(2026, 3, 5), None, "r1"), confirmed))
    assert built.fact("刘大山", "paid_since_confirmed") is False  # what came before belongs to an earlier decision
    assert built.fact("刘大山", "pay_due_on") == date(2026, 5, 31) and built.fact("刘大山", "publicity_days") == 0
    shown = ("shown", date(2026, 4, 8), date(2026, 4, 15), "c1")
    other = ("shown", date(2025, 4, 8), date(2025, 5, 15), "c0")
    built = build(hukou=FAMILY, case_record=steps(confirmed, shown, other, ("paid", date(2026, 5, 8), None, "r2")))
    assert built.fact("刘大山", "paid_since_confirmed") is True and built.fact("刘大山", "publicity_days") == 8
    assert build(date(2026, 4, 1), hukou=FAMILY, case_record=steps(confirmed)).fact("刘大山", "confirmed_on") is None


def test_money_that_came_back_is_over_once_it_was_paid(build: Callable[..., Register]) -> None:
    back = ("returned", date(2026, 5, 8), None, "r1")
    assert build(hukou=FAMILY, case_record=steps(back)).fact("刘大山", "payment_returned_on") == date(2026, 5, 8)
    again = steps(back, ("paid", date(2026, 6, 5), None, "r2"))
    assert build(hukou=FAMILY, case_record=again).fact("刘大山", "payment_returned_on") is None


def test_who_has_no_row_of_the_term_most_rows_speak_of_left_school(build: Callable[..., Register]) -> None:
    def pupil(who: str, name: str, term: str | None) -> dict[str, Any]:
        return {"citizen_no": who, "name": name, "school": "中学", "stage": "senior", "term": term, "aided": True}

    spring, autumn = "2025-2026学年第二学期", "2025-2026学年第一学期"
    more = [pupil(no(f"2009010{at}", 40 + at), f"学生{at}", spring) for at in range(1, 5)]
    rows = [
        pupil(LIU, "刘大山", autumn),
        pupil(CHEN, "陈秀兰", autumn),
        pupil(CHEN, "陈秀兰", spring),
        pupil(BAO, "刘小宝", "高一(3)班"),
    ]
    built = build(hukou=FAMILY, student=[*rows, *more])
    assert built.fact("刘大山", "left_school_on") == date(2026, 1, 31) and built.fact("刘大山", "student_stage") is None
    for name in ("陈秀兰", "刘小宝", "学生1"):  # a term nobody can read says nothing about leaving
        assert built.fact(name, "left_school_on") is None and built.fact(name, "student_stage") == "senior"


def test_two_rolls_are_two_households_in_two_places(build: Callable[..., Register]) -> None:
    def row(who: str, name: str, home: str, area: str = VILLAGE) -> dict[str, Any]:
        return {"case_no": home, "household_no": home, "citizen_no": who, "name": name, **ROLL, "area_code": area}

    rows = [row(LIU, "刘大山", "H1"), row(LIU, "刘大山", "H2", FAR_VILLAGE), row(CHEN, "陈秀兰", "H1"), row(CHEN, "陈秀兰", "H1")]
    built = build(hukou=FAMILY, dibao=rows)
    assert [built.fact(name, "dibao_places") for name in ("刘大山", "陈秀兰", "刘小宝")] == [2, 1, 0]


def test_a_newborn_in_the_booklet_who_is_not_counted_yet(build: Callable[..., Register]) -> None:
    baby = person("刘新生", "20260401", 15, "B1", "grandchild")
    roll = [{"case_no": "D", "household_no": "H", "citizen_no": LIU, "name": "刘大山", **ROLL}]
    built = build(hukou=[*FAMILY, baby], dibao=roll)
    assert built.fact("刘大山", "hh_new_member_on") == date(2026, 4, 1)
    counted = [*roll, {"case_no": "D", "household_no": "H", "citizen_no": no("20260401", 15), "name": "刘新生", **ROLL}]
    assert build(hukou=[*FAMILY, baby], dibao=counted).fact("刘大山", "hh_new_member_on") is None
    assert build(hukou=FAMILY, dibao=roll).fact("刘大山", "hh_new_member_on") is None


def test_a_wage_is_compared_with_the_one_before(build: Callable[..., Register]) -> None:
    def row(event: str, day: date, base: int) -> dict[str, Any]:
        return {"citizen_no": LIU, "name": "刘大山", "event": event, "event_date": day, "base": base}

    built = build(
        hukou=FAMILY, insurance=[row("job_start", date(2026, 1, 5), 200000), row("base_change", date(2026, 5, 5), 300000)]
    )
    facts = ("wage_changed_on", "wage_base_before_month", "wage_base_month")
    assert [built.fact("刘大山", fact) for fact in facts] == [date(2026, 5, 5), 200000, 300000]
    alone = build(hukou=FAMILY, insurance=[row("base_change", date(2026, 5, 5), 300000)])
    assert alone.fact("刘大山", "wage_base_before_month") is None
