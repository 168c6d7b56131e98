"""What if a number of the law were different: asked of everybody in the published cycle, answered in counts. Nothing is kept.

Every answer names the reading of what is not known it was made under, and hides small numbers (`engine.published`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from doudi.engine import cycle, everybody, whatif
from doudi.engine.cycle import Cycle
from doudi.engine.published import published
from doudi.engine.readable import safe
from doudi.engine.trial import NotPublished
from doudi.exchange import queries as exchange
from doudi.facts.money import yuan
from doudi.office import queries as office
from doudi.office.core import Viewer, prefix
from doudi.policy import cliff
from doudi.policy.cliff import Point
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.policy.scenario import Change, Number, numbers, read_change, said, with_changes
from doudi.rulebook import queries as rulebook

__all__ = ["READINGS", "Change", "Climb", "NotPublished", "Number", "Place", "Point", "Scenario", "read_change", "said"]

READINGS = {
    "known": ("只按已知的", "有一样没查到的，就算不知道，不猜。"),
    "property": ("没查到的财产按没有超线算（假设）", "存款、车、房、企业没查过的，先当作没有超线；收入不知道的还是不知道。"),
    "roll": (
        "没查到的财产按没有超线算，已经在册的按当初查过算（假设）",
        "存款、车、房、企业没查过的，先当作没有超线；现在在册的人和家庭，别的没查到的条件也当作符合；收入不知道、又不在册的还是不知道。",
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place somebody may try numbers for."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is tried, under a name."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Climb:
    """What one made-up household has as it earns more: by the rules now, and by each scenario."""

    members: int
    kind: str
    line: int | None
    sides: tuple[tuple[str, tuple[Point, ...]], ...]


def places(viewer: Viewer) -> list[Place]:
    """The places this viewer may try numbers for: their own, and of a city its counties.

    :raises NotAllowed: the post does not try rules
    """
    viewer.need("rules.try")
    own = Place(viewer.area, viewer.area_label or office.area_label(viewer.area))
    below = office.areas(parent=viewer.area, kind="county") if len(viewer.within) < 6 else []
    return [own, *(Place(row.code, row.label) for row in below)]


def judged_on() -> date:
    """The day the published cycle speaks of.

    :raises NotPublished: there is none yet
    """
    return _cycle().on


def place_of(area: str) -> str:
    """A place by its code; empty is the place that holds everybody in the published cycle.

    :raises NotPublished: there is no cycle yet
    :raises RuleError: not the code of a city or county
    """
    if not area:
        made, pack = _cycle(), rulebook.pack()
        scope = everybody.opened(exchange.lake(), made, pack, made.on).scope
        area = scope[:6] if len(scope) >= 6 else scope[:4].ljust(6, "0")
    if not (area.isascii() and area.isdigit() and len(area) == 6):
        raise RuleError(f"“{area}”不是市、县的区划代码", hint="：写六位数，例如 990100")
    return area


def tried(area: str, on: date) -> list[Number]:
    """The numbers that can be tried for a place, as they are on a day."""
    return numbers(rulebook.pack(), on, prefix(area))


def compare(area: str, scenarios: Sequence[Scenario], *, on: date, reading: str, with_rates: bool = True) -> list[dict[str, Any]]:
    """Each scenario beside the rules as they count, for everybody of a place; what may be shown of it.

    The caller has made sure who asks may see the place.

    :param with_rates: also what is left of the next 100 yuan earned, which takes as long again
    :raises NotPublished: there is no cycle to ask
    :raises RuleError: a change is not understood, or does not fit
    """
    made, pack, within = _cycle(), rulebook.pack(), prefix(area)
    other = [with_changes(pack, scenario.changes, on, within) for scenario in scenarios]
    city = everybody.opened(exchange.lake(), made, pack, on)
    found = []
    for scenario, changed in zip(scenarios, other, strict=True):
        told = whatif.compare(city, pack, changed, on, within, cast(everybody.Reading, reading), with_rates=with_rates)
        found.append(_named(published(told), scenario, made, pack, area, reading))
    return found


def climb(area: str, scenarios: Sequence[Scenario], *, on: date, members: int, kind: str) -> Climb:
    """What a made-up household of this size has as it earns more, up to twice the standard.

    :raises RuleError: a change is not understood
    """
    pack, within = rulebook.pack(), prefix(area)
    packs = [("现在", pack), *((one.name, with_changes(pack, one.changes, on, within)) for one in scenarios)]
    lines = [found for _, one in packs if (found := cliff.line(one, members, kind, on, within)) is not None]
    upto = max(lines, default=members * 100_000) * 2
    sides = tuple((name, tuple(cliff.climb(one, members, kind, on, within, upto))) for name, one in packs)
    return Climb(members, kind, cliff.line(pack, members, kind, on, within), sides)


def _cycle() -> Cycle:
    made = cycle.current(exchange.lake())
    if made is None:
        raise NotPublished("还没有算过一次，没有可以试的数据。请先运行 doudi cycle。")
    return made


def _named(told: dict[str, Any], scenario: Scenario, made: Cycle, pack: Pack, area: str, reading: str) -> dict[str, Any]:
    """The figures with what they were made of, and with names of places."""
    codes = {row["key"] for one in told["programmes"] for row in one["places"]}
    labels = office.area_labels(sorted(codes))
    for one in told["programmes"]:
        for row in one["places"]:
            row["label"] = labels.get(row["key"], row["key"])
    short, words = READINGS[reading]
    return {
        "scenario": scenario.name,
        "changes": [str(change) for change in scenario.changes],
        "area": area,
        "area_label": office.area_label(area),
        "data_on": made.on.isoformat(),
        "cycle": made.id,
        "packs": pack.version,
        "reading_label": short,
        "assumes": words,
        **told,
    }


# ---- for other programs -------------------------------------------------------------------------------------------------

_HEAD = (
    "方案", "看法", "地方", "项目", "分法", "组", "现在符合", "改了以后符合", "新增", "减少", "变多", "变少", "现在每月（元）",
    "改了以后每月（元）",
)  # fmt: skip
_CUTS = {"total": "合计", "households": "合计（户）", "persons": "合计（人）", "places": "地方", "bands": "收入", "kinds": "家庭"}


def as_csv(answers: Sequence[dict[str, Any]]) -> bytes:
    """All rows of the answers as one table that spreadsheets open safely; what may not be shown is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEAD)
    for told in answers:
        for one in told["programmes"]:
            for cut, label in _CUTS.items():
                for row in [one[cut]] if isinstance(one[cut], dict) else one[cut]:
                    money = [_yuan(row["cost_before"]), _yuan(row["cost_after"])] if one["pays"] else ["", ""]
                    counts = [row[name] for name in ("before", "after", "gained", "lost", "up", "down")]
                    head = [told["scenario"], told["reading_label"], told["area_label"], one["label"], label, row["label"]]
                    writer.writerow([safe(cell) for cell in [*head, *counts, *money]])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _yuan(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)
