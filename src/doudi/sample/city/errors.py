"""Departments' mistakes, at their rates; every touched cell is remembered with what was true."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow.compute as pc

from doudi.sample.city import names, numbers
from doudi.sample.city.departments.base import City
from doudi.sample.city.plan import Plan, choose
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


def spoil(city: City, table: Table) -> None:
    """Apply every kind of error that can happen to this feed."""
    plan, dataset = city.plan, table.dataset
    touched = table.sure.copy() if table.sure is not None else np.zeros(len(table), bool)

    def some(kind: str, able: np.ndarray | None = None, *, of: int | None = None) -> np.ndarray:
        pool = np.arange(len(table)) if able is None else np.flatnonzero(able)
        share, base = rate(plan, kind, dataset), len(table) if of is None else of
        rng = plan.stream("error", kind, dataset)
        count = int(share * base + (0.5 if plan.whole else rng.random()))
        if not plan.whole and _HOME_OF.get(kind) == dataset:
            count = max(count, 1)
        return choose(rng, pool, min(count, len(pool)))

    def rewrite(kind: str, column: str, how: Rewrite, able: np.ndarray | None = None) -> np.ndarray:
        rows = some(kind, able)
        if not len(rows):
            return rows
        turns = plan.stream("turn", kind, dataset, column).integers(0, 10**6, len(rows))
        old = table.texts(column, rows)
        new = [None if text is None else how(text, int(turn)) for text, turn in zip(old, turns, strict=True)]
        changed = np.array([a != b for a, b in zip(old, new, strict=True)], bool)
        table.write(column, rows[changed], [text for text, ok in zip(new, changed, strict=True) if ok], kind)
        return rows[changed]

    _stale(city, table, some)
    _numbers(city, table, rewrite, touched)
    _names(city, table, rewrite, some)
    _dates_and_sums(city, table, rewrite)
    _places(city, table, some)


def _numbers(city: City, table: Table, rewrite: Callable[..., np.ndarray], touched: np.ndarray) -> None:
    world, dataset = city.world, table.dataset
    old_enough = world.born[table.who] < np.datetime64("1999-01-01", "D").astype(int)
    whose = {"N4": ("", "无", "0", "111111111111111111", "不详")}
    quiet = dataset in ("tekun", "disability_subsidy")

    def mark(rows: np.ndarray) -> None:
        touched[rows] = True

    if dataset in ("child_benefit", "student", "disaster"):
        head = world.first[world.home[table.who]]
        guardian = table.columns["guardian_no"].to_pylist() if "guardian_no" in table.columns else city.number(head).to_pylist()
        own = table.columns["citizen_no"].to_pylist()
        rows = np.array([a != b for a, b in zip(own, guardian, strict=True)], bool) & ~touched
        found = _pick(city.plan, "N7", table, rows)
        table.write("citizen_no", found, [guardian[row] for row in found], "N7")
        mark(found)
    mark(rewrite("N4", "citizen_no", lambda text, turn: whose["N4"][turn % 5] or None, ~touched))
    mark(rewrite("N1", "citizen_no", lambda text, turn: numbers.fifteen(text), ~touched & old_enough))
    mark(rewrite("N6", "citizen_no", lambda text, turn: _damaged(text, turn), ~touched))
    mark(rewrite("N2", "citizen_no", numbers.slipped, ~touched))
    known = set(world.number.tolist()) if quiet else set()

    def stranger(text: str, turn: int) -> str:
        found = numbers.strangers(text, turn)
        while int(found[:17]) in known:
            turn += 1
            found = numbers.strangers(text, turn)
        return found

    mark(rewrite("N3", "citizen_no", stranger, ~touched))
    mark(rewrite("N5", "citizen_no", numbers.other_form, ~touched))
    if dataset == "marriage":
        for kind, how in (("N2", numbers.slipped), ("N5", numbers.other_form)):
            rewrite(kind, "spouse_no", how)
    _plant_p1(city, table)


def _pick(plan: Plan, kind: str, table: Table, able: np.ndarray) -> np.ndarray:
    pool = np.flatnonzero(able)
    count = max(1, round(rate(plan, kind, table.dataset) * len(table)))
    return choose(plan.stream("error", kind, table.dataset), pool, min(count, len(pool)))


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


def _names(city: City, table: Table, rewrite: Callable[..., np.ndarray], some: Callable[..., np.ndarray]) -> None:
    free = ~table.sure if table.sure is not None else np.ones(len(table), bool)
    rare = city.world.rare[table.who]
    rows = some("C3", rare, of=int(rare.sum()))
    turns = city.plan.stream("turn", "C3", table.dataset).integers(0, 4, len(rows))
    old = table.texts("name", rows)
    table.write("name", rows, [names.without_rare(text or "", int(turn)) for text, turn in zip(old, turns, strict=True)], "C3")
    free &= ~rare
    for kind, how in (
        ("C1", lambda text, turn: names.misheard(text, turn) or text),
        ("C2", names.variant),
        ("C4", names.other_form),
    ):
        free[rewrite(kind, "name", how, free)] = False


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


def _dates_and_sums(city: City, table: Table, rewrite: Callable[..., np.ndarray]) -> None:
    fresh = np.ones(len(table), bool)
    dated = [column for column in _DAYS if column in table.columns and column != "status_date"]
    if dated:
        valid = table.columns[dated[0]].is_valid().to_numpy(zero_copy_only=False)
        rows = rewrite("D1", dated[0], _date, valid)
        fresh[rows] = dated[0] != "birth_date"
    elif "term" in table.columns:  # a class and term typed as a date by the sheet
        rewrite("D1", "class_name", lambda text, turn: f"{text[0]}月{text[3:4] or '1'}日")
    if "birth_date" in table.columns:

        def other(text: str, turn: int) -> str:
            shift = (-29, 31, -365, 10, -40, 366)[turn % 6]
            return str(np.datetime64(text) + shift)

        rewrite("D2", "birth_date", other, fresh)
    if "sex" in table.columns:
        rewrite("D3", "sex", lambda text, turn: "女" if text == "男" else "男")
    sums = [
        column
        for column in ("amount_month", "amount", "self_paid", "loss", "outlay_year", "base", "capital", "income_per_head")
        if column in table.columns
    ]
    if sums:
        some = pc.fill_null(pc.not_equal(table.columns[sums[0]], "0"), False)
        rewrite("M1", sums[0], _sum, some.to_numpy(zero_copy_only=False))


def _sum(text: str, turn: int) -> str:
    """Fen for yuan, thousands signs, a negative reversal, a currency sign."""
    value = float(text)
    return (f"{round(value * 100)}", f"{value:,.2f}", f"-{text}", f"¥{text}")[turn % 4]


def _places(city: City, table: Table, some: Callable[..., np.ndarray]) -> None:
    """An old village code or a neighbour's, and addresses cut short."""
    if "area_code" not in table.columns:
        return
    rows = some("A1")
    codes = city.world.places.code
    home = city.world.home[table.who[rows]]
    village = city.world.village[home] if table.dataset != "hukou" else city.world.kept_village[home]
    turn = city.plan.stream("turn", "A1", table.dataset).integers(0, 1000, len(rows))
    near = np.clip(village + 1 - 2 * (turn % 2), 0, len(codes) - 1)
    table.write("area_code", rows, city.area(near), "A1")
    if "address" in table.columns:
        short = rows[turn % 3 == 0]
        table.write("address", short, [text[3:] if text else text for text in table.texts("address", short)], "A1")


def _stale(city: City, table: Table, some: Callable[..., np.ndarray]) -> None:
    """Rows older than 180 days: an old address, a year long past, a risk that has gone."""
    if rate(city.plan, "R3", table.dataset) == 0:
        return
    rows = some("R3")
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
        table.write("area_code", rows, city.area(turn % len(city.world.places.code)), "R3")
