"""Random households that take the branches of the rules: numbers at, just under and just over every line a rule draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.facts.days import add_months
from doudi.facts.household import Household, Member
from doudi.policy.language.core import Core
from doudi.policy.language.names import LARGEST_MONEY, Fact
from doudi.policy.pack import Pack

AREAS = ("990101001201", "990113002202", "990101", "120101001001")
ARROW = {"flag": pa.bool_(), "code": pa.string(), "count": pa.int32(), "money": pa.int64(), "date": pa.date32()}
EXTREMES = {
    "money": (0, 1, -1, 99, 100, 101, LARGEST_MONEY, -LARGEST_MONEY),
    "count": (0, 1, 2, 3, 4, 5),
    "date": (date(1901, 1, 1), date(2024, 2, 29), date(2099, 12, 31)),
}
COMPARED = ("<", "<=", "=")
SIZES = (0, 1, 1, 2, 2, 3, 5)
FIRST, LAST = date(1901, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Made:
    """Households of one draw, as objects and as the two tables of facts."""

    households: list[Household]
    tables: dict[str, pa.Table]


def lines(pack: Pack, on: date) -> dict[str, list[Any]]:
    """For each fact the values worth trying: the lines of every rule in force with their neighbours, all codes, extremes."""
    drawn: dict[str, set[int]] = {}
    for node in _compared(pack, on):
        numbers = {0}
        for part in node.walk():
            if part.op == "constant" and isinstance(part.value, int) and not isinstance(part.value, bool):
                numbers.add(part.value)
            elif part.op == "parameter":
                parameter = pack.parameters.get(str(part.value).split(":")[0])
                for setting in parameter.settings if parameter else ():
                    told = setting.value.values() if isinstance(setting.value, Mapping) else [setting.value]
                    numbers |= {one for one in told if isinstance(one, int) and not isinstance(one, bool)}
        for part in node.walk():
            if part.op == "fact":
                drawn.setdefault(str(part.value), set()).update(numbers)
    return {name: _values(fact, drawn.get(name, set()), on) for name, fact in pack.names.facts.items()}


def _compared(pack: Pack, on: date) -> Iterator[Core]:
    """Every comparison of every rule in force."""
    tests = [clause.test for rule in pack.indicators_on(on) for clause in rule.clauses]
    tests += [rule.fires for rule in pack.indicators_on(on)]
    for programme in pack.programmes_on(on):
        tests += [condition.test for condition in programme.conditions] + [step.amount for step in programme.steps]
    for test in tests:
        yield from (node for node in test.core.walk() if node.op in COMPARED)


def _values(fact: Fact, numbers: set[int], on: date) -> list[Any]:
    if fact.type == "flag":
        return [True, False]
    if fact.type == "code":
        return list(fact.codes)
    if fact.type == "date":
        near: set[date] = {on + timedelta(step) for step in (-1, 0, 1)} | set(EXTREMES["date"])
        for number in numbers:
            for moved in (on - timedelta(number) if number < 40_000 else on, add_months(on, -number) if number < 1200 else on):
                near |= {moved + timedelta(step) for step in (-1, 0, 1)}
        return sorted(day for day in near if FIRST <= day <= LAST)
    bound = fact.bound if fact.type == "money" else min(fact.bound, 10**6)
    around = {number + step for number in numbers for step in (-1, 0, 1)} | set(EXTREMES[fact.type])
    return sorted(number for number in around if -bound <= number <= bound and (fact.type == "money" or number >= 0))


def make(pack: Pack, on: date, count: int, seed: int) -> Made:
    """That many households; in each, between a third and all of the facts are known."""
    rng = np.random.default_rng(seed)
    worth = lines(pack, on)
    sizes = rng.choice(SIZES, count)
    home = np.repeat(np.arange(count), sizes)
    known = rng.choice([0.3, 0.9, 0.97, 1.0], count)
    area = rng.choice(AREAS, count)
    drawn = {
        "person_facts": _drawn(rng, pack, worth, "person", known[home]),
        "household_facts": _drawn(rng, pack, worth, "household", known),
    }
    hid = [f"h{seed}_{number}" for number in range(count)]
    pid = [f"p{seed}_{number}" for number in range(len(home))]
    ids = {
        "person_facts": {"pid": pid, "hid": [hid[n] for n in home], "area": [str(area[n]) for n in home]},
        "household_facts": {"hid": hid, "area": [str(one) for one in area]},
    }
    tables = {name: pa.table(ids[name] | columns) for name, columns in drawn.items()}
    facts = {name: _rows(columns) for name, columns in drawn.items()}
    people = iter(zip(pid, facts["person_facts"], strict=True))
    households = [
        Household(one, str(place), told, tuple(Member(*next(people)) for _ in range(size)))
        for one, place, told, size in zip(hid, area, facts["household_facts"], sizes, strict=True)
    ]
    return Made(households, tables)


def _drawn(
    rng: np.random.Generator, pack: Pack, worth: Mapping[str, list[Any]], subject: str, known: np.ndarray[Any, Any]
) -> dict[str, pa.Array]:
    columns = {}
    for name, fact in pack.names.facts.items():
        if fact.subject == subject:
            values = pa.array(worth[name], ARROW[fact.type])
            place = pa.array(rng.integers(0, len(values), len(known)), mask=rng.random(len(known)) >= known)
            columns[name] = values.take(place)
    return columns


def _rows(columns: Mapping[str, pa.Array]) -> list[dict[str, Any]]:
    return pa.table(dict(columns)).to_pylist()
