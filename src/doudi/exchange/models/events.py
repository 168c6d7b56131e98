"""Events as they came, one at a time, in the order they came; and how each stream of them runs by the hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.exchange.core.events import LANDS, STATE_LABELS
from doudi.exchange.models.loads import Load
from doudi.office.fields import SealedJSON


class Stream(models.Model):
    """The one row that counts events: who numbers the next ones locks it, so that numbers and commits have one order."""

    last = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "last": "internal"}

    def __str__(self) -> str:
        return str(self.last)


class Event(models.Model):
    """One thing that happened, told by a sender. Rows are only added; what is filled in later is what became of it."""

    sequence = models.BigIntegerField(primary_key=True)
    sender = models.CharField(max_length=80)
    key = models.CharField(max_length=80)  # the sender's own name for it
    digest = models.CharField(max_length=64)  # of dataset and row as sent: the same key must mean the same event
    dataset = models.CharField(max_length=40)
    row = SealedJSON()  # {"sent": as it came, "kept": typed, as a landed row}
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=list(STATE_LABELS.items()))
    pid = models.CharField(max_length=21, blank=True)
    how = models.CharField(max_length=20, blank=True)  # how it was joined to the person, as in a cycle
    shown_at = models.DateTimeField(null=True)
    load = models.ForeignKey(Load, models.PROTECT, null=True, related_name="+")

    PRIVACY: ClassVar = {
        "sequence": "internal",
        "sender": "internal",
        "key": "internal",
        "digest": "internal",
        "dataset": "internal",
        "row": "sensitive",
        "received_at": "internal",
        "state": "internal",
        "pid": "internal",
        "how": "internal",
        "shown_at": "internal",
        "load": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "key"], name="event_once"),
            models.CheckConstraint(condition=Q(state="waiting") | Q(shown_at__isnull=False), name="event_shown_at"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sequence"], name="event_waiting", condition=Q(state="waiting")),
            models.Index(fields=["dataset", "sequence"], name="event_to_land", condition=Q(state__in=LANDS, load__isnull=True)),
            models.Index(fields=["pid"], name="event_person"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.dataset}"


class StreamHour(models.Model):
    """How many events of one dataset a sender told in one hour, and what was wrong with those that were not taken."""

    sender = models.CharField(max_length=80)
    dataset = models.CharField(max_length=40)
    hour = models.DateTimeField()
    accepted = models.PositiveIntegerField(default=0)
    again = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)  # "field reason" → count
    last_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "internal",
        "sender": "internal",
        "dataset": "open",
        "hour": "internal",
        "accepted": "open",
        "again": "open",
        "rejected": "open",
        "reasons": "internal",
        "last_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sender", "dataset", "hour"], name="stream_hour_once")]
        indexes: ClassVar = [models.Index(fields=["hour"], name="stream_hour")]

    def __str__(self) -> str:
        return f"{self.sender} {self.dataset} {self.hour:%Y-%m-%d %H}"
