"""Writing checks: one authorised question, every source's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.queries import need, today
from doudi.verification.actions.basis import standing
from doudi.verification.actions.questions import plain, put
from doudi.verification.core import Asked, Basis
from doudi.verification.gateways import rules
from doudi.verification.models import Check, ReportCounter


@transaction.atomic
def request(
    *, subject: str, area: str, programme: str, people: list[Asked], sources: list[str], basis: Basis, task_order: str = "",
    declared: Sequence[Any] = (), by: By, at: datetime,
) -> Check:  # fmt: skip
    """Ask every source of each kind of data about each person. Delivered data answer at once; other questions wait to be sent.

    :param subject: the case it is for
    :param sources: codes of datasets; who is asked for each, and about whom, the registered sources say
    :param declared: what the household itself said (dataclasses), kept with the check as it stands now
    :param task_order: number of the written order; only and always with the statutory duty
    :raises NoBasis: an adult without a consent in force, a minor without a consenting guardian, or no task order
    :raises NotAllowed: this clerk's post does not allow a check here
    """
    need(by, "check.request", area=area, at=at)
    on = today(at)
    stands_on = standing(
        people=people,
        datasets=sources,
        programme=programme,
        basis=Basis(basis),
        task_order=task_order,
        area=area,
        subject=subject,
        at=at,
    )
    check = Check.objects.create(
        number=f"HD{on.year}{office.next_number(ReportCounter, year=on.year):06d}",
        subject=subject,
        area=area,
        programme=programme,
        basis=basis,
        task_order=task_order,
        on=on,
        valid_until=on + timedelta(days=rules.report_valid_days(area, on)),
        people=[
            {
                "pid": one.pid,
                "name": one.name,
                "adult": one.is_adult,
                "guardian": one.guardian,
                "role": one.role,
                "consent": stands_on.get(one.pid, ""),
            }
            for one in people
        ],
        declared=[plain(asdict(one)) for one in declared],
        at=at,
        by=office.party(by),
    )
    said = put(check, people, sources, by=by, at=at)
    detail = {"basis": str(basis), "check": check.ref, "people": len(people), "said": said, "task_order": task_order}
    office.record("verification.request", subject=subject, by=by, at=at, detail=detail)
    return check
