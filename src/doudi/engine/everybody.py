"""Everybody in a published cycle, kept in memory to be asked what programmes say: one pass over the columns for a question.

A question is a programme, a pack, a day, and a **reading** of what is not known, which whoever shows the answer must name:

* `known`    what is not known stays unknown; nobody is entitled on a guess.
* `property` property nobody has checked counts as not over the limit. Income that is not known stays unknown.
* `roll`     besides, who is on a programme's roll already counts as having met what is not known: people checked it then.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa

from doudi.engine import trial
from doudi.engine.cycle import Cycle, common
from doudi.engine.lake import Lake
from doudi.policy import sweep
from doudi.policy.pack import Pack
from doudi.policy.rules import Programme
from doudi.policy.scenario import pays, regular

Array = np.ndarray[Any, Any]
Reading = Literal["known", "property", "roll"]
READINGS: tuple[Reading, ...] = ("known", "property", "roll")
PROPERTY = ("hh_financial_assets", "hh_car_count", "hh_dwelling_count", "hh_firm_count")
INCOME = ("hh_income_month", "hh_income_per_head", "hh_income_year")
MORE_FEN = 10_000  # the next 100 yuan a month
YES, NO, UNKNOWN = 1, 0, -1
# Which fact says that somebody is on the roll of a programme of persons; a household's roll is its tier.
ROLL = {
    "tekun": "on_tekun",
    "single_person_dibao": "on_single_dibao",
    "disability_living": "on_living_subsidy",
    "disability_nursing": "on_nursing_subsidy",
    "old_age_allowance": "on_old_age_allowance",
    "orphan_benefit": "on_child_benefit",
}
_HOME = ("hh_members", "hh_place_kind", "hh_tier", "hh_dibao_amount_month", *INCOME)
_PERSON = ("age", "is_disabled")
_KEPT = 48  # answers in memory; one is at most a few megabytes


@dataclass(frozen=True)
class Answers:
    """What a programme says about everybody, a place a person or household."""

    eligible: Array  # YES, NO or UNKNOWN
    amount: Array  # fen a month, 0 where not entitled or not known how much
    unpriced: Array  # entitled, and not known how much
    open: Array  # bit i: condition i is unknown

    @cached_property
    def yes(self) -> Array:
        return self.eligible == YES

    def same_as(self, other: Answers) -> bool:
        """Whether both say the same of everybody, though asked in other words."""
        return self is other or all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("eligible", "amount", "unpriced")
        )


class Everybody:
    """A cycle's people and households, row for row; safe to ask from several threads."""

    def __init__(self, lake: Lake, cycle: Cycle, pack: Pack, needed: dict[str, tuple[str, ...]]) -> None:
        self.cycle = cycle
        tables = trial.tables(lake, cycle, needed, pack.names.facts)
        self._home, self._person = tables["household_facts"], tables["person_facts"]
        self.m: Array = self._person["hid"].to_numpy()
        area = self._home["area"].combine_chunks()
        self.areas: list[str] = [code or "" for code in area.dictionary.to_pylist()]
        self.place: Array = area.indices.fill_null(len(self.areas)).to_numpy()  # of households: where in `areas`
        self.areas.append("")
        self.scope = common([code for code in self.areas if code])
        self._lock = threading.Lock()
        self._con = duckdb.connect(":memory:", config={"memory_limit": "1000MB"})
        self._con.register("homes", self._home)
        self._con.register("person_facts", self._person)
        self._columns: dict[str, tuple[Array, Array]] = {}
        self._answers: OrderedDict[tuple[str, str, bool], Answers] = OrderedDict()

    @property
    def households(self) -> int:
        return len(self._home)

    @property
    def persons(self) -> int:
        return len(self._person)

    # ---- columns -------------------------------------------------------------------------------------------------------

    def column(self, name: str) -> tuple[Array, Array]:
        """A household or person fact as numbers, and where it is known."""
        if name not in self._columns:
            self._columns[name] = self._column(name)
        return self._columns[name]

    def _column(self, name: str) -> tuple[Array, Array]:
        table = self._home if name in self._home.column_names else self._person
        column = table[name].combine_chunks()
        if pa.types.is_dictionary(column.type):
            column = column.indices
        known = np.asarray(column.is_valid())
        return np.asarray(column.fill_null(pa.scalar(0).cast(column.type))), known

    def coded(self, name: str) -> tuple[Array, list[str]]:
        """A household fact that is a code: its place in the list of words, the last of which is "" for unknown."""
        column = self._home[name].combine_chunks()
        words = [*column.dictionary.to_pylist(), ""]
        return np.asarray(column.indices.fill_null(len(words) - 1)), words

    @cached_property
    def members(self) -> tuple[Array, Array]:
        """How many live in a household, and where that is known."""
        return self.column("hh_members")

    @cached_property
    def kinds(self) -> tuple[Array, tuple[str, ...]]:
        """Households in kinds, each in the first that fits."""
        count = self.households
        age, known = self.column("age")
        disabled, sure = self.column("is_disabled")

        def any_of(here: Array) -> Array:
            return np.bincount(self.m[here], minlength=count) > 0

        people = np.bincount(self.m, minlength=count)
        old = np.bincount(self.m[known & (age >= 60)], minlength=count)
        child, hurt = any_of(known & (age < 18)), any_of(sure & (disabled != 0))
        all_old = (old == people) & (people > 0)
        chosen = np.select([all_old & (people == 1), all_old, child, hurt, people == 1], [0, 1, 2, 3, 4], default=5)
        return chosen, ("独居老人", "都是老人", "有未成年人", "有残疾人", "一个人", "其他")

    def roll(self, rule: Programme) -> Array | None:
        """Who is on the roll of a programme now; None where no roll was delivered."""
        if rule.subject == "household":
            places, words = self.coded("hh_tier")
            here = places == words.index(rule.code) if rule.code in words else np.zeros(0, bool)
            return here if here.any() else None
        flag = ROLL.get(rule.code)
        if flag is None or flag not in self._person.column_names:
            return None
        value, known = self.column(flag)
        return known & (value != 0) if known.any() else None

    # ---- asking --------------------------------------------------------------------------------------------------------

    def ask(self, pack: Pack, rule: Programme, on: date, reading: Reading, *, more: bool = False) -> Answers:
        """What a programme says about everybody; with `more`, were everybody's household to earn 100 yuan a month more.

        The same question in other words (a pack with other numbers this programme does not read) is not asked again.
        """
        if more and not reads(rule, INCOME):
            more = False
        key = (sweep.programme_sql(pack, rule.code, on, scope=self.scope), reading, more)
        with self._lock:
            found = self._answers.pop(key, None)
            if found is None:
                found = self._run(key[0], rule, reading, more)
                while len(self._answers) >= _KEPT:
                    self._answers.popitem(last=False)
            self._answers[key] = found
        return found

    def _run(self, sql: str, rule: Programme, reading: Reading, more: bool) -> Answers:
        self._con.execute(f"CREATE OR REPLACE TEMP VIEW household_facts AS {self._homes_sql(reading, more)}")
        bits = [f"CASE WHEN c_{condition.name} IS NULL THEN {1 << at} ELSE 0 END" for at, condition in enumerate(rule.conditions)]
        amount = f"s_{rule.steps[-1].name}" if pays(rule) else "NULL"
        table = self._con.sql(
            f"SELECT subject::INTEGER AS n, CASE eligible WHEN 'yes' THEN 1 WHEN 'no' THEN 0 ELSE -1 END::TINYINT AS e, "
            f"({amount})::BIGINT AS amount, ({' + '.join(bits)})::INTEGER AS open FROM ({sql})"
        ).to_arrow_table()
        n = table["n"].to_numpy()
        eligible, unknown = np.empty(len(n), np.int8), np.empty(len(n), np.int32)
        fen, priced = np.empty(len(n), np.int64), np.empty(len(n), bool)
        eligible[n], unknown[n] = table["e"].to_numpy(), table["open"].to_numpy()
        fen[n], priced[n] = table["amount"].fill_null(0).to_numpy(), np.asarray(table["amount"].is_valid())
        if reading == "roll" and (roll := self.roll(rule)) is not None:
            eligible[(eligible == UNKNOWN) & roll] = YES
        yes = eligible == YES
        fen[~yes] = 0
        return Answers(eligible, fen, yes & ~priced & pays(rule), unknown)

    def _homes_sql(self, reading: Reading, more: bool) -> str:
        there = self._home.column_names
        told = {}
        if reading != "known":
            told |= {name: f"coalesce({name}, 0)" for name in PROPERTY if name in there}
        if more:
            month, members = f"(hh_income_month + {MORE_FEN})", "hh_members"
            told["hh_income_month"] = month
            told["hh_income_year"] = f"hh_income_year + {MORE_FEN * 12}"
            shared = f"hh_income_per_head + (2 * {MORE_FEN} + {members}) // (2 * {members})"
            told["hh_income_per_head"] = (
                f"CASE WHEN {members} > 0 THEN coalesce((2 * {month} + {members}) // (2 * {members}), {shared}) "
                "ELSE hh_income_per_head END"
            )
        replaced = ", ".join(f"CAST({sql} AS {_type(self._home, name)}) AS {name}" for name, sql in told.items())
        return f"SELECT * REPLACE ({replaced}) FROM homes" if replaced else "SELECT * FROM homes"


def _type(table: pa.Table, name: str) -> str:
    return "INTEGER" if pa.types.is_int32(table.schema.field(name).type) else "BIGINT"


def reads(rule: Programme, facts: tuple[str, ...]) -> bool:
    """Whether a programme looks at any of these facts."""
    expressions = (*(condition.test for condition in rule.conditions), *(step.amount for step in rule.steps))
    return any(name in facts for expression in expressions for name in expression.facts)


def opened(lake: Lake, cycle: Cycle, pack: Pack, on: date) -> Everybody:
    """Everybody in a published cycle, with the facts the regular programmes of a pack read. The last one stays in memory.

    :raises NotPublished: the objects of the cycle are not there
    """
    rules = regular(pack, on)
    read = {name for name in pack.names.facts if any(reads(rule, (name,)) for rule in rules)}
    read |= {*_HOME, *_PERSON, *(ROLL[rule.code] for rule in rules if rule.code in ROLL)}
    needed = tuple(
        (f"{subject}_facts", tuple(n for n, fact in pack.names.facts.items() if fact.subject == subject and n in read))
        for subject in ("person", "household")
    )
    key = (lake, cycle.id, needed)
    with _OPENING:
        if key not in _OPEN:
            _OPEN.clear()
            _OPEN[key] = Everybody(lake, cycle, pack, dict(needed))
        return _OPEN[key]


_OPENING = threading.Lock()  # two people asking at once wait for one reading, rather than hold everybody twice
_OPEN: dict[tuple[Any, ...], Everybody] = {}  # the last one opened
