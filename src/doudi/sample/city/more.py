"""Beside the 26 feeds: what further departments would send, and the case records of the system that was there before.

Small files in a folder of their own, without a mistake in them: what the city's published counts say stays as it is. Everybody
they speak of is in the 26 feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.engine.contract import Contract
from doudi.sample.city import cells, write
from doudi.sample.city.departments.base import NONE, City, Columns, first_of_month, identity
from doudi.sample.city.findings import Clean
from doudi.sample.city.lives import NEVER, Lives
from doudi.sample.city.plan import choose
from doudi.sample.city.records import case_record
from doudi.sample.city.tables import Table
from doudi.sample.city.world import DIBAO, NEAR, OTHER, STANDARD, World

# What banks and brokers answered is two months old when the city begins: nobody may take their silence for "nothing".
ASKED_DAYS_AGO = 61


@dataclass
class Chooser:
    """Picks people for one dataset: alive, in the register, each known by a number of their own."""

    city: City
    dataset: str

    def __post_init__(self) -> None:
        world, lives = self.city.world, self.city.lives
        self.rng = self.city.plan.stream("more", self.dataset)
        self.today = self.city.plan.today
        self.free = (lives.died == NEVER) & (lives.cancelled == NEVER) & ~lives.one_feed
        self.free[world.sharers.ravel()] = False
        self.free[lives.sets["no hukou"]] = False

    def some(self, mask: np.ndarray, figure: str, *, innocent: str = "") -> np.ndarray:
        """So many of those the mask allows as plan.toml says, in mixed order, or all there are; nobody twice in one dataset.

        innocent: the code of the warning a few of them raise without any fault.
        """
        pool = np.flatnonzero(mask & self.free)
        found = choose(self.rng, pool, min(self.city.plan.of("more", figure, least=8), len(pool)))
        self.free[found] = False
        found = self.rng.permutation(found)
        if innocent:
            self.city.lives.sets[f"innocent {innocent}"] = np.sort(found[: max(4, len(found) // 50)])
        return found

    def ago(self, count: int, least: int, most: int) -> np.ndarray:
        """Days between `least` and before `most` days ago."""
        return self.today - self.rng.integers(least, most, count)


def _listed(city: City) -> np.ndarray:
    return (city.world.tier <= NEAR) | city.lives.rigid


def _both(*parts: np.ndarray) -> np.ndarray:
    return np.concatenate(parts).astype(np.int64)


def medical_enrolment(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    listed = _listed(city) & (city.world.age > 0)
    without, unpaid = pick.some(listed, "uninsured", innocent="B14"), pick.some(listed, "unsubsidised", innocent="B13")
    who = _both(without, unpaid)
    insured = np.arange(len(who)) >= len(without)
    return who, {
        **identity(city, who),
        "insured_year": pa.repeat(str(city.plan.as_of.year), len(who)),
        "insured": cells.flag(insured),
        "subsidised": cells.flag(np.zeros(len(who), bool)),
        "listed_date": cells.day(pick.ago(len(who), 5, 120)),
    }


def school_enrolment(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    age = city.world.age
    child = (age >= 6) & (age <= 14)
    away, others = pick.some(child, "out_of_school", innocent="B18"), pick.some(child, "schooled_otherwise")
    who = _both(away, others)
    state = np.concatenate([np.zeros(len(away), int), pick.rng.integers(1, 4, len(others))])
    reasons = ("厌学在家", "随父母外出", "家里农活忙", "身体原因", None)
    return who, {
        **identity(city, who),
        "enrolment": city.code("school_enrolment", "enrolment", ("absent", "home_teaching", "deferred", "enrolled"), state),
        "checked_date": cells.day(pick.ago(len(who), 10, 110)),
        "absence_reason": cells.one_of(reasons, np.where(state == 0, pick.rng.integers(0, 4, len(who)), 4)),
    }


def rehabilitation(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    child = (city.world.age <= 6) & (city.lives.kind > 0)
    pick.some(child, "unrehabilitated", innocent="B19")
    who = np.flatnonzero(child & pick.free)
    begin = pick.ago(len(who), 30, 700)
    return who, {
        **identity(city, who),
        "project": cells.one_of(("听力言语", "肢体", "智力", "孤独症", "视力"), pick.rng.integers(0, 5, len(who))),
        "institution": cells.one_of(
            ("市残疾儿童康复中心", "区妇幼保健院康复科", "启明康复园"), pick.rng.integers(0, 3, len(who))
        ),
        "from_date": cells.day(begin),
        "to_date": cells.day(np.full(len(who), NONE)),
    }


def housing_application(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    grown = city.world.age >= 22
    grown[city.lives.members["housing"]] = False
    waiting, settled = pick.some(grown, "housing_waiting", innocent="B21"), pick.some(grown, "housing_settled")
    who = _both(waiting, settled)
    progress = np.concatenate([np.zeros(len(waiting), int), pick.rng.integers(1, 4, len(settled))])
    return who, {
        **identity(city, who),
        "applied_date": cells.day(pick.ago(len(who), 20, 700)),
        "condition": city.code(
            "housing_application", "condition", ("none", "crowded", "borrowed"), pick.rng.integers(0, 3, len(who))
        ),
        "progress": city.code("housing_application", "progress", ("waiting", "allotted", "subsidised", "refused"), progress),
    }


def job_service(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    """Almost everybody registered as unemployed was served; a few were not."""
    jobless = np.zeros(city.world.count, bool)
    jobless[city.lives.members["unemployed"]] = True
    pick.some(jobless & (city.world.age < 60), "unserved", innocent="B22")
    who = np.flatnonzero(jobless & pick.free)
    kinds = ("guidance", "introduction", "training", "public_post")
    return who, {
        **identity(city, who),
        "service": city.code("job_service", "service", kinds, pick.rng.choice(4, len(who), p=[0.4, 0.35, 0.15, 0.1])),
        "service_date": cells.day(pick.ago(len(who), 5, 350)),
    }


def price_subsidy(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    who = pick.some(city.world.tier <= 1, "price_owed", innocent="B29")
    month = first_of_month(pick.ago(len(who), 65, 190))
    return who, {
        **identity(city, who),
        "owed_month": cells.month(month),
        "owed": cells.yuan(np.full(len(who), 2800)),
        "why": cells.one_of(("账号不对", "没有账号", "没有进批次"), pick.rng.integers(0, 3, len(who))),
    }


def _asked_homes(city: City, pick: Chooser, guilty: np.ndarray, figure: str) -> tuple[np.ndarray, np.ndarray]:
    """Everybody of the households a bank was asked about, and in which of them somebody holds much."""
    world = city.world
    calm = np.bincount(world.home, ~pick.free, minlength=len(world.size)) == 0
    calm[world.home[world.single]] = False
    calm[guilty] = False
    pool = np.flatnonzero((world.home_tier == DIBAO) & calm)
    others = choose(pick.rng, pool, min(city.plan.of("more", figure, least=8), len(pool)), figure)
    homes = np.sort(np.concatenate([guilty, others]))
    who = world.of_homes(homes)
    return who, np.isin(world.home[who], guilty)


def _sums(city: City, pick: Chooser, who: np.ndarray, much: np.ndarray) -> np.ndarray:
    """What everybody holds: little, but the first of a household that holds much far more than its limit."""
    world = city.world
    home = world.home[who]
    limit = 24 * np.where(world.urban[home], STANDARD[True], STANDARD[False]) * world.size[home]
    first = who == world.first[home]
    little = pick.rng.integers(0, 400_000, len(who))
    return np.where(much & first, limit + pick.rng.integers(500_000, 9_000_000, len(who)), little)


def deposit(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    lives, world = city.lives, city.world
    joint = np.unique(world.home[lives.sets["t9 joint_account"]])
    guilty = np.union1d(lives.sets["t5 deposits homes"], joint)
    who, much = _asked_homes(city, pick, guilty, "asked_banks")
    lives.sets["fires C20"], lives.sets["innocent C20"] = np.sort(who[much]), world.of_homes(joint)
    return who, {
        **identity(city, who),
        "birth_date": cells.day(world.born[who]),
        "balance_date": cells.day(np.full(len(who), pick.today - ASKED_DAYS_AGO)),
        "balance": cells.yuan(_sums(city, pick, who, much)),
    }


def securities(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    lives, world = city.lives, city.world
    for name in ("t5 homes", "t4 homes"):
        pick.free[world.of_homes(lives.sets[name])] = False
    asked, _ = _asked_homes(city, pick, np.empty(0, np.int64), "asked_brokers")
    homes = np.unique(world.home[asked])
    rich = np.sort(pick.rng.permutation(homes)[: max(8, len(homes) // 3)])
    much = np.isin(world.home[asked], rich)
    lives.sets["fires C21"] = np.sort(asked[much])
    lives.sets["innocent C21"] = world.of_homes(rich[: max(2, len(rich) // 50)])
    return asked, {
        **identity(city, asked),
        "kind": city.code("securities", "kind", ("stock", "fund", "wealth", "insurance"), pick.rng.integers(0, 4, len(asked))),
        "market_value": cells.yuan(_sums(city, pick, asked, much)),
        "value_date": cells.day(np.full(len(asked), pick.today - ASKED_DAYS_AGO)),
    }


def housing_fund(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    world = city.world
    working = (world.age >= 18) & (world.age < 60) & ~city.lives.severe
    helped = world.tier <= NEAR
    new, others = pick.some(working & helped, "fund_started", innocent="C22"), pick.some(working & ~helped, "fund_others")
    who = _both(new, others)
    event = np.concatenate([np.zeros(len(new), int), pick.rng.integers(0, 3, len(others))])
    return who, {
        **identity(city, who),
        "fund_event": city.code("housing_fund", "fund_event", ("start", "stop", "base_change"), event),
        "event_date": cells.day(pick.ago(len(who), 5, 85)),
        "fund_base": cells.yuan(pick.rng.integers(20, 60, len(who)) * 10_000),
        "employer": cells.one_of(("禾丰食品厂", "惠民物业服务公司", "长河物流有限公司"), pick.rng.integers(0, 3, len(who))),
    }


def public_payroll(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    world = city.world
    grown = (world.age >= 22) & (world.age < 75)
    listed, others = pick.some(grown & (world.tier <= 1), "payroll_listed", innocent="C23"), pick.some(grown, "payroll_others")
    who = _both(listed, others)
    ended = np.isin(who, others) & (pick.rng.random(len(who)) < 0.3)
    return who, {
        **identity(city, who),
        "unit": cells.one_of(("镇便民服务中心", "区环卫所", "中心小学", "村民委员会"), pick.rng.integers(0, 4, len(who))),
        "post_kind": city.code(
            "public_payroll", "post_kind", ("staff", "contract", "retired", "village"), pick.rng.integers(0, 4, len(who))
        ),
        "from_date": cells.day(pick.ago(len(who), 200, 5000)),
        "to_date": cells.day(np.where(ended, pick.ago(len(who), 10, 150), NONE)),
    }


def distress_report(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    """Some of those nobody would find otherwise, and people who are helped already; the meter is read only with consent."""
    world, lives = city.world, city.lives
    nowhere = np.zeros(world.count, bool)
    nowhere[world.of_homes(lives.sets["t1 nowhere homes"])] = True
    grown = world.age >= 18
    unseen, seen = pick.some(nowhere & grown, "distress_unseen"), pick.some(grown & ~nowhere, "distress_seen", innocent="A11")
    who = _both(unseen, seen)
    n = len(who)
    channel = pick.rng.choice(3, n, p=[0.5, 0.4, 0.1])
    consented = (pick.rng.random(n) < 0.6) | np.isin(who, lives.sets["innocent A11"])
    old = np.isin(who, seen) & (pick.rng.random(n) < 0.3) & ~np.isin(who, lives.sets["innocent A11"])
    told = ("家里断粮了", "老人摔了没人管", "生病没钱去医院", "孩子没人照看")
    return who, {
        **identity(city, who),
        "area_code": city.area(world.village[world.home[who]]),
        "channel": city.code("distress_report", "channel", ("hotline", "village", "power"), channel),
        "reported_date": cells.day(np.where(old, pick.ago(n, 40, 330), pick.ago(n, 1, 28))),
        "consented": cells.one_of(("否", "是", None), np.where(channel == 2, consented.astype(int), 2)),
        "told": cells.one_of((*told, None), np.where(channel == 2, 4, pick.rng.integers(0, 4, n))),
    }


def referral(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    listed = _listed(city)
    waiting, done = pick.some(listed, "referral_waiting", innocent="D04"), pick.some(listed, "referral_answered")
    who = _both(waiting, done)
    n = len(who)
    sent = pick.ago(n, 20, 120)
    answered = np.where(np.isin(who, done), np.minimum(sent + pick.rng.integers(1, 14, n), pick.today), NONE)
    return who, {
        **identity(city, who),
        "referred_date": cells.day(sent),
        "receiver": cells.one_of(("区残联", "区人社局", "青禾社工站", "和谐助老服务中心"), pick.rng.integers(0, 4, n)),
        "need": cells.one_of(("上门照料", "找工作", "康复辅具", "心理疏导"), pick.rng.integers(0, 4, n)),
        "answered_date": cells.day(answered),
    }


Build = Callable[[City, Chooser], tuple[np.ndarray, Columns]]
MORE: dict[str, Build] = {
    one.__name__: one
    for one in (
        medical_enrolment, school_enrolment, rehabilitation, housing_application, job_service, price_subsidy, deposit, securities,
        housing_fund, public_payroll, distress_report, case_record, referral,
    )
}  # fmt: skip


def make_more(folder: Path, city: City, known: dict[str, Contract], clean: Clean) -> dict[str, int]:
    """Write the further files with a manifest of their own; rows by dataset."""
    entries, counts = [], {}
    for dataset, table in tables(city):
        clean.keep(table)
        contract = known[dataset]
        stem = f"{contract.no}_{dataset}" if contract.no else dataset
        path = write.write_feed(folder, contract, table.columns, stem, city.plan.stream("headings", dataset, stem))
        entries.append(write.entry(path, contract, len(table), _as_of(city, dataset)))
        counts[dataset] = len(table)
    told: dict[str, Any] = {"as_of": city.plan.as_of.isoformat(), "files": entries}
    write.write_json(folder / "manifest.json", told)
    return counts


def tables(city: City) -> Iterator[tuple[str, Table]]:
    """Each further dataset, its rows as they happened to be stored."""
    for dataset, build in MORE.items():
        who, columns = build(city, Chooser(city, dataset))
        table = Table(dataset, columns, who)
        yield dataset, table.taken(city.plan.stream("more order", dataset).permutation(len(who)))


def _as_of(city: City, dataset: str) -> str:
    entrusted = dataset in ("deposit", "securities")
    return str(np.datetime64(city.plan.today - (ASKED_DAYS_AGO if entrusted else 0), "D"))


def details(world: World, lives: Lives) -> None:
    """Smaller truths the further warnings need: who left school, and which newborn stand in the booklet of a helped family."""
    plan = world.plan
    rng = plan.stream("left school")
    pupils = lives.members["student"]
    quiet = np.union1d(lives.sets["t3 student"], world.of_homes(lives.sets["t2 homes"]))
    pool = np.setdiff1d(pupils[(world.age[pupils] >= 15) & (world.tier[pupils] <= NEAR) & (lives.died[pupils] == NEVER)], quiet)
    lives.sets["left school"] = choose(rng, pool, min(plan.of("more", "left_school", least=8), len(pool)))
    lives.sets["innocent C13"] = lives.sets["left school"][:: max(1, len(lives.sets["left school"]) // 4)][:2]
    rng = plan.stream("wage raised")
    insured = lives.members["insurance"]
    planted = np.union1d(lives.sets["t1 insurance"], lives.sets["t4 visible"])
    pool = np.setdiff1d(
        insured[(world.age[insured] < 58) & (world.tier[insured] == NEAR) & (lives.died[insured] == NEVER)], planted
    )
    lives.sets["wage raised"] = choose(rng, pool, min(plan.of("more", "wage_raised", least=8), len(pool)))
    lives.sets["innocent C15"] = lives.sets["wage raised"][:2]
    rng = plan.stream("newborn")
    own = np.zeros(len(world.size), bool)
    own[np.concatenate([lives.sets["t1 homes"], lives.sets["t2 homes"], lives.sets["t11 homes"], lives.sets["rigid homes"]])] = (
        True
    )
    known = np.isin(np.arange(world.count), lives.members["hukou"]) & (lives.died == NEVER) & ~lives.one_feed
    child = world.everybody((world.tier == OTHER) & known & (world.age < 1) & ~own[world.home])
    child = rng.permutation(child)[: plan.of("more", "newborn", least=8)]
    heads = world.first[np.flatnonzero((world.home_tier == DIBAO) & ~own)]
    heads = choose(rng, heads[known[heads] & ~world.single[heads]], len(child), "newborn")
    world.booklet[child] = world.booklet[heads]
    lives.sets["fires C08"] = world.of_homes(np.sort(world.home[heads]))
    lives.sets["innocent C08"] = world.of_homes(np.sort(world.home[heads[:2]]))
