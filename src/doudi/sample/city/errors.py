"""Departments' mistakes, at their rates; every touched cell is remembered with what was true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doudi.sample.city import names, numbers
from doudi.sample.city.departments.base import City
from doudi.sample.city.plan import Plan
from doudi.sample.city.tables import Table

Rewrite = Callable[[str, int], str | None]
# a kind nobody drew in a small city is written once, here
_HOME_OF = dict.fromkeys(("N2", "N3", "C1", "C2", "C3", "C4", "D2", "D3", "A1"), "hukou")
_HOME_OF |= dict.fromkeys(("N5", "N6", "N7", "D1"), "student") | dict.fromkeys(("N1", "N4"), "marriage")
_HOME_OF |= {"M1": "temporary_assistance", "R3": "disease"}


def rate(plan: Plan, kind: str, dataset: str) -> float:
    """The share of a feed's rows a kind touches."""
    rates = plan.errors[kind]
    return float(rates.get(dataset, rates.get("all", 0.0)))


@dataclass(frozen=True)
class _Side:
    """Which columns a row's person stands in; of rows about two people each side has half."""

    number: str
    name: str
    who: np.ndarray
    here: np.ndarray


@dataclass
class _Desk:
    """Where a feed is spoilt: draws rows for a kind of error and rewrites their cells."""

    city: City
    table: Table
    touched: np.ndarray  # rows whose number is wrong already, or planted

    def drawn(self, kind: str, able: np.ndarray | None = None, *, of: int | None = None, key: str = "") -> tuple[np.ndarray, int]:
        """Rows in random order, more than needed, and how many are needed; `of`: the rows the rate counts, all by default."""
        plan, table = self.city.plan, self.table
        pool = np.arange(len(table)) if able is None else np.flatnonzero(able)
        rng = plan.stream("error", kind, table.dataset, key)
        count = int(rate(plan, kind, table.dataset) * (len(table) if of is None else of) + (0.5 if plan.whole else rng.random()))
        if not plan.whole and _HOME_OF.get(kind) == table.dataset:
            count = max(count, 1)
        return pool[rng.permutation(len(pool))[: 3 * count]], min(count, len(pool))

    def some(self, kind: str, able: np.ndarray | None = None, *, of: int | None = None) -> np.ndarray:
        """As many rows as the rate says."""
        rows, count = self.drawn(kind, able, of=of)
        return np.sort(rows[:count])

    def rewrite(
        self, kind: str, column: str, how: Rewrite, able: np.ndarray | None = None, *, of: int | None = None
    ) -> np.ndarray:
        """Write cells of a column otherwise; rows where that changes nothing are passed over for others."""
        rows, count = self.drawn(kind, able, of=of, key=column)
        turns = self.city.plan.stream("turn", kind, self.table.dataset, column).integers(0, 10**6, len(rows))
        new: list[str | None] = []
        changed: list[int] = []
        for row, old, turn in zip(rows.tolist(), self.table.texts(column, rows), turns.tolist(), strict=True):
            if len(changed) == count:
                break
            written = None if old is None else how(old, turn)
            if written != old:
                changed.append(row)
                new.append(written)
        found = np.array(changed, np.int64)
        self.table.write(column, found, new, kind)
        return found


def spoil(city: City, table: Table) -> None:
    """Apply every kind of error that can happen to this feed."""
    desk = _Desk(city, table, table.sure.copy() if table.sure is not None else np.zeros(len(table), bool))
    sides = _sides(city, table)
    stale = _stale(city, table, desk)
    _mixed_up(city, table, desk)
    for side in sides:
        _numbers(city, table, desk, side)
    _plant_p1(city, table)
    for side in sides:
        _names(city, table, desk, side)
    _dates_and_sums(table, desk)
    _places(city, table, desk, stale)


def _sides(city: City, table: Table) -> list[_Side]:
    if table.spouse is None:
        return [_Side("citizen_no", "name", table.who, np.ones(len(table), bool))]
    men = city.plan.stream("sides", table.dataset).random(len(table)) < 0.5
    return [_Side("citizen_no", "name", table.who, men), _Side("spouse_no", "spouse_name", table.spouse, ~men)]


def _mixed_up(city: City, table: Table, desk: _Desk) -> None:
    """N7: the number of the guardian, or of somebody else at home, in the place of one's own."""
    if rate(city.plan, "N7", table.dataset) == 0:
        return
    world, own = city.world, table.columns["citizen_no"]
    first = world.first[world.home[table.who]]
    other = np.where((first == table.who) & (world.size[world.home[table.who]] > 1), first + 1, first)
    instead = table.columns["guardian_no"] if "guardian_no" in table.columns else city.number(other)
    able = pc.not_equal(own, instead).to_numpy(zero_copy_only=False) & ~desk.touched
    rows = desk.some("N7", able)
    table.write("citizen_no", rows, instead.take(pa.array(rows)), "N7")
    desk.touched[rows] = True


def _numbers(city: City, table: Table, desk: _Desk, side: _Side) -> None:
    """N1 to N6; a row has one of them at most."""
    old_enough = city.world.born[side.who] < np.datetime64("1999-01-01", "D").astype(int)
    known = set(city.world.number.tolist()) if table.dataset in ("tekun", "disability_subsidy") else set()

    def stranger(text: str, turn: int) -> str:
        found = numbers.strangers(text, turn)
        while int(found[:17]) in known:
            turn += 1
            found = numbers.strangers(text, turn)
        return found

    kinds: dict[str, Rewrite] = {
        "N4": lambda text, turn: _NOTHING[turn % len(_NOTHING)],
        "N1": lambda text, turn: numbers.fifteen(text),
        "N6": _damaged,
        "N2": numbers.slipped,
        "N3": stranger,
        "N5": numbers.other_form,
    }
    of = int(side.here.sum())
    for kind, how in kinds.items():
        able = side.here & ~desk.touched & (old_enough if kind == "N1" else True)
        desk.touched[desk.rewrite(kind, side.number, how, able, of=of)] = True


_NOTHING = (None, "无", "0", "111111111111111111", "不详")


def _damaged(number: str, turn: int) -> str:
    """What a spreadsheet makes of eighteen digits: 6.1E+17, or the last three gone."""
    if number.endswith("X"):
        return f"{number[:15]}000"
    return f"{float(number):.2E}" if turn % 2 else f"{number[:15]}000"


def _plant_p1(city: City, table: Table) -> None:
    """The overlaps of P1 that plain equality must miss: half of them are written wrong on either side."""
    lives = city.lives
    if table.dataset not in ("disability_subsidy", "tekun"):
        return
    side = 0 if table.dataset == "disability_subsidy" else 1
    for kind in ("N1", "N2", "N5", "C1", "N4"):
        who = lives.sets[f"p1 {kind}"]
        who = who[who % 2 == side] if kind != "N4" else (who if side == 0 else who[:0])
        rows = np.flatnonzero(np.isin(table.who, who))
        turns = (table.who[rows] * 7919 % 99991).tolist()
        old = table.texts("citizen_no", rows)
        how: dict[str, Rewrite] = {
            "N1": lambda text, turn: numbers.fifteen(text), "N2": _slipped_late, "N5": numbers.other_form, "C1": _slipped_late,
            "N4": lambda text, turn: None,
        }  # fmt: skip
        table.write(
            "citizen_no",
            rows,
            [how[kind](text or "", turn) for text, turn in zip(old, turns, strict=True)],
            "N2" if kind == "C1" else kind,
        )
        if kind == "C1":
            called = table.texts("name", rows)
            table.write(
                "name",
                rows,
                [
                    names.misheard(one or "", turn) or names.variant(one or "", turn)
                    for one, turn in zip(called, turns, strict=True)
                ],
                "C1",
            )


def _slipped_late(number: str, turn: int) -> str:
    """One digit of the order wrong: the birth date stays readable."""
    at = 14 + turn % 3
    return number[:at] + str((int(number[at]) + 1 + turn % 8) % 10) + number[at + 1 :]


def _names(city: City, table: Table, desk: _Desk, side: _Side) -> None:
    """C1 to C4; a name has one of them at most."""
    free = side.here & (~table.sure if table.sure is not None else True)
    rare = city.world.rare[side.who] & side.here
    desk.rewrite("C3", side.name, names.without_rare, rare, of=int(rare.sum()))
    free &= ~rare
    kinds: dict[str, Rewrite] = {
        "C1": lambda text, turn: names.misheard(text, turn) or text,
        "C2": names.variant,
        "C4": names.other_form,
    }
    for kind, how in kinds.items():
        free[desk.rewrite(kind, side.name, how, free, of=int(side.here.sum()))] = False


_DATES = (
    "{y}/{m}/{d}",
    "{y}.{m:02d}.{d:02d}",
    "{y}{m:02d}{d:02d}",
    "{y}年{m}月{d}日",
    "{d:02d}/{m:02d}/{y}",
    "{y}-{m}-{d}",
    "serial",
    "1900-01-01",
    "{y}-06-31",
    "{y}-{m:02d}-{d:02d} 00:00:00",
)
_DAYS = (
    "birth_date",
    "from_date",
    "event_date",
    "paid_date",
    "identified_date",
    "issued_date",
    "since",
    "first_registered",
    "ruling_date",
    "death_date",
    "status_date",
)


def _date(text: str, turn: int) -> str:
    """A date in another form, as a spreadsheet's serial number, or one that cannot be."""
    form = _DATES[turn % 10 if turn % 97 else 8]
    day = np.datetime64(text)
    if form == "serial":
        return str(int((day - np.datetime64("1899-12-30")).astype(int)))
    y, m, d = (int(one) for one in text.split("-"))
    return form.format(y=y, m=m, d=d)


def _dates_and_sums(table: Table, desk: _Desk) -> None:
    fresh = np.ones(len(table), bool)
    free = (
        np.ones(len(table), bool) if table.sure is None else ~table.sure
    )  # a planted row must not be refused for something else
    dated = [column for column in _DAYS if column in table.columns and column != "status_date"]
    if dated:
        valid = table.columns[dated[0]].is_valid().to_numpy(zero_copy_only=False)
        rows = desk.rewrite("D1", dated[0], _date, valid & free)
        fresh[rows] = dated[0] != "birth_date"
    elif "term" in table.columns:  # a class and term typed as a date by the sheet
        desk.rewrite("D1", "class_name", lambda text, turn: f"{text[0]}月{text[3:4] or '1'}日")
    if "birth_date" in table.columns:

        def other(text: str, turn: int) -> str:
            shift = (-29, 31, -365, 10, -40, 366)[turn % 6]
            return str(np.datetime64(text) + shift)

        desk.rewrite("D2", "birth_date", other, fresh)
    if "sex" in table.columns:
        desk.rewrite("D3", "sex", lambda text, turn: "女" if text == "男" else "男")
    sums = [
        column
        for column in ("amount_month", "amount", "self_paid", "loss", "outlay_year", "base", "capital", "income_per_head")
        if column in table.columns
    ]
    if sums:
        some = pc.fill_null(pc.not_equal(table.columns[sums[0]], "0"), False)
        desk.rewrite("M1", sums[0], _sum, some.to_numpy(zero_copy_only=False) & free)


def _sum(text: str, turn: int) -> str:
    """Fen for yuan, thousands signs, a negative reversal, a currency sign."""
    value = float(text)
    return (f"{round(value * 100)}", f"{value:,.2f}", f"-{text}", f"¥{text}")[turn % 4]


def _places(city: City, table: Table, desk: _Desk, stale: np.ndarray) -> None:
    """An old village code or a neighbour's, and addresses cut short."""
    if "area_code" not in table.columns:
        return
    rows = desk.some("A1", ~stale)
    codes = city.world.places.code
    home = city.world.home[table.who[rows]]
    village = city.world.village[home] if table.dataset != "hukou" else city.world.kept_village[home]
    turn = city.plan.stream("turn", "A1", table.dataset).integers(0, 1000, len(rows))
    near = np.abs(village + 1 - 2 * (turn % 2))
    near = np.where(near == len(codes), len(codes) - 2, near)
    table.write("area_code", rows, city.area(near), "A1")
    if "address" in table.columns:
        short = rows[turn % 3 == 0]
        table.write("address", short, [text[3:] if text else text for text in table.texts("address", short)], "A1")


def _stale(city: City, table: Table, desk: _Desk) -> np.ndarray:
    """Rows older than 180 days: an old address, a year long past, a risk that has gone. Returns which rows."""
    stale = np.zeros(len(table), bool)
    if rate(city.plan, "R3", table.dataset) == 0:
        return stale
    lifted = pc.equal(table.columns["lifted"], "是").to_numpy(zero_copy_only=False) if table.dataset == "monitored" else None
    rows = desk.some("R3", lifted)
    turn = city.plan.stream("turn", "R3", table.dataset).integers(0, 10**6, len(rows))
    if table.dataset == "housing":
        table.write(
            "year",
            rows,
            [str(int(one) - 2 - int(t) % 4) for one, t in zip(table.texts("year", rows), turn, strict=True) if one],
            "R3",
        )
    elif table.dataset == "monitored":
        table.write("lifted", rows, ["否"] * len(rows), "R3")
    else:
        villages = len(city.world.places.code)
        before = (city.world.village[city.world.home[table.who[rows]]] + 1 + turn % (villages - 1)) % villages
        table.write("area_code", rows, city.area(before), "R3")
    stale[rows] = True
    return stale
