"""Keeping what a check of a whole roll gave."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.queries import need
from doudi.verification.core import Batch
from doudi.verification.models import BatchCheck


@transaction.atomic
def keep_batch(*, batch: Batch, by: By, at: datetime) -> BatchCheck:
    """Keep that a whole roll was checked, and what it gave; the same comparison again is the same line.

    :raises NotAllowed: this clerk's post does not allow checks of rolls here
    """
    need(by, "check.batch", area=batch.area, at=at)
    kept, new = BatchCheck.objects.get_or_create(
        ref=batch.ref,
        defaults={**vars(batch), "at": at, "by": office.party(by)},
    )
    if new:
        told = ("against", "anomalies", "kinds", "object", "persons", "roll", "snapshot")
        detail = {name: getattr(batch, name) for name in told}
        office.record("verification.keep_batch", subject=kept.ref, by=by, at=at, detail=detail | {"on": batch.on.isoformat()})
    return kept
