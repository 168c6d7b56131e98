"""Writing: that a list of the register was taken away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, names_a_person
from doudi.office.queries import need


@transaction.atomic
def export_roster(*, area: str, which: str, people: int, why: str, by: By, at: datetime) -> None:
    """Leave the trace that a list of people was taken away: which list, of which place, how many, what for.

    :raises NotAllowed: the post does not export the register there, or no reason
    """
    need(by, "register.export", area=area, at=at)
    if not why.strip() or names_a_person(why):
        raise NotAllowed("请写一句拿去做什么；不要写身份证号或电话号码。")
    detail = {"area": area, "list": which, "people": people, "why": why}
    office.record("registry.export_roster", subject=f"area:{area}", by=by, at=at, detail=detail)
