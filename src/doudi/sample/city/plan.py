"""How many of everything a profile holds: the case city's exact figures, or the same scaled down."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
PROFILES = ("unit", "pilot", "city", "hard")
AS_OF = date(2026, 6, 30)
EPOCH = date(1970, 1, 1)
# what makes the profile `hard` of the same city
DIRT_WHEN_HARD = 1.9
MISSED_WHEN_HARD = 5
LATER_WHEN_HARD = 61  # days until a death is heard of, beyond the usual
# kinds of extra rows: two thirds exact repetitions, one third in conflict
ROLLS = ("hukou", "dibao", "tekun", "near_dibao", "rigid_expenditure", "old_age_allowance", "monitored")


def read_toml(name: str) -> dict[str, Any]:
    """One of the generator's own tables."""
    with (HERE / name).open("rb") as file:
        return tomllib.load(file)


def day(when: date) -> int:
    """Days since 1970."""
    return (when - EPOCH).days


@dataclass(frozen=True)
class Plan:
    """One city to make: profile, seed, snapshot day, and its exact counts."""

    profile: str
    seed: int
    as_of: date = AS_OF

    @cached_property
    def figures(self) -> dict[str, Any]:
        figures = read_toml("plan.toml")
        if self.hard:
            for table, key in (("plants", "t1"), ("plants", "t2")):
                figures[table][key] = [count * MISSED_WHEN_HARD for count in figures[table][key]]
            figures["t1"] = {kind: count * MISSED_WHEN_HARD for kind, count in figures["t1"].items()}
        return figures

    @cached_property
    def errors(self) -> dict[str, Any]:
        errors = read_toml("errors.toml")
        if self.hard:
            for kind, rates in errors.items():
                errors[kind] = rates if kind == "R4" else {of: min(share * DIRT_WHEN_HARD, 0.95) for of, share in rates.items()}
        return errors

    @property
    def hard(self) -> bool:
        """Whether departments err nearly twice as often, far more people are missed, and deaths are heard of later."""
        return self.profile == "hard"

    @property
    def persons(self) -> int:
        return int(self.figures["profiles"][self.profile])

    @property
    def whole(self) -> bool:
        """Whether counts are the case city's own."""
        return self.persons == int(self.figures["profiles"]["city"])

    @property
    def share(self) -> float:
        return self.persons / int(self.figures["profiles"]["city"])

    @property
    def today(self) -> int:
        """The snapshot day in days since 1970."""
        return day(self.as_of)

    def scaled(self, count: int, least: int = 1) -> int:
        """A count of the case city at this profile's size, at least `least`."""
        return count if self.whole else max(least, round(count * self.share))

    def of(self, *path: str, least: int = 1) -> int:
        """A count of plan.toml at this size."""
        value: Any = self.figures
        for step in path:
            value = value[step]
        return self.scaled(int(value), least)

    def group(self, name: str, least: int = 1) -> dict[str, int]:
        """All counts of one table of plan.toml at this size."""
        return {key: self.scaled(int(value), least) for key, value in self.figures[name].items()}

    @cached_property
    def tiers(self) -> dict[str, int]:
        """Persons by status; they add up to all."""
        found = self.group("tiers", 8)
        found["other"] += self.persons - sum(found.values())
        return found

    @cached_property
    def p1_repair(self) -> dict[str, int]:
        """Overlaps of P1 that plain equality misses, by what stands in the way."""
        return self.group("p1_repair")

    @cached_property
    def p1_plain(self) -> int:
        """Overlaps of P1 that plain equality finds; a few more than the sorts of innocent causes among them."""
        causes = sum(self.of("p1", cause) for cause in ("left_that_month", "shared_number", "record_error"))
        return self.of("p1", "by_number", least=causes + 2)

    def feed(self, dataset: str) -> tuple[int, int]:
        """Rows and true distinct persons of a feed."""
        rows, distinct = self.figures["feeds"][dataset]
        if self.whole:
            return rows, distinct
        if dataset in self.tiers and dataset != "other":  # a roll holds its status
            return self.tiers[dataset] + self.scaled(rows - distinct, 3), self.tiers[dataset]
        if dataset == "hukou":
            return self.persons - self.of("status", "no_hukou", least=2) + self.scaled(
                rows - distinct, 3
            ), self.persons - self.of("status", "no_hukou", least=2)
        least = 10 if self.profile == "unit" else 24
        persons = self.scaled(distinct, least)
        if rows < distinct:  # a marriage speaks of two
            return self.scaled(rows, least), persons
        return persons + (self.scaled(rows - distinct, 2) if rows > distinct else 0), persons

    def stream(self, *purpose: str) -> np.random.Generator:
        """A random stream of its own for one purpose: adding a purpose shifts no other."""
        key = hashlib.blake2b("\0".join((str(self.seed), self.profile, *purpose)).encode(), digest_size=16).digest()
        return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))


def choose(rng: np.random.Generator, pool: np.ndarray, count: int, why: str = "") -> np.ndarray:
    """Exactly `count` of a pool, in ascending order.

    :raises ValueError: the pool is too small; says for what
    """
    if len(pool) < count:
        raise ValueError(f"{why or 'pool'}: {count} wanted of {len(pool)}")
    return np.sort(pool[rng.permutation(len(pool))[:count]])
