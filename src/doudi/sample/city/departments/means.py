"""Work, dwellings, property, misfortune and courts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doudi.sample.city import cells
from doudi.sample.city.departments.base import NONE, City, Columns, identity
from doudi.sample.city.world import DIBAO, STANDARD


def unemployed(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, lives = len(who), city.lives
    recent = np.isin(who, lives.sets["t1 unemployed"])
    since = city.plan.today - np.where(recent, rng.integers(3, 59, n), rng.integers(20, 900, n)) - 300 * turn
    return {
        **identity(city, who),
        "since": cells.day(since),
        "reason": cells.one_of(("企业裁员", "合同到期", "个人原因", "企业停产", "返乡"), rng.integers(0, 5, n)),
        "skill": cells.one_of(("无", "厨师", "电工", "家政", "焊工", "驾驶", "缝纫", "瓦工"), rng.integers(0, 8, n)),
        "on_benefit": cells.flag((rng.random(n) < 0.35) & ~recent),
    }


def insurance(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, lives, n = city.world, city.lives, len(who)
    age = w.age[who]
    event = np.where(age >= 58, 3, rng.choice(3, n, p=[0.44, 0.34, 0.22]))
    event = np.where((turn > 0) & (age < 58), 1, event)
    stopped = np.isin(who, lives.sets["t1 insurance"])
    rising = np.isin(who, lives.sets["t4 visible"])
    raised = np.isin(who, lives.sets["wage raised"]) & (turn == 0)
    event = np.where(raised, 2, event)
    event = np.where(stopped, 1, np.where(rising & (age < 58), np.where(turn > 0, 2, 0), event))
    when = city.plan.today - rng.integers(10, 360, n)
    when = np.where(
        stopped, city.plan.today - rng.integers(3, 58, n), np.where(rising, city.plan.today - rng.integers(185, 350, n), when)
    )
    when = np.where(raised, city.plan.today - 5 - who % 80, when)
    standard = np.where(w.urban[w.home[who]], STANDARD[True], STANDARD[False])
    base = np.round(np.exp(rng.normal(8.25, 0.25, n))).astype(np.int64) * 100
    low = (w.tier[who] == DIBAO) & ~rising  # odd jobs: the household stays under the line
    base = np.where(low, np.minimum(base, standard * w.size[w.home[who]] // 2), base)
    base = np.where(event == 3, np.where(low, 23500, 90000 + base // 4), base)
    firms = (
        "云峰商贸有限公司",
        "禾丰食品厂",
        "青石建材有限公司",
        "惠民物业服务公司",
        "春晖家政公司",
        "长河物流有限公司",
        "同心服装厂",
        "临河农机站",
    )
    return {
        **identity(city, who),
        "event": city.code("insurance", "event", ("job_start", "job_stop", "base_change", "pension_start"), event),
        "event_date": cells.day(when),
        "base": cells.yuan(base),
        "employer": cells.one_of((*firms, None), np.where(event == 3, len(firms), rng.integers(0, len(firms), n))),
    }


def housing(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    w, n = city.world, len(who)
    village = w.village[w.home[who]]
    town = w.places.urban[village]
    rental = town & (rng.random(n) < 0.8)
    year = int(np.datetime64(city.plan.today, "D").astype("datetime64[Y]").astype(int)) + 1970
    grade = rng.choice(4, n, p=[0.05, 0.15, 0.5, 0.3])
    address = city.address(village, w.home[who])
    return {
        **identity(city, who),
        "area_code": city.area(village),
        "kind": city.code("housing", "kind", ("dangerous", "public_rental"), rental.astype(int)),
        "address": cells.joined(address, cells.one_of(("", "东"), (turn > 0).astype(int))),
        "grade": cells.one_of([*city.labels["housing"]["grade"].values(), None], np.where(rental, 4, grade)),
        "year": cells.integer(year - rng.integers(0, 2, n)),
        "renovated": cells.flag(~rental & (rng.random(n) < 0.7)),
    }


def disaster(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, lives = len(who), city.lives
    recent = np.isin(who, lives.sets["t1 disaster"])
    when = city.plan.today - np.where(recent, rng.integers(3, 58, n), rng.integers(15, 400, n)) - 120 * turn
    loss = np.round(np.exp(rng.normal(8.6, 0.9, n)) / 100).astype(np.int64) * 10000
    without = np.isin(who, lives.sets["disaster without relief"]) | recent
    return {
        **identity(city, who),
        "area_code": city.area(city.world.village[city.world.home[who]]),
        "event": cells.one_of(
            ("洪涝", "火灾", "风雹", "滑坡", "暴雪", "地震"), rng.choice(6, n, p=[0.4, 0.2, 0.2, 0.1, 0.08, 0.02])
        ),
        "event_date": cells.day(when),
        "loss": cells.yuan(loss),
        "relief": cells.yuan(np.where(without, 0, loss // 5 // 10000 * 10000 + 50000)),
    }


def custody(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, lives, today = len(who), city.lives, city.plan.today
    recent = np.isin(who, lives.sets["t1 custody"])
    kind = np.where(recent, 0, rng.choice(3, n, p=[0.5, 0.14, 0.36]))
    begin = (
        today
        - np.where(recent, rng.integers(3, 58, n), np.where(kind == 2, rng.integers(500, 2500, n), rng.integers(30, 900, n)))
        - 1200 * turn
    )
    until = np.where(
        kind == 2, today - rng.integers(5, 400, n), np.where(rng.random(n) < 0.8, today + rng.integers(30, 2000, n), NONE)
    )
    until = np.where(turn > 0, begin + 400, until)
    kind = np.where(turn > 0, 2, kind)
    city.lives.sets["in custody"] = np.unique(who[(kind < 2) & (turn == 0)])
    return {
        **identity(city, who),
        "kind": city.code("custody", "kind", ("prison", "isolation", "released"), kind),
        "from_date": cells.day(begin),
        "to_date": cells.day(until),
    }


def court(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, w = len(who), city.world
    year = int(np.datetime64(city.plan.today, "D").astype("datetime64[Y]").astype(int)) + 1970
    kind = rng.choice(3, n, p=[0.2, 0.45, 0.35])
    case = rng.permutation(9000)[:n] + 100
    return {
        "case_no": cells.joined("(", cells.integer(year - rng.integers(0, 3, n)), ")禾01民特", cells.integer(case), "号"),
        **identity(city, who),
        "kind": city.code("court", "kind", ("missing", "incapacity", "support"), kind),
        "ruling_date": cells.day(city.plan.today - rng.integers(10, 900, n)),
        "other_party": pa.array(np.where(kind == 2, w.name[rng.integers(0, w.count, n)], None), pa.string()),
    }


def business(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, w, lives = len(who), city.world, city.lives
    planted = np.isin(who, np.concatenate([lives.sets["t5 firm"], lives.sets["t9 firm_unknown"], lives.sets["t4 visible"]]))
    role = np.where(np.isin(who, lives.sets["t9 firm_unknown"]), 0, rng.choice(3, n, p=[0.22, 0.18, 0.6]))
    active = (planted & (turn == 0)) | ((rng.random(n) < 0.72) & ~((w.tier[who] == DIBAO) & ~planted))
    kinds = ("日用百货店", "小吃店", "建材经营部", "商贸有限公司", "农业专业合作社", "理发店", "运输有限公司", "家电维修部")
    at = rng.integers(0, len(kinds), n)
    places = w.places.label[w.village[w.home[who]]]
    label = cells.joined(
        cells.names(np.array([one.removesuffix("村").removesuffix("社区") for one in places], object)),
        city.firm_words(rng, n),
        cells.one_of(kinds, at),
    )
    capital = np.where(role == 2, 1 + rng.integers(0, 10, n), 10 * (1 + rng.integers(0, 50, n))) * 1_000_000
    return {
        **identity(city, who),
        "company_name": label,
        "credit_code": cells.joined("99", cells.digits(rng.choice(10**7, n, replace=False) * 7 + 990100000000, 14), "MA"),
        "role": city.code("business", "role", ("legal_person", "shareholder", "self_employed"), role),
        "from_date": cells.day(city.plan.today - rng.integers(20, 2500, n)),
        "status": city.code("business", "status", ("closed", "active"), active.astype(int)),
        "capital": cells.yuan(capital),
    }


def dwelling(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, w, lives = len(who), city.world, city.lives
    owner = np.isin(who, np.concatenate([lives.sets["t5 dwelling"], lives.sets["t9 owners"]]))
    bought = owner | (rng.random(n) < 0.62)
    bought &= ~((w.tier[who] == DIBAO) & ~owner)  # those on dibao who are not hiding anything only ever sold
    village = rng.integers(0, len(w.places.code), n)
    return {
        **identity(city, who),
        "event": city.code("dwelling", "event", ("sold", "bought"), bought.astype(int)),
        "address": city.address(village, rng.integers(0, 10**6, n)),
        "area_sqm": cells.integer(45 + rng.integers(0, 95, n)),
        "event_date": cells.day(
            city.plan.today - np.where(owner, rng.integers(15, 700, n), rng.integers(15, 1200, n)) - 30 * turn
        ),
        "share": cells.one_of(("100%", "50%"), (rng.random(n) < 0.18).astype(int)),
    }


def vehicle(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n, w, lives = len(who), city.world, city.lives
    owner = np.isin(who, np.concatenate([lives.sets["t5 vehicle"], lives.sets["t9 sold_car"]]))
    kind = rng.choice(5, n, p=[0.66, 0.08, 0.14, 0.08, 0.04])
    poor = (w.tier[who] == DIBAO) & ~owner
    kind = np.where(owner & (turn == 0), 0, np.where(poor, rng.choice(np.array([2, 3, 4]), n, p=[0.6, 0.25, 0.15]), kind))
    status = np.where(owner & (turn == 0), 0, rng.choice(3, n, p=[0.85, 0.1, 0.05]))
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"), object)
    plate = cells.joined("禾", cells.names(letters[rng.integers(0, 24, n)]), cells.digits(rng.choice(10**6, n, replace=False), 6))
    return {
        **identity(city, who),
        "plate": plate,
        "class": city.code("vehicle", "class", ("car", "truck", "motorcycle", "farm", "adapted"), kind),
        "first_registered": cells.day(city.plan.today - rng.integers(30, 4500, n)),
        "status": city.code("vehicle", "status", ("normal", "cancelled", "scrapped"), status),
    }


def union_hardship(city: City, who: np.ndarray, turn: np.ndarray, rng: np.random.Generator) -> Columns:
    n = len(who)
    return {
        **identity(city, who),
        "employer": cells.one_of(
            ("禾安纺织厂", "第二机械厂", "城市公交公司", "云峰商贸有限公司", "禾丰食品厂"), rng.integers(0, 5, n)
        ),
        "reason": cells.one_of(("本人大病", "家属大病", "子女上学", "收入低", "意外"), rng.integers(0, 5, n)),
        "since": cells.day(city.plan.today - rng.integers(40, 900, n) - 200 * turn),
    }
