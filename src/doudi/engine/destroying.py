"""What lies in the lake and for how long; and taking it away for good."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from doudi.engine import cycle, past, tiers
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake, settle


@dataclass(frozen=True, slots=True)
class Lying:
    """Something in the lake: its name (a hash, or an id), since when, and its size."""

    name: str
    since: date
    size: int
    rows: int = 0


def size_of(path: Path) -> int:
    """Bytes of a file, 0 where it is gone."""
    return path.stat().st_size if path.exists() else 0


def needed_loads(lake: Lake) -> set[str]:
    """Objects of deliveries that a cycle whose own objects are all there was made from: its pages lead back to these rows."""
    found: set[str] = set()
    for made in _cycles(lake):
        if past.is_whole(lake, made):
            found |= {one["object"] for one in made.manifest["inputs"]}
    return found


def old_cycles(lake: Lake, before: date) -> list[Lying]:
    """Cycles with objects of their own left, last known before a day; never the one that counts, nor the last in the history."""
    last: dict[str, datetime] = {}
    for one in past.known(lake):
        last[one.cycle] = one.at
    made = {one.id: one for one in _cycles(lake)}
    days = {name: last[name].date() if name in last else one.on for name, one in made.items()}
    due = {name for name, day in days.items() if day < before} - _spared(lake)
    stay = _named_by([one for one in made.values() if one.id not in due and past.is_whole(lake, one)])
    found = []
    for name in sorted(due):
        left = sum(size_of(lake.object(sha)) for sha in _named_by([made[name]]) - stay)
        if left:
            found.append(Lying(name, days[name], left, made[name].counts["persons"]))
    return found


def _spared(lake: Lake) -> set[str]:
    """The cycle that counts, and the one the history of tiers stands beside."""
    current, history = cycle.current(lake), tiers.current(lake)
    return {one for one in (current.id if current else "", history.cycle if history else "") if one}


def _named_by(cycles: Collection[Cycle]) -> set[str]:
    return {one["sha256"] for made in cycles for one in made.manifest["objects"].values()}


def own_objects(lake: Lake, made: Cycle, going: Collection[str]) -> set[str]:
    """The objects of a cycle that no whole cycle names, but for those that are going too."""
    others = [other for other in _cycles(lake) if other.id != made.id and other.id not in going]
    return _named_by([made]) - _named_by([other for other in others if past.is_whole(lake, other)])


def leftovers(lake: Lake, before: datetime) -> list[Lying]:
    """Unfinished work nobody finishes any more."""
    below = lake.root / "tmp"
    found = []
    for path in sorted(below.iterdir()) if below.exists() else ():
        touched = datetime.fromtimestamp(path.stat().st_mtime, before.tzinfo)
        if touched < before:
            size = sum(one.stat().st_size for one in path.rglob("*") if one.is_file()) if path.is_dir() else size_of(path)
            found.append(Lying(path.name, touched.date(), size))
    return found


def _cycles(lake: Lake) -> list[Cycle]:
    folder = lake.root / "cycles"
    names = sorted(path.stem for path in folder.glob("*.json")) if folder.exists() else []
    return [made for made in (cycle.read(lake, name) for name in names) if made is not None]


def destroy(lake: Lake, kind: str, name: str, going: Collection[str] = ()) -> None:
    """Take something away for good; what is gone already stays gone.

    :param kind: load, reject, delivery, refusal, cycle or workshop
    :param going: cycles that go with it, which keep no object of theirs alive
    """
    if kind in ("load", "reject"):
        _unlink(lake.object(name))
    elif kind in ("delivery", "refusal"):
        _unlink(lake.delivery(name))
    elif kind == "cycle":
        made = cycle.read(lake, name)
        if made is not None and name not in _spared(lake):
            for sha in sorted(own_objects(lake, made, going)):
                _unlink(lake.object(sha))
    elif kind == "workshop":
        shutil.rmtree(lake.root / "tmp" / name, ignore_errors=True)
    else:
        raise ValueError(kind)


def is_there(lake: Lake, kind: str, name: str) -> bool:
    """Whether anything of it is left."""
    if kind in ("load", "reject"):
        return lake.object(name).exists()
    if kind in ("delivery", "refusal"):
        return lake.delivery(name).exists()
    if kind == "workshop":
        return (lake.root / "tmp" / name).exists()
    made = cycle.read(lake, name)
    return made is not None and any(lake.object(sha).exists() for sha in own_objects(lake, made, ()))


def _unlink(path: Path) -> None:
    if path.exists():
        path.unlink()
        settle(path.parent)
