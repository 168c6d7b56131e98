"""What the published cycle proposes about who lives together, and what two cycles show to have happened."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from doudi.engine import cycle, proposed
from doudi.engine.lake import Lake
from doudi.registry.core.homes import FamilyChange, LivingHome, LivingPerson, LivingTie


def living(pid: str) -> LivingHome | None:
    """The household proposed for a person; None before the first cycle, or for somebody it does not know."""
    found = proposed.Proposed(settings.LAKE).living(pid)
    if found is None:
        return None
    people = tuple(
        LivingPerson(
            row["pid"], row["name"] or "", row["born_on"], row["area"] or "", row["hid"], row["tier"] or "", row["own"],
            row["counted"], row["reason"], row["article"], row["clause"], row["certain"], row["look"],
        )
        for row in found["people"]
    )  # fmt: skip
    ties = tuple(
        LivingTie(
            row["kind"],
            row["source"],
            row["a"],
            row["b"],
            row["word"] or "",
            row["from_on"],
            row["batch"],
            row["row_no"],
            row["holds"],
        )
        for row in found["ties"]
    )  # fmt: skip
    return LivingHome(found["on"], found["head"], people, ties, found["names"])


def changes(before: str) -> tuple[str, list[FamilyChange]]:
    """What happened in families since an earlier cycle (empty: none), and the cycle that counts now."""
    lake = Lake(Path(settings.LAKE))
    now = cycle.current(lake)
    then = cycle.read(lake, before) if before else None
    if now is None or then is None or then.id == now.id:
        return (now.id if now else "", [])
    if not all(lake.object(one["sha256"]).exists() for one in then.manifest["objects"].values()):
        return now.id, []
    return now.id, [FamilyChange(**one) for one in proposed.changes(lake, then, now)]
