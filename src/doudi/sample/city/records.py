"""The case records of the system that was there before: refused, left, confirmed and paid or not, shown, due, visited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doudi.sample.city import cells
from doudi.sample.city.departments.base import NONE, City, Columns, identity
from doudi.sample.city.world import MONITORED, NEAR

if TYPE_CHECKING:
    from doudi.sample.city.more import Chooser

STEPS = ("open", "shown", "confirmed", "refused", "left", "paid", "returned", "review", "contact")
PROGRAMMES = ("dibao", "tekun", "near_dibao")


class _Rows:
    """Steps as they are written down, one after another."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def add(self, step: str, who: np.ndarray, on: np.ndarray, due: np.ndarray | int = NONE) -> None:
        self.parts.append((who, np.full(len(who), STEPS.index(step)), on, np.broadcast_to(due, len(who))))

    def together(self) -> list[np.ndarray]:
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def case_record(city: City, pick: Chooser) -> tuple[np.ndarray, Columns]:
    world = city.world
    rows = _Rows()
    helped = world.tier <= NEAR
    grown = world.age >= 18
    _confirmed(rows, pick, helped & grown)
    late, going = pick.some(grown, "steps_late", innocent="D03"), pick.some(grown, "steps_going")
    rows.add("open", late, pick.ago(len(late), 40, 90), pick.ago(len(late), 1, 30))
    rows.add("open", going, pick.ago(len(going), 1, 20), pick.today + pick.rng.integers(1, 25, len(going)))
    returned = pick.some(helped & grown, "returned", innocent="D02")
    rows.add("returned", returned, pick.ago(len(returned), 3, 70))
    _contacts(rows, pick, helped)
    _gone(rows, city, pick)
    who, step, on, due = rows.together()
    programme = np.where(world.tier[who] <= NEAR, world.tier[who], 0)
    year = city.plan.as_of.year
    return who, {
        **identity(city, who),
        "area_code": city.area(world.village[world.home[who]]),
        "step": city.code("case_record", "step", STEPS, step),
        "step_date": cells.day(on),
        "due_date": cells.day(due),
        "programme": city.code("case_record", "programme", PROGRAMMES, programme),
        "ref": cells.joined(f"旧{year}-", cells.digits(who, 7)),
    }


def _confirmed(rows: _Rows, pick: Chooser, mask: np.ndarray) -> None:
    """Confirmed in spring: shown for eight days, paid by the end of the next month; some not paid, some hardly shown."""
    unpaid, short = pick.some(mask, "unpaid", innocent="D01"), pick.some(mask, "shown_short", innocent="D05")
    well = pick.some(mask, "confirmed")
    who = np.concatenate([unpaid, short, well])
    on = pick.ago(len(who), 75, 150)
    rows.add("confirmed", who, on, _next_month_ends(on))
    paid = ~np.isin(who, unpaid)
    rows.add("paid", who[paid], on[paid] + pick.rng.integers(10, 28, int(paid.sum())))
    little = np.isin(who, short)
    shown = ~little | (pick.rng.random(len(who)) < 0.5)  # the others were never shown at all
    begin = on - 14
    rows.add("shown", who[shown], begin[shown], np.where(little, begin + 2, begin + 7)[shown])


def _next_month_ends(days: np.ndarray) -> np.ndarray:
    month = days.astype("datetime64[D]").astype("datetime64[M]") + 2
    return month.astype("datetime64[D]").astype(np.int64) - 1


def _contacts(rows: _Rows, pick: Chooser, mask: np.ndarray) -> None:
    long_ago, lately = pick.some(mask, "contact_late", innocent="C28"), pick.some(mask, "contact_lately")
    rows.add("contact", long_ago, pick.ago(len(long_ago), 380, 800))
    rows.add("contact", lately, pick.ago(len(lately), 3, 150))
    overdue, ahead = pick.some(mask, "review_late"), pick.some(mask, "review_ahead")
    rows.add("review", overdue, pick.ago(len(overdue), 400, 500), pick.ago(len(overdue), 5, 90))
    rows.add("review", ahead, pick.ago(len(ahead), 30, 300), pick.today + pick.rng.integers(10, 200, len(ahead)))


def _gone(rows: _Rows, city: City, pick: Chooser) -> None:
    """Refused or left within the year; some of them lost their work soon after."""
    world, lives = city.world, city.lives
    off: Any = (world.tier >= MONITORED) & ~lives.rigid & (world.age >= 18)
    jobless = np.zeros(world.count, bool)
    jobless[lives.sets["t1 unemployed"]] = True  # registered in the last two months
    fell = pick.some(off & jobless, "refused_fell", innocent="A12")
    rows.add("refused", fell, pick.ago(len(fell), 65, 200))
    refused, left = pick.some(off & ~jobless, "refused"), pick.some(off & ~jobless, "left")
    rows.add("refused", refused, pick.ago(len(refused), 30, 700))
    rows.add("left", left, pick.ago(len(left), 30, 700))
