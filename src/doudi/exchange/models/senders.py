"""Who may send us what, by which doors, and the public keys their requests are checked with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Sender(models.Model):
    """A department, or one system of it, that sends data. Every delivery names one."""

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    department_code = models.CharField(max_length=40)
    datasets = models.JSONField(default=list)  # codes of contracts
    doors = models.JSONField(default=list)  # codes of exchange.core.Door
    contact = models.CharField(max_length=200, blank=True)  # whom to call, in words: an office and its telephone
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "code": "open",
        "label": "open",
        "department_code": "open",
        "datasets": "open",
        "doors": "internal",
        "contact": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
        "stopped_at": "internal",
        "stopped_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by="") | Q(stopped_at__isnull=False) & ~Q(stopped_by=""),
                name="sender_stopped_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SenderKey(models.Model):
    """The public half of a key a sender signs with; the private half never reaches us."""

    sender = models.ForeignKey(Sender, models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=16, unique=True)
    public_key = models.CharField(max_length=44)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    good_until = models.DateTimeField(null=True)  # set when another key takes its place

    PRIVACY: ClassVar = {
        "id": "internal",
        "sender": "internal",
        "key_id": "internal",
        "public_key": "internal",
        "added_at": "internal",
        "added_by": "internal",
        "good_until": "internal",
    }

    def __str__(self) -> str:
        return self.key_id


class UsedNonce(models.Model):
    """A number a signed request was sent with, so that the same request cannot be sent again by somebody who recorded it."""

    key_id = models.CharField(max_length=16)
    nonce = models.CharField(max_length=80)
    used_at = models.DateTimeField(db_index=True)

    PRIVACY: ClassVar = {"id": "internal", "key_id": "internal", "nonce": "internal", "used_at": "internal"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key_id", "nonce"], name="nonce_once")]

    def __str__(self) -> str:
        return self.nonce
