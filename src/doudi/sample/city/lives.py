"""What happened to people: who died, is disabled, draws what, stands on which roll; what households live on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from doudi.sample.city.plan import LATER_WHEN_HARD, Plan, choose
from doudi.sample.city.world import DIBAO, MONITORED, NEAR, OTHER, PAID_AGE, STANDARD, TEKUN, World, dead_over_80

NEVER = -(10**6)  # a day that is none


@dataclass
class Lives:
    """True states by person unless said otherwise; `members` says which persons a feed speaks of."""

    died: np.ndarray
    cancelled: np.ndarray  # day the household register learned of it
    kind: np.ndarray  # of disability, 0 none
    grade: np.ndarray
    severe: np.ndarray
    living: np.ndarray
    nursing: np.ndarray
    serious: np.ndarray  # illness
    one_feed: np.ndarray
    rigid: np.ndarray
    income: np.ndarray  # by household: true, fen a month
    declared: np.ndarray  # by household: what the roll says
    outlay: np.ndarray  # by household: rigid outlay, fen a year
    members: dict[str, np.ndarray] = field(default_factory=dict)
    sets: dict[str, np.ndarray] = field(default_factory=dict)  # planted groups by name: persons, or households where said

    def covered(self, world: World) -> np.ndarray:
        """In how many feeds each person stands."""
        found = np.zeros(world.count, np.int16)
        for who in self.members.values():
            found[np.unique(who)] += 1
        return found


def live(world: World) -> Lives:
    """Everything that is true of everybody on the snapshot day, exactly as many as the plan says."""
    n, homes = world.count, len(world.size)
    lives = Lives(
        died=np.full(n, NEVER), cancelled=np.full(n, NEVER), kind=np.zeros(n, np.int8), grade=np.zeros(n, np.int8),
        severe=np.zeros(n, bool), living=np.zeros(n, bool), nursing=np.zeros(n, bool), serious=np.zeros(n, bool),
        one_feed=np.zeros(n, bool), rigid=np.zeros(n, bool), income=np.zeros(homes, np.int64), declared=np.zeros(homes, np.int64),
        outlay=np.zeros(homes, np.int64),
    )  # fmt: skip
    _single(world, lives)
    _rigid(world, lives)
    _deaths(world, lives)
    _rolls(world, lives)
    _disabled(world, lives)
    _old_age(world, lives)
    _children(world, lives)
    _booklets(world, lives)
    return lives


def exact_homes(rng: np.random.Generator, pool: np.ndarray, size: np.ndarray, persons: int, count: int, why: str) -> np.ndarray:
    """So many households holding exactly so many persons, of two neighbouring sizes."""
    least, more = divmod(persons, count)
    larger, smaller = pool[size[pool] == least + 1], pool[size[pool] == least]
    more = max(min(more, len(larger)), count - len(smaller))  # only a very small city has too few of one size
    return np.sort(np.concatenate([choose(rng, larger, more, why), choose(rng, smaller, count - more, why)]))


def _single(world: World, lives: Lives) -> None:
    """Single-person dibao: one adult each, cut out of borderline households of two or more."""
    plan, rng = world.plan, world.plan.stream("single")
    count = plan.of("status", "single", least=4)
    homes = np.flatnonzero((world.home_tier == NEAR) & (world.size > 1))
    towns = int(world.urban[homes].sum())
    in_town = max(min(round(count * 0.157), towns), count - (len(homes) - towns))
    chosen = np.concatenate(
        [
            choose(rng, homes[world.urban[homes]], in_town, "single urban"),
            choose(rng, homes[~world.urban[homes]], count - in_town, "single rural"),
        ]
    )
    at = world.first[chosen] + np.where(np.isin(world.letter[world.first[chosen] + 1], ("e", "a", "P", "B", "O")), 1, 0)
    world.tier[at] = DIBAO
    world.single[at] = True


def _rigid(world: World, lives: Lives) -> None:
    """Households of other hardship recognised for rigid outlay."""
    plan, rng = world.plan, world.plan.stream("rigid")
    wanted = plan.feed("rigid_expenditure")[1]
    homes = rng.permutation(np.flatnonzero(world.home_tier == OTHER))
    until = np.searchsorted(np.cumsum(world.size[homes]), wanted, side="right")
    chosen, rest = homes[:until], homes[until:]
    missing = wanted - int(world.size[chosen].sum())
    chosen = np.concatenate([chosen, rest[world.size[rest] == 1][:missing]])
    lives.rigid[world.of_homes(chosen)] = True
    lives.sets["rigid homes"] = np.sort(chosen)


def _deaths(world: World, lives: Lives) -> None:
    plan, rng = world.plan, world.plan.stream("deaths")
    today, age = plan.today, world.age
    adult = age >= 40
    on_roll = world.everybody((world.tier <= NEAR) & adult & (rng.random(world.count) < np.clip((age - 35) / 60, 0.05, 1)))
    on_roll = rng.permutation(on_roll)
    wanted = {f"t6 {name}": plan.of("t6", name) for name in ("death", "hukou", "visit")} | {
        "recent": plan.of("status", "dead_recent_on_roll", least=2)
    }
    begin = 0
    for name, count in wanted.items():
        who = np.sort(on_roll[begin : begin + count])
        begin += count
        low, high = (3, 58) if name == "recent" else (62, 420)
        lives.died[who] = today - rng.integers(low, high, len(who))
        lives.sets[name] = who
    in_s11 = plan.feed("death")[1] - len(lives.sets["t6 death"]) - len(lives.sets["recent"])
    in_s11 = max(in_s11, 2)
    unrecorded = plan.of("status", "dead_unrecorded", least=4)
    off = world.everybody((world.tier == OTHER) & ~lives.rigid & adult)
    over_80 = off[age[off] >= PAID_AGE]
    old = choose(rng, over_80, min(dead_over_80(plan), len(over_80)), "dead over 80")
    younger = choose(rng, off[(age[off] < PAID_AGE) & (age[off] >= 45)], in_s11 + unrecorded - len(old), "dead under 80")
    off_roll = rng.permutation(np.concatenate([old, younger]))
    lives.died[off_roll] = today - rng.integers(100, 760, len(off_roll))
    lives.sets["died off roll"] = np.sort(off_roll[:in_s11])
    lives.sets["died unrecorded"] = np.sort(off_roll[in_s11:])
    lives.members["death"] = np.sort(np.concatenate([lives.sets["t6 death"], lives.sets["recent"], lives.sets["died off roll"]]))
    # the household register learns later: up to 14 months, median 3; of the unrecorded always, of T6 by visit never
    dead = lives.died > NEVER
    lag = np.minimum(np.floor(rng.gamma(1.3, 95, world.count)), 420).astype(int) + (LATER_WHEN_HARD if plan.hard else 0)
    told = lives.died + lag
    lives.cancelled = np.where(dead & (told <= today), told, NEVER)
    who = np.concatenate([lives.sets["died unrecorded"], lives.sets["t6 hukou"]])
    lives.cancelled[who] = np.minimum(lives.died[who] + lag[who] % 60, today)
    lives.cancelled[lives.sets["t6 visit"]] = NEVER
    _one_feed(world, lives)


def _one_feed(world: World, lives: Lives) -> None:
    """Who has one row and nothing else: most of them old deaths nobody tidied up, some never registered here."""
    plan, rng = world.plan, world.plan.stream("one feed")
    wanted = plan.of("status", "one_feed", least=3)
    here = min(round(wanted * 0.63), len(lives.sets["died unrecorded"]))
    only_hukou = choose(rng, lives.sets["died unrecorded"], here)
    free = world.everybody(
        (world.tier == OTHER) & ~lives.rigid & (lives.died == NEVER) & (world.age >= 20) & (world.age < PAID_AGE)
    )
    no_hukou = plan.of("status", "no_hukou", least=2)
    elsewhere = choose(rng, free, wanted - here, "one feed without household register")
    lives.one_feed[only_hukou] = True
    lives.one_feed[elsewhere] = True
    lives.sets["one feed elsewhere"] = elsewhere
    rest = world.everybody((world.tier <= NEAR) & (lives.died == NEVER) & ~world.single)
    lives.sets["no hukou"] = np.sort(
        np.concatenate([elsewhere[:no_hukou], choose(rng, rest, max(no_hukou - len(elsewhere), 0), "no hukou")])
    )
    if len(elsewhere) > no_hukou:  # only in the smallest city: the others are known to the register alone
        lives.sets["one feed elsewhere"] = elsewhere[:no_hukou]
    absent = np.zeros(world.count, bool)
    absent[lives.sets["no hukou"]] = True
    lives.members["hukou"] = np.flatnonzero(~absent)


def _rolls(world: World, lives: Lives) -> None:
    """Who stands on which roll. 212 on dibao are also on tekun; so many tekun are so new that their row comes next month."""
    plan, rng = world.plan, world.plan.stream("rolls")
    free = lives.died == NEVER
    count = plan.of("t7", "dibao_tekun")
    both = choose(
        rng,
        world.everybody((world.tier == DIBAO) & ~world.single & free & (world.age >= 60) & (world.size[world.home] == 1)),
        count,
        "dibao and tekun",
    )
    known = np.zeros(world.count, bool)
    known[lives.members["hukou"]] = True
    new = choose(rng, world.everybody((world.tier == TEKUN) & free & known), count, "new tekun")
    lives.sets["t7 dibao_tekun"], lives.sets["new tekun"] = both, new
    tekun = world.everybody(world.tier == TEKUN)
    lives.members["dibao"] = world.everybody(world.tier == DIBAO)
    lives.members["tekun"] = np.sort(np.concatenate([np.setdiff1d(tekun, new), both]))
    lives.members["near_dibao"] = world.everybody(world.tier == NEAR)
    lives.members["monitored"] = world.everybody(world.tier == MONITORED)
    lives.members["rigid_expenditure"] = np.flatnonzero(lives.rigid)


def _disabled(world: World, lives: Lives) -> None:
    """Who holds a certificate and draws which subsidy. Everybody entitled draws, but for the planted who miss out (T3)."""
    plan, rng = world.plan, world.plan.stream("disabled")
    roll, holders = plan.feed("disability_subsidy")[1], plan.feed("disability_certificate")[1]
    p1 = plan.p1_plain + sum(plan.p1_repair.values())
    shared = plan.of("p1", "shared_number")
    near, nursing_only, nothing = (plan.of("disabled", name, least=2) for name in ("near_living", "nursing_only", "no_subsidy"))
    no_nursing, no_living = plan.of("t3", "nursing", least=2), plan.of("t3", "living", least=2)
    absent = no_nursing // 2 + no_living // 2
    on_dibao = roll - (p1 - shared) + absent - near - nursing_only
    on_tekun = max(holders - on_dibao - near - nursing_only - nothing, p1 - shared + 2)
    able = (lives.died == NEVER) & ~lives.one_feed
    able[lives.sets["t6 death"]] = True
    able[lives.sets["t6 hukou"]] = True
    able[np.concatenate([lives.sets["t7 dibao_tekun"], lives.sets["new tekun"]])] = False
    orphan = world.letter == "G"  # children without parents draw their own benefit; 58 of them wrongly the living subsidy too
    weight = np.clip(0.6 + world.age / 70, 0.6, 1.6)

    def some(mask: np.ndarray, count: int, why: str) -> np.ndarray:
        pool = world.everybody(mask & able & (lives.kind == 0))
        if len(pool) < count:
            raise ValueError(f"{why}: {count} wanted of {len(pool)}")
        keys = rng.random(len(pool)) ** (1 / weight[pool])
        return np.sort(pool[np.argpartition(-keys, count - 1)[:count]]) if count else pool[:0]

    kinds = np.array([0.15, 0.24, 0.02, 0.29, 0.07, 0.08, 0.15])

    def mark(who: np.ndarray, grades: tuple[int, int]) -> None:
        lives.kind[who] = 1 + rng.choice(7, len(who), p=kinds / kinds.sum())
        lives.grade[who] = np.where(rng.random(len(who)) < 0.42, *grades)

    single = world.everybody(world.single & able)
    severe_single = single[rng.permutation(len(single))[: round(len(single) * 0.7)]]
    mark(severe_single, (1, 2))
    severe = np.concatenate(
        [
            severe_single,
            some((world.tier == DIBAO) & ~orphan & ~world.single, round(on_dibao * 0.44) - len(severe_single), "severe dibao"),
        ]
    )
    mark(severe[len(severe_single) :], (1, 2))
    light = some((world.tier == DIBAO) & ~orphan & ~world.single, on_dibao - len(severe), "light dibao")
    mark(light, (3, 4))
    borderline = some((world.tier == NEAR) & ~orphan, near, "borderline disabled")
    mark(borderline, (3, 4))
    mental = np.isin(lives.kind, (5, 6))
    may_apply = borderline[mental[borderline]]  # grade 3 of mind may be single-person dibao: a few do not know
    lives.grade[may_apply] = 4
    untold = choose(rng, may_apply, min(len(may_apply), plan.scaled(240, 1)), "single dibao missing")
    lives.grade[untold] = 3
    lives.sets["single dibao missing"] = untold
    others = (world.tier == MONITORED) | (world.tier == OTHER)
    only_nursing = some(others & ~orphan, nursing_only, "nursing only")
    mark(only_nursing, (1, 2))
    none = some(others & ~orphan, nothing, "no subsidy")
    mark(none, (3, 4))
    tekun = some(world.tier == TEKUN, on_tekun, "tekun disabled")
    mark(tekun, (2, 3))
    lives.living[np.concatenate([severe, light, borderline])] = True
    lives.nursing[np.concatenate([severe, only_nursing])] = True
    alive_severe = severe[lives.died[severe] == NEVER]
    missing_nursing = choose(rng, alive_severe, no_nursing - no_nursing // 2, "nursing missing")
    missing_living = choose(rng, np.setdiff1d(alive_severe, missing_nursing), no_living - no_living // 2, "living missing")
    off_nursing = choose(rng, only_nursing[lives.died[only_nursing] == NEVER], no_nursing // 2, "nursing missing, off roll")
    off_living = choose(rng, light[lives.died[light] == NEVER], no_living // 2, "living missing, off roll")
    lives.nursing[np.concatenate([missing_nursing, off_nursing])] = False
    lives.living[np.concatenate([missing_living, off_living])] = False
    lives.sets["t3 nursing"] = np.sort(np.concatenate([missing_nursing, off_nursing]))
    lives.sets["t3 living"] = np.sort(np.concatenate([missing_living, off_living]))
    _overlap(world, lives, tekun, np.setdiff1d(light, off_living), rng)
    lives.severe = (lives.grade == 1) | (lives.grade == 2)
    lives.members["disability_certificate"] = np.flatnonzero(lives.kind > 0)
    lives.members["disability_subsidy"] = np.flatnonzero(lives.living | lives.nursing)


def _overlap(world: World, lives: Lives, tekun: np.ndarray, light: np.ndarray, rng: np.random.Generator) -> None:
    """P1: on the subsidy roll and on Tekun in the same month; nine of them only because two persons have one number."""
    plan = world.plan
    repair, shared = plan.p1_repair, plan.of("p1", "shared_number")
    of_all = np.setdiff1d(tekun[(lives.died[tekun] == NEVER) & (world.number2[tekun] == 0)], [])
    names, counts = np.unique(world.name, return_counts=True)
    alone = dict(zip(names.tolist(), (counts == 1).tolist(), strict=True))
    lonely = of_all[np.array([alone[name] and len(name) > 2 for name in world.name[of_all]], bool)]
    lonely = lonely[~world.rare[lonely]]
    without = choose(rng, lonely, repair["N4"], "P1 without number")
    rest = np.setdiff1d(of_all, without)
    rest = rest[~world.rare[rest]]
    chosen = rng.permutation(rest)[: plan.p1_plain - shared + sum(repair.values()) - repair["N4"]]
    lives.sets["p1 N4"] = without
    begin = 0
    for kind in ("N1", "N2", "N5", "C1"):
        pool = chosen[begin : begin + repair[kind]]
        lives.sets[f"p1 {kind}"] = np.sort(pool)
        begin += repair[kind]
    plain = np.sort(chosen[begin:])
    lives.sets["p1 plain"] = plain
    both = np.concatenate([chosen, without])
    lives.living[both] = rng.random(len(both)) < 0.7
    lives.nursing[both] = ~lives.living[both] | (rng.random(len(both)) < 0.4)
    # two persons, one number: a Tekun and somebody on the subsidy roll
    others = np.setdiff1d(tekun, both)
    others = others[lives.died[others] == NEVER]
    if len(others) < shared:
        others = np.setdiff1d(lives.members["tekun"], np.concatenate([both, lives.sets["t7 dibao_tekun"]]))
        others = others[(lives.died[others] == NEVER) & (lives.kind[others] == 0)]
    holder = choose(rng, others[world.number2[others] == 0], shared, "P1 shared number, Tekun")
    light = light[(lives.died[light] == NEVER) & (world.number2[light] == 0) & (world.age[light] > 30)]
    borrower = choose(rng, light, shared, "P1 shared number, subsidy")
    world.number[borrower] = world.number[holder]
    more = plan.of("status", "shared_numbers", least=shared + 1) - shared
    pool = world.everybody(
        (world.tier == OTHER)
        & (lives.died == NEVER)
        & (lives.kind == 0)
        & (world.age > 45)
        & ~lives.one_feed
        & (world.number2 == 0)
    )
    pairs = choose(rng, pool, 2 * more, "shared numbers").reshape(-1, 2)
    world.number[pairs[:, 1]] = world.number[pairs[:, 0]]
    world.sharers = np.concatenate([np.column_stack([holder, borrower]), pairs])
    lives.sets["p1 shared"] = borrower
    lives.sets["p1 shared holder"] = holder
    left = choose(rng, plain, plan.of("p1", "left_that_month"), "P1 left")
    lives.sets["p1 left"] = left
    lives.sets["p1 record error"] = choose(rng, np.setdiff1d(plain, left), plan.of("p1", "record_error"), "P1 record error")


def _old_age(world: World, lives: Lives) -> None:
    """The allowance from 80: drawn by all who may, but for those planted as missing it (T3)."""
    plan, rng = world.plan, world.plan.stream("old age")
    gone = np.zeros(world.count, bool)
    gone[lives.sets["died off roll"]] = True
    gone[lives.sets["died unrecorded"]] = True
    gone |= lives.one_feed
    pool = world.everybody((world.age >= PAID_AGE) & ~gone)
    missing = len(pool) - plan.feed("old_age_allowance")[1]
    alive = pool[lives.died[pool] == NEVER]
    lives.sets["t3 old_age"] = choose(rng, alive, missing, "old age missing")
    lives.members["old_age_allowance"] = np.setdiff1d(pool, lives.sets["t3 old_age"])


def _children(world: World, lives: Lives) -> None:
    """Children without parents, with their benefit or planted as missing it; 58 also draw a subsidy that bars it."""
    plan, rng = world.plan, world.plan.stream("children")
    wanted, missing, both = plan.feed("child_benefit")[1], plan.of("t3", "unattended"), plan.of("t7", "child_benefits")
    minor = world.everybody((world.age < 18) & (lives.died == NEVER) & (world.tier != TEKUN))
    without_parents = minor[world.letter[minor] == "G"]
    disabled = minor[(lives.kind[minor] > 0) & lives.living[minor]]
    barred = choose(rng, disabled, both, "child with two benefits")
    free = without_parents[lives.kind[without_parents] == 0]
    if len(free) < wanted - both + missing:  # small cities: children of lone parents too
        more = minor[(lives.kind[minor] == 0) & (world.letter[minor] == "C")]
        free = np.concatenate([free, more[: wanted - both + missing - len(free)]])
    chosen = rng.permutation(free)[: wanted - both + missing]
    lives.sets["t3 unattended"] = np.sort(chosen[:missing])
    lives.sets["t7 child_benefits"] = barred
    lives.members["child_benefit"] = np.sort(np.concatenate([chosen[missing:], barred]))


def _booklets(world: World, lives: Lives) -> None:
    """T11: living together and standing in one booklet are not the same, in both directions."""
    plan, rng = world.plan, world.plan.stream("booklets")
    persons, count = plan_homes(plan, "t11")
    pool = np.flatnonzero((world.size >= 2) & (world.size <= 3))
    chosen = exact_homes(rng, pool, world.size, persons, count, "T11")
    lives.sets["t11 homes"] = chosen
    half = chosen[rng.permutation(len(chosen))]
    cut = len(half) // 2 // 2 * 2
    together, split = half[:cut], half[cut:]
    together = together[np.argsort(world.places.code[world.village[together]], kind="stable")]
    for one, other in together.reshape(-1, 2):
        world.booklet[world.first[other] : world.first[other] + world.size[other]] = one
        world.kept_village[other] = world.kept_village[one]
    apart = world.first[split] + world.size[split] - 1
    world.booklet[apart] = len(world.size) + np.arange(len(apart))


def income(world: World, lives: Lives) -> None:
    """True income of households a month, what the rolls say of it, and rigid outlay a year. Programmes are looked at last."""
    rng = world.plan.stream("income")
    homes = len(world.size)
    standard = np.where(world.urban, STANDARD[True], STANDARD[False])
    age, able = world.age, np.zeros(homes)
    np.add.at(able, world.home, ((age >= 18) & (age < 60) & ~lives.severe) * 1.0)
    elders = np.zeros(homes)
    np.add.at(elders, world.home, (age >= 60) * 1.0)
    sick = np.zeros(homes)
    np.add.at(sick, world.home, (lives.kind > 0) * 1.0)
    town = rng.normal(0, 0.10, len(world.places.township_code))[world.places.township[world.village]]
    score = town + 0.30 * able / world.size - 0.12 * sick / world.size + rng.normal(0, 0.45, homes)
    lowest = np.where(
        world.home_tier == DIBAO, 0.55, np.where(world.home_tier == NEAR, 1.18, np.where(world.home_tier == TEKUN, 0.45, 1.75))
    )
    ratio = lowest * np.exp(score - 0.15)
    heap = rng.random(homes)
    nothing = (world.home_tier == DIBAO) & (able == 0) & (heap < 0.25)
    pension = (world.home_tier <= TEKUN) & (elders > 0) & ~nothing & (heap > 0.55)
    ratio = np.where(pension, 23500 * elders / (standard * world.size), ratio)
    low = np.where(world.home_tier == NEAR, 1.01, np.where(world.home_tier > NEAR, 1.52, 0.0))
    high = np.where(
        world.home_tier == DIBAO, 0.97, np.where(world.home_tier == NEAR, 1.49, np.where(world.home_tier == TEKUN, 0.8, 9.0))
    )
    width = high - low
    ratio = low + width * (1 - np.exp(-np.maximum(ratio - low, 0.02) / width))
    ratio = np.where(nothing, 0.0, ratio)
    for name, factor in (("t1 homes", (0.25, 0.95)), ("t4 homes", (1.55, 2.6))):
        at = lives.sets[name]
        ratio[at] = rng.uniform(*factor, len(at))
    at = lives.sets["t2 homes"]
    ratio[at] = rng.uniform(1.52, 2.0, len(at))
    lives.income = np.floor(ratio * standard * world.size / 100).astype(np.int64) * 100
    declared = lives.income.copy()
    at = lives.sets["t4 homes"]
    declared[at] = np.floor(rng.uniform(0.2, 0.9, len(at)) * standard[at] * world.size[at] / 100).astype(np.int64) * 100
    at = lives.sets["t10 homes"]
    room = standard[at] * world.size[at] - declared[at]
    declared[at] += np.floor(rng.uniform(0.3, 0.9, len(at)) * room / 100).astype(np.int64) * 100
    lives.declared = declared
    lives.outlay = np.floor(np.exp(rng.normal(7.6, 0.8, homes)) * world.size * 0.5).astype(np.int64) * 100
    at = np.concatenate([lives.sets["t2 homes"], lives.sets["rigid homes"]])
    lives.outlay[at] = np.maximum(
        lives.outlay[at], (lives.income[at] * 12 * rng.uniform(0.6, 0.9, len(at)) / 100).astype(np.int64) * 100
    )
    at = lives.sets["t2 homes"]  # what is left lies under the line
    need = lives.income[at] * 12 - np.floor(rng.uniform(0.5, 0.95, len(at)) * standard[at] * world.size[at]).astype(np.int64) * 12
    lives.outlay[at] = need // 100 * 100
    calm = np.ones(homes, bool)
    calm[np.concatenate([lives.sets["t1 homes"], lives.sets["t2 homes"], lives.sets["rigid homes"]])] = False
    spare = np.maximum(lives.income - standard * world.size, 0) * 12 * 0.9
    lives.outlay = np.where(
        calm & (world.home_tier >= NEAR), np.minimum(lives.outlay, spare.astype(np.int64) // 100 * 100), lives.outlay
    )


def plan_homes(plan: Plan, name: str) -> tuple[int, int]:
    """Persons and households of a planted kind at this size, such that the persons fit into the households."""
    persons, homes = plan.figures["plants"][name]
    if plan.whole:
        return persons, homes
    count = max(2, round(homes * plan.share))
    return max(count, round(count * persons / homes)), count
