"""The real rules beside others: what a month costs, who would be entitled and who no longer, by place, income and kind of home.

Money is in fen a month. Households are in the viewer's place when their own area lies in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from doudi.engine.everybody import NO, UNKNOWN, Answers, Array, Everybody, Reading
from doudi.engine.gaps import Gap, Rates, gap, lines, rates
from doudi.policy.language.core import MEMBER_OPS, Core
from doudi.policy.pack import Pack
from doudi.policy.rules import Programme
from doudi.policy.scenario import pays, regular

BANDS = (("不到标准的四分之一", 25), ("四分之一到一半", 50), ("一半到四分之三", 75), ("四分之三到标准", 100),
         ("标准到 1.5 倍", 150), ("1.5 倍以上", 0))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """Some people or households, before and after."""

    key: str
    label: str
    before: int
    after: int
    gained: int
    lost: int
    up: int
    down: int
    cost_before: int
    cost_after: int

    @property
    def of_before(self) -> tuple[int, ...]:
        return (self.before,)

    @property
    def of_change(self) -> tuple[int, ...]:
        return (self.after, self.gained, self.lost, self.up, self.down)


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not known, and for how many of those who cannot be told."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class OnRoll:
    """Who is on the roll now, beside who would be entitled by the rules before any change."""

    on: int
    on_yes: int
    on_no: int
    on_unknown: int
    off_yes: int
    drawn_fen: int | None  # what the roll says is drawn a month; None where it does not say


@dataclass(frozen=True, slots=True)
class Changed:
    """One programme before and after."""

    code: str
    label: str
    subject: str
    pays: bool
    affected: bool
    total: Row  # in the programme's own subjects
    households: Row
    persons: Row
    no: int
    unknown: int
    unknown_after: int
    unpriced: int
    unpriced_after: int
    missing: tuple[Missing, ...]
    roll: OnRoll | None
    counties: tuple[Row, ...]  # of everybody, whatever place was asked for: what is hidden must not depend on who looks
    places: tuple[Row, ...]  # inside the place asked for: counties of a city, townships of a county, villages of a township
    bands: tuple[Row, ...]
    kinds: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A scenario beside the rules as they are, for one place, day and reading."""

    on: date
    within: str
    reading: Reading
    households: int
    persons: int
    programmes: tuple[Changed, ...]
    cost_before: int
    cost_after: int
    gap: Gap
    rates_before: Rates | None
    rates_after: Rates | None


def compare(
    city: Everybody, before: Pack, after: Pack, on: date, within: str, reading: Reading, *, with_rates: bool = True
) -> Compared:
    """Compare a scenario with the rules as they are.

    :param within: what the area codes of the place begin with
    :param with_rates: ask everybody once more for the next 100 yuan, which costs as much again
    """
    inside = np.array([area.startswith(within) for area in city.areas])[city.place]
    rules = regular(before, on)
    asked = [
        (rule, city.ask(before, rule, on, reading), city.ask(after, after.programme(rule.code, on), on, reading))
        for rule in rules
    ]
    line, line_known = lines(city, before, on)
    groups = _Groups(city, within, line, line_known)
    programmes = tuple(_changed(city, rule, old, new, inside, groups, before) for rule, old, new in asked)
    return Compared(
        on=on,
        within=within,
        reading=reading,
        households=int(inside.sum()),
        persons=int(inside[city.m].sum()),
        programmes=programmes,
        cost_before=sum(one.total.cost_before for one in programmes),
        cost_after=sum(one.total.cost_after for one in programmes),
        gap=gap(city, asked, inside, line, line_known),
        rates_before=rates(city, before, rules, on, reading, inside) if with_rates else None,
        rates_after=rates(city, after, rules, on, reading, inside) if with_rates else None,
    )


# ---- one programme ------------------------------------------------------------------------------------------------------


class _Groups:
    """Everybody in one joint grouping of place, band of income and kind of home: counted once, summed every way."""

    def __init__(self, city: Everybody, within: str, line: Array, known: Array) -> None:
        digits = 6 if len(within) < 6 else 9 if len(within) < 9 else 12
        codes = [area[:digits] for area in city.areas]
        self.places = sorted(set(codes))
        at = {code: place for place, code in enumerate(self.places)}
        place = np.array([at[code] for code in codes])[city.place]
        income, sure = city.column("hh_income_month")
        band = np.full(city.households, len(BANDS))
        told = known & sure & (line > 0)
        steps = [income * 100 < line * limit for _, limit in BANDS[:-1]]
        band[told] = np.select([step[told] for step in steps], range(len(steps)), default=len(BANDS) - 1)
        self.bands = [*(label for label, _ in BANDS), "收入不知道"]
        kind, self.kinds = city.kinds
        self.shape = len(self.places), len(self.bands), len(self.kinds)
        self.homes = np.ravel_multi_index((place, band, kind), self.shape)
        self.inside = np.array([code.startswith(within) for code in self.places])
        counties = [code[:6] for code in self.places]
        self.counties = sorted(set(counties))
        self.county = np.array([self.counties.index(code) for code in counties])
        self.people = self.homes[city.m]


_Counts = dict[str, Array]  # figures of a row, each by place, band and kind


def _counted(groups: _Groups, key: Array, old: Answers, new: Answers) -> _Counts:
    """Who moves between two answers, by group. Whole fen stay exact in a float below 2^53: ninety million million yuan."""
    cells = int(np.prod(groups.shape))

    def of(flag: Array) -> Array:
        return np.bincount(key[flag], minlength=cells).reshape(groups.shape)

    def cost(answers: Answers) -> Array:
        return np.bincount(key[answers.yes], answers.amount[answers.yes], minlength=cells).astype(np.int64).reshape(groups.shape)

    before, paid = of(old.yes), cost(old)
    if old is new:
        nothing = np.zeros(groups.shape, np.int64)
        return {"before": before, "after": before, "gained": nothing, "lost": nothing, "up": nothing, "down": nothing,
                "cost_before": paid, "cost_after": paid}  # fmt: skip
    both = old.yes & new.yes
    return {
        "before": before,
        "after": of(new.yes),
        "gained": of(new.yes & ~old.yes),
        "lost": of(old.yes & ~new.yes),
        "up": of(both & (new.amount > old.amount)),
        "down": of(both & (new.amount < old.amount)),
        "cost_before": paid,
        "cost_after": cost(new),
    }


def _rows(keys: Sequence[str], told: _Counts) -> tuple[Row, ...]:
    """One row a group, from figures that have one dimension left."""
    return tuple(Row(key, key, **{name: int(counts[at]) for name, counts in told.items()}) for at, key in enumerate(keys))


def _changed(city: Everybody, rule: Programme, old: Answers, new: Answers, inside: Array, groups: _Groups, pack: Pack) -> Changed:
    person = rule.subject == "person"
    here = inside[city.m] if person else inside
    if new.same_as(old):
        new = old
    told = _counted(groups, groups.people if person else groups.homes, old, new)
    cannot = here & (old.eligible == UNKNOWN)
    there = {name: counts[groups.inside] for name, counts in told.items()}
    total = _rows(("",), {name: counts.sum(keepdims=True).ravel() for name, counts in there.items()})[0]
    by_county = {name: np.zeros(len(groups.counties), np.int64) for name in told}
    for name, counts in told.items():
        np.add.at(by_county[name], groups.county, counts.sum(axis=(1, 2)))
    return Changed(
        code=rule.code,
        label=rule.label,
        subject=rule.subject,
        pays=pays(rule),
        affected=old is not new,
        total=total,
        households=_households(city, old, new, inside) if person else total,
        persons=total if person else _persons(city, old, new, inside),
        no=int((here & (old.eligible == NO)).sum()),
        unknown=int(cannot.sum()),
        unknown_after=int((here & (new.eligible == UNKNOWN)).sum()),
        unpriced=int((here & old.unpriced).sum()),
        unpriced_after=int((here & new.unpriced).sum()),
        missing=_missing(city, rule, old, cannot, pack),
        roll=_on_roll(city, rule, old, here),
        counties=_rows(groups.counties, by_county),
        places=_rows(
            [code for code, own in zip(groups.places, groups.inside, strict=True) if own],
            {name: counts.sum(axis=(1, 2)) for name, counts in there.items()},
        ),
        bands=_rows(groups.bands, {name: counts.sum(axis=(0, 2)) for name, counts in there.items()}),
        kinds=_rows(groups.kinds, {name: counts.sum(axis=(0, 1)) for name, counts in there.items()}),
    )


def _households(city: Everybody, old: Answers, new: Answers, inside: Array) -> Row:
    """Of a programme of persons: households with anybody entitled."""
    count = city.households
    if old is new:
        some = int(((np.bincount(city.m[old.yes], minlength=count) > 0) & inside).sum())
        cost = int(old.amount[inside[city.m]].sum())
        return Row("", "", some, some, 0, 0, 0, 0, cost, cost)
    any_old = (np.bincount(city.m[old.yes], minlength=count) > 0) & inside
    any_new = (np.bincount(city.m[new.yes], minlength=count) > 0) & inside
    sums = [np.bincount(city.m, answers.amount, minlength=count).astype(np.int64) for answers in (old, new)]
    both = any_old & any_new
    return Row(
        "", "", int(any_old.sum()), int(any_new.sum()), int((any_new & ~any_old).sum()), int((any_old & ~any_new).sum()),
        int((both & (sums[1] > sums[0])).sum()), int((both & (sums[1] < sums[0])).sum()),
        int(sums[0][inside].sum()), int(sums[1][inside].sum()),
    )  # fmt: skip


def _persons(city: Everybody, old: Answers, new: Answers, inside: Array) -> Row:
    """Of a programme of households: the people who live in them and are counted with them."""
    members, known = city.members
    people = np.where(known & inside, members, 0).astype(np.int64)

    def of(flag: Array) -> int:
        return int(people[flag].sum())

    if old is new:
        count, cost = of(old.yes), int(old.amount[inside].sum())
        return Row("", "", count, count, 0, 0, 0, 0, cost, cost)
    both = old.yes & new.yes
    return Row(
        "", "", of(old.yes), of(new.yes), of(new.yes & ~old.yes), of(old.yes & ~new.yes), of(both & (new.amount > old.amount)),
        of(both & (new.amount < old.amount)), int(old.amount[inside].sum()), int(new.amount[inside].sum()),
    )  # fmt: skip


def _missing(city: Everybody, rule: Programme, old: Answers, cannot: Array, pack: Pack) -> tuple[Missing, ...]:
    """What is not known, the most frequent first; one subject may lack several things."""
    found: dict[str, Array] = {}
    for at, condition in enumerate(rule.conditions):
        stuck = cannot & ((old.open >> at) & 1 == 1)
        if not stuck.any():
            continue
        named = np.zeros(len(stuck), bool)
        for name in _causes(condition.test.core):
            fact = pack.names.facts[name]
            if fact.subject == "person" and rule.subject == "household":
                continue
            _, known = city.column(name)
            lacks = stuck & ~(known[city.m] if rule.subject == "person" and fact.subject == "household" else known)
            found[fact.label] = found.get(fact.label, np.zeros(len(stuck), bool)) | lacks
            named |= lacks
        rest = stuck & ~named
        label = condition.label or condition.name
        found[label] = found.get(label, np.zeros(len(stuck), bool)) | rest
    counted = [Missing(label, int(flags.sum())) for label, flags in found.items() if flags.any()]
    return tuple(sorted(counted, key=lambda one: (-one.count, one.label)))


@lru_cache(maxsize=50_000)
def _causes(core: Core) -> tuple[str, ...]:
    """The facts that make an expression unknown: not those passed over for a constant, nor those of each member."""
    if core.op == "fact":
        return (str(core.value),)
    passed_over = core.op == "coalesce" and any(part.op == "constant" and part.value is not None for part in core.parts)
    if passed_over or core.op in MEMBER_OPS or core.op == "unknown":
        return ()
    return tuple(dict.fromkeys(name for part in core.parts for name in _causes(part)))


def _on_roll(city: Everybody, rule: Programme, old: Answers, here: Array) -> OnRoll | None:
    roll = city.roll(rule)
    if roll is None:
        return None
    on = roll & here
    drawn = None
    if rule.code == "dibao":
        amount, known = city.column("hh_dibao_amount_month")
        drawn = int(amount[on & known].sum())
    return OnRoll(
        on=int(on.sum()),
        on_yes=int((on & old.yes).sum()),
        on_no=int((on & (old.eligible == NO)).sum()),
        on_unknown=int((on & (old.eligible == UNKNOWN)).sum()),
        off_yes=int((here & ~roll & old.yes).sum()),
        drawn_fen=drawn,
    )
