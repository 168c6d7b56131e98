"""Facts and delivered rows of a person, from the published register."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings


def is_published() -> bool:
    """Whether a register was published at all."""
    return (Path(settings.LAKE) / "CURRENT").exists()


def rows_of(pid: str) -> list[dict[str, Any]]:
    """Every delivered row about a person: dataset, batch, row_no, as_of, values. None published: nothing known."""
    if not is_published():
        return []
    from doudi.engine.lookup import Lookup

    return list(Lookup(settings.LAKE).everything(pid))


def facts_of(subject: str) -> dict[str, Any]:
    """Every fact of a pid or hid; what is not known is None or missing."""
    if not is_published():
        return {}
    from doudi.engine.lookup import Lookup

    return dict(Lookup(settings.LAKE).facts(subject) or {})
