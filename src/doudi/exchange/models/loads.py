"""What was delivered, what became of it, what was refused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.exchange.core import ADD, FULL


class Load(models.Model):
    """One dataset out of one delivery, landed in the lake. Rows = accepted + rejected + repeated."""

    dataset = models.CharField(max_length=40)
    snapshot = models.CharField(max_length=60, blank=True)
    part = models.CharField(max_length=80, blank=True)
    as_of = models.DateField()
    kind = models.CharField(max_length=4, choices=[(FULL, "全量"), (ADD, "补充")], default=FULL)
    delivery = models.CharField(max_length=64)  # SHA-256 of the file as it came
    file_name = models.CharField(max_length=200)
    object = models.CharField(max_length=64)
    rejects = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    repeated = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField(default=0)
    without_number = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    heading_row = models.PositiveIntegerField(default=1)
    notes = models.JSONField(default=list)
    batch_key = models.CharField(max_length=80, blank=True)  # the sender's own name for a pushed batch
    sender = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=80)
    mended_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # counts instead
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # as it stands now; models.withdrawals keeps what was before
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = models.TextField(blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "dataset": "open",
        "snapshot": "internal",
        "part": "internal",
        "as_of": "open",
        "kind": "internal",
        "delivery": "internal",
        "file_name": "internal",
        "object": "internal",
        "rejects": "internal",
        "rows": "open",
        "accepted": "open",
        "rejected": "open",
        "repeated": "open",
        "skipped": "open",
        "without_number": "internal",
        "reasons": "internal",
        "heading_row": "internal",
        "notes": "internal",
        "batch_key": "internal",
        "sender": "internal",
        "received_at": "internal",
        "received_by": "internal",
        "mended_from": "internal",
        "withdrawn_at": "internal",
        "withdrawn_by": "internal",
        "withdrawn_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="") | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by="")),
                name="load_withdrawn_whole",
            ),
            models.UniqueConstraint(fields=["dataset", "snapshot", "delivery", "as_of"], name="load_delivery_once"),
            models.UniqueConstraint(
                fields=["dataset", "sender", "batch_key"], condition=~Q(batch_key=""), name="load_batch_once"
            ),
            models.CheckConstraint(condition=Q(rows=F("accepted") + F("rejected") + F("repeated")), name="load_rows_add_up"),
        ]
        indexes: ClassVar = [models.Index(fields=["snapshot", "dataset", "as_of"], name="load_current")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.as_of} {self.part}"


class Refusal(models.Model):
    """A delivery that was not loaded, and why; the file itself is kept as it came."""

    delivery = models.CharField(max_length=64)
    snapshot = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=40)
    message = models.TextField()
    fix = models.TextField()
    sender = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "delivery": "internal",
        "snapshot": "internal",
        "file_name": "internal",
        "reason": "internal",
        "message": "internal",
        "fix": "internal",
        "sender": "internal",
        "received_at": "internal",
        "received_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "snapshot", "file_name", "reason"], name="refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.reason}"
