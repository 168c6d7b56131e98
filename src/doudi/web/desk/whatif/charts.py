"""Figures as bars and lines. Bars are widths beside their numbers; the line chart is drawn here, with a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from doudi.monitoring.whatif import Climb, Point
from doudi.web.parts.templatetags.parts import yuan

WIDE, HIGH, LEFT, LOW = 360, 240, 44, 30  # of the line chart, in its own units: a phone shows them one to one
TICKS = 4
SIDES = ("now", "a", "b")


def width(value: int | None, most: int) -> str:
    """A share of the longest bar, in hundredths of the bar's place."""
    return f"{100 * value / most:.1f}" if value and most else "0"


def costs(programmes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A month's cost of each paying programme that changes: now and by each scenario."""
    paying = [one for one in programmes if one["now"]["pays"]]
    told = [
        (one["now"]["label"], [one["now"]["total"]["cost_before"], *(then["total"]["cost_after"] for then in one["then"])])
        for one in paying
    ]
    most = max((fen for _, values in told for fen in values if fen), default=0)
    return [
        {
            "label": label,
            "bars": [{"side": side, "fen": fen, "width": width(fen, most)} for side, fen in zip(SIDES, values, strict=False)],
        }
        for label, values in told
    ]


def more(row: dict[str, Any]) -> str:
    """How much more a row costs a month, in words."""
    before, after = row["cost_before"], row["cost_after"]
    if before is None or after is None:
        return "不写"
    return "一样" if before == after else f"{'多' if after > before else '少'} {yuan(abs(after - before))}"


def cut(then: Sequence[dict[str, Any]], code: str) -> dict[str, Any]:
    """One programme's rows of places, bands or kinds: before once, then what each scenario adds and takes."""
    rows = []
    gains = [row[name] or 0 for one in then for row in one[code] for name in ("gained", "lost")]
    most = max(gains, default=0)
    for at, row in enumerate(then[0][code]):
        sides = [one[code][at] | {"scenario": one["scenario"]} for one in then]
        if not row["before"] and row["before"] is not None and all(side["after"] == 0 for side in sides):
            continue
        rows.append(
            {
                "label": row["label"],
                "before": row["before"],
                "sides": [
                    {**side, "gained_width": width(side["gained"], most), "lost_width": width(side["lost"], most),
                     "more": more(side)}
                    for side in sides
                ],
            }
        )  # fmt: skip
    return {"rows": rows, "hides": any(row["before"] is None or any(s["after"] is None for s in row["sides"]) for row in rows)}


def rates(answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How much of 100 yuan more help takes: now and by each scenario, a bar for each share."""
    sides = [("现在", answers[0]["rates_before"]), *((told["scenario"], told["rates_after"]) for told in answers)]
    found = []
    for at, (name, told) in enumerate(sides):
        most = max((band["count"] or 0 for band in told["bands"]), default=0)
        bands = [{**band, "width": width(band["count"], most)} for band in told["bands"]]
        found.append({"name": name, "side": SIDES[at], **told, "bands": bands, "share_80": _share(told, "over_80")})
    return found


def _share(told: dict[str, Any], name: str) -> int | None:
    return round(100 * told[name] / told["households"]) if told[name] is not None and told["households"] else None


def climb(told: Climb) -> dict[str, Any]:
    """What a household has as it earns more, as lines in a drawing and as rows in words."""
    points = [point for _, side in told.sides for point in side]
    most_x = max(point.earned for point in points) or 1
    most_y = max(point.net for point in points) or 1

    both = min(most_x, most_y)  # how far the line of earnings without any help reaches

    def x(fen: int) -> float:
        return round(LEFT + (WIDE - LEFT - 10) * fen / most_x, 1)

    def y(fen: int) -> float:
        return round(HIGH - LOW - (HIGH - LOW - 12) * fen / most_y, 1)

    lines = [
        {"side": side, "name": name, "points": " ".join(f"{x(p.earned)},{y(p.net)}" for p in points), "drops": _drops(points)}
        for side, (name, points) in zip(SIDES, told.sides, strict=False)
    ]
    every = max(len(told.sides[0][1]) // 8, 1)
    steps = range(0, len(told.sides[0][1]), every)
    return {
        "members": told.members,
        "lines": lines,
        "alone": f"{x(0)},{y(0)} {x(both)},{y(both)}",
        "x": [{"at": x(fen), "fen": fen} for fen in _ticks(most_x)],
        "y": [{"at": y(fen), "fen": fen} for fen in _ticks(most_y)],
        "wide": WIDE, "high": HIGH, "left": LEFT, "bottom": HIGH - LOW, "right": WIDE - 10,
        "rows": [
            {"earned": told.sides[0][1][at].earned, "sides": [side[at] for _, side in told.sides]} for at in steps
        ],
        "unknown": sorted({label for point in points for label in point.unknown}),
    }  # fmt: skip


def _ticks(most: int) -> list[int]:
    """Round amounts along an axis."""
    rough = most / TICKS
    size = 10 ** (len(str(int(rough))) - 1)
    step = next(size * by for by in (1, 2, 5, 10) if size * by >= rough)
    return list(range(0, most + 1, step))


def _drops(points: Sequence[Point]) -> list[dict[str, int]]:
    """Where earning more leaves less: the cliffs."""
    return [
        {"from": one.earned, "to": other.earned, "less": one.net - other.net}
        for one, other in pairwise(points)
        if other.net < one.net
    ]
