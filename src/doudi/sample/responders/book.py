"""What is true of everybody the services outside know: the city's people, and 250,000 others, worked out when somebody asks.

The truth is the seed: the same city answers alike for ever, and the scorer works the right answers out again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from doudi.facts.money import yuan
from doudi.facts.number import parse
from doudi.sample.city import names, numbers
from doudi.sample.city.feeds import make_table
from doudi.sample.city.make import make_people
from doudi.sample.city.more import MORE, Chooser
from doudi.sample.city.plan import Plan
from doudi.sample.city.world import DIBAO, OTHER
from doudi.sample.responders.manner import Manner, draw, manners

OTHERS = 250_000  # at the size of the whole city: supporters elsewhere, name twins, people who only apply
ANOTHER_WORLD = 7919  # added to the seed, so that the others share no draw with the city
BANKS = ("bank-1", "bank-2", "bank-3", "bank-4")
WRITTEN = ("dwelling", "vehicle", "business", "insurance", "custody", "death")  # datasets the departments deliver too
MORE_WRITTEN = ("deposit", "securities", "housing_fund")
_DOTS = re.compile("[·•．‧・]")


@dataclass(frozen=True)
class Right:
    """The right answer to a question: said, why, and rows as (number of the row, values as written)."""

    said: str
    why: str = ""
    rows: tuple[tuple[str, dict[str, str]], ...] = ()
    at_least: bool = False


class Book:
    """Everybody, by number and name, and what each source holds of them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        city = make_people(plan)
        world = city.world
        self.tier = world.tier
        self._needy = world.tier == DIBAO  # and whoever truly needs help and gets none: they hold little
        for homes in ("t1 homes", "t2 homes"):
            self._needy[world.of_homes(city.lives.sets[homes])] = True
        self.count = world.count
        self._tables = {code: _Rows.of_table(make_table(city, code)) for code in WRITTEN}
        for code in MORE_WRITTEN:
            who, columns = MORE[code](city, Chooser(city, code))
            self._tables[code] = _Rows(columns, who)
        born, number, name = _others(plan)
        twins = np.flatnonzero(plan.stream("name twins").random(len(name)) < 0.02)
        name[twins] = world.name[plan.stream("whose name").integers(0, world.count, len(twins))]
        self.born = np.concatenate([world.born, born])
        self.name = np.concatenate([world.name, name])
        second = np.flatnonzero(world.number2 > 0)
        every = np.concatenate([world.number, number, world.number2[second]])
        whose = np.concatenate([np.arange(len(self.name)), second])
        order = np.argsort(every, kind="stable")
        self._numbers, self._whose = every[order], whose[order]
        self._own = np.concatenate([world.number, number])

    @cached_property
    def _named(self) -> Counter[str]:
        return Counter(plain_name(one) for one in self.name)

    # ---- who is meant --------------------------------------------------------------------------------------------------

    def who(self, name: str, number: str) -> tuple[int | None, str]:
        """The person meant, or None and why not: ambiguous, no_such_person."""
        read = parse(number).value
        if read is None:
            return None, "ambiguous" if self._named[plain_name(name)] else "no_such_person"
        first = int(read[:17])
        at = slice(*(np.searchsorted(self._numbers, first, side) for side in ("left", "right")))
        people = sorted(set(self._whose[at].tolist()))
        if not people:
            return None, "no_such_person"
        same = [one for one in people if plain_name(self.name[one]) == plain_name(name)]
        return (same[0], "") if len(same) == 1 else (None, "ambiguous")

    # ---- what is right -------------------------------------------------------------------------------------------------

    def right(self, source: str, question: dict[str, Any]) -> Right:
        """The right answer of a source to a question as it stands on the wire."""
        manner, on = manners()[source], date.fromisoformat(question["asked_at"][:10]) - timedelta(days=1)
        by_consent = question["basis"] == "consent"
        if not (question["authorisation"] if by_consent else question["task_order"]):
            return Right("refused", "没有写授权书编号或任务单编号")
        if question["dataset"] != manner.dataset:
            return Right("refused", "这里不答这一类数据")
        person = question["person"]
        who, why = self.who(person.get("name") or "", person.get("citizen_no") or "")
        if who is None:
            return Right("no_answer" if why == "no_such_person" else "ambiguous", why)
        if draw(self.plan.seed, "refuses", source, who) < manner.refuses:
            return Right("refused", "账户被司法冻结，依法不能提供")
        rows = tuple(self.rows(manner, who, on))
        if manner.over is not None and (manner.matching or not by_consent):
            over = any(_fen(values["balance"]) > manner.over * 100 for _, values in rows)
            told = {"balance_date": on.isoformat(), "balance": f"{manner.over}.00"}
            return Right("found", rows=((f"over-{manner.over}", told),), at_least=True) if over else Right("nothing")
        return Right("found", rows=rows) if rows else Right("nothing")

    def rows(self, manner: Manner, who: int, on: date) -> Iterator[tuple[str, dict[str, str]]]:
        """What a source holds of somebody: the number of each row, and its values as a department writes them."""
        if manner.dataset == "deposit":
            held = self.held(manner.code, who)
            if held is not None:
                yield f"{manner.code}-{who}", {"balance_date": on.isoformat(), "balance": yuan(held)}
        elif manner.dataset == "income":
            base = self._wage(who)
            if base:
                yield f"tax-{who}", {"period": f"{on.replace(day=1) - timedelta(days=1):%Y-%m}", "income_month": base}
        elif who < self.count:
            yield from self._tables[manner.dataset].of(who, manner.code)
        else:
            yield from self._elsewhere(manner.dataset, who)

    def _wage(self, who: int) -> str:
        """The wage last insured, in yuan, while it goes on; others earn by chance."""
        if who >= self.count:
            working = 20 <= self._age(who) < 60 and draw(self.plan.seed, "works", who) < 0.6
            return f"{2800 + int(draw(self.plan.seed, 'earns', who) * 6000)}" if working else ""
        known = [values for _, values in self._tables["insurance"].of(who, "")]
        last = max(known, key=lambda row: row["event_date"], default=None)
        return str(last["base"]) if last and last["event"] not in ("停保", "领取养老金") else ""

    def held(self, source: str, who: int) -> int | None:
        """What somebody has at one bank or payment institution, in fen; None without an account there.

        Whom a bank was asked about in the city's own files holds the sum told there, at one bank.
        """
        if source == "pay-1":
            has = 14 <= self._age(who) < 70 and draw(self.plan.seed, "pays", who) < 0.5
            return int(draw(self.plan.seed, "pays so much", who) * 120_000) if has else None
        bank = BANKS[int(draw(self.plan.seed, "bank", who) * len(BANKS))]
        if bank != source:
            return None
        if (planted := self._planted.get(who)) is not None:
            return planted
        if self._age(who) < 16 or draw(self.plan.seed, "has an account", who) > 0.75:
            return None
        poor = who < self.count and self.tier[who] != OTHER
        most = 400_000 if who < self.count and self._needy[who] else 1_500_000 if poor else 12_000_000
        return int(draw(self.plan.seed, "holds", who) ** 3 * most)

    @cached_property
    def _planted(self) -> dict[int, int]:
        table = self._tables["deposit"]
        told = table.columns["balance"].to_pylist()
        return {int(who): _fen(told[at]) for at, who in enumerate(table.who)}

    def _elsewhere(self, dataset: str, who: int) -> Iterator[tuple[str, dict[str, str]]]:
        """Rows of one of the others."""
        chance = {"dwelling": 0.06, "vehicle": 0.12, "business": 0.05, "insurance": 0.35, "custody": 0.004, "death": 0.01}
        if self._age(who) < 18 or draw(self.plan.seed, dataset, who) >= chance.get(dataset, 0.02):
            return
        turn = draw(self.plan.seed, dataset, "how", who)
        day = (self.plan.as_of - timedelta(days=30 + int(turn * 1500))).isoformat()
        text = f"{int(turn * 10**6):06}"
        made = {
            "dwelling": {"event": "买入", "address": f"外市新区{text[:2]}号楼{text[2:5]}室", "event_date": day, "area_sqm": "88"},
            "vehicle": {"plate": f"禾Z{text}", "class": "小型汽车", "first_registered": day, "status": "正常"},
            "business": {"company_name": f"外市{text}商店", "role": "经营者", "from_date": day, "status": "存续"},
            "insurance": {"event": "新参保", "event_date": day, "base": f"{3000 + int(turn * 5000)}"},
            "custody": {"kind": "服刑", "from_date": day},
            "death": {"death_date": day, "service": "火化"},
            "securities": {"kind": "基金", "market_value": f"{int(turn * 60000)}.00", "value_date": day},
            "housing_fund": {
                "fund_event": "开户缴存",
                "event_date": day,
                "fund_base": f"{2000 + int(turn * 4000)}",
                "balance": f"{int(turn * 30000)}.00",
            },
        }
        yield f"{dataset}-{who}", made[dataset]

    def _age(self, who: int) -> int:
        return int((self.plan.today - self.born[who]) / 365.25)

    # ---- a bank's own list ---------------------------------------------------------------------------------------------

    def sums(self, source: str) -> Iterator[tuple[str, str]]:
        """Everybody with an account at one bank: number and sum in yuan, as its own program for private matching reads it."""
        written = numbers.written(self._own)
        for who in range(len(self.name)):
            held = self.held(source, who)
            if held is not None:
                yield written[who].tobytes().decode(), yuan(held)


def plain_name(name: str) -> str:
    """A name as it is compared: one kind of dot."""
    return _DOTS.sub("·", name.strip())


def _fen(text: str) -> int:
    whole, _, cents = str(text).partition(".")
    return int(whole) * 100 + int((cents or "0").ljust(2, "0"))


@dataclass(frozen=True)
class _Rows:
    """A department's table, by whose its rows are."""

    columns: dict[str, Any]
    who: np.ndarray

    @classmethod
    def of_table(cls, table: Any) -> _Rows:
        return cls(table.columns, table.who)

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.who, kind="stable")
        return order, self.who[order]

    def of(self, who: int, source: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Somebody's rows, without whose they are."""
        order, sorted_ = self._order
        for at in order[np.searchsorted(sorted_, who, "left") : np.searchsorted(sorted_, who, "right")]:
            cells = {name: column[int(at)].as_py() for name, column in self.columns.items() if name not in ("citizen_no", "name")}
            yield f"{source}-{at}", {name: str(cell) for name, cell in cells.items() if cell is not None}


def _others(plan: Plan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """People of other places the services know: birth days, numbers, names."""
    count, elsewhere = plan.scaled(OTHERS, 200), Plan(plan.profile, plan.seed + ANOTHER_WORLD, plan.as_of)
    rng = elsewhere.stream("others")
    born = (plan.today - rng.integers(1 * 365, 88 * 365, count)).astype(np.int32)
    sex = rng.integers(1, 3, count).astype(np.int8)
    region = 990201 + rng.integers(0, 9, count)
    number = numbers.seventeen(region, born, numbers.orders(region, born, sex, elsewhere.stream("others' orders")))
    signs, shares = names.surnames()
    surname = signs[rng.choice(len(signs), count, p=shares)]
    year = born.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    given = names.given_names(elsewhere, sex, year, np.arange(count))
    return born, number, surname + given
