"""What all feeds share: the city as departments see it, and columns many of them have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from doudi.sample.city import cells, numbers
from doudi.sample.city.lives import Lives
from doudi.sample.city.plan import Plan
from doudi.sample.city.world import RELATIONS, World

Columns = dict[str, pa.Array]
NONE = cells.NONE


@dataclass
class City:
    """The world, what happened in it, and columns many feeds share."""

    world: World
    lives: Lives

    @property
    def plan(self) -> Plan:
        return self.world.plan

    @cached_property
    def number_bytes(self) -> np.ndarray:
        return numbers.written(self.world.number)

    @cached_property
    def labels(self) -> dict[str, dict[str, dict[str, str]]]:
        """dataset → column → stored value → the word a department writes."""
        from pathlib import Path

        import doudi.exchange
        from doudi.engine.contract import read_contracts

        found = read_contracts(Path(doudi.exchange.__file__).parent / "contracts")
        return {
            code: {
                column.name: {value: words[0] for value, words in column.codes.items()}
                for column in contract.columns
                if column.codes
            }
            for code, contract in found.items()
        }

    def code(self, dataset: str, column: str, values: tuple[str, ...], at: np.ndarray) -> pa.Array:
        """A coded column: the department's word for the value at each position."""
        return cells.one_of([self.labels[dataset][column][value] for value in values], at)

    def number(self, who: np.ndarray) -> pa.Array:
        return numbers.text(self.number_bytes[who])

    def name(self, who: np.ndarray) -> pa.Array:
        return cells.names(self.world.name[who])

    @cached_property
    def village_codes(self) -> pa.Array:
        return pa.array([str(code) for code in self.world.places.code])

    def area(self, village: np.ndarray) -> pa.Array:
        return self.village_codes.take(pa.array(village))

    @cached_property
    def village_texts(self) -> pa.Array:
        places = self.world.places
        county, town = places.county_label[places.township], places.township_label[places.township]
        return pa.array((county + town + places.label).tolist())

    def address(self, village: np.ndarray, home: np.ndarray) -> pa.Array:
        """Where a household lives, as one line."""
        turn = (home * 2654435761 % 9973).astype(np.int64)
        town = self.world.places.urban[village]
        first = cells.joined(cells.integer(turn % 28 + 1), cells.one_of(("组", "号楼"), town.astype(int)))
        second = cells.joined(cells.integer(turn % 97 + 1), cells.one_of(("号", "室"), town.astype(int)))
        return cells.joined(self.village_texts.take(pa.array(village)), first, second)

    def relation(self, dataset: str, who: np.ndarray) -> pa.Array:
        return self.code(dataset, "relation", RELATIONS, self.world.relation[who])

    @cached_property
    def home_numbers(self) -> np.ndarray:
        """A number for each household that says nothing."""
        return self.plan.stream("household numbers").permutation(10 * len(self.world.size))[: len(self.world.size)]

    def household_no(self, who: np.ndarray) -> pa.Array:
        """The household number of civil affairs; single-person dibao keep that of the borderline household they live in."""
        home = self.world.home[who]
        county = (self.world.places.code[self.world.village[home]] // 10**6) % 100
        return cells.joined("HA", cells.digits(county, 2), cells.digits(self.home_numbers[home], 8))

    def account(self, who: np.ndarray) -> pa.Array:
        """Nineteen digits of no bank."""
        return cells.joined("9900", cells.digits((who.astype(np.int64) * 6364136223846793 + 1442695040888963) % 10**15, 15))

    def since(self, rng: np.random.Generator, count: int, *, median: float = 52, least: int = 12) -> np.ndarray:
        """Days on which help began: months ago, log-normal around the median."""
        months = np.minimum(np.exp(rng.normal(np.log(median), 0.8, count)), 240)
        days = self.plan.today - np.maximum((months * 30.44).astype(np.int64), least)
        return first_of_month(days)

    def firm_words(self, rng: np.random.Generator, count: int) -> pa.Array:
        """Two lucky characters for the name of a firm."""
        words = [one + other for one in "丰兴隆顺达盛鑫宏" for other in "源和泰利昌发祥茂"]
        return cells.one_of(words, rng.integers(0, len(words), count))

    def severe_or_ill(self, who: np.ndarray) -> np.ndarray:
        return self.lives.severe[who] | self.lives.serious[who]


def first_of_month(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def months_before(today: int, months: np.ndarray) -> np.ndarray:
    """The first day of the month so many months before today's."""
    this = np.datetime64(int(today), "D").astype("datetime64[M]").astype(np.int64)
    return (this - months).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def identity(city: City, who: np.ndarray) -> Columns:
    return {"citizen_no": city.number(who), "name": city.name(who)}
