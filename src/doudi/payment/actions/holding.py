"""Holding a benefit's payment back, and ending that."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework import queries as casework
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.payment.core import AlreadyDone
from doudi.payment.models import Hold


@transaction.atomic
def hold(*, benefit: str, reason: str, by: By, at: datetime) -> Hold:
    """Hold a benefit's payment back from the next run on, by a person and for a reason; data alone never does.

    :raises NotAllowed: held already, no reason, or the post does not allow it
    """
    found = casework.benefit(benefit)
    if found is None:
        raise NotAllowed("没有这项救助。")
    need(by, "payment.hold", area=found.area, at=at)
    if not reason.strip():
        raise NotAllowed("暂缓发放要写清原因。")
    if Hold.objects.select_for_update().filter(benefit=benefit, released_at__isnull=True).exists():
        raise AlreadyDone("这一户已经暂缓了。")
    row = Hold.objects.create(
        benefit=benefit, area=found.area, name=found.payee_name, reason=reason.strip(), at=at, by=office.party(by)
    )
    office.record("payment.hold", subject=row.ref, by=by, at=at, detail={"benefit": benefit})
    return row


@transaction.atomic
def release(*, ref: str, by: By, at: datetime) -> Hold:
    """End a hold; the months held back come with the next run.

    :raises NotAllowed: no such hold, or ended before
    """
    row = Hold.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这条暂缓记录。")
    need(by, "payment.hold", area=row.area, at=at)
    if row.released_at is not None:
        raise AlreadyDone("已经恢复发放了。")
    row.released_at, row.released_by = at, office.party(by)
    row.save(update_fields=["released_at", "released_by"])
    office.record("payment.release", subject=row.ref, by=by, at=at, detail={"benefit": row.benefit})
    return row
