"""What counts about data mean: shares, promises kept, signs that something is wrong as a whole. Unknown is never good.

The formulas stand in docs/reference/data-quality.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from doudi.engine.contract import Contract
from doudi.facts.days import add_months

# rhythm → (months between deliveries, days after the day told about by which it is promised)
RHYTHMS: dict[str, tuple[int, int]] = {
    "daily": (0, 2),
    "monthly": (1, 15),
    "quarterly": (3, 20),
    "term": (6, 30),
    "yearly": (12, 45),
}
WANTED_FROM = 0.5  # a column filled in so many rows of some delivery is wanted in all of them
FEWER = 0.7  # a full delivery with less than this share of the rows before looks cut off
TURNS = (100.0, 1_000.0, 10_000.0)  # what a change of unit multiplies by
JUMP = 5.0  # a median so many times what it was is told even where no unit explains it
WEIGHTS = {"freshness": 0.2, "completeness": 0.25, "validity": 0.25, "agreement": 0.2, "uniqueness": 0.1}
NOT_COUNTED = frozenset({"area"})  # living elsewhere than the register says is no mistake: told, not counted

CHECKS = {
    "birth": ("出生日期和身份证号", "出生日期和身份证号里的不一样"),
    "sex": ("性别和身份证号", "性别和身份证号第 17 位不一样"),
    "name": ("姓名和户籍", "姓名和户籍登记的不一样"),
    "unit": ("金额的单位", "金额比同列的别的行大百倍，像是把元写成了分"),
    "damaged": ("文字被改成日期", "文字像是被表格软件改成了日期（5-3 变成 5月3日）"),
    "died": ("名册和死亡登记", "已登记死亡，还在名册上"),
    "area": ("住址和户籍", "和户籍不在一个县（也可能确实住在外地，不算错）"),
}
SIGNS = {
    "again": "和上一次送的完全一样，像是把上一期的文件又送了一遍",
    "fewer": "行数突然少了很多，像是没有导完",
    "unit": "金额整体大小变了，像是换了单位",
    "jump": "金额整体大小变了很多",
}
PARTS = {
    "freshness": "及时",
    "completeness": "完整",
    "validity": "合格",
    "agreement": "对得上",
    "uniqueness": "不重复",
}


class Freshness(StrEnum):
    """How a dataset stands to its promised rhythm today."""

    NEVER = "never"
    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    STOPPED = "stopped"
    NO_RHYTHM = "no_rhythm"


FRESHNESS_LABELS = {
    Freshness.NEVER: "从没送过",
    Freshness.ON_TIME: "按时",
    Freshness.LATE: "晚了",
    Freshness.OVERDUE: "欠一期",
    Freshness.STOPPED: "停了",
    Freshness.NO_RHYTHM: "有事才送",
}
_FRESH_SCORE: dict[Freshness, float | None] = {
    Freshness.NEVER: 0.0,
    Freshness.ON_TIME: 1.0,
    Freshness.LATE: 0.7,
    Freshness.OVERDUE: 0.3,
    Freshness.STOPPED: 0.0,
    Freshness.NO_RHYTHM: None,
}


def promised_on(rhythm: str, as_of: date) -> date | None:
    """The day by which a delivery about a day is promised, or None where nothing is promised."""
    known = RHYTHMS.get(rhythm)
    return as_of + timedelta(days=known[1]) if known else None


def next_as_of(rhythm: str, as_of: date) -> date | None:
    """The day the next delivery tells about."""
    known = RHYTHMS.get(rhythm)
    if known is None:
        return None
    if not known[0]:
        return as_of + timedelta(days=1)
    later = add_months(as_of, known[0])
    is_last = (as_of + timedelta(days=1)).day == 1
    return add_months(later.replace(day=1), 1) - timedelta(days=1) if is_last else later


def freshness(rhythm: str, latest: date | None, today: date, *, late_days: int | None = None) -> Freshness:
    """How a dataset stands today: on time, its latest delivery late, one delivery missing, or stopped (two and more missing)."""
    if rhythm not in RHYTHMS:
        return Freshness.NO_RHYTHM
    if latest is None:
        return Freshness.NEVER
    following = next_as_of(rhythm, latest)
    assert following is not None
    due = promised_on(rhythm, following)
    assert due is not None
    if today <= due:
        return Freshness.LATE if late_days is not None and late_days > 0 else Freshness.ON_TIME
    after = next_as_of(rhythm, following)
    assert after is not None
    second = promised_on(rhythm, after)
    return Freshness.STOPPED if second and today > second else Freshness.OVERDUE


def completeness(contract: Contract, rows: int, empty: Mapping[str, int], filled_before: Mapping[str, float]) -> float | None:
    """Share of cells filled, of those that are required or wanted; None without rows.

    Wanted is a column that was filled in at least half of the rows of this delivery or of an earlier one.

    filled_before: column → best share of rows it was filled in, in earlier deliveries
    """
    if not rows:
        return None
    expected = found = 0
    for column in contract.columns:
        share = 1 - empty.get(column.name, rows) / rows
        if column.required or max(share, filled_before.get(column.name, 0.0)) >= WANTED_FROM:
            expected += rows
            found += rows - empty.get(column.name, rows)
    return found / expected if expected else None


def agreement(compared: Mapping[str, int], differ: Mapping[str, int]) -> float | None:
    """Share of comparisons in which a row agrees with what else is known; None where nothing could be compared."""
    counted = [name for name in compared if name not in NOT_COUNTED]
    total = sum(compared[name] for name in counted)
    return 1 - sum(differ.get(name, 0) for name in counted) / total if total else None


def signs(
    *,
    rows: int,
    rows_before: int | None,
    medians: Mapping[str, float],
    medians_before: Mapping[str, float],
    again: bool,
) -> list[dict[str, Any]]:
    """What looks wrong about a whole delivery beside the one before it."""
    found: list[dict[str, Any]] = []
    if again:
        found.append({"sign": "again"})
    if rows_before and rows < FEWER * rows_before:
        found.append({"sign": "fewer", "rows": rows, "before": rows_before})
    for column, now in medians.items():
        before = medians_before.get(column)
        if not before or not now:
            continue
        times = now / before
        turn = next((one for one in TURNS if abs(math.log10(max(times, 1 / times) / one)) < 0.2), None)
        if turn:
            factor = f"{1 / turn:g}" if times > 1 else f"{turn:g}"
            found.append({"sign": "unit", "column": column, "times": round(times, 6), "factor": factor})
        elif times >= JUMP or times <= 1 / JUMP:
            found.append({"sign": "jump", "column": column, "times": round(times, 6)})
    return found


@dataclass(frozen=True, slots=True)
class Grade:
    """A score out of 100 over the parts that are known, and how many are not."""

    points: float | None
    unknown: tuple[str, ...]


def grade(parts: Mapping[str, float | None], standing: Sequence[str] = ()) -> Grade:
    """One number for lists, so that the worst stands first: the weighted mean of the known parts, in per cent.

    A sign that the whole delivery is wrong takes it to at most 40. An unknown part counts as nothing known, not as good: it is
    left out of the mean and named.

    :param standing: codes of signs of the latest delivery
    """
    known = {name: share for name, share in parts.items() if share is not None}
    weight = sum(WEIGHTS[name] for name in known)
    points = 100 * sum(WEIGHTS[name] * share for name, share in known.items()) / weight if weight else None
    if points is not None and any(one in ("again", "fewer", "unit") for one in standing):
        points = min(points, 40.0)
    return Grade(points, tuple(name for name in WEIGHTS if parts.get(name) is None))


def fresh_share(state: Freshness) -> float | None:
    """What freshness adds to a grade; None where nothing was promised."""
    return _FRESH_SCORE[state]
