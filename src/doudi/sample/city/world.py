"""The world before anybody writes it down: people, who lives with whom, where, and on which roll of help they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from doudi.sample.city import names, numbers
from doudi.sample.city.places import Places, make_places
from doudi.sample.city.plan import Plan, choose

TIERS = ("dibao", "tekun", "near_dibao", "monitored", "other")
DIBAO, TEKUN, NEAR, MONITORED, OTHER = range(5)
RELATIONS = ("self", "spouse", "son", "daughter", "grandchild", "parent", "grandparent", "sibling", "in_law", "other")
SELF, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, _, SIBLING, _, STRANGER = range(10)
STANDARD = {True: 85000, False: 69000}  # fen a head and month: urban, rural
YEAR = 365.25
PAID_AGE = 80  # old-age allowance

# Who lives together, by size: letters of people (head first) and how common. E elder, e elder spouse, A adult, a spouse,
# C minor child, Y grown child, P parent of the head, G grandchild, B brother or sister, O no kin.
_HOMES = {
    1: (("E", 50), ("A", 50)),
    2: (("Ee", 34), ("Aa", 12), ("AC", 22), ("AP", 16), ("EG", 10), ("AB", 3), ("AO", 3)),
    3: (("AaC", 44), ("ACC", 16), ("EeG", 12), ("AaP", 10), ("EeY", 14), ("ACP", 4)),
    4: (("AaCC", 58), ("AaCP", 34), ("EeGG", 8)),
    5: (("AaCCP", 70), ("AaCYP", 30)),
    6: (("AaCCPP", 100),),
}
# size 1, 2, 3, …: share of households
_SIZES = {
    "dibao urban": (0.60, 0.25, 0.10, 0.035, 0.012, 0.003),
    "dibao rural": (0.52, 0.28, 0.12, 0.06, 0.015, 0.005),
    "tekun": (1.0,),
    "near_dibao": (0.63, 0.26, 0.085, 0.02, 0.005),
    "monitored": (0.10, 0.25, 0.30, 0.20, 0.10, 0.05),
    "other": (0.42, 0.28, 0.17, 0.09, 0.03, 0.01),
}
_OLD_ALONE = {"dibao urban": 0.42, "dibao rural": 0.56, "tekun": 0.86, "near_dibao": 0.52, "monitored": 0.5, "other": 0.40}
_URBAN = {"tekun": 0.08, "near_dibao": 0.20, "monitored": 0.0, "other": 0.25}


@dataclass
class World:
    """Everything true about the city on the snapshot day. Arrays of a length are aligned: households, persons."""

    plan: Plan
    places: Places
    # households
    size: np.ndarray
    first: np.ndarray
    village: np.ndarray
    kept_village: np.ndarray  # where they are registered
    home_tier: np.ndarray
    # persons
    home: np.ndarray
    letter: np.ndarray
    relation: np.ndarray
    sex: np.ndarray
    born: np.ndarray
    tier: np.ndarray
    single: np.ndarray
    booklet: np.ndarray
    number: np.ndarray  # seventeen digits
    number2: np.ndarray  # a second one, or 0
    name: np.ndarray
    rare: np.ndarray
    twins: np.ndarray  # pairs
    sharers: np.ndarray  # pairs with one number
    facts: dict[str, np.ndarray] = field(default_factory=dict)  # what lives.py and plant.py add, by person or household

    @property
    def count(self) -> int:
        return len(self.home)

    @property
    def age(self) -> np.ndarray:
        """Whole years on the snapshot day."""
        return years(self.born, self.plan.today)

    @property
    def urban(self) -> np.ndarray:
        """Whether a household lives in town."""
        return self.places.urban[self.village]

    def everybody(self, mask: np.ndarray | None = None) -> np.ndarray:
        """Positions of persons for whom the mask holds."""
        return np.arange(self.count) if mask is None else np.flatnonzero(mask)

    def of_homes(self, homes: np.ndarray) -> np.ndarray:
        """All persons of these households."""
        chosen = np.zeros(len(self.size), bool)
        chosen[homes] = True
        return np.flatnonzero(chosen[self.home])


def years(born: np.ndarray, today: int) -> np.ndarray:
    """Whole years between two days, by the calendar."""
    born_d, day = born.astype("datetime64[D]"), np.datetime64(int(today), "D")
    born_y, this_y = born_d.astype("datetime64[Y]").astype(int), day.astype("datetime64[Y]").astype(int)
    into_b = (born_d - born_d.astype("datetime64[M]")).astype(int) + 40 * (born_d.astype("datetime64[M]").astype(int) % 12)
    into_t = (day - day.astype("datetime64[M]")).astype(int) + 40 * (day.astype("datetime64[M]").astype(int) % 12)
    return (this_y - born_y - (into_b > into_t)).astype(np.int32)


def make_world(plan: Plan) -> World:
    """People and places, exactly as many as the plan says."""
    places = make_places(plan)
    size, group = _households(plan)
    rng = plan.stream("homes")
    order = rng.permutation(len(size))
    size, group = size[order], group[order]
    groups = tuple(_SIZES)
    letters = _letters(plan, size, group)
    village = _villages(plan, places, group)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    home = np.repeat(np.arange(len(size)), size)
    place = np.arange(len(home)) - first[home]
    sex = _sexes(plan, letters, home, first, group == groups.index("tekun"))
    born = _births(plan, letters, home, first, place)
    tier_of_group = np.array([DIBAO, DIBAO, TEKUN, NEAR, MONITORED, OTHER])
    home_tier = tier_of_group[group]
    relation = _relations(letters, sex)
    kept = _registered(plan, places, village)
    family = names.family_names(plan, len(size), village, len(places.code))
    world = World(
        plan=plan, places=places, size=size, first=first, village=village, kept_village=kept, home_tier=home_tier, home=home,
        letter=letters, relation=relation, sex=sex, born=born, tier=home_tier[home].copy(), single=np.zeros(len(home), bool),
        booklet=home.copy(), number=np.zeros(len(home), np.int64), number2=np.zeros(len(home), np.int64),
        name=np.empty(len(home), object), rare=np.zeros(len(home), bool), twins=np.empty((0, 2), int),
        sharers=np.empty((0, 2), int),
    )  # fmt: skip
    _make_twins(world)
    _name_and_number(world, family)
    _second_numbers(world)
    return world


def _households(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of households and their group, so that the statuses hold exactly as many persons as planned."""
    tiers = plan.tiers
    single = plan.of("status", "single", least=4)
    urban = plan.of("status", "dibao_urban", least=20)
    urban_single = round(single * 0.157)
    persons = {
        "dibao urban": urban - urban_single,
        "dibao rural": tiers["dibao"] - urban - (single - urban_single),
        "tekun": tiers["tekun"],
        "near_dibao": tiers["near_dibao"] + single,
        "monitored": tiers["monitored"],
        "other": tiers["other"],
    }
    sizes, groups = [], []
    for at, (name, shares) in enumerate(_SIZES.items()):
        share = np.array(shares)
        homes = persons[name] / (share * np.arange(1, len(share) + 1)).sum()
        counts = np.floor(share * homes).astype(int)
        if len(counts) > 1 and not plan.whole:
            counts[1:] = np.maximum(counts[1:], 1)
        while (over := int((counts * np.arange(1, len(counts) + 1)).sum()) - persons[name]) > 0:
            largest = next(k for k in range(len(counts) - 1, -1, -1) if counts[k] > 0 and (k + 1 <= over or k == 0))
            counts[largest] -= 1
        counts[0] += -over
        sizes.append(np.repeat(np.arange(1, len(counts) + 1), counts))
        groups.append(np.full(int(counts.sum()), at))
    return np.concatenate(sizes), np.concatenate(groups)


def _letters(plan: Plan, size: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The letter of every person."""
    rng = plan.stream("who lives together")
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    found = np.empty(int(size.sum()), "U1")
    alone = np.array(list(_OLD_ALONE.values()))
    for k, homes in _HOMES.items():
        at = np.flatnonzero(size == k)
        weight = np.array([float(share) for _, share in homes])
        drawn = rng.choice(len(homes), len(at), p=weight / weight.sum())
        if k == 1:
            drawn = np.where(rng.random(len(at)) < alone[group[at]], 0, 1)
        for one, (letters, _) in enumerate(homes):
            for step, letter in enumerate(letters):
                found[first[at[drawn == one]] + step] = letter
    return found


def _villages(plan: Plan, places: Places, group: np.ndarray) -> np.ndarray:
    rng = plan.stream("where they live")
    found = np.empty(len(group), int)
    for at, name in enumerate(_SIZES):
        here = np.flatnonzero(group == at)
        in_town = rng.random(len(here)) < _URBAN.get(name, 1.0 if name == "dibao urban" else 0.0)
        for urban in (True, False):
            of = here[in_town == urban]
            villages = np.flatnonzero(places.urban == urban)
            weight = places.weight[villages]
            found[of] = villages[rng.choice(len(villages), len(of), p=weight / weight.sum())]
    return found


def _registered(plan: Plan, places: Places, village: np.ndarray) -> np.ndarray:
    """Where households are registered: for 11 % elsewhere than they live."""
    rng = plan.stream("registered elsewhere")
    moved = np.flatnonzero(rng.random(len(village)) < plan.errors["rates"]["elsewhere"])
    kept = village.copy()
    kept[moved] = rng.integers(0, len(places.code), len(moved))
    return kept


def _sexes(plan: Plan, letter: np.ndarray, home: np.ndarray, first: np.ndarray, tekun: np.ndarray) -> np.ndarray:
    rng = plan.stream("sex")
    draw = rng.random(len(letter))
    share = np.select([letter == "E", letter == "A", letter == "P"], [0.55, 0.64, 0.32], 0.52)
    share = np.where(tekun[home], 0.80, share)
    sex = np.where(draw < share, 1, 2)
    spouse = np.isin(letter, ("e", "a"))
    sex[spouse] = 3 - sex[first[home[spouse]]]
    second_parent = np.flatnonzero((letter == "P") & (np.roll(letter, 1) == "P") & (np.roll(home, 1) == home))
    sex[second_parent] = 3 - sex[second_parent - 1]
    return sex.astype(np.int8)


def _births(plan: Plan, letter: np.ndarray, home: np.ndarray, first: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Birth days: heads first, the others by how they belong to the head; exactly as many over 80 as the plan needs."""
    rng = plan.stream("births")
    count = len(letter)
    draw = rng.random(count)
    normal = rng.normal(size=count)
    with_child = np.zeros(len(first), bool)
    with_child[home[np.isin(letter, ("C", "Y"))]] = True
    has_parent = np.zeros(len(first), bool)
    has_parent[home[letter == "P"]] = True
    age = np.zeros(count)
    head = place == 0
    elder = letter == "E"
    age[elder] = 60 + 19.6 * draw[elder] ** 1.15
    adult = head & (letter == "A")
    low = np.where(with_child[home], 27.0, 25.0)
    high = np.where(with_child[home] | has_parent[home], 52.0, 59.9)
    age[adult] = (low + (high - low) * draw**0.72)[adult]
    of_head = age[first[home]]
    part = rng.random(count)  # of a year, so that nobody's birthday is the edge of a rule
    rules = {
        "e": np.clip(of_head - 3 + 3.5 * normal, 58, 78.6) + part,
        "a": np.clip(of_head - 2 + 3 * normal, 22, 61) + part,
        "C": np.minimum(18, of_head - 20.5) * draw,
        "Y": np.clip(of_head - 22 - 10 * draw, 18.1, 44) + part,
        "P": np.clip(of_head + 21 + 9 * draw, 58, 78.6) + part,
        "G": 1 + 16.9 * draw,
        "B": np.clip(of_head + 8 * normal, 25, 69) + part,
        "O": 30 + 45 * draw,
    }
    for one, rule in rules.items():
        at = letter == one
        age[at] = rule[at]
    pool = np.flatnonzero(np.isin(letter, ("E", "e", "P")) & (age >= 66))
    over = choose(plan.stream("over 80"), pool, over_80(plan), "people over 80")
    age[over] = PAID_AGE + 0.03 + 16 * rng.random(len(over)) ** 1.4
    return (plan.today - np.floor(age * YEAR)).astype(np.int32)


def over_80(plan: Plan) -> int:
    """How many reach the age of the allowance: all who draw it, who miss it, and some of the dead."""
    return plan.feed("old_age_allowance")[1] + plan.of("t3", "old_age") + dead_over_80(plan)


def dead_over_80(plan: Plan) -> int:
    """Of those who died and are on no roll, how many were over 80."""
    return plan.scaled(2500, 2)


def _relations(letter: np.ndarray, sex: np.ndarray) -> np.ndarray:
    child = np.isin(letter, ("C", "Y"))
    return np.select(
        [
            np.isin(letter, ("E", "A")),
            np.isin(letter, ("e", "a")),
            child & (sex == 1),
            child,
            letter == "G",
            letter == "P",
            letter == "B",
        ],
        [SELF, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, SIBLING],
        STRANGER,
    ).astype(np.int8)


def _make_twins(world: World) -> None:
    """Brothers and sisters born on one day, with numbers side by side."""
    plan = world.plan
    minor = np.isin(world.letter, ("C", "G"))
    second = np.flatnonzero(minor & np.roll(minor, 1) & (np.roll(world.home, 1) == world.home))
    second = second[~np.isin(second - 1, second)]  # a third child is no twin
    wanted = min(plan.of("status", "twins"), len(second))
    found = choose(plan.stream("twins"), second, wanted, "twins")
    world.born[found] = world.born[found - 1]
    world.twins = np.column_stack([found - 1, found])


def _name_and_number(world: World, family: np.ndarray) -> None:
    plan, places = world.plan, world.places
    rng = plan.stream("born where")
    county = np.array([int(code) for code in places.county_code])
    here = county[places.township[world.village]][world.home]
    elsewhere = rng.random(world.count) < 0.12
    elsewhere &= ~np.isin(world.letter, ("C", "G"))
    region = np.where(elsewhere, 990101 + rng.integers(0, 13, world.count), here)
    order = numbers.orders(region, world.born, world.sex, plan.stream("orders"))
    world.number = numbers.seventeen(region, world.born, order)
    taken = set(world.number.tolist())
    for one, other in world.twins:  # the second twin is the next of the register
        taken.discard(int(world.number[other]))
        begin, turn = divmod(int(world.number[one]), 1000)
        turn += (int(world.sex[other]) - int(world.sex[one])) % 2
        tried = next(
            begin * 1000 + (turn + 2 * step) % 1000
            for step in range(1, 500)
            if begin * 1000 + (turn + 2 * step) % 1000 not in taken
        )
        world.number[other] = tried
        taken.add(tried)
    signs, shares = names.surnames()
    own = signs[plan.stream("own surname").choice(len(signs), world.count, p=shares)]
    same = np.isin(world.letter, ("E", "A", "C", "Y", "G", "B"))
    surname = np.where(same, signs[family[world.home]], own)
    father = (world.letter == "P") & (world.sex == 1)
    surname = np.where(father, signs[family[world.home]], surname)
    year = world.born.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    given = names.given_names(plan, world.sex, year, world.home)
    world.name, world.rare, _ = names.rare_names(plan, surname, given)


def _second_numbers(world: World) -> None:
    """Some persons have two numbers: another birth date and region, from another time."""
    plan = world.plan
    found = choose(
        plan.stream("two numbers"), world.everybody(world.born < -1000), plan.of("status", "two_numbers", least=2), "two numbers"
    )
    rng = plan.stream("the second number")
    taken = set(world.number.tolist())
    for who in found:
        while True:
            order = (int(world.number[who]) % 1000 + 2 * int(rng.integers(1, 480))) % 1000
            born = world.born[who : who + 1] + rng.integers(-400, 400, 1)
            second = int(numbers.seventeen(990101 + rng.integers(0, 13, 1), born, np.array([order]))[0])
            if second not in taken:
                break
        taken.add(second)
        world.number2[who] = second
