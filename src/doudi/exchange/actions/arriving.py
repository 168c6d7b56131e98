"""Writing: receipts, and files that arrive piece by piece."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.exchange.actions.receiving import may_load
from doudi.exchange.core import Door, Promise
from doudi.exchange.models import Load, Receipt, Upload
from doudi.office import actions as office
from doudi.office.actions import By, party


@transaction.atomic
def give_receipt(
    *,
    sender: str,
    door: Door,
    snapshot: str,
    file_name: str,
    delivery: str,
    size: int,
    loads: Sequence[Load],
    refused: Sequence[dict[str, Any]],
    by: By,
    at: datetime,
) -> Receipt:
    """Write down what a sender is told of a file. The same file with the same end has the same receipt, however often it comes.

    :raises NotAllowed: this clerk or sender does not bring in data
    """
    may_load(by, at, sender=sender, door=door)
    told = [
        {
            "load": load.pk,
            "dataset": load.dataset,
            "as_of": load.as_of.isoformat(),
            "kind": load.kind,
            "rows": load.rows,
            "accepted": load.accepted,
            "rejected": load.rejected,
            "repeated": load.repeated,
            "skipped": load.skipped,
            "reasons": load.reasons,
            "notes": load.notes,
        }
        for load in loads
    ]
    what = [sender, snapshot, file_name[-200:], delivery, told, list(refused)]
    key = hashlib.sha256(json.dumps(what, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    receipt, new = Receipt.objects.get_or_create(
        key=key,
        defaults={
            "sender": sender,
            "door": door,
            "snapshot": snapshot,
            "file_name": file_name[-200:],
            "delivery": delivery,
            "size": size,
            "loads": told,
            "refused": list(refused),
            "given_at": at,
            "given_by": party(by),
        },
    )
    if new:
        detail = {"delivery": delivery, "door": door.value, "loads": [load.pk for load in loads], "refused": len(refused)}
        office.record("exchange.give_receipt", subject=f"receipt:{receipt}", by=by, at=at, detail=detail | {"sender": sender})
    return receipt


@transaction.atomic
def open_upload(
    *, ref: str, sender: str, door: Door, key: str, file_name: str, size: int, promise: Promise, by: By, at: datetime
) -> Upload:
    """Begin to take in a file that arrives piece by piece. The same key of the same sender again is the same upload.

    :raises NotAllowed: this clerk or sender does not bring in data
    """
    may_load(by, at, sender=sender, door=door)
    told = {
        "door": door.value,
        "file_name": file_name[-200:],
        "size": size,
        "sha256": promise.sha256,
        "dataset": promise.dataset,
        "as_of": promise.as_of,
        "part": promise.part or "",
        "kind": promise.kind,
        "rows": promise.rows,
        "unchanged": promise.unchanged,
        "opened_at": at,
        "opened_by": party(by),
    }
    upload, new = Upload.objects.get_or_create(sender=sender, key=key, defaults={"ref": ref, **told})
    if new:
        office.record("exchange.open_upload", subject=f"upload:{ref}", by=by, at=at, detail={"sender": sender, "size": size})
    return upload


@transaction.atomic
def close_upload(*, ref: str, receipt: int | None, by: By, at: datetime) -> Upload:
    """End an upload: with the receipt of the file, or without one because it was given up.

    :raises NotAllowed: this clerk or sender does not bring in data
    """
    upload = Upload.objects.select_for_update().get(ref=ref)
    may_load(by, at, sender=upload.sender, door=Door(upload.door))
    if upload.closed_at is None:
        upload.receipt_id, upload.closed_at, upload.closed_by = receipt, at, party(by)
        upload.save(update_fields=["receipt", "closed_at", "closed_by"])
        office.record("exchange.close_upload", subject=f"upload:{ref}", by=by, at=at, detail={"receipt": receipt})
    return upload
