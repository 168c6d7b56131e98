"""Working days this place took over, as a file every process of this machine reads; the rows of the database are the truth."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.facts import days

_read: list[tuple[Path, int]] = []  # which file was read last in this process, and when it was written


def _file() -> Path:
    return Path(settings.WORKING_DAYS)


def entry_of(year: int, holidays: Iterable[Mapping[str, str]], worked: Iterable[str], source: str) -> dict[str, Any]:
    """A year as rows keep it, with days for `days.read_year`."""
    free = [
        {"name": one["name"], "from": date.fromisoformat(one["from"]), "to": date.fromisoformat(one["to"])} for one in holidays
    ]
    return {
        "year": year,
        "holiday": free,
        "worked": [date.fromisoformat(day) for day in worked],
        "source": source,
        "provisional": False,
    }


def write(rows: Iterable[tuple[int, list[dict[str, str]], list[str], str]]) -> bool:
    """Write the years for all processes of this machine, at once or not at all; returns whether that is news."""
    text = json.dumps([list(row) for row in rows], ensure_ascii=False, sort_keys=True)
    path = _file()
    if (path.read_text(encoding="utf-8") if path.exists() else "[]") == text:
        return False
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    refresh()
    return True


def refresh() -> None:
    """Go by the file from now on, when it was written since this process read it; a look at its date costs next to nothing."""
    path = _file()
    try:
        stamp = (path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        stamp = (path, 0)
    if _read == [stamp]:
        return
    rows = json.loads(path.read_text(encoding="utf-8")) if stamp[1] else []
    days.announce(days.read_year(entry_of(*row)) for row in rows)
    _read[:] = [stamp]
