"""Signing in tests: the authorisation a check stands on, and the task order it stands on instead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import people
from doudi.casework import core as casework
from doudi.office.core import Party
from doudi.registry.models import Person
from doudi.verification import actions
from doudi.verification.core import asked_datasets
from doudi.verification.core.basis import Capacity
from doudi.verification.models import Authorisation, TaskOrder
from people import NOON


def sign(
    person: Person, *, subject: str = "case", programme: str = "dibao", household: Sequence[Person] = (), at: datetime = NOON,
    guardian: Person | None = None, by: Any = None, area: str = people.VILLAGE, **more: Any,
) -> Authorisation:  # fmt: skip
    """Somebody signs on their own phone (a guardian for a minor), for a case of their village."""
    home = {one.pid for one in household} | ({person.pid} if more.get("role", "member") == "member" else set())
    return actions.authorise(
        subject=subject, area=area, programmes=[(programme, casework.road(programme).label)], pid=person.pid, name=person.name,
        household=home, guardian=guardian.pid if guardian else "", by=by or Party.resident((guardian or person).pid), at=at,
        **{"way": "screen", "capacity": Capacity.MINOR if guardian else Capacity.ADULT} | more,
    )  # fmt: skip


def ordered(datasets: Sequence[str] = (), *, area: str = people.COUNTY, at: datetime = NOON, days: int = 30) -> TaskOrder:
    """A task order of two people of the county, in force from the day before."""
    first, second = people.officer_zhao(), people.clerk("jiang", "江涛", people.Role.COUNTY, people.COUNTY)
    order = actions.draft_order(
        purpose="在享人员定期核对", rolls=[], datasets=list(datasets) or [one.dataset for one in asked_datasets()], area=area,
        from_on=(at - timedelta(days=1)).date(), until_on=(at + timedelta(days=days)).date(), by=first, at=at,
    )  # fmt: skip
    return actions.approve_order(number=order.number, by=second, at=at)
