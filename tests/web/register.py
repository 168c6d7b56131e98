"""A small published register for page tests: what departments said about granny Wang; nobody else is in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from doudi.casework.gateways import register as casework_register
from doudi.registry.gateways import register as registry_register

JUNE = date(2026, 6, 30)
PENSION = {"event": "pension_start", "event_date": "2009-03-01", "base": 21300}
ALLOWANCE = {"account": "6228480000000008830", "amount_month": 5000}


def rows(pid: str) -> list[dict[str, Any]]:
    """A pension of 213 yuan and an old-age allowance paid to a card ending in 8830."""
    return [
        {"dataset": "insurance", "batch": 1, "row_no": 7, "as_of": JUNE, "values": PENSION},
        {"dataset": "old_age_allowance", "batch": 2, "row_no": 9, "as_of": JUNE, "values": ALLOWANCE},
    ]


@pytest.fixture(autouse=True)
def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as the published register would."""
    monkeypatch.setattr(registry_register, "person", lambda pid: None)
    monkeypatch.setattr(registry_register, "by_number", lambda number: None)
    monkeypatch.setattr(registry_register, "household_of", lambda subject: None)
    monkeypatch.setattr(registry_register, "facts", lambda subject: {})
    granny = "王桂兰"

    def rows_of(pid: str) -> list[dict[str, Any]]:
        from doudi.registry.models import Person

        found = Person.objects.filter(pid=pid).first()
        return rows(pid) if found is not None and found.name == granny else []

    monkeypatch.setattr(casework_register, "rows_of", rows_of)
    monkeypatch.setattr(casework_register, "facts_of", lambda subject: {})
