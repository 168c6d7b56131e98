"""Reading: whose telephone number and bank account are over their time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from doudi.registry.gateways.roster import Roster
from doudi.registry.models import Person


def contacts_over(before: datetime, since: date, needed: Collection[str]) -> list[tuple[str, datetime]]:
    """People in no tier now, who left none since a day, kept before a moment, and nobody works for: pid and since when kept.

    Without a register that says so nobody is over their time.
    """
    told = Roster()
    if told.on is None:
        return []
    found = []
    for kept in Person.objects.filter(kept_at__lt=before).order_by("pid"):
        if kept.pid in needed or not (kept.phone or kept.account):
            continue
        n = told.number_of(kept.pid)
        line = told.line(n) if n is not None else None
        if line is None or (not line.tier and (line.left_on is None or line.left_on < since)):
            found.append((kept.pid, kept.kept_at))
    return found


def has_contact(pid: str) -> bool:
    """Whether a telephone number or bank account of a person is kept."""
    kept = Person.objects.filter(pid=pid).first()
    return kept is not None and bool(kept.phone or kept.account)
