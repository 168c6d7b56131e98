"""A comparison as it may be shown: small numbers, and what would give them away, are None. Pages, files, commands all show this.

A row hides in two steps. What stood before (`before`, `cost_before`) hides when it is small itself; what came of it (`after`,
`gained`, `lost`, `up`, `down`, `cost_after`) hides besides when any of those is small. Whether a county hides is decided among
all counties of the city, whoever looks, and a county that hides hides its townships too: the pages of two people side by side
give away nothing more than each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from doudi.engine.gaps import Gap, Rates
from doudi.engine.small import LEAST, hidden, small
from doudi.engine.whatif import Changed, Compared, Row

BEFORE = ("before", "cost_before")
CHANGE = ("after", "gained", "lost", "up", "down", "cost_after")
NOTE = f"空着（null）的是不到 {LEAST} 的数，或者和别的数一减就能知道的数，不写。"


@dataclass(frozen=True)
class _Hide:
    """Whether the two parts of a row hide."""

    before: bool
    change: bool


def published(told: Compared) -> dict[str, Any]:
    """Everything of a comparison that may be shown, ready for JSON; money in fen a month."""
    programmes = [_programme(one, told) for one in told.programmes]
    paid = [one for one in programmes if one["pays"]]
    return {
        "on": told.on.isoformat(),
        "within": told.within,
        "reading": told.reading,
        "households": _or_none(told.households),
        "persons": _or_none(told.persons),
        "cost_before": _sum([one["total"]["cost_before"] for one in paid]),
        "cost_after": _sum([one["total"]["cost_after"] for one in paid]),
        "programmes": programmes,
        "gap": _gap(told.gap),
        "rates_before": _rates(told.rates_before),
        "rates_after": _rates(told.rates_after),
        "note": NOTE,
    }


def _or_none(count: int) -> int | None:
    return None if small(count) else count


def _sum(shown: Sequence[int | None]) -> int:
    """Of programmes that show their figures; a total that held the hidden ones would give them away."""
    return sum(one for one in shown if one is not None)


def _programme(one: Changed, told: Compared) -> dict[str, Any]:
    everyone = told.households if one.subject == "household" else told.persons
    sides = (one.total, one.households, one.persons)
    rest = everyone - one.total.before
    before = any(small(row.before) for row in sides) or small(rest) or small(everyone)
    change = before or any(any(map(small, row.of_change)) for row in sides) or small(everyone - one.total.after)
    if len(told.within) >= 6:  # what the counties hide among themselves holds on a county's own page too
        counties = [row for row in one.counties if row.key.startswith(told.within[:4])]
        for row, own in zip(counties, _hides(counties), strict=True):
            if told.within.startswith(row.key):
                before, change = before or own.before, change or own.change
    hide = _Hide(before, change)
    unsure = hide.before or small(one.no) or small(one.unknown)
    left = everyone - one.total.after - one.unknown_after
    return {
        "code": one.code,
        "label": one.label,
        "subject": one.subject,
        "pays": one.pays,
        "affected": one.affected,
        "total": _row(one.total, hide),
        "households": _row(one.households, hide),
        "persons": _row(one.persons, hide),
        "no": None if unsure else one.no,
        "unknown": None if unsure else one.unknown,
        "unknown_after": None if hide.change or small(one.unknown_after) or small(left) else one.unknown_after,
        "unpriced": _or_none(one.unpriced),
        "unpriced_after": _or_none(one.unpriced_after),
        "missing": [] if unsure else [{"label": missing.label, "count": _or_none(missing.count)} for missing in one.missing],
        "roll": _roll(one, hide),
        "places": _rows(one.places, hide),
        "bands": _rows(one.bands, hide),
        "kinds": _rows(one.kinds, hide),
    }


def _row(row: Row, hide: _Hide) -> dict[str, Any]:
    told = asdict(row)
    gone = {*(BEFORE if hide.before else ()), *(CHANGE if hide.change else ())}
    return {name: None if name in gone else value for name, value in told.items()}


def _rows(rows: Sequence[Row], whole: _Hide) -> list[dict[str, Any]]:
    return [
        _row(row, _Hide(own.before or whole.before, own.change or whole.change))
        for row, own in zip(rows, _hides(rows), strict=True)
    ]


def _hides(rows: Sequence[Row]) -> list[_Hide]:
    """Which rows hide where the totals are shown. What hides before hides after: the one gives the other away."""
    before = hidden([row.of_before for row in rows])
    change = hidden([row.of_change for row in rows], before)
    return [_Hide(at in before, at in change) for at in range(len(rows))]


def _roll(one: Changed, hide: _Hide) -> dict[str, Any] | None:
    if one.roll is None:
        return None
    told = asdict(one.roll)
    counts = [value for name, value in told.items() if name != "drawn_fen"]
    if hide.before or any(map(small, counts)):
        return {**dict.fromkeys(told), "hidden": True}
    return {**told, "hidden": False}


def _gap(gap: Gap) -> dict[str, Any]:
    told: dict[str, Any] = asdict(gap)
    for count, money in (("poor", "gap"), ("poor_before", "left_before"), ("poor_after", "left_after")):
        if small(told[count]):
            told[count] = told[money] = None
    if small(gap.households):
        told = dict.fromkeys(told)
    told["unknown"] = _or_none(gap.unknown)
    for side in ("before", "after"):
        left = told[f"left_{side}"]
        told[f"closed_{side}"] = None if left is None or not told["gap"] else round((told["gap"] - left) / told["gap"], 4)
    return told


def _rates(rates: Rates | None) -> dict[str, Any] | None:
    if rates is None:
        return None
    gone = hidden([(count,) for _, count in rates.bands])
    if small(rates.households):
        gone = frozenset(range(len(rates.bands)))
    bands = [{"label": label, "count": None if at in gone else count} for at, (label, count) in enumerate(rates.bands)]
    over = {"over_80": bands[-2:], "over_100": bands[-1:]}
    told = {name: None if any(band["count"] is None for band in last) else getattr(rates, name) for name, last in over.items()}
    return {"households": _or_none(rates.households), "unknown": _or_none(rates.unknown), "bands": bands, **told}
