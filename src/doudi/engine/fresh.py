"""What events added to a published cycle, kept beside it for pages until the next cycle: a small file a home.

Everything here can be made again from the events, and is, whenever the process that takes events starts; so a file gets its name
in one step but not forced to the disk. A cycle's files go when another cycle has taken its place.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doudi.engine.lake import Lake

if TYPE_CHECKING:
    from doudi.engine.live import Home

_DATE = "#day"


def folder(lake: Lake, cycle_id: str) -> Path:
    """Where the homes changed since a cycle lie."""
    return lake.root / "live" / cycle_id


def _path(lake: Lake, cycle_id: str, subject: str) -> Path:
    return folder(lake, cycle_id) / subject[1:3] / f"{subject}.json"


def put(lake: Lake, cycle_id: str, homes: Iterable[Home], on: date) -> None:
    """Write homes down as they are now, each in one step; people the cycle does not know are found by their own id too."""
    for home in homes:
        told = {
            "on": on, "hid": home.hid, "area": home.area, "head": home.head, "people": home.people, "facts": home.facts,
            "rows": home.rows,
        }  # fmt: skip
        text = json.dumps(told, ensure_ascii=False, default=_plain)
        names = [home.hid, *(one["pid"] for one in home.people if one["home_source"] == "none")]
        for name in names:
            path = _path(lake, cycle_id, name)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_name(f".{name}.{os.getpid()}")
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, path)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise TypeError(type(value).__name__)


def _read(told: dict[str, Any]) -> Any:
    return date.fromisoformat(told[_DATE]) if told.keys() == {_DATE} else told


def of(lake: Lake, cycle_id: str, subject: str) -> dict[str, Any] | None:
    """A home changed since a cycle, by its hid (or the pid of somebody the cycle does not know): on, hid, area, head, people,
    facts by subject, rows; None when nothing changed."""
    try:
        text = _path(lake, cycle_id, subject).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found: dict[str, Any] = json.loads(text, object_hook=_read)
    return found


def clear(lake: Lake, but: str) -> None:
    """Let go of what was added to cycles that another has taken the place of."""
    above = lake.root / "live"
    for other in above.iterdir() if above.exists() else ():
        if other.name != but and other.is_dir():
            shutil.rmtree(other, ignore_errors=True)
