"""Payments held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.payment.models import Hold


@dataclass(frozen=True, slots=True)
class HoldRow:
    ref: str
    benefit_ref: str
    name: str
    reason: str
    at: datetime
    by: str
    released_at: datetime | None


def holds(viewer: Viewer) -> tuple[HoldRow, ...]:
    """The holds in force in the viewer's area.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    rows = [row for row in Hold.objects.filter(released_at__isnull=True).order_by("pk") if viewer.sees(row.area)]
    names = office.clerk_names([row.by.partition(":")[2] for row in rows])
    return tuple(
        HoldRow(row.ref, row.benefit, row.name, row.reason, row.at, names.get(row.by.partition(":")[2], ""), row.released_at)
        for row in rows
    )
