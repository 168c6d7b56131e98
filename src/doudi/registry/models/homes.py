"""What families and officers said about who lives with whom, and what happened in families. Nothing here is ever deleted."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.registry.core.homes import CHANNELS, EVENTS, SAYINGS, EventState


def new_event_ref() -> str:
    return "e" + uuid4().hex[:16]


def new_saying_ref() -> str:
    return "t" + uuid4().hex[:16]


class FamilyEvent(models.Model):
    """Something that happened in a family, with the day it happened and the day it was known; only a person confirms it."""

    ref = models.CharField(max_length=20, primary_key=True, default=new_event_ref)
    kind = models.CharField(max_length=20, choices=[(code, kind.label) for code, kind in EVENTS.items()])
    person = models.CharField(max_length=21, blank=True)  # empty where nobody has an id yet: a child just born
    other = models.CharField(max_length=21, blank=True)
    named = SealedText(default="")  # the name of who has no id yet
    area = models.CharField(max_length=12)
    effective_on = models.DateField(null=True, blank=True)  # the day it happened; unknown where data do not say
    known_on = models.DateField()
    channel = models.CharField(max_length=10, choices=list(CHANNELS.items()))
    paper = SealedText(default="")
    note = SealedText(default="")
    cycle = models.CharField(max_length=80, blank=True)  # the cycle that showed it, where data did
    state = models.CharField(max_length=10, default="reported", choices=[(one.value, one.label) for one in EventState])
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    settled_why = SealedText(default="")

    PRIVACY: ClassVar = {
        "ref": "internal",
        "kind": "sensitive",
        "person": "personal",
        "other": "personal",
        "named": "personal",
        "area": "internal",
        "effective_on": "personal",
        "known_on": "internal",
        "channel": "internal",
        "paper": "personal",
        "note": "sensitive",
        "cycle": "internal",
        "state": "internal",
        "reported_at": "internal",
        "reported_by": "internal",
        "settled_at": "internal",
        "settled_by": "internal",
        "settled_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(EVENTS)), name="family_event_kind"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in EventState]), name="family_event_state"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by="", state="reported")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(state="reported")),
                name="family_event_settled_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person"], name="family_event_person"),
            models.Index(fields=["other"], name="family_event_other"),
            models.Index(fields=["area", "known_on"], name="family_event_queue", condition=Q(state="reported")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Saying(models.Model):
    """One thing a person said about two people or one, overruling registers from a day; taken back it stays, with who and why."""

    ref = models.CharField(max_length=20, primary_key=True, default=new_saying_ref)
    kind = models.CharField(max_length=12, choices=[(code, kind.label) for code, kind in SAYINGS.items()])
    a = models.CharField(max_length=21)
    b = models.CharField(max_length=21, blank=True)
    holds = models.BooleanField()
    since = models.DateField()
    reason = SealedText()
    area = models.CharField(max_length=12)
    event = models.ForeignKey(FamilyEvent, on_delete=models.PROTECT, null=True, blank=True, related_name="sayings")
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_why = SealedText(default="")

    PRIVACY: ClassVar = {
        "ref": "internal",
        "kind": "sensitive",
        "a": "personal",
        "b": "personal",
        "holds": "sensitive",
        "since": "internal",
        "reason": "sensitive",
        "area": "internal",
        "event": "internal",
        "said_at": "internal",
        "said_by": "internal",
        "undone_at": "internal",
        "undone_by": "internal",
        "undone_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(SAYINGS)), name="saying_kind"),
            models.CheckConstraint(condition=~Q(a=models.F("b")), name="saying_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="") | (Q(undone_at__isnull=False) & ~Q(undone_by="")),
                name="saying_undone_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["a"], name="saying_a"),
            models.Index(fields=["b"], name="saying_b"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
