"""Receipts of deliveries, and files that arrive piece by piece."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.exchange.core import ADD, FULL


class Receipt(models.Model):
    """What a sender is told about one delivered file: what was taken, what was not and why. Never changed afterwards."""

    key = models.CharField(max_length=64, unique=True)  # of sender, file and what became of it: the same again, the same receipt
    sender = models.CharField(max_length=80)
    door = models.CharField(max_length=10)
    snapshot = models.CharField(max_length=60, blank=True)
    file_name = models.CharField(max_length=200)
    delivery = models.CharField(max_length=64)  # SHA-256 of the file as it came
    size = models.BigIntegerField()
    loads = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "key": "internal",
        "sender": "internal",
        "door": "internal",
        "snapshot": "internal",
        "file_name": "internal",
        "delivery": "internal",
        "size": "internal",
        "loads": "internal",
        "refused": "internal",
        "given_at": "internal",
        "given_by": "internal",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sender", "given_at"], name="receipt_of_sender")]

    def __str__(self) -> str:
        return f"SJ{self.pk:07}"


class Upload(models.Model):
    """A file on its way in: what its sender says of it. How much of it is here is told by the file itself."""

    ref = models.CharField(max_length=32, unique=True)
    sender = models.CharField(max_length=80)
    door = models.CharField(max_length=10)
    key = models.CharField(max_length=80)  # the sender's own name for it
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    dataset = models.CharField(max_length=40, blank=True)
    as_of = models.DateField(null=True)
    part = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=4, choices=[(FULL, "全量"), (ADD, "补充")], default=FULL)
    rows = models.BigIntegerField(null=True)
    unchanged = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="+")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "sender": "internal",
        "door": "internal",
        "key": "internal",
        "file_name": "internal",
        "size": "internal",
        "sha256": "internal",
        "dataset": "internal",
        "as_of": "internal",
        "part": "internal",
        "kind": "internal",
        "rows": "internal",
        "unchanged": "internal",
        "opened_at": "internal",
        "opened_by": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "receipt": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "key"], name="upload_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
                name="upload_closed_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.ref
