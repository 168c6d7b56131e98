"""Who is missed, who should leave, who hides, who only looks guilty: planted exactly, before any department writes."""

from __future__ import annotations

import numpy as np

from doudi.sample.city.lives import NEVER, Lives, exact_homes, plan_homes
from doudi.sample.city.plan import choose
from doudi.sample.city.world import DIBAO, OTHER, World


def plant(world: World, lives: Lives) -> None:
    """T1, T2, T4, T5, T7, T9, T10: which households and persons. Each household has one planted kind at most."""
    plan, rng = world.plan, world.plan.stream("plants")
    calm = np.ones(len(world.size), bool)
    for name in ("p1 plain", "p1 shared", "p1 shared holder", "t7 dibao_tekun", "one feed elsewhere", "no hukou"):
        calm[world.home[lives.sets[name]]] = False
    calm[world.home[(lives.died > NEVER) | lives.one_feed | world.single]] = False
    calm[lives.sets["rigid homes"]] = False
    grown = np.zeros(len(world.size), bool)
    grown[world.home[(world.age >= 20) & (world.age < 60)]] = True

    def homes(name: str, mask: np.ndarray) -> None:
        persons, count = plan_homes(plan, name)
        found = exact_homes(rng, np.flatnonzero(mask & calm), world.size, persons, count, name)
        calm[found] = False
        lives.sets[f"{name} homes"] = found

    homes("t1", (world.home_tier == OTHER) & grown)
    homes("t2", (world.home_tier == OTHER) & (world.size > 1))
    homes("t4", (world.home_tier == DIBAO) & grown)
    homes("t5", (world.home_tier == DIBAO) & grown)
    homes("t10", world.home_tier == DIBAO)
    for name, kinds in (("t1", ("event", "points", "nowhere")), ("t4", ("visible", "review"))):
        parts = [plan.of(name, kind) for kind in kinds]
        for kind, found in zip(kinds, _split(rng, lives.sets[f"{name} homes"], world.size, parts), strict=True):
            lives.sets[f"{name} {kind} homes"] = found
    of_t5 = rng.permutation(lives.sets["t5 homes"])
    counts = [plan.of("t5", kind) for kind in ("vehicle", "dwelling", "firm", "deposits")]
    ends = np.round(np.cumsum(counts) / sum(counts) * len(of_t5)).astype(int) if not plan.whole else np.cumsum(counts)
    for kind, part in zip(("vehicle", "dwelling", "firm", "deposits"), np.split(of_t5, ends[:-1]), strict=True):
        lives.sets[f"t5 {kind} homes"] = np.sort(part)
        lives.sets[f"t5 {kind}"] = an_adult(world, part)
    lives.sets["t4 visible"] = an_adult(world, lives.sets["t4 visible homes"])
    innocent = world.everybody((world.tier == DIBAO) & calm[world.home] & (world.age >= 22) & (world.age < 75))
    innocent = rng.permutation(innocent)
    begin = 0
    for kind, count in plan.group("t9").items():
        lives.sets[f"t9 {kind}"] = np.sort(innocent[begin : begin + count])
        begin += count
    _name_twins(world, lives, rng)
    two = plan.of("t7", "two_places") + plan.of("t7", "urban_rural")
    rest = np.sort(innocent[begin : begin + two])
    lives.sets["t7 two_places"] = rest[: plan.of("t7", "two_places")]
    lives.sets["t7 urban_rural"] = rest[plan.of("t7", "two_places") :]
    left = np.zeros(world.count, bool)
    for dataset, share in plan.errors["R4"].items():
        pool = lives.members[dataset]
        pool = (
            pool[lives.died[pool] == NEVER]
            if dataset == "rigid_expenditure"
            else pool[calm[world.home[pool]] & (lives.kind[pool] == 0) & ~world.single[pool]]
        )
        pool = np.setdiff1d(pool, np.concatenate([*(lives.sets[f"t9 {kind}"] for kind in plan.group("t9")), rest]))
        found = choose(rng, pool, max(1, round(share * plan.feed(dataset)[0])), f"R4 {dataset}")
        lives.sets[f"r4 {dataset}"] = found
        left[found] = True
    world.facts["left the roll"] = left


def an_adult(world: World, homes: np.ndarray) -> np.ndarray:
    """One member of working age of each household, or its head."""
    first = world.first[homes]
    age = world.age
    found = first.copy()
    for step in range(1, 3):
        at = np.minimum(first + step, world.count - 1)
        better = (step < world.size[homes]) & ~((age[found] >= 20) & (age[found] < 60)) & (age[at] >= 20) & (age[at] < 60)
        found = np.where(better, at, found)
    return np.sort(found)


def _split(rng: np.random.Generator, homes: np.ndarray, size: np.ndarray, parts: list[int]) -> list[np.ndarray]:
    """Divide households so that each part holds exactly so many persons where sizes allow; the last takes the rest."""
    left = list(rng.permutation(homes))
    found = []
    for wanted in parts[:-1]:
        here: list[int] = []
        held = 0
        for one in left:
            if held + size[one] <= wanted:
                here.append(one)
                held += size[one]
            if held == wanted:
                break
        if not here:
            here = left[:1]
        taken = set(here)
        left = [one for one in left if one not in taken]
        found.append(np.sort(np.array(here, int)))
    if not left:  # only in the smallest city
        left = list(found[0][-1:])
    return [*found, np.sort(np.array(left, int))]


def _name_twins(world: World, lives: Lives, rng: np.random.Generator) -> None:
    """Owners who have somebody's name: the dwelling is theirs, and their row comes without a number."""
    guilty = lives.sets["t9 name_twin"]
    pool = world.everybody((world.tier == OTHER) & (lives.died == NEVER) & ~lives.one_feed & (world.age >= 30) & ~world.rare)
    kept = np.ones(len(world.size), bool)
    kept[np.concatenate([lives.sets["t1 homes"], lives.sets["t2 homes"]])] = False
    owners = choose(rng, pool[kept[world.home[pool]]], len(guilty), "name twins")
    owners = rng.permutation(owners)
    world.name[owners] = world.name[guilty]
    lives.sets["t9 owners"] = owners


def happen(world: World, lives: Lives) -> None:
    """Who stands in which of the other feeds; everybody but 1,350 stands in two or more."""
    plan = world.plan
    age, tier = world.age, world.tier
    alive = (lives.died == NEVER) & ~lives.one_feed
    nowhere = np.zeros(world.count, bool)
    nowhere[world.of_homes(lives.sets["t1 nowhere homes"])] = True
    planted = nowhere.copy()
    for name in ("t1 event homes", "t1 points homes", "t2 homes", "t4 homes", "t5 homes"):
        planted[world.of_homes(lives.sets[name])] = True
    guilty = np.zeros(world.count, bool)
    for name in ("name_twin", "sold_car", "joint_account", "firm_unknown"):
        guilty[lives.sets[f"t9 {name}"]] = True
    free = alive & ~planted & ~guilty

    def fill(dataset: str, forced: list[np.ndarray], groups: list[tuple[np.ndarray, float]]) -> None:
        rng = plan.stream("members", dataset)
        wanted = plan.feed(dataset)[1]
        found = np.unique(np.concatenate([np.empty(0, int), *forced]).astype(int))
        if len(found) > wanted:
            raise ValueError(f"{dataset}: {len(found)} planted, {wanted} wanted")
        rest = wanted - len(found)
        parts = [round(rest * share) for _, share in groups[:-1]]
        parts = [*parts, rest - sum(parts)]
        for (mask, _), count in zip(groups, parts, strict=True):
            pool = np.setdiff1d(np.flatnonzero(mask), found)
            short = max(0, count - len(pool))
            found = np.concatenate([found, choose(rng, pool, count - short, dataset)])
            if short:
                more = np.setdiff1d(np.flatnonzero(free & (age >= 18)), found)
                found = np.concatenate([found, choose(rng, more, short, dataset)])
        lives.members[dataset] = np.sort(found)

    rng = plan.stream("t1 events")
    t1 = an_adult(world, lives.sets["t1 event homes"])
    kind = rng.choice(5, len(t1), p=[0.38, 0.44, 0.08, 0.04, 0.06])
    kind[: min(5, len(kind))] = np.arange(min(5, len(kind)))
    events = {name: t1[kind == at] for at, name in enumerate(("unemployed", "medical_cost", "disaster", "custody", "insurance"))}
    for name, who in events.items():
        lives.sets[f"t1 {name}"] = who
    points = an_adult(world, lives.sets["t1 points homes"])
    t2 = world.of_homes(lives.sets["t2 homes"])
    t2_adult = an_adult(world, lives.sets["t2 homes"])
    t4 = lives.sets["t4 visible"]
    working = free & (age >= 18) & (age < 60)
    in_firm = t4[: len(t4) // 3]
    of = {name: free & (tier == at) for at, name in enumerate(("dibao", "tekun", "near", "monitored", "other"))}

    fill(
        "business",
        [in_firm, lives.sets["t5 firm"], lives.sets["t9 firm_unknown"]],
        [(of["near"] & working, 0.06), (of["monitored"] & working, 0.14), (of["other"] & working, 0.8)],
    )
    fill(
        "dwelling",
        [lives.sets["t5 dwelling"], lives.sets["t9 owners"]],
        [
            (of["dibao"] & (age >= 25), 0.16),
            (of["near"] & (age >= 25), 0.06),
            (of["monitored"] & (age >= 25), 0.1),
            (of["other"] & (age >= 25), 0.68),
        ],
    )
    fill(
        "vehicle",
        [lives.sets["t5 vehicle"], lives.sets["t9 sold_car"]],
        [
            (of["dibao"] & working, 0.34),
            (of["near"] & working, 0.06),
            (of["monitored"] & working, 0.14),
            (of["other"] & working, 0.46),
        ],
    )
    fill(
        "custody",
        [lives.sets["t1 custody"]],
        [(of["dibao"] & working & (world.sex == 1) & ~lives.severe, 0.16), (of["other"] & working & (world.sex == 1), 0.84)],
    )
    fill("court", [], [(of["dibao"] & (age >= 18), 0.4), (of["other"] & (age >= 18), 0.6)])
    fill(
        "disaster",
        [lives.sets["t1 disaster"]],
        [
            (of["dibao"] & (world.relation == 0) & (age >= 18), 0.3),
            (of["monitored"] & (world.relation == 0) & (age >= 18), 0.1),
            (of["other"] & (world.relation == 0) & (age >= 18), 0.6),
        ],
    )
    urban = world.urban[world.home]
    fill("union_hardship", [], [(of["other"] & working & urban, 0.8), (of["near"] & working & urban, 0.2)])
    fill(
        "housing",
        [],
        [
            (of["dibao"] & (age >= 22), 0.42),
            (of["near"] & (age >= 22), 0.1),
            (of["tekun"], 0.08),
            (of["other"] & (age >= 22), 0.4),
        ],
    )
    fill(
        "insurance",
        [lives.sets["t1 insurance"], t4[len(t4) // 3 :]],
        [
            (of["dibao"] & (age >= 18) & (age < 66), 0.07),
            (of["near"] & (age >= 18) & (age < 66), 0.08),
            (of["monitored"] & working, 0.10),
            (of["other"] & (age >= 18) & (age < 66), 0.75),
        ],
    )
    fill(
        "unemployed",
        [lives.sets["t1 unemployed"], points[::2]],
        [(of["dibao"] & working, 0.34), (of["near"] & working, 0.06), (of["other"] & working, 0.6)],
    )
    pupil = free & (age >= 4) & (age < 22)
    needs = plan.feed("student")[1]
    of_other = np.flatnonzero(of["other"] & pupil & (age < 18))
    school = t2[(age[t2] >= 4) & (age[t2] < 22)]
    of_other = of_other[: max(needs - len(school) - 2, 0)]
    fill("student", [school, of_other], [(of["dibao"] & pupil, 0.78), (of["near"] & pupil, 0.1), (of["monitored"] & pupil, 0.12)])
    _marriages(world, lives, alive & ~nowhere)
    # the last three take whoever is known to fewer than two departments
    adult = free & (age >= 18)
    lonely = alive & (lives.covered(world) < 2)
    dead = (lives.died > NEVER) & ~lives.one_feed & (lives.covered(world) < 2)
    quiet = nowhere & (lives.covered(world) < 2)
    only = np.array_split(lives.sets["one feed elsewhere"], 3)
    elder_share = free & (age >= 45)
    waiting = np.flatnonzero(lonely & ~nowhere)
    ill = plan.stream("waiting").permutation(waiting)
    third = max(0, min(len(ill) // 3, plan.feed("disease")[1] // 2))
    fill(
        "disease",
        [np.flatnonzero(dead), np.flatnonzero(quiet), only[0], t2_adult, points[1::2], ill[:third], _singles_ill(world, lives)],
        [
            (of["dibao"] & elder_share, 0.72),
            (of["tekun"] & elder_share, 0.08),
            (of["near"] & elder_share, 0.08),
            (of["monitored"] & elder_share, 0.12),
        ],
    )
    waiting = ill[third:]
    fill(
        "medical_cost",
        [lives.sets["t1 medical_cost"], only[1], t2_adult, waiting[: min(len(waiting) // 3, plan.feed("medical_cost")[1] // 2)]],
        [(of["dibao"] & adult, 0.6), (of["tekun"] & adult, 0.1), (of["near"] & adult, 0.12), (of["other"] & adult, 0.18)],
    )
    waiting = waiting[min(len(waiting) // 3, plan.feed("medical_cost")[1] // 2) :]
    fill(
        "temporary_assistance",
        [only[2], waiting],
        [(of["dibao"], 0.7), (of["near"], 0.12), (of["tekun"], 0.06), (of["monitored"], 0.12)],
    )


def _singles_ill(world: World, lives: Lives) -> np.ndarray:
    """Who is single-person dibao without being severely disabled is seriously ill."""
    return world.everybody(world.single & ~lives.severe)


def _marriages(world: World, lives: Lives, free: np.ndarray) -> None:
    """Couples with a row in S10: those living together, and former ones; every pair of rows speaks of people in the register."""
    plan, rng = world.plan, world.plan.stream("marriages")
    rows, distinct = plan.feed("marriage")
    now = plan.of("status", "marriages_current", least=4)
    now += (rows - now) % 2
    former = (rows - now) // 2
    again = 2 * now + 2 * former - distinct
    second = world.everybody(np.isin(world.letter, ("e", "a")) & free & np.roll(free, 1))
    second = second[world.home[second] == world.home[second - 1]]
    wives = choose(rng, second, now, "couples")
    pairs = np.column_stack([wives - 1, wives])
    man_first = world.sex[pairs[:, 0]] == 1
    pairs = np.where(man_first[:, None], pairs, pairs[:, ::-1])
    again_men, again_women = again // 2, again - again // 2
    alone = free & ~np.isin(world.letter, ("e", "a", "C", "G", "Y"))
    alone[np.flatnonzero(np.isin(world.letter, ("e", "a"))) - 1] = False
    alone &= (world.age >= 26) & (world.age < 80)
    quiet = free & (world.age >= 26) & ~np.isin(world.letter, ("C", "G"))
    sides = []
    for sex, remarried, column in ((1, again_men, 0), (2, again_women, 1)):
        pool = world.everybody(alone & (world.sex == sex))
        wanted = former - remarried
        if len(pool) < wanted:  # also people who live with a spouse but married before there were records
            more = np.setdiff1d(world.everybody(quiet & (world.sex == sex)), np.concatenate([pool, pairs[:, column]]))
            pool = np.concatenate([pool, choose(rng, more, wanted - len(pool), "former couples")])
        side = np.concatenate(
            [choose(rng, pool, wanted, "former couples"), choose(rng, np.sort(pairs[:, column]), remarried, "remarried")]
        )
        sides.append(rng.permutation(side))
    world.facts["couples"] = pairs
    world.facts["former couples"] = np.column_stack(sides)
    lives.members["marriage"] = np.unique(np.concatenate([pairs.ravel(), *sides]))
