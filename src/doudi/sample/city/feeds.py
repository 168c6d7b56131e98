"""The departments' files before errors: rows of everybody a feed speaks of, repetitions and contradictions among them."""

from __future__ import annotations

import numpy as np

from doudi.sample.city import cells
from doudi.sample.city.departments import BUILD
from doudi.sample.city.departments.base import City, Columns, identity
from doudi.sample.city.lives import NEVER, Lives
from doudi.sample.city.plan import ROLLS, Plan, choose
from doudi.sample.city.tables import Table
from doudi.sample.city.world import DIBAO, NEAR, OTHER, World

_BY_PLACE = ("hukou", "dibao", "tekun", "near_dibao", "rigid_expenditure", "monitored")
_TWICE = {  # which column two contradicting rows of one person differ in
    "hukou": "booklet_no", "dibao": "amount_month", "tekun": "amount_month", "near_dibao": "income_per_head",
    "rigid_expenditure": "outlay_year", "old_age_allowance": "amount_month", "monitored": "lifted",
}  # fmt: skip


def details(world: World, lives: Lives) -> None:
    """Smaller truths the feeds need: who is seriously ill, and who misses what he or she is due."""
    plan, rng = world.plan, world.plan.stream("details")
    ill = lives.members["disease"]
    alive = lives.died == NEVER
    due = rng.permutation(ill[world.tier[ill] != OTHER])[: len(ill) // 6]
    must = ill[np.isin(world.home[ill], lives.sets["t2 homes"]) | (world.single[ill] & ~lives.severe[ill])]
    lives.serious[np.concatenate([due, must])] = True
    lives.serious[lives.one_feed] = False

    def some(name: str, pool: np.ndarray, count: int) -> None:
        lives.sets[name] = choose(rng, pool, min(count, len(pool)), name)

    pupils = lives.members["student"]
    some("t3 student", pupils[world.tier[pupils] <= NEAR], plan.of("t3", "student"))
    patients = lives.members["medical_cost"]
    some("t3 medical", patients[(world.tier[patients] <= NEAR) & alive[patients]], plan.of("t3", "medical"))
    age = world.age
    on_dibao = world.everybody((world.tier == DIBAO) & alive)
    reasons = {
        "old": age >= 70, "minor": age < 18, "severe": lives.severe & (age >= 18) & (age < 60),
        "ill": lives.serious & ~lives.severe & (age >= 18) & (age < 60),
    }  # fmt: skip
    for reason, mask in reasons.items():
        some(f"topup {reason}", on_dibao[mask[on_dibao]], plan.scaled(420, 1))
    lives.sets["topup missing"] = np.unique(np.concatenate([lives.sets[f"topup {reason}"] for reason in reasons]))
    drawing = lives.members["disability_subsidy"]
    quiet = np.concatenate([lives.sets["t3 nursing"], lives.sets["t3 living"], world.sharers.ravel()])
    some("certificate expired", np.setdiff1d(drawing[alive[drawing] & (age[drawing] > 20)], quiet), plan.scaled(640, 1))
    on_tekun = np.setdiff1d(lives.members["tekun"], np.concatenate([lives.sets["r4 tekun"], lives.sets["t7 dibao_tekun"]]))
    some("tekun without carer", on_tekun[alive[on_tekun]], plan.scaled(360, 1))
    some("disaster without relief", lives.members["disaster"], plan.scaled(260, 1))
    homes = np.flatnonzero(world.home_tier == DIBAO)
    some("dibao since this year", homes, max(1, len(homes) // 16))


def rows_of(plan: Plan, dataset: str, who: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row for everybody and the feed's further rows: positions in `who`, and which turn each is (0 the first)."""
    extra = plan.feed(dataset)[0] - len(who)
    rng = plan.stream("rows", dataset)
    again = rng.permutation(len(who))[:extra]
    while len(again) < extra:
        again = np.concatenate([again, rng.permutation(len(who))[: extra - len(again)]])
    again = np.sort(again)
    turn = np.ones(len(again), int)
    for step in np.flatnonzero(again[1:] == again[:-1]) + 1:
        turn[step] = turn[step - 1] + 1
    return np.concatenate([np.arange(len(who)), again]), np.concatenate([np.zeros(len(who), int), turn])


def make_table(city: City, dataset: str) -> Table:
    """One feed as the department's system holds it, before anybody's mistakes."""
    plan = city.plan
    if dataset == "marriage":
        table = _marriage(city)
    elif dataset in ROLLS:
        table = _roll(city, dataset)
    else:
        who = city.lives.members[dataset]
        at, turn = rows_of(plan, dataset, who)
        if dataset == "medical_cost":
            turn = _repeat_some(plan, turn)
        table = Table(dataset, BUILD[dataset](city, who[at], turn, plan.stream("feed", dataset)), who[at])
        if dataset == "medical_cost":
            table = _repeated(plan, table, at, turn)
    order = _order(city, table)
    table = table.taken(order)
    _settle_planted(city, table)
    return table


def _repeat_some(plan: Plan, turn: np.ndarray) -> np.ndarray:
    """Some of the further rows are not new costs but the same row once more (turn -1)."""
    again = np.flatnonzero(turn > 0)
    count = min(max(1, round(plan.errors["rates"]["repeated_medical"] * len(turn))), len(again))
    turn = turn.copy()
    turn[choose(plan.stream("repeated medical"), again, count)] = -1
    return turn


def _repeated(plan: Plan, table: Table, at: np.ndarray, turn: np.ndarray) -> Table:
    first = np.arange(len(table))
    first = np.where(turn < 0, at, first)  # the first row of somebody stands at their position
    return table.taken(first)


def _roll(city: City, dataset: str) -> Table:
    """Rolls hold some persons twice: two thirds the same row, one third a row that contradicts it."""
    plan, world, lives = city.plan, city.world, city.lives
    who = lives.members[dataset]
    table = Table(dataset, BUILD[dataset](city, who, np.zeros(len(who), int), plan.stream("feed", dataset)), who)
    extra = plan.feed(dataset)[0] - len(who)
    rng = plan.stream("twice", dataset)
    planted = [lives.sets["t7 two_places"], lives.sets["t7 urban_rural"]] if dataset == "dibao" else []
    held = int(sum(len(one) for one in planted))
    conflicts = max(round(extra / 3), held + 1, 1)
    exact = extra - conflicts
    sure = np.isin(who, np.concatenate([world.sharers.ravel(), *planted, *_p1(lives), world.twins.ravel()]))
    pool = rng.permutation(np.flatnonzero(~sure))
    again = pool[:exact]
    differing = np.concatenate([np.searchsorted(who, one) for one in planted] + [pool[exact : exact + conflicts - held]]).astype(
        int
    )
    lives.sets[f"twice {dataset}"] = who[differing]
    table = table.taken(np.concatenate([np.arange(len(who)), again, differing]))
    rows = np.arange(len(who) + exact, len(table))
    column = _TWICE[dataset]
    plain = rows[held:]
    now = table.texts(column, plain)
    table.write(column, plain, [_other(one, turn) for turn, one in enumerate(now)], "R2")
    if dataset == "dibao":
        _two_places(city, table, rows[: len(planted[0])], rng)
        kind = rows[len(planted[0]) : held]
        words = city.labels["dibao"]["kind"]
        table.write(
            "kind", kind, [words["urban"] if one == words["rural"] else words["rural"] for one in table.texts("kind", kind)], "R2"
        )
        table.write("case_no", kind, [f"{one}X" for one in table.texts("case_no", kind)], "R2", error=False)
    return table


def _other(text: str | None, turn: int) -> str:
    """Another amount, another number, another flag."""
    if text in ("是", "否"):
        return "否" if text == "是" else "是"
    if text and text.isdigit() and len(text) > 9:
        return f"{(int(text) + 7919 * (turn + 1)) % 10**10:010d}"
    return str(int(float(text or 0)) + 30 + 10 * (turn % 9))


def _two_places(city: City, table: Table, rows: np.ndarray, rng: np.random.Generator) -> None:
    """The same person on dibao in another place, under another household number."""
    village = rng.integers(0, len(city.world.places.code), len(rows))
    table.write("area_code", rows, city.area(village), "R2")
    for column, begin in (("household_no", "HA99"), ("case_no", "DB99")):
        other = [f"{begin}{one:08d}" for one in rng.choice(10**7, len(rows), replace=False)]
        table.write(column, rows, other, "R2", error=False)


def _marriage(city: City) -> Table:
    """A row speaks of a man and a woman; former couples have two rows."""
    world, plan = city.world, city.plan
    rng = plan.stream("feed", "marriage")
    now, former = world.facts["couples"], world.facts["former couples"]
    pairs = np.concatenate([now, former, former])
    n, ended = len(pairs), len(now) + len(former)
    begin = plan.today - rng.integers(20, 9000, n)
    young = world.born[pairs].max(axis=1) + 21 * 365
    begin = np.minimum(np.maximum(begin, young), plan.today - 400)
    recent = rng.random(n) < 0.01
    begin[recent] = plan.today - rng.integers(3, 80, int(recent.sum()))
    begin[len(now) :] = np.minimum(begin[len(now) :], plan.today - 800)
    divorce = np.arange(n) >= ended
    when = np.where(divorce, np.roll(begin, len(former)) + rng.integers(200, 790, n), begin)
    men, women = identity(city, pairs[:, 0]), identity(city, pairs[:, 1])
    columns: Columns = {
        "certificate_no": cells.joined(
            cells.one_of(("J9901-", "L9901-"), divorce.astype(int)), cells.digits(rng.permutation(10 * n)[:n], 9)
        ),
        "event": city.code("marriage", "event", ("marriage", "divorce"), divorce.astype(int)),
        "event_date": cells.day(when),
        **men,
        "spouse_no": women["citizen_no"],
        "spouse_name": women["name"],
    }
    return Table("marriage", columns, pairs[:, 0], pairs[:, 1])


def _order(city: City, table: Table) -> np.ndarray:
    """Rolls stand village by village, household by household; other files as they happened to be stored."""
    world = city.world
    mixed = city.plan.stream("order", table.dataset).permutation(len(table))
    if table.dataset not in _BY_PLACE:
        return mixed
    home = world.home[table.who]
    place = world.kept_village[home] if table.dataset == "hukou" else world.village[home]
    key = world.booklet[table.who] if table.dataset == "hukou" else home
    return np.lexsort((mixed, table.who, key, world.places.code[place]))


def _p1(lives: Lives) -> list[np.ndarray]:
    return [who for name, who in lives.sets.items() if name.startswith("p1 ") and name not in ("p1 left", "p1 record error")]


def _settle_planted(city: City, table: Table) -> None:
    """Mark the rows that must stay as planted (both sides of P1, people sharing a number); write second numbers."""
    world, lives, plan = city.world, city.lives, city.plan
    planted = (
        np.concatenate([*_p1(lives), world.sharers.ravel()])
        if table.dataset in ("disability_subsidy", "tekun")
        else world.sharers.ravel()
    )
    table.sure = np.isin(table.who, planted)
    second = world.number2[table.who]
    if table.dataset not in ("hukou", "tekun", "disability_subsidy"):
        rng = plan.stream("which number", table.dataset)
        rows = np.flatnonzero((second > 0) & (rng.random(len(table)) < 0.4))
        if len(rows):
            from doudi.sample.city import numbers

            table.write("citizen_no", rows, numbers.text(numbers.written(second[rows])), "two_numbers", error=False)
    if table.dataset == "temporary_assistance":
        places = world.places
        table.county = np.array([int(code) for code in places.county_code])[places.township[world.village[world.home[table.who]]]]
