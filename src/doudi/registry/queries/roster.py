"""The register as a list: by tier, village and change, and by how little is known; inside the viewer's area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name, prefix
from doudi.registry.core.roster import EXPORT_MOST, LISTS, MANY_GAPS, TIERS, WHYS
from doudi.registry.gateways import roster as gateway
from doudi.registry.gateways.roster import Line, Roster, Wanted
from doudi.registry.queries.people import NotKnown, person

PAGE = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for; refuses what is no list, tier, side or day."""

    which: str = "tier"
    tier: str = ""
    area: str = ""
    side: str = ""
    since: date | None = None

    def __post_init__(self) -> None:
        if self.which not in LISTS or (self.tier and self.tier not in TIERS) or (self.side and self.side not in gateway.sides()):
            raise NotAllowed("没有这种名单。")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person in a list: the name is masked; dates and reasons as the history of tiers has them."""

    pid: str
    masked_name: str
    area: str
    area_label: str
    tier: str  # in words; "" for none
    from_on: date | None
    left_on: date | None
    left_why: str
    left_tier: str
    sources: int
    gaps: int
    why_gaps: tuple[str, ...]  # item by item


@dataclass(frozen=True, slots=True)
class RosterPage:
    """One page of a list, how many there are, and how many by place and tier."""

    on: date | None
    rows: tuple[RosterRow, ...]
    total: int
    has_next: bool
    by_tier: tuple[tuple[str, str, int], ...]  # code, words, people
    by_place: tuple[tuple[str, str, int], ...]  # code, words, people: the places one step below the one asked for


def _place(viewer: Viewer, area: str) -> str:
    """The beginning of the codes of the place asked for, inside the viewer's area."""
    if not viewer.within:
        raise NotAllowed("您的岗位没有负责的地方。")
    if not area:
        return viewer.within
    if not (area.isascii() and area.isdigit()) or not viewer.sees(area):
        raise NotAllowed("这里不归您负责。")
    return prefix(area)


def _wanted(asked: Asked, within: str, on: date) -> Wanted:
    since = asked.since or gateway.year_before(on)
    extra: dict[str, Any] = {
        "tier": {"tier": asked.tier or "any"},
        "came": {"tier": asked.tier, "came_since": since},
        "left": {"left_since": since},
        "refused": {"tier": asked.tier, "refused_since": since},
        "one": {"tier": asked.tier, "sources": 1},
        "gaps": {"tier": asked.tier, "gaps": MANY_GAPS},
    }[asked.which]
    return Wanted(within, side=asked.side, **extra)


def roster(viewer: Viewer, asked: Asked, *, first: int = 0, count: int = PAGE) -> RosterPage:
    """A page of a list of the register, with counts. No names in full, so nobody is looked at yet.

    :raises NotAllowed: the post does not allow it, the place lies outside the viewer's area, or there is no such list
    """
    viewer.need("register.list")
    within = _place(viewer, asked.area)
    told = Roster()
    if told.on is None:
        return RosterPage(None, (), 0, False, (), ())
    found = told.find(_wanted(asked, within, told.on))
    rows = _rows(told.lines(found[first : first + count]))
    length = next((one for one in (6, 9, 12) if one > len(within)), 12)
    cells = told.counts(found, length)
    tiers: dict[str, int] = {}
    places: dict[str, int] = {}
    for (place, tier), n in cells.items():
        tiers[tier] = tiers.get(tier, 0) + n
        places[place] = places.get(place, 0) + n
    labels = office.area_labels(list(places))
    return RosterPage(
        told.on,
        rows,
        len(found),
        len(found) > first + count,
        tuple((code, TIERS.get(code, "不在册"), tiers[code]) for code in (*TIERS, "") if code in tiers),
        tuple((code, labels.get(code, code), places[code]) for code in sorted(places)),
    )


def roster_lines(viewer: Viewer, asked: Asked) -> tuple[RosterRow, ...]:
    """A whole list to take away; the act that hands it out leaves the trace (`registry.actions.export_roster`).

    :raises NotAllowed: the post does not allow it, or there are more than one may take away at once
    """
    viewer.need("register.export")
    within = _place(viewer, asked.area)
    told = Roster()
    if told.on is None:
        return ()
    found = told.find(_wanted(asked, within, told.on))
    if len(found) > EXPORT_MOST:
        raise NotAllowed(f"一次最多带走 {EXPORT_MOST} 人，这里有 {len(found)} 人。请选一个镇或一个村。")
    return _rows(told.lines(found))


def _rows(lines: list[Line]) -> tuple[RosterRow, ...]:
    labels = office.area_labels([one.area for one in lines])
    return tuple(
        RosterRow(
            one.pid,
            mask_name(one.name),
            one.area,
            labels.get(one.area, one.area),
            TIERS.get(one.tier, ""),
            one.from_on,
            one.left_on,
            WHYS.get(one.left_why, ""),
            TIERS.get(one.left_tier, ""),
            one.sources,
            one.gaps,
            _why(one),
        )
        for one in lines
    )


def _why(one: Line) -> tuple[str, ...]:
    """Every item a count of gaps is the sum of."""
    items = [f"{side}：只有过时的数据" if side in one.old_sides else f"{side}：没有来源说到" for side in one.open_sides]
    if not one.numbered:
        items.append("没有身份证号，名单里查不了")
    if one.sources <= 1:
        items.append("只有一个来源知道" if one.sources else "没有一个部门知道")
    return tuple(items)


@dataclass(frozen=True, slots=True)
class Poverty:
    """How little is known about a person, item by item; None where the register has not measured it."""

    sources: int
    gaps: int
    why: tuple[str, ...]


def unseen(pid: str, viewer: Viewer) -> Poverty | None:
    """What is not known about a person of the viewer's area, item by item, for the person page.

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    """
    viewer.need("person.read")
    told = Roster()
    n = told.number_of(pid)
    if n is None:
        return None
    line = told.line(n)
    viewer.need("person.read", line.area)
    return Poverty(line.sources, line.gaps, _why(line))


def unseen_home(pids: list[str], viewer: Viewer) -> Poverty | None:
    """What is not known about a household: the sides of life nobody there is known by, and every member's own number and sources.

    :raises NotAllowed: the post does not allow it, or somebody lives outside the viewer's area
    """
    viewer.need("household.read")
    told = Roster()
    found = [n for n in map(told.number_of, pids) if n is not None]
    if not found:
        return None
    lines = [told.line(n) for n in found]
    for line in lines:
        viewer.need("household.read", line.area)
    sides = set.intersection(*(set(line.open_sides) for line in lines))
    items = [f"{side}：家里没有一个人有来源说到" for side in gateway.sides().values() if side in sides]
    without = sum(not line.numbered for line in lines)
    few = sum(line.sources <= 1 for line in lines)
    items += [f"{without} 个人没有身份证号"] * bool(without) + [f"{few} 个人只有一个来源知道"] * bool(few)
    return Poverty(max(line.sources for line in lines), len(items), tuple(items))


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in a tier."""

    tier: str
    from_on: date
    exact: bool  # as the roll says; otherwise the day it was first seen
    to_on: date | None
    why: str
    into: str
    began: str  # the cycle that said so first
    ended: str


def spells(pid: str, viewer: Viewer) -> tuple[Spell, ...]:
    """Every tier a person was in, with dates, for the person page.

    :raises NotAllowed: the post does not allow it, or the person lives outside the viewer's area
    """
    viewer.need("person.read")
    rows = gateway.spells(pid)
    try:
        person(pid, viewer)
    except NotKnown:  # in no data any more: who answers for where they lived last may look
        for row in rows[-1:]:
            viewer.need("person.read", row["area"])
    return tuple(
        Spell(
            TIERS.get(row["tier"], row["tier"]),
            row["from_on"],
            bool(row["exact"]),
            row["to_on"],
            WHYS.get(row["why"] or "", ""),
            TIERS.get(row["next_tier"] or "", ""),
            row["began"],
            row["ended"] or "",
        )
        for row in rows
    )


def sides() -> dict[str, str]:
    """The sides of life a list can be asked for, by code."""
    return gateway.sides()
