"""Civil affairs: rolls of help, allowances, temporary assistance, burials."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doudi.sample.city import cells
from doudi.sample.city.departments.base import NONE, City, Columns, first_of_month, identity
from doudi.sample.city.lives import NEVER
from doudi.sample.city.world import RELATIONS, STANDARD


def dibao(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives = city.world, city.lives
    home = w.home[who]
    town = w.urban[home]
    standard = np.where(town, STANDARD[True], STANDARD[False])
    single = w.single[who]
    heads = np.where(single, 1, w.size[home])
    income = np.where(single, 0, lives.declared[home])
    amount = -(-(standard * heads - income) // 100) * 100
    by_home = city.since(rng, len(w.size))
    own = city.since(rng, w.count, median=20)
    begin = np.where(single, own[who], by_home[home])
    recent = lives.sets["dibao since this year"]
    begin = np.where(np.isin(home, recent), city.plan.today - 30 - (home % 150), begin)
    reasons = ("因病", "因残", "缺劳动力", "年老体弱", "失业", "因学", "单亲")
    return {
        "case_no": cells.joined(
            "DB", cells.digits(w.places.code[w.village[home]] // 10**6 % 100, 2), cells.digits(city.home_numbers[home], 8)
        ),
        "household_no": city.household_no(who),
        **identity(city, who),
        "relation": city.code("dibao", "relation", RELATIONS, np.where(single, 0, w.relation[who])),
        "area_code": city.area(w.village[home]),
        "kind": city.code("dibao", "kind", ("rural", "urban"), town.astype(int)),
        "single": cells.flag(single),
        "amount_month": cells.yuan(amount),
        "topup_month": cells.yuan(topup(city, who)),
        "income_month": cells.yuan(income),
        "from_date": cells.day(begin),
        "reason": cells.one_of(reasons, (home * 31) % len(reasons)),
    }


def topup(city: City, who: np.ndarray) -> np.ndarray:
    """Classified top-up, fen a month: severely disabled or ill 30 % of the standard, old or minor 20 %."""
    w, lives = city.world, city.lives
    standard = np.where(w.urban[w.home[who]], STANDARD[True], STANDARD[False])
    age = w.age[who]
    amount = np.where(city.severe_or_ill(who), standard * 3 // 10, np.where((age >= 60) | (age < 18), standard // 5, 0))
    missed = np.zeros(w.count, bool)
    missed[lives.sets["topup missing"]] = True
    return np.where(missed[who], 0, amount // 100 * 100)


def tekun(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, plan = city.world, city.lives, city.plan
    home, n = w.home[who], len(who)
    grade = rng.choice(3, w.count, p=[0.68, 0.2, 0.12])[who]
    no_carer = np.zeros(w.count, bool)
    no_carer[lives.sets["tekun without carer"]] = True
    grade = np.where(no_carer[who], 2, grade)
    institution = (rng.random(w.count) < np.where(no_carer, 0.0, 0.16))[who]
    carers = city.name(rng.integers(0, w.count, n))
    has_carer = ~no_carer[who] & ((grade > 0) | institution | (rng.random(w.count)[who] < 0.55))
    until = np.full(w.count, NONE)
    until[lives.sets["p1 left"]] = plan.today
    gone = lives.sets["r4 tekun"]
    until[gone] = plan.today - 30 - (gone * 7 % 120)
    town = w.urban[home]
    living = np.where(town, 110500, 89700)
    care = np.array([20000, 60000, 120000])[grade]
    begin = city.since(rng, w.count, median=60, least=200)[who]
    return {
        "case_no": cells.joined("TK", cells.digits(city.home_numbers[home], 8)),
        **identity(city, who),
        "area_code": city.area(w.village[home]),
        "care_grade": city.code("tekun", "care_grade", ("full", "half", "none"), grade),
        "support_form": city.code("tekun", "support_form", ("home", "institution"), institution.astype(int)),
        "carer_name": pa.array(np.where(has_carer, np.array(carers.to_pylist(), object), None), pa.string()),
        "amount_month": cells.yuan(living + care),
        "from_date": cells.day(begin),
        "to_date": cells.day(until[who]),
    }


def near_dibao(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, plan = city.world, city.lives, city.plan
    home = w.home[who]
    begin = (plan.today - rng.integers(20, 350, len(w.size)))[home]
    until = begin + 365
    gone = np.isin(who, lives.sets["r4 near_dibao"])
    begin, until = np.where(gone, begin - 420, begin), np.where(gone, plan.today - 30 - who % 120, until)
    return {
        "case_no": cells.joined("BY", cells.digits(city.home_numbers[home], 8)),
        "household_no": city.household_no(who),
        **identity(city, who),
        "relation": city.relation("near_dibao", who),
        "area_code": city.area(w.village[home]),
        "income_per_head": cells.yuan(lives.declared[home] // w.size[home] // 100 * 100),
        "from_date": cells.day(begin),
        "valid_to": cells.day(until),
    }


def rigid_expenditure(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, plan = city.world, city.lives, city.plan
    home = w.home[who]
    begin = (plan.today - rng.integers(20, 350, len(w.size)))[home]
    gone = np.isin(who, lives.sets["r4 rigid_expenditure"])
    return {
        "household_no": city.household_no(who),
        **identity(city, who),
        "relation": city.relation("rigid_expenditure", who),
        "area_code": city.area(w.village[home]),
        "outlay_kind": city.code(
            "rigid_expenditure",
            "outlay_kind",
            ("medical", "education", "rehabilitation", "other"),
            rng.choice(4, len(w.size), p=[0.7, 0.14, 0.1, 0.06])[home],
        ),
        "outlay_year": cells.yuan(lives.outlay[home]),
        "income_year": cells.yuan(lives.income[home] * 12),
        "from_date": cells.day(np.where(gone, begin - 420, begin)),
        "valid_to": cells.day(np.where(gone, plan.today - 30 - who % 120, begin + 365)),
    }


def temporary_assistance(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, plan, n = city.world, city.plan, len(who)
    events = (
        "突发疾病住院",
        "意外受伤",
        "家中失火",
        "交通事故",
        "孩子上学费用大",
        "主要劳动力去世",
        "失业",
        "遭遇洪水",
        "长期患病花费大",
    )
    at = rng.choice(len(events), n, p=[0.34, 0.1, 0.02, 0.07, 0.1, 0.06, 0.1, 0.02, 0.19])
    village = w.village[w.home[who]]
    alive = city.lives.died[who]
    paid = plan.today - rng.integers(3, 364, n)
    paid = np.where(alive > NEVER, np.minimum(paid, alive - 5), paid)
    return {
        **identity(city, who),
        "area_code": city.area(village),
        "event": cells.one_of(events, at),
        "kind": city.code("temporary_assistance", "kind", ("emergency", "expenditure"), np.isin(at, (4, 8)).astype(int)),
        "amount": cells.yuan(np.round(np.exp(rng.normal(6.9, 0.5, n)) / 50).astype(np.int64) * 5000 + 20000),
        "paid_date": cells.day(paid),
        "township": cells.names(w.places.township_label[w.places.township[village]]),
    }


def disability_subsidy(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives = city.world, city.lives
    home = w.home[who]
    amount = lives.living[who] * 11000 + lives.nursing[who] * np.where(lives.grade[who] == 1, 13000, 11000)
    return {
        **identity(city, who),
        "area_code": city.area(w.village[home]),
        "living": cells.flag(lives.living[who]),
        "nursing": cells.flag(lives.nursing[who]),
        "disability_kind": city.code(
            "disability_subsidy", "disability_kind", tuple("1234567"), np.maximum(lives.kind[who], 1) - 1
        ),
        "grade": city.code("disability_subsidy", "grade", tuple("1234"), np.maximum(lives.grade[who], 1) - 1),
        "amount_month": cells.yuan(amount),
        "account": city.account(who),
        "from_date": cells.day(city.since(rng, len(who), least=75)),
    }


def old_age_allowance(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, age = city.world, city.world.age[who]
    begin = first_of_month(np.minimum(w.born[who] + 80 * 365 + 25 + 20, city.plan.today - 1))
    return {
        **identity(city, who),
        "birth_date": cells.day(w.born[who]),
        "area_code": city.area(w.village[w.home[who]]),
        "amount_month": cells.yuan(np.where(age >= 90, 20000, 10000)),
        "account": city.account(who),
        "from_date": cells.day(begin),
    }


def child_benefit(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, n = city.world, len(who)
    orphan = rng.random(n) < 0.3
    guardian = w.first[w.home[who]]
    begin = np.maximum(city.since(rng, n, median=30), first_of_month(w.born[who] + 40))
    return {
        **identity(city, who),
        "birth_date": cells.day(w.born[who]),
        "area_code": city.area(w.village[w.home[who]]),
        "kind": city.code("child_benefit", "kind", ("unattended", "orphan"), orphan.astype(int)),
        "guardian_name": city.name(guardian),
        "guardian_no": city.number(guardian),
        "amount_month": cells.yuan(np.full(n, 130000)),
        "from_date": cells.day(begin),
    }


def death(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, n = city.world, city.lives, len(who)
    cremated = (rng.random(w.count) < np.where(w.urban[w.home], 0.9, 0.55))[who] & (turn == 0)
    places = ("市殡仪馆", "东郊殡仪馆", "西浦殡仪馆", "村公墓", "镇公益性公墓")
    done = np.minimum(lives.died[who] + rng.integers(1, 6, n) + 2 * turn, city.plan.today)
    kin = w.first[w.home[who]]
    return {
        **identity(city, who),
        "sex": city.code("death", "sex", ("0", "1", "2"), w.sex[who]),
        "death_date": cells.day(lives.died[who]),
        "service": city.code("death", "service", ("burial", "cremation"), cremated.astype(int)),
        "place": cells.one_of(places, np.where(cremated, rng.integers(0, 3, n), rng.integers(3, 5, n))),
        "informant_name": pa.array(np.where(kin == who, None, w.name[kin]), pa.string()),
        "service_date": cells.day(done),
    }
