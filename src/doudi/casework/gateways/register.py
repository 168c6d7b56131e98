"""Facts and delivered rows of a person, from the published register."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from doudi.engine.lookup import Lookup


def rows_of(pid: str) -> list[dict[str, Any]]:
    """Every delivered row that is a person's own: dataset, batch, row_no, as_of, values. None published: nothing known."""
    return [row for row in Lookup(settings.LAKE).everything(pid) if not row["role"]]


def facts_of(subject: str) -> dict[str, Any]:
    """Every fact of a pid or hid; what is not known is None or missing."""
    return dict(Lookup(settings.LAKE).facts(subject))
