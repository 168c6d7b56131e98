"""A source that is a delivered dataset: its rows about one person, read through the published register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from doudi.engine.lookup import Lookup


def delivered() -> dict[str, date]:
    """The latest day each dataset in the published register speaks of; empty when none was published yet."""
    return Lookup(settings.LAKE).as_of


def rows_of(pid: str) -> list[dict[str, Any]]:
    """Every delivered row that is a person's own: dataset, batch, row_no, as_of, values.

    A marriage names two people; the one who stands there as the spouse reads it from their own side.
    """
    found = []
    for row in Lookup(settings.LAKE).everything(pid):
        if row["role"] == "spouse":
            found.append({**row, "values": _from_the_other_side(row["values"])})
        elif not row["role"]:
            found.append(row)
    return found


def _from_the_other_side(values: dict[str, Any]) -> dict[str, Any]:
    own, other = ("citizen_no", "name"), ("spouse_no", "spouse_name")
    swapped = dict(zip((*own, *other), (*other, *own), strict=True))
    return values | {to: values.get(of) for of, to in swapped.items() if of in values or to in values}
