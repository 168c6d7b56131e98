"""Who people are, how they are, what they learn: household register, agriculture, disabled federation, health, education."""

from __future__ import annotations

import numpy as np

from doudi.sample.city import cells
from doudi.sample.city.departments.base import NONE, City, Columns, first_of_month, identity, months_before
from doudi.sample.city.lives import NEVER
from doudi.sample.city.plant import an_adult
from doudi.sample.city.world import NEAR

_DISEASES = (
    ("I10", "高血压", False), ("E11", "2型糖尿病", False), ("J44", "慢性阻塞性肺疾病", False), ("I25", "冠心病", False),
    ("M05", "类风湿性关节炎", False), ("I63", "脑卒中后遗症", False), ("N18", "慢性肾衰竭(透析)", True),
    ("C34", "肺恶性肿瘤", True),
    ("C50", "乳腺恶性肿瘤", True), ("D66", "血友病", True), ("F20", "精神分裂症", True), ("C91", "白血病", True),
)  # fmt: skip


def hukou(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives = city.world, city.lives
    village = w.kept_village[w.home[who]]
    moved = (rng.random(len(who)) < 0.003) & (lives.cancelled[who] == NEVER) & (lives.died[who] == NEVER)
    status = np.where(lives.cancelled[who] > NEVER, 1, np.where(moved, 2, 0))
    when = np.where(status == 1, lives.cancelled[who], np.where(moved, city.plan.today - rng.integers(5, 700, len(who)), NONE))
    city.world.facts["moved"] = np.sort(who[moved & (turn == 0)])
    booklets = city.plan.stream("booklet numbers").permutation(12 * len(w.size))
    return {
        "booklet_no": cells.joined("99", cells.digits(booklets[w.booklet[who]], 8)),
        **identity(city, who),
        "sex": city.code("hukou", "sex", ("0", "1", "2"), w.sex[who]),
        "birth_date": cells.day(w.born[who]),
        "relation": city.relation("hukou", who),
        "area_code": city.area(village),
        "address": city.address(village, w.booklet[who]),
        "hukou_kind": city.code("hukou", "hukou_kind", ("rural", "urban"), w.places.urban[village].astype(int)),
        "status": city.code("hukou", "status", ("normal", "cancelled", "moved"), status),
        "status_date": cells.day(when),
    }


def monitored(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w = city.world
    home = w.home[who]
    numbers_ = city.plan.stream("agriculture's household numbers").permutation(10 * len(w.size))[: len(w.size)]
    risks, measures = (
        ("因病", "因残", "因学", "因灾", "收入骤减", "就业不稳"),
        ("产业帮扶", "就业帮扶", "公益岗位", "教育资助", "健康帮扶", "兜底保障"),
    )
    return {
        "household_no": cells.joined("FP", cells.digits(numbers_[home], 8)),
        **identity(city, who),
        "relation": city.relation("monitored", who),
        "area_code": city.area(w.village[home]),
        "risk_kind": cells.one_of(risks, rng.integers(0, 6, len(w.size))[home]),
        "measure": cells.one_of(measures, rng.integers(0, 6, len(w.size))[home]),
        "lifted": cells.flag((rng.random(len(w.size)) < 0.38)[home]),
        "identified_date": cells.day((city.plan.today - rng.integers(40, 1500, len(w.size)))[home]),
    }


def disability_certificate(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, plan = city.world, city.lives, city.plan
    home, n = w.home[who], len(who)
    issued = plan.today - rng.integers(100, 3300, w.count)
    new = np.flatnonzero((rng.random(w.count) < 0.012) & (lives.died == NEVER))
    issued[new] = plan.today - 3 - new % 80
    expired = lives.sets["certificate expired"]
    issued[expired] = plan.today - 3670 - expired % 400
    issued = np.where(turn > 0, issued[who] - 1500, issued[who])
    born = w.born[who] + 200
    issued = np.maximum(issued, np.minimum(born, plan.today - 90))
    grade = np.where(turn > 0, np.minimum(lives.grade[who] + 1, 4), lives.grade[who])
    number = cells.joined(city.number(who), cells.integer(lives.kind[who]), cells.integer(grade))
    number = cells.joined(number, cells.one_of(("", "B1"), (turn > 0).astype(int)))
    cancelled = (lives.cancelled[who] > NEVER) & (rng.random(n) < 0.6) & (turn == 0)
    lives.sets["certificate cancelled"] = who[cancelled]
    status = np.where(turn > 0, 1, np.where(cancelled, 2, 0))
    return {
        "certificate_no": number,
        **identity(city, who),
        "area_code": city.area(w.village[home]),
        "disability_kind": city.code("disability_certificate", "disability_kind", tuple("1234567"), lives.kind[who] - 1),
        "grade": city.code("disability_certificate", "grade", tuple("1234"), grade - 1),
        "issued_date": cells.day(issued),
        "valid_to": cells.day(issued + 3652),
        "status": city.code("disability_certificate", "status", ("valid", "superseded", "cancelled"), status),
        "address": city.address(w.village[home], home),
    }


def medical_cost(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, n = city.world, city.lives, len(who)
    first = rng.integers(0, 12, w.count)[who]
    ago = (first + 3 * turn) % 12
    level = np.zeros(w.count)
    level[lives.sets["t1 medical_cost"]] = 1
    big = level[who] > 0
    ago = np.where(big, rng.integers(0, 2, n), ago)
    period = months_before(city.plan.today, ago)
    period = np.where(lives.died[who] > NEVER, np.minimum(period, first_of_month(lives.died[who] - 31)), period)
    self_paid = np.exp(rng.normal(7.97, 0.75, n))
    large = np.maximum(lives.income[w.home[who]] / 100 * rng.uniform(3.2, 8, n), 3500)
    self_paid = np.where(big, np.maximum(self_paid, large), self_paid)
    t2 = np.isin(w.home[who], lives.sets["t2 homes"])
    self_paid = np.where(t2, lives.outlay[w.home[who]] / 100 * 0.9 / 2, self_paid)
    fen = np.round(np.minimum(self_paid, 260_000) * 100).astype(np.int64)
    total = np.round(fen * rng.uniform(1.8, 3.2, n)).astype(np.int64)
    on_roll = w.tier[who] <= NEAR
    missed = np.zeros(w.count, bool)
    missed[lives.sets["t3 medical"]] = True
    fen = np.where(missed[who], np.maximum(fen, 1_050_000 + fen // 4), fen)
    total = np.maximum(total, fen * 2)
    assisted = np.where(on_roll & ~missed[who], fen * 7 // 10, 0)
    return {
        **identity(city, who),
        "period": cells.month(period),
        "total": cells.yuan(total),
        "self_paid": cells.yuan(fen),
        "assisted": cells.yuan(assisted),
        "hospital_class": city.code("medical_cost", "hospital_class", ("3", "2", "1"), rng.choice(3, n, p=[0.4, 0.4, 0.2])),
        "admissions": cells.integer(1 + (rng.random(n) < 0.2)),
    }


def disease(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, n = city.world, city.lives, len(who)
    mild = rng.choice(6, n, p=[0.38, 0.24, 0.12, 0.12, 0.08, 0.06])
    at = np.where(lives.serious[who] & (turn == 0), 6 + rng.integers(0, 6, n), (mild + turn) % 6)
    since = city.plan.today - rng.integers(120, 4000, n)
    new = lives.serious[who] & (turn == 0) & (rng.random(n) < 0.08)
    since = np.where(new, city.plan.today - rng.integers(3, 85, n), since)
    since = np.where(lives.died[who] > NEVER, np.minimum(since, lives.died[who] - 30), since)
    since = np.maximum(since, w.born[who] + 10)
    return {
        **identity(city, who),
        "birth_date": cells.day(w.born[who]),
        "area_code": city.area(w.village[w.home[who]]),
        "disease_code": cells.one_of([one[0] for one in _DISEASES], at),
        "disease_name": cells.one_of([one[1] for one in _DISEASES], at),
        "serious": cells.flag(at >= 6),
        "since": cells.day(since),
    }


def student(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, n = city.world, city.lives, len(who)
    age = w.age[who]
    stages = ("kindergarten", "primary", "junior", "senior", "bachelor")
    stage = np.select([age < 6, age < 12, age < 15, age < 18], [0, 1, 2, 3], 4)
    schools = ("中心幼儿园", "中心小学", "初级中学", "高级中学", "职业技术学院")
    places = w.places
    labels = places.township_label[places.township[w.village[w.home[who]]]]
    school = cells.joined(
        cells.names(np.where(stage >= 3, places.county_label[places.township[w.village[w.home[who]]]], labels)),
        cells.one_of(schools, stage),
    )
    school = cells.joined(school, cells.one_of(("", "(转入)"), (turn > 0).astype(int)))
    guardian = an_adult(w, np.arange(len(w.size)))[w.home[who]] if n else who
    aided = np.where(w.tier[who] <= NEAR, True, rng.random(w.count)[who] < 0.55)
    missed = np.zeros(w.count, bool)
    missed[lives.sets["t3 student"]] = True
    aided &= ~missed[who]
    year = int(np.datetime64(city.plan.today, "D").astype("datetime64[Y]").astype(int)) + 1970
    earlier = (turn > 0) | np.isin(who, lives.sets["left school"])
    return {
        **identity(city, who),
        "school": school,
        "stage": city.code("student", "stage", stages, stage),
        "class_name": cells.joined(cells.integer(1 + age % 6), "年级", cells.integer(1 + rng.integers(0, 8, n)), "班"),
        "guardian_name": city.name(guardian),
        "guardian_no": city.number(guardian),
        "term": cells.one_of((f"{year - 1}-{year}学年第二学期", f"{year - 1}-{year}学年第一学期"), earlier.astype(int)),
        "aided": cells.flag(aided),
    }
