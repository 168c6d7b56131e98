"""The papers' other checks: lists of their own day with the other departments' answers, frozen, about people of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.engine.contract import Contract
from doudi.sample.city import cells, names, numbers, write
from doudi.sample.city.departments.base import City, Columns
from doudi.sample.city.plan import Plan, day
from doudi.sample.city.tables import Table
from doudi.sample.city.truth import Truth

SNAPSHOTS = ("p2", "p3", "p4", "p5", "p6")
FIRST_PERSON = 100_000_000  # people of a frozen list are numbered from here on, one hundred million a list


@dataclass
class Listed:
    """People of one frozen list: the first `roll` are on it, the others only in other departments' files."""

    plan: Plan
    city: City
    base: int
    today: int
    roll: int
    number: np.ndarray
    name: np.ndarray
    sex: np.ndarray
    born: np.ndarray
    village: np.ndarray
    rng: np.random.Generator

    def identity(self, who: np.ndarray) -> Columns:
        return {"citizen_no": numbers.text(numbers.written(self.number[who])), "name": cells.names(self.name[who])}

    def table(self, dataset: str, who: np.ndarray, columns: Columns) -> Table:
        """A department's file in mixed order."""
        return Table(dataset, columns, who + self.base).taken(self.rng.permutation(len(who)))

    def others(self, count: int) -> np.ndarray:
        """Some people who are not on the list."""
        return self.roll + self.rng.permutation(len(self.number) - self.roll)[:count]


def sizes(plan: Plan, snapshot: str) -> tuple[int, dict[str, int], int]:
    """Persons on the list, abnormal by kind, how many of them stop after review."""
    told = plan.figures["checks"][snapshot]
    kinds = {kind: plan.scaled(count) for kind, count in told["kinds"].items()}
    roll = plan.scaled(told["roll"], least=3 * sum(kinds.values()) + 20)
    return (
        roll,
        kinds,
        plan.scaled(told["stop"]) if plan.whole else round(told["stop"] / sum(told["kinds"].values()) * sum(kinds.values())),
    )


def make_checks(folder: Path, city: City, contracts: dict[str, Contract], truth: Truth) -> dict[str, int]:
    """Write every frozen list with its manifest; returns how many are abnormal on each."""
    found = {}
    for at, snapshot in enumerate(SNAPSHOTS):
        here = folder / snapshot
        here.mkdir(parents=True)
        as_of = city.plan.figures["checks"][snapshot]["as_of"]
        roll, kinds, stop = sizes(city.plan, snapshot)
        people = _people(city, snapshot, FIRST_PERSON * (at + 1), as_of, roll)
        abnormal = _shared_out(people, kinds)
        tables = _county(people, abnormal) if snapshot in ("p2", "p3", "p4") else _applicants(people, snapshot, abnormal)
        entries: list[dict[str, Any]] = []
        for table in tables:
            contract = contracts[table.dataset]
            path = write.write_feed(
                here, contract, table.columns, table.dataset, city.plan.stream("headings", snapshot, table.dataset)
            )
            entries.append(write.entry(path, contract, len(table), as_of.isoformat()))
            truth.add(table, [(path.name, np.arange(len(table)))], snapshot)
        write.write_json(here / "manifest.json", {"snapshot": snapshot, "as_of": as_of.isoformat(), "files": entries})
        _tell(truth, people, snapshot, abnormal, stop)
        found[snapshot] = sum(len(who) for who in abnormal.values())
    return found


def _people(city: City, snapshot: str, base: int, as_of: date, roll: int) -> Listed:
    plan = replace(city.plan, seed=city.plan.seed + base)
    rng = plan.stream("people", snapshot)
    count, today = roll + roll // 3 + 20, day(as_of)
    sex = rng.integers(1, 3, count).astype(np.int8)
    born = (today - np.floor((18 + 72 * rng.random(count)) * 365.25)).astype(np.int32)
    region = 990101 + rng.integers(0, 13, count)
    number = numbers.seventeen(region, born, numbers.orders(region, born, sex, rng))
    signs, shares = names.surnames()
    year = born.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    called = signs[rng.choice(len(signs), count, p=shares)] + names.given_names(plan, sex, year, np.arange(count))
    village = rng.integers(0, len(city.world.places.code), count)
    return Listed(plan, city, base, today, roll, number, called, sex, born, village, rng)


def _shared_out(people: Listed, kinds: dict[str, int]) -> dict[str, np.ndarray]:
    """Who is abnormal and why; each for one reason."""
    mixed = people.rng.permutation(people.roll)
    ends = np.cumsum(list(kinds.values()))
    return {kind: np.sort(part) for kind, part in zip(kinds, np.split(mixed[: ends[-1]], ends[:-1]), strict=True)}


def _tell(truth: Truth, people: Listed, snapshot: str, abnormal: dict[str, np.ndarray], stop: int) -> None:
    every = np.concatenate(list(abnormal.values()))
    stopped = np.zeros(people.roll, bool)
    stopped[people.rng.permutation(every)[:stop]] = True
    for kind, who in abnormal.items():
        for outcome, part in (("stop", who[stopped[who]]), ("explained", who[~stopped[who]])):
            truth.find(snapshot.upper(), part + people.base, snapshot=snapshot, code=kind, outcome=outcome)


def _before(people: Listed, count: int, least: int, most: int) -> pa.Array:
    return cells.day(people.today - people.rng.integers(least, most, count))


def _county(people: Listed, abnormal: dict[str, np.ndarray]) -> list[Table]:
    """A county's disability subsidies and the lists they are checked against."""
    city, rng, roll = people.city, people.rng, people.roll
    grade = rng.integers(1, 5, len(people.number))
    lower = abnormal["certificate"][::2]
    grade[lower] = rng.integers(1, 3, len(lower))
    kind = rng.integers(1, 8, len(people.number))
    who = np.concatenate([np.arange(roll), abnormal.get("twice", np.empty(0, int))])
    severe = grade[who] <= 2
    again = np.arange(len(who)) >= roll
    subsidy = people.table(
        "disability_subsidy",
        who,
        {
            **people.identity(who),
            "area_code": city.area(people.village[who]),
            "living": cells.flag(~severe | (rng.random(len(who)) < 0.6)),
            "nursing": cells.flag(severe),
            "disability_kind": city.code("disability_subsidy", "disability_kind", tuple("1234567"), kind[who] - 1),
            "grade": city.code("disability_subsidy", "grade", tuple("1234"), grade[who] - 1),
            "amount_month": cells.yuan(np.where(severe, 22000, 11000)),
            "account": city.account(who + people.base + np.where(again, 10**9, 0)),
            "from_date": _before(people, len(who), 200, 2000),
        },
    )
    on_tekun = np.concatenate([abnormal["tekun"], people.others(roll // 8 + 1)])
    tekun = people.table(
        "tekun",
        on_tekun,
        {
            "case_no": cells.joined("TK", cells.digits(on_tekun, 8)),
            **people.identity(on_tekun),
            "area_code": city.area(people.village[on_tekun]),
            "care_grade": city.code("tekun", "care_grade", ("full", "half", "none"), rng.integers(0, 3, len(on_tekun))),
            "support_form": city.code("tekun", "support_form", ("home", "institution"), rng.integers(0, 2, len(on_tekun))),
            "amount_month": cells.yuan(np.full(len(on_tekun), 83000)),
            "from_date": _before(people, len(on_tekun), 120, 1500),
        },
    )
    died = np.concatenate([abnormal["died"], people.others(roll // 20 + 1)])
    death = people.table(
        "death",
        died,
        {
            **people.identity(died),
            "sex": city.code("death", "sex", ("0", "1", "2"), people.sex[died]),
            "death_date": _before(people, len(died), 40, 400),
            "service": city.code("death", "service", ("burial", "cremation"), rng.integers(0, 2, len(died))),
        },
    )
    holders = np.arange(roll)
    expired = np.zeros(roll, bool)
    expired[abnormal["certificate"][1::2]] = True
    issued = np.where(expired, people.today - 3652 - rng.integers(20, 700, roll), people.today - rng.integers(100, 3300, roll))
    now = grade[holders].copy()
    now[lower] += 2
    certificate = people.table(
        "disability_certificate",
        holders,
        {
            "certificate_no": cells.joined(
                people.identity(holders)["citizen_no"], cells.integer(kind[holders]), cells.integer(now)
            ),
            **people.identity(holders),
            "area_code": city.area(people.village[holders]),
            "disability_kind": city.code("disability_certificate", "disability_kind", tuple("1234567"), kind[holders] - 1),
            "grade": city.code("disability_certificate", "grade", tuple("1234"), now - 1),
            "issued_date": cells.day(issued),
            "valid_to": cells.day(issued + 3652),
            "status": city.code("disability_certificate", "status", ("valid",), np.zeros(roll, int)),
        },
    )
    moved = np.zeros(roll, bool)
    moved[abnormal.get("moved", np.empty(0, int))] = True
    hukou = people.table(
        "hukou",
        holders,
        {
            "booklet_no": cells.joined("99", cells.digits(rng.permutation(10 * roll)[:roll], 8)),
            **people.identity(holders),
            "sex": city.code("hukou", "sex", ("0", "1", "2"), people.sex[holders]),
            "birth_date": cells.day(people.born[holders]),
            "relation": city.code("hukou", "relation", ("self",), np.zeros(roll, int)),
            "area_code": city.area(people.village[holders]),
            "status": city.code("hukou", "status", ("normal", "moved"), moved.astype(int)),
            "status_date": cells.day(np.where(moved, people.today - rng.integers(20, 500, roll), cells.NONE)),
        },
    )
    inside = np.concatenate([abnormal.get("prison", np.empty(0, int)), people.others(roll // 60 + 1)])
    custody = people.table(
        "custody",
        inside,
        {
            **people.identity(inside),
            "kind": city.code("custody", "kind", ("prison", "isolation"), (rng.random(len(inside)) < 0.2).astype(int)),
            "from_date": _before(people, len(inside), 60, 900),
            "to_date": cells.day(people.today + rng.integers(60, 1500, len(inside))),
        },
    )
    return [subsidy, tekun, death, certificate, hukou, custody]


def _applicants(people: Listed, snapshot: str, abnormal: dict[str, np.ndarray]) -> list[Table]:
    """Applicants of another department's help and what property and income registers know of them."""
    city, rng, roll = people.city, people.rng, people.roll
    none = np.empty(0, int)
    who = np.arange(roll)
    programme = "housing" if snapshot == "p5" else "medical"
    applicant = people.table(
        "applicant",
        who,
        {
            **people.identity(who),
            "birth_date": cells.day(people.born[who]),
            "programme": city.code("applicant", "programme", (programme,), np.zeros(roll, int)),
            "applied_date": _before(people, roll, 10, 90),
            "members": cells.integer(1 + rng.integers(0, 4, roll)),
        },
    )
    members = np.empty(roll, int)
    members[applicant.who - people.base] = [int(one) for one in applicant.columns["members"].to_pylist()]
    twins = city.plan.figures["checks"][snapshot].get("name_twins", 0)
    owners = _name_twins(people, abnormal, city.plan.scaled(twins)) if twins else none
    sold = people.others(roll // 20 + 2)
    of_homes = np.concatenate([abnormal["dwelling"], owners, sold])
    bought = np.arange(len(of_homes)) < len(abnormal["dwelling"]) + len(owners)
    dwelling = people.table(
        "dwelling",
        of_homes,
        {
            **people.identity(of_homes),
            "event": city.code("dwelling", "event", ("sold", "bought"), bought.astype(int)),
            "address": city.address(people.village[of_homes], rng.integers(0, 10**6, len(of_homes))),
            "area_sqm": cells.integer(50 + rng.integers(0, 80, len(of_homes))),
            "event_date": _before(people, len(of_homes), 100, 3000),
            "share": cells.one_of(("100%",), np.zeros(len(of_homes), int)),
        },
    )
    rows = np.flatnonzero(np.isin(dwelling.who - people.base, owners))
    dwelling.write("citizen_no", rows, [None] * len(rows), "N4")
    allowed = np.setdiff1d(who, np.concatenate(list(abnormal.values())))
    harmless = rng.permutation(allowed)[: roll // 30 + 1]
    cars = np.concatenate([abnormal["vehicle"], harmless, people.others(roll // 10 + 1)])
    over = (np.arange(len(cars)) < len(abnormal["vehicle"])) | (np.arange(len(cars)) >= len(abnormal["vehicle"]) + len(harmless))
    vehicle = people.table(
        "vehicle",
        cars,
        {
            **people.identity(cars),
            "plate": cells.joined("禾A", cells.digits(rng.choice(10**5, len(cars), replace=False), 5)),
            "class": city.code("vehicle", "class", ("motorcycle", "car"), over.astype(int)),
            "first_registered": _before(people, len(cars), 100, 3000),
            "status": city.code("vehicle", "status", ("normal",), np.zeros(len(cars), int)),
        },
    )
    harmless = rng.permutation(allowed)[: roll // 40 + 1]
    firms = np.concatenate([abnormal["firm"], people.others(roll // 10 + 1), harmless])
    active = np.arange(len(firms)) < len(firms) - len(harmless)
    business = people.table(
        "business",
        firms,
        {
            **people.identity(firms),
            "company_name": cells.joined("禾安", city.firm_words(rng, len(firms)), "商贸有限公司"),
            "credit_code": cells.joined("9900", cells.digits(rng.choice(10**7, len(firms), replace=False), 14)),
            "role": city.code("business", "role", ("legal_person", "self_employed"), rng.integers(0, 2, len(firms))),
            "from_date": _before(people, len(firms), 60, 2500),
            "status": city.code("business", "status", ("closed", "active"), active.astype(int)),
        },
    )
    rich = np.zeros(roll, bool)
    rich[abnormal.get("income", none)] = True
    earners = np.repeat(who, 12)
    month = (
        (np.datetime64(people.today, "D").astype("datetime64[M]") - np.tile(np.arange(12), roll))
        .astype("datetime64[D]")
        .astype(int)
    )
    level = np.where(rich, 240_000 + 40_000 * rng.random(roll), 40_000 + 100_000 * rng.random(roll)) * members
    income = people.table(
        "income",
        earners,
        {
            **people.identity(earners),
            "birth_date": cells.day(people.born[earners]),
            "period": cells.month(month),
            "income_month": cells.yuan((np.repeat(level, 12) // 100 * 100).astype(np.int64)),
        },
    )
    wealthy = np.zeros(roll, bool)
    wealthy[abnormal.get("deposits", none)] = True
    balance = np.where(wealthy, 7_000_000 + 20_000_000 * rng.random(roll), 4_000_000 * rng.random(roll)) // 100 * 100
    deposit = people.table(
        "deposit",
        who,
        {
            **people.identity(who),
            "birth_date": cells.day(people.born[who]),
            "balance_date": cells.day(np.full(roll, people.today)),
            "balance": cells.yuan(balance.astype(np.int64)),
        },
    )
    return [applicant, dwelling, vehicle, business, income, deposit]


def _name_twins(people: Listed, abnormal: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Owners who have the name of an applicant and no number on their row: plain equality of names accuses the applicant."""
    listed, counts = np.unique(people.name[: people.roll], return_counts=True)
    once = set(listed[counts == 1].tolist())
    guilty = set(np.concatenate(list(abnormal.values())).tolist())
    pool = [at for at in range(people.roll) if at not in guilty and people.name[at] in once]
    chosen = people.rng.permutation(pool)[:count]
    owners = people.roll + np.arange(count)
    people.name[owners] = people.name[chosen]
    return owners
