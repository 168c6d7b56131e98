"""A source that is a delivered dataset: its rows about one person, read through the published register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings


def rows_of(pid: str) -> list[dict[str, Any]] | None:
    """Every delivered row about a person (dataset, batch, row_no, as_of, values); None when no register was published yet."""
    from doudi.engine.lookup import Lookup

    if not (Path(settings.LAKE) / "CURRENT").exists():
        return None
    return list(Lookup(settings.LAKE).everything(pid))
