"""A household as a published cycle knows it, where each fact stands, and the rules that counted on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.engine import cycle, packs, past, tiers
from doudi.engine.lake import Lake
from doudi.engine.lookup import Lookup
from doudi.engine.packs import PackNotKept
from doudi.facts.household import Household, Member
from doudi.policy.pack import Pack

__all__ = ["Known", "NotKept", "PackNotKept", "bring_up_tiers", "known_in", "note_known", "note_pack", "rules_of"]


class NotKept(Exception):
    """A cycle that was published is no longer in the lake."""


@dataclass(frozen=True)
class Known:
    """A household in one cycle: its facts, who lives in it, and a way to ask where a fact stands."""

    cycle: str
    on: date
    manifest: str  # SHA-256
    packs: str  # the version of the rules the cycle was made with
    engine: str
    household: Household | None
    born: dict[str, date | None]
    _lookup: Lookup
    _rows: dict[tuple[str, tuple[str, ...]], set[tuple[Any, ...]]] = field(default_factory=dict)

    def rows(self, owner: str, fact: str, datasets: Iterable[str]) -> list[dict[str, Any]]:
        """The delivered rows behind a fact of a pid or hid, each named by dataset, day, batch and row."""
        wanted = tuple(sorted(datasets))
        found = self._rows.get((owner, wanted))
        if found is None:  # many facts come from the same rows
            found = self._rows[owner, wanted] = {
                (row["dataset"], row["as_of"].isoformat(), row["batch"], row["row_no"])
                for row in self._lookup.sources(owner, fact, wanted)
            }
        return [dict(zip(("dataset", "as_of", "batch", "row_no"), place, strict=True)) for place in sorted(found)]


def known_in(cycle_id: str, subject: str) -> Known:
    """What a cycle knows of the household somebody lives in; no household when the cycle does not know them.

    :raises NotKept: the cycle is not in the lake any more
    """
    lake = Lake(Path(settings.LAKE))
    made = cycle.read(lake, cycle_id)
    if made is None or not all(lake.object(one["sha256"]).exists() for one in made.manifest["objects"].values()):
        raise NotKept(f"{cycle_id} 那次算好的数据不在了，不能照那天再算；也不会拿今天的数据来代替。")
    lookup = Lookup(lake, cycle_id)
    found = lookup.household_of(subject)
    home, born = None, {}
    if found is not None:
        living = [row for row in found["members"] if row["died_on"] is None or row["pid"] == subject]
        born = {row["pid"]: row["born_on"] for row in living}
        people = tuple(Member(row["pid"], _known(lookup.facts(row["pid"])), row["relation"], row["name"]) for row in living)
        home = Household(found["hid"], found["area"] or "", _known(lookup.facts(found["hid"])), people)
    manifest = made.manifest
    return Known(cycle_id, made.on, made.sha256, manifest["packs"], manifest["engine"], home, born, lookup)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def note_pack(pack: Pack, at: datetime) -> None:
    """Keep the rules that count now, so that a later day can ask by them."""
    packs.note(Lake(Path(settings.LAKE)), pack, at)


def rules_of(day: date, day_of: Callable[[datetime], date], otherwise: str, added: tuple[tuple[str, str], ...]) -> Pack:
    """The rules that counted at the end of a day; where none were noted by then, those of a version.

    :param added: the changes approved here by that day; the files may have been kept before the last of them
    :raises PackNotKept: their text is not in the lake
    """
    lake = Lake(Path(settings.LAKE))
    return packs.with_changes(packs.recall(lake, packs.counted_on(lake, day, day_of) or otherwise), added)


def engine_now() -> str:
    """The program that makes cycles today; after an upgrade another than the one that made an earlier cycle."""
    return cycle.engine_version()


def note_known(when: Iterable[tuple[datetime, str]]) -> None:
    """Write down in the lake from which moment each published cycle was what we knew."""
    past.note(Lake(Path(settings.LAKE)), [past.Known(moment, made) for moment, made in when])


def bring_up_tiers(withdrawn: Collection[int]) -> None:
    """Fold the newest cycle into the history of tiers; loads that are withdrawn never were in it."""
    tiers.bring_up(Lake(Path(settings.LAKE)), withdrawn)
