"""What the published register says about one person or household, in this room's words."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from doudi.registry.core import RegisterHousehold, RegisterMember, RegisterPerson


def _lookup() -> Any | None:
    """The published register; None before the first cycle, when nobody is known yet."""
    if not (settings.LAKE / "CURRENT").exists():
        return None
    from doudi.engine.lookup import Lookup

    return Lookup(settings.LAKE)


def person(pid: str) -> RegisterPerson | None:
    """The person of this pid, or None."""
    register = _lookup()
    row = register.person(pid) if register else None
    return _person(row) if row else None


def by_number(number: str) -> RegisterPerson | None:
    """The person with this citizen number, or None."""
    register = _lookup()
    row = register.by_number(number, settings.LINKING_KEY) if register else None
    return _person(row) if row else None


def household_of(subject: str) -> RegisterHousehold | None:
    """The household of a pid or a hid, with its members, or None."""
    register = _lookup()
    found = register.household_of(subject) if register else None
    if not found:
        return None
    members = tuple(RegisterMember(_person(row), row.get("relation") or "other") for row in found["members"])
    return RegisterHousehold(found["hid"], found["area"], members)


def facts(subject: str) -> dict[str, Any]:
    """Every fact the last cycle knows about a pid or hid: name → value, None where unknown."""
    register = _lookup()
    return dict(register.facts(subject) or {}) if register else {}


def everything(pid: str) -> list[dict[str, Any]]:
    """Every delivered row about a person: dataset, batch, row_no, as_of, values."""
    register = _lookup()
    return list(register.everything(pid)) if register else []


def _person(row: dict[str, Any]) -> RegisterPerson:
    return RegisterPerson(
        pid=row["pid"],
        name=row["name"],
        citizen_no=row.get("citizen_no") or "",
        sex=row.get("sex") or "0",
        born_on=row.get("born_on"),
        area=row.get("area") or "",
    )
