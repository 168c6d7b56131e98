"""Closing a month: only when all adds up, and for good."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.db import IntegrityError, transaction

from doudi.facts import money
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.payment.core import first_of
from doudi.payment.models import MonthClose, Run
from doudi.payment.queries.closing import reconcile


@transaction.atomic
def close_month(*, county: str, month: date, by: By, at: datetime) -> MonthClose:
    """Close a county's month; nothing is booked in it any more, and what is late goes to the next. Closed twice is closed once.

    :raises NotAllowed: something does not add up, is unexplained or still waiting; the text says what comes first
    """
    need(by, "payment.close", area=county, at=at)
    month = first_of(month)
    made = MonthClose.objects.filter(county=county, month=month).first()
    if made is not None:
        return made
    list(Run.objects.select_for_update().filter(county=county, month=month))
    found = reconcile(county, month)
    if not found.may_close:
        wrong = [one.label for one in found.checks if not one.holds]
        first = [*found.open_things, *(f"{label}对不上。" for label in wrong)]
        if found.differences:
            first.append(f"有 {len(found.differences)} 户应发的和名单上的不一样，说不清原因。")
        raise NotAllowed("还不能封账：" + "".join(first[:3]))
    figures = {
        "accounts": [asdict(one) for one in found.accounts],
        "by_programme": [asdict(one) for one in found.by_programme],
        "by_township": [asdict(one) for one in found.by_township],
    }
    try:
        with transaction.atomic():
            row = MonthClose.objects.create(
                county=county, month=month, figures=figures, explained=found.explained, at=at, by=office.party(by)
            )
    except IntegrityError:  # another clerk closed it this very moment
        return MonthClose.objects.get(county=county, month=month)
    closing = {one.account: money.yuan(one.closing_fen) for one in found.accounts}
    detail = {"closing": closing, "explained": found.explained, "month": month.isoformat()}
    office.record("payment.close_month", subject=f"{county}-{month:%Y%m}", by=by, at=at, detail=detail)
    return row
