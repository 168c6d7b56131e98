"""Reading: receipts, and files that arrive piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doudi.exchange.core import REASONS, Door, Promise
from doudi.exchange.models import Receipt, Sender, Upload
from doudi.exchange.queries.deliveries import contracts
from doudi.exchange.queries.senders import sender as sender_of
from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What a sender is told about one file."""

    id: int
    number: str
    sender: str
    door: str
    file_name: str
    delivery: str
    size: int
    loads: list[dict[str, Any]]
    refused: list[dict[str, Any]]
    given_at: datetime

    @property
    def door_label(self) -> str:
        return Door(self.door).label

    def count(self, name: str) -> int:
        """How many rows were accepted, rejected, repeated, or came at all, over all datasets of the file."""
        return sum(load[name] for load in self.loads)

    def machine(self) -> dict[str, Any]:
        """The receipt as machines read it: the same words and counts as on paper."""
        known = contracts()
        return {
            "receipt": self.number,
            "sender": self.sender,
            "door": self.door,
            "file": self.file_name,
            "sha256": self.delivery,
            "bytes": self.size,
            "given_at": self.given_at,
            "taken": [
                {**load, "label": known[load["dataset"]].label if load["dataset"] in known else load["dataset"]}
                | {
                    "reasons": [
                        {"reason": code, "count": count, "message": words[0], "fix": words[1]}
                        for code, count in sorted(load["reasons"].items(), key=lambda one: -one[1])
                        for words in [REASONS.get(code, (code, ""))]
                    ]
                }
                for load in self.loads
            ],
            "refused": self.refused,
        }


def receipt_row(receipt: Receipt) -> ReceiptRow:
    """A receipt as it is shown."""
    return ReceiptRow(
        id=receipt.pk,
        number=str(receipt),
        sender=receipt.sender,
        door=receipt.door,
        file_name=receipt.file_name,
        delivery=receipt.delivery,
        size=receipt.size,
        loads=receipt.loads,
        refused=receipt.refused,
        given_at=receipt.given_at,
    )


def receipt(number: int, viewer: Viewer) -> ReceiptRow | None:
    """One receipt, or None.

    :raises NotAllowed: this viewer's post does not look after this department's data
    """
    viewer.need("feed.list")
    found = Receipt.objects.filter(pk=number).first()
    if found is None or not _theirs(found.sender, viewer):
        return None
    return receipt_row(found)


def receipts(viewer: Viewer, *, first: int = 0, count: int = 50) -> list[ReceiptRow]:
    """The latest receipts, newest first; of a department's own officer those of its senders.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    found = Receipt.objects.order_by("-given_at", "-id")
    if viewer.department:
        found = found.filter(sender__in=Sender.objects.filter(department_code=viewer.department).values("code"))
    return [receipt_row(one) for one in found[first : first + count]]


def _theirs(sender: str, viewer: Viewer) -> bool:
    row = sender_of(sender)
    return viewer.answers_for(row.department_code if row else sender)


def receipt_of(number: str, sender: str) -> ReceiptRow | None:
    """A sender's own receipt by its printed number, or None."""
    digits = number.removeprefix("SJ")
    found = Receipt.objects.filter(pk=int(digits), sender=sender).first() if digits.isascii() and digits.isdigit() else None
    return receipt_row(found) if found else None


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A file on its way in. `receipt` is there once it was taken in or refused."""

    ref: str
    sender: str
    door: str
    file_name: str
    size: int
    promise: Promise
    closed: bool
    opened_at: datetime
    opened_by: str
    receipt: ReceiptRow | None


def upload_row(upload: Upload) -> UploadRow:
    """An upload as it is shown."""
    return UploadRow(
        ref=upload.ref,
        sender=upload.sender,
        door=upload.door,
        file_name=upload.file_name,
        size=upload.size,
        promise=Promise(
            dataset=upload.dataset,
            as_of=upload.as_of,
            rows=upload.rows,
            sha256=upload.sha256,
            part=upload.part or None,
            kind=upload.kind,
            unchanged=upload.unchanged,
        ),
        closed=upload.closed_at is not None,
        opened_at=upload.opened_at,
        opened_by=upload.opened_by,
        receipt=receipt_row(upload.receipt) if upload.receipt else None,
    )


def upload(ref: str, sender: str = "") -> UploadRow | None:
    """An upload by its ref, of this sender if one is named, or None."""
    found = Upload.objects.filter(ref=ref).select_related("receipt")
    found = found.filter(sender=sender) if sender else found
    one = found.first()
    return upload_row(one) if one else None
