"""The dibao of a whole household by our rules, by an OpenFisca-Core model, by numpy: same households, same answers, same clock.

Limits: every fact is known here, since the other two know no "unknown"; numbers are those of one urban and rural place; what is
timed is reckoning from columns in memory to answers. Who lives where is part of the question, so OpenFisca's building of its
populations counts, and is told apart; numpy is handed the places.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from bench.measure import cpu_of, median_ms
from bench.table import Row
from doudi.facts.household import Household, Member
from doudi.policy import assess, sweep
from doudi.policy import pack as packs
from doudi.policy.pack import Pack

ON, AREA, MONTH = date(2026, 8, 31), "990101001201", "2026-08"
HOUSEHOLDS = 220_000
NO, YES, UNKNOWN = 0, 1, 2
Columns = dict[str, np.ndarray[Any, Any]]
FLAGS = ("is_in_custody", "is_declared_missing", "on_tekun", "is_disabled", "has_serious_illness", "is_master")
PERSON = ("age", "disability_grade", *FLAGS)
HOME = (
    "is_rural", "hh_members", "hh_income_month", "hh_basic_pension_month", "hh_working_members", "hh_illness_outlay_month",
    "hh_financial_assets", "hh_car_count", "hh_dwelling_count", "hh_firm_count",
)  # fmt: skip


def numbers(pack: Pack) -> dict[str, Any]:
    """The parameters in force, each a number or an (urban, rural) pair; refuses a place this comparison was not written for."""
    held = pack.parameters_at(AREA, ON)
    if held["dibao_amount_by_bands"] or not held["dibao_round_up_to_yuan"] or not held["income_exclude_basic_pension"]:
        raise SystemExit("bench/openfisca_dibao.py 只写了补差、进到元、基础养老金不算收入的算法，这个地方的规定不是这样")
    split = ("dibao_standard", "dibao_topup_severe", "dibao_topup_ill", "dibao_topup_elderly", "dibao_topup_minor")
    plain = (
        "property_financial_months", "property_max_cars", "property_max_dwellings", "property_max_firms", "topup_elderly_age",
        "income_work_cost_month", "income_illness_share",
    )  # fmt: skip
    return {name: (held[f"{name}:urban"], held[f"{name}:rural"]) for name in split} | {name: held[name] for name in plain}


def draw(count: int, seed: int = 1) -> tuple[Columns, Columns]:
    """Columns of that many households and their people (`home`: whose they are); about a third is entitled."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 6, count)
    home = np.repeat(np.arange(count), size)
    people: Columns = {"home": home, "age": rng.integers(0, 95, len(home)), "disability_grade": rng.integers(1, 5, len(home))}
    people |= {
        flag: rng.random(len(home)) < share for flag, share in zip(FLAGS, (0.01, 0.005, 0.02, 0.2, 0.1, 0.01), strict=True)
    }
    per_head = rng.integers(0, 150_000, count)
    households: Columns = {
        "is_rural": rng.random(count) < 0.6,
        "hh_members": np.where(rng.random(count) < 0.95, size, size + 1),
        "hh_income_month": per_head * size,
        "hh_basic_pension_month": rng.integers(0, 2, count) * 20_000,
        "hh_working_members": rng.integers(0, 3, count),
        "hh_illness_outlay_month": rng.integers(0, 2, count) * rng.integers(0, 80_000, count),
        "hh_financial_assets": rng.integers(0, 3_000_000, count),
        "hh_car_count": rng.integers(0, 20, count) // 18,
        "hh_dwelling_count": rng.integers(0, 20, count) // 9,
        "hh_firm_count": rng.integers(0, 20, count) // 19,
    }
    return people, households


# ---- numpy --------------------------------------------------------------------------------------------------------------


def by_numpy(p: Mapping[str, Any], people: Columns, h: Columns) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Eligibility (NO, YES, UNKNOWN) and fen a month, by arrays."""
    count, home, rural = len(h["hh_members"]), people["home"], h["is_rural"]

    def by_kind(name: str, where: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.where(where, p[name][1], p[name][0])

    need = by_kind("dibao_standard", rural) * h["hh_members"]
    illness = (2 * h["hh_illness_outlay_month"] * p["income_illness_share"] + 100) // 200
    counted = h["hh_income_month"] - h["hh_basic_pension_month"] - p["income_work_cost_month"] * h["hh_working_members"] - illness
    counted = np.maximum(counted, 0)
    there = np.bincount(home[~people["is_in_custody"] & ~people["is_declared_missing"]], minlength=count)
    master = np.bincount(home[people["is_master"] & (people["age"] >= 18)], minlength=count) > 0
    tekun = np.bincount(home[people["on_tekun"]], minlength=count) > 0
    others = (
        (counted < need)
        & (h["hh_financial_assets"] <= p["property_financial_months"] * need)
        & (h["hh_car_count"] <= p["property_max_cars"])
        & (h["hh_dwelling_count"] <= p["property_max_dwellings"])
        & (h["hh_firm_count"] <= p["property_max_firms"])
        & ~tekun
    )
    listed = (h["hh_members"] >= 1) & (h["hh_members"] <= there)
    eligible = np.where(~others, NO, np.where(master, UNKNOWN, np.where(listed, YES, NO)))
    kind = rural[home]
    age = people["age"]
    severe = np.where(people["is_disabled"] & (people["disability_grade"] <= 2), by_kind("dibao_topup_severe", kind), 0)
    ill = np.where(people["has_serious_illness"], by_kind("dibao_topup_ill", kind), 0)
    old = np.where(age >= p["topup_elderly_age"], by_kind("dibao_topup_elderly", kind), 0)
    aged = np.where(age < 18, by_kind("dibao_topup_minor", kind), old)
    topup = np.bincount(home, np.maximum(np.maximum(severe, ill), aged), minlength=count).astype(np.int64)
    base = -(-np.maximum(need - counted, 0) // 100) * 100
    return eligible, np.where(eligible == YES, base + topup, 0)


# ---- OpenFisca-Core -----------------------------------------------------------------------------------------------------

person = build_entity(key="person", plural="persons", label="person", is_person=True)
household = build_entity(
    key="household", plural="households", label="household", roles=[{"key": "member", "plural": "members", "label": "member"}]
)


def _input(name: str, entity: Any) -> type[Variable]:
    kind = bool if name in (*FLAGS, "is_rural") else int
    told = {"value_type": kind, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), told)


def _by_kind(rural: Any, node: Any) -> Any:
    return np.where(rural, node.rural, node.urban)


class need(Variable):
    value_type = int
    entity = household
    definition_period = DateUnit.MONTH
    label = "the standard for the whole household"

    def formula(household, period, parameters):
        return _by_kind(household("is_rural", period), parameters(period).dibao_standard) * household("hh_members", period)


class counted_income(Variable):
    value_type = int
    entity = household
    definition_period = DateUnit.MONTH
    label = "income that counts"

    def formula(household, period, parameters):
        p = parameters(period)
        illness = (2 * household("hh_illness_outlay_month", period) * p.income_illness_share + 100) // 200
        income = household("hh_income_month", period) - household("hh_basic_pension_month", period)
        return np.maximum(income - p.income_work_cost_month * household("hh_working_members", period) - illness, 0)


class dibao_eligible(Variable):
    value_type = int
    entity = household
    definition_period = DateUnit.MONTH
    label = "0 no, 1 yes, 2 a person decides"

    def formula(household, period, parameters):
        p = parameters(period)
        members = household.members
        gone = members("is_in_custody", period) | members("is_declared_missing", period)
        master = household.any(members("is_master", period) & (members("age", period) >= 18))
        heads = household("hh_members", period)
        others = (
            (household("counted_income", period) < household("need", period))
            & (household("hh_financial_assets", period) <= p.property_financial_months * household("need", period))
            & (household("hh_car_count", period) <= p.property_max_cars)
            & (household("hh_dwelling_count", period) <= p.property_max_dwellings)
            & (household("hh_firm_count", period) <= p.property_max_firms)
            & np.logical_not(household.any(members("on_tekun", period)))
        )
        listed = (heads >= 1) & (heads <= household.sum(np.logical_not(gone)))
        return np.where(np.logical_not(others), NO, np.where(master, UNKNOWN, np.where(listed, YES, NO)))


class topup(Variable):
    value_type = int
    entity = person
    definition_period = DateUnit.MONTH
    label = "the highest top-up of a member"

    def formula(person, period, parameters):
        p, rural, age = parameters(period), person.household("is_rural", period), person("age", period)
        is_severe = person("is_disabled", period) & (person("disability_grade", period) <= 2)
        severe = np.where(is_severe, _by_kind(rural, p.dibao_topup_severe), 0)
        ill = np.where(person("has_serious_illness", period), _by_kind(rural, p.dibao_topup_ill), 0)
        old = np.where(age >= p.topup_elderly_age, _by_kind(rural, p.dibao_topup_elderly), 0)
        aged = np.where(age < 18, _by_kind(rural, p.dibao_topup_minor), old)
        return np.maximum(np.maximum(severe, ill), aged)


class dibao(Variable):
    value_type = int
    entity = household
    definition_period = DateUnit.MONTH
    label = "fen a month"

    def formula(household, period, parameters):
        gap = np.maximum(household("need", period) - household("counted_income", period), 0)
        monthly = -(-gap // 100) * 100 + household.sum(household.members("topup", period))
        return np.where(household("dibao_eligible", period) == YES, monthly, 0)


def system(p: Mapping[str, Any]) -> TaxBenefitSystem:
    """The model with the parameters in force."""
    made = TaxBenefitSystem([person, household])

    def since(value: int) -> dict[str, Any]:
        return {"values": {"2021-07-01": {"value": value}}}

    made.parameters = ParameterNode(
        "",
        data={
            name: {"urban": since(value[0]), "rural": since(value[1])} if isinstance(value, tuple) else since(value)
            for name, value in p.items()
        },
    )
    inputs = [_input(name, person) for name in PERSON] + [_input(name, household) for name in HOME]
    for variable in (*inputs, need, counted_income, dibao_eligible, topup, dibao):
        made.add_variable(variable)
    return made


def populated(model: TaxBenefitSystem, people: Columns, h: Columns) -> Any:
    """A simulation of these people in these households, with nothing put in yet."""
    builder = SimulationBuilder()
    builder.create_entities(model)
    builder.declare_person_entity("person", np.arange(len(people["home"])))
    homes = builder.declare_entity("household", np.arange(len(h["hh_members"])))
    builder.join_with_persons(homes, people["home"], np.full(len(people["home"]), "member"))
    return builder.build(model)


def by_openfisca(simulation: Any, people: Columns, h: Columns) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The same answers by OpenFisca."""
    for names, columns in ((PERSON, people), (HOME, h)):
        for name in names:
            simulation.set_input(name, MONTH, columns[name])
    return simulation.calculate("dibao_eligible", MONTH), simulation.calculate("dibao", MONTH)


def as_situation(people: Columns, h: Columns) -> dict[str, Any]:
    """One household as OpenFisca is asked about one: a situation, as its web API takes it."""
    persons = {f"p{n}": {name: {MONTH: people[name][n].item()} for name in PERSON} for n in range(len(people["home"]))}
    home = {"members": list(persons)} | {name: {MONTH: h[name][0].item()} for name in HOME}
    return {"persons": persons, "households": {"h0": home}}


def one_by_openfisca(model: TaxBenefitSystem, situation: dict[str, Any]) -> tuple[Any, Any]:
    """One household's answers."""
    simulation = SimulationBuilder().build_from_entities(model, situation)
    return simulation.calculate("dibao_eligible", MONTH), simulation.calculate("dibao", MONTH)


# ---- ours ---------------------------------------------------------------------------------------------------------------


def opened(people: Columns, h: Columns) -> duckdb.DuckDBPyConnection:
    """The same columns as the views of `policy.sweep`."""
    con = duckdb.connect(":memory:")
    con.execute("SET enable_progress_bar = false")
    con.execute("SET threads = 1")  # the other two have one as well
    own = {name: pa.array(people[name]) for name in PERSON if name != "is_master"}
    stage = pa.DictionaryArray.from_arrays(pa.array(people["is_master"].astype(np.int8)), ["primary", "master"])
    homes = {name: pa.array(h[name]) for name in HOME if name != "is_rural"}
    kind = pa.DictionaryArray.from_arrays(pa.array(h["is_rural"].astype(np.int8)), ["urban", "rural"])
    nothing = pa.nulls(len(kind), pa.int64())
    ids = np.arange(len(people["home"]), dtype=np.int32)
    area = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(kind), np.int8)), [AREA])
    hid = pa.array(people["home"].astype(np.int32))
    con.register("person_facts", pa.table({"pid": ids, "hid": hid, "area": area.take(hid), **own, "student_stage": stage}))
    con.register(
        "household_facts",
        pa.table(
            {"hid": np.arange(len(kind), dtype=np.int32), "area": area, **homes, "hh_place_kind": kind}
            | {"hh_income_per_head": nothing}
        ),
    )
    return con


def by_rules(con: duckdb.DuckDBPyConnection, pack: Pack) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The same answers by the rules of the pack."""
    statement = sweep.programme_sql(pack, "dibao", ON, scope=AREA)
    asked = (
        "SELECT subject, CASE eligible WHEN 'no' THEN 0 WHEN 'yes' THEN 1 ELSE 2 END::TINYINT AS eligible, "
        f"coalesce(amount_fen, 0) AS amount FROM ({statement})"
    )
    found = con.sql(asked).to_arrow_table()
    order, eligible, amount = (found[name].to_numpy() for name in ("subject", "eligible", "amount"))
    answers = np.empty(len(order), np.int8), np.empty(len(order), np.int64)
    answers[0][order], answers[1][order] = eligible, amount
    return answers


def one_family(people: Columns, h: Columns) -> Household:
    """The first household as `assess` takes it."""
    mine = np.flatnonzero(people["home"] == 0)
    members = tuple(
        Member(
            f"p{n}",
            {name: people[name][n].item() for name in PERSON if name != "is_master"}
            | {"student_stage": "master" if people["is_master"][n] else "primary"},
        )
        for n in mine
    )
    facts = {name: h[name][0].item() for name in HOME if name != "is_rural"}
    return Household("h0", AREA, facts | {"hh_place_kind": "rural" if h["is_rural"][0] else "urban"}, members)


def traced(home: Household, pack: Pack) -> list[str]:
    """Every condition and step of the answer in words, as the reason sheet says it."""
    answer = assess.assess("dibao", home, ON, AREA, pack)
    return [part.sentence for part in (*answer.conditions, *answer.steps)]


def measure(root: Path, profile: str) -> list[Row]:
    """Everybody's dibao and one household's, by all three, in turns, median of seven."""
    pack = packs.load()
    p = numbers(pack)
    people, h = draw(HOUSEHOLDS)
    model, con = system(p), opened(people, h)
    ways: dict[str, Callable[[], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]] = {
        "rules": lambda: by_rules(con, pack),
        "numpy": lambda: by_numpy(p, people, h),
    }
    spent: dict[str, list[float]] = {"rules": [], "numpy": [], "openfisca": [], "reckoning": []}
    answers = {name: way() for name, way in ways.items()}
    answers["openfisca"] = by_openfisca(populated(model, people, h), people, h)
    for name, (eligible, amount) in answers.items():
        if not (np.array_equal(eligible, answers["numpy"][0]) and np.array_equal(amount, answers["numpy"][1])):
            raise SystemExit(f"{name} 和 numpy 的答案不一样：{int((eligible != answers['numpy'][0]).sum())} 户")
    for _ in range(7):
        for name, way in ways.items():
            spent[name].append(cpu_of(way))
        built = []
        populating = cpu_of(lambda built=built: built.append(populated(model, people, h)))
        reckoning = cpu_of(lambda built=built: by_openfisca(built[0], people, h))
        spent["openfisca"].append(populating + reckoning)
        spent["reckoning"].append(reckoning)
    cost = {name: statistics.median(times) for name, times in spent.items()}
    little, home = draw(1), one_family(*draw(1))
    ours = median_ms(lambda: assess.assess("dibao", home, ON, AREA, pack), 1000)
    told = median_ms(lambda: traced(home, pack), 500)
    asked = as_situation(*little)
    theirs = median_ms(lambda: one_by_openfisca(model, asked), 50)
    answer = one_by_openfisca(model, asked)
    mine = assess.assess("dibao", home, ON, AREA, pack)
    if (int(answer[0][0]), int(answer[1][0])) != (("no", "yes", "unknown").index(mine.eligible), mine.amount_fen or 0):
        raise SystemExit("OpenFisca 和规则对这一户的答案不一样")
    entitled = int((answers["numpy"][0] == YES).sum())
    return [
        Row(
            f"the dibao of {HOUSEHOLDS:,} households ({len(people['home']):,} people, {entitled:,} entitled), all answers equal",
            f"{cost['rules']:.3f} CPU s = {cost['rules'] / cost['openfisca']:.2f} × OpenFisca, "
            f"{cost['rules'] / cost['numpy']:.2f} × numpy",
            f"OpenFisca-Core {cost['openfisca']:.3f} (of it {cost['reckoning']:.3f} once its populations are built), "
            f"numpy {cost['numpy']:.3f}",
            "≤ 1 × OpenFisca, ≤ 2 × numpy",
        ),
        Row(
            "one household's dibao, every condition and step",
            f"{ours:.3f} ms = {theirs / ours:.0f} × quicker; with every value and sentence {told:.3f} ms",
            f"OpenFisca-Core {theirs:.2f} ms, without sentences",
            "≥ 100 × quicker",
        ),
    ]
