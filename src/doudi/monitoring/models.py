"""Evaluations (one a published cycle), the alerts they raised, the visits that answered them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from doudi.monitoring.core import OUTCOME_LABELS, STATE_LABELS, WAYS
from doudi.office.fields import SealedJSON, SealedText


class Evaluation(models.Model):
    """One time a cycle's alerts reached the database: which day it judges, by which manifest, how many of what."""

    cycle = models.CharField(max_length=80, db_index=True)  # the same again, when a withdrawn delivery came back
    judged_on = models.DateField()
    counts = models.JSONField(default=dict)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "cycle": "internal",
        "judged_on": "open",
        "counts": "internal",
        "published_at": "internal",
        "published_by": "internal",
    }

    def __str__(self) -> str:
        return self.cycle


class Alert(models.Model):
    """Something a rule noticed that a person should look at; it decides nothing. One alert an episode, for ever."""

    ref = models.CharField(max_length=21, primary_key=True)
    indicator = models.CharField(max_length=40)
    level = models.CharField(max_length=1)
    subject_kind = models.CharField(max_length=10)
    subject = models.CharField(max_length=21)
    pid = models.CharField(max_length=21)
    hid = models.CharField(max_length=21)
    area = models.CharField(max_length=12)
    masked_name = models.CharField(max_length=40)
    basis = models.CharField(max_length=120)
    mask = models.BigIntegerField()
    figures = models.TextField()
    raised_on = models.DateField()
    seen_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=[(str(key), label) for key, label in STATE_LABELS.items()])
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, db_index=False, related_name="+")
    outcome = models.CharField(max_length=24, blank=True, choices=[(str(key), label) for key, label in OUTCOME_LABELS.items()])
    reason = SealedText(default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "indicator": "internal",
        "level": "internal",
        "subject_kind": "internal",
        "subject": "internal",
        "pid": "internal",
        "hid": "internal",
        "area": "internal",
        "masked_name": "personal",
        "basis": "sensitive",
        "mask": "internal",
        "figures": "sensitive",
        "raised_on": "internal",
        "seen_on": "internal",
        "due_on": "internal",
        "state": "internal",
        "worker": "internal",
        "outcome": "internal",
        "reason": "sensitive",
        "closed_at": "internal",
        "closed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "subject", "basis"], name="alert_once_an_episode"),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | ~Q(closed_by=""), name="alert_closed_by_somebody"),
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_at__isnull=False), name="alert_closed_at"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pid"], name="alert_person"),
            models.Index(fields=["state", "due_on", "ref"], name="alert_queue"),
            models.Index(fields=["state", "area", "level", "indicator", "due_on"], name="alert_place"),
            models.Index(fields=["worker", "state", "due_on"], name="alert_worker", condition=Q(worker__isnull=False)),
            models.Index(fields=["raised_on", "area"], name="alert_raised"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.masked_name}"


class Visit(models.Model):
    """Somebody was there, or rang, because of an alert. Final when sent; what was wrong is corrected by another."""

    ref = models.CharField(max_length=40, primary_key=True)  # made where it was recorded, so that sending twice is one visit
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="visits")
    way = models.CharField(max_length=10, choices=list(WAYS.items()))
    visited_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answers = SealedJSON(default=dict)
    note = SealedText(default="")
    wish = models.CharField(max_length=10)
    outcome = models.CharField(max_length=24, choices=[(str(key), label) for key, label in OUTCOME_LABELS.items()], blank=True)
    case_ref = models.CharField(max_length=40, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "alert": "internal",
        "way": "internal",
        "visited_at": "personal",
        "kept_at": "internal",
        "kept_by": "internal",
        "answers": "sensitive",
        "note": "sensitive",
        "wish": "personal",
        "outcome": "internal",
        "case_ref": "internal",
    }

    def __str__(self) -> str:
        return self.ref


class Aftermath(models.Model):
    """What became of everything that came from a withdrawn delivery, worked out once, after the first cycle without it."""

    withdrawal = models.BigIntegerField(unique=True)  # of exchange
    load = models.BigIntegerField(db_index=True)
    before = models.CharField(max_length=80, blank=True)  # the last cycle made with it; empty: none was
    after = models.CharField(max_length=80)
    counts = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    found_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "withdrawal": "internal",
        "load": "internal",
        "before": "internal",
        "after": "internal",
        "counts": "internal",
        "found_at": "internal",
        "found_by": "internal",
    }

    def __str__(self) -> str:
        return f"{self.load} {self.after}"


class Touched(models.Model):
    """One alert that is gone or says something else without the delivery, or one case that leaned on it and wants a look."""

    aftermath = models.ForeignKey(Aftermath, models.PROTECT, related_name="touched")
    kind = models.CharField(max_length=5)
    ref = models.CharField(max_length=21, db_index=True)
    pid = models.CharField(max_length=21)
    area = models.CharField(max_length=12)
    change = models.CharField(max_length=10)
    state = models.CharField(max_length=16)  # when it was worked out

    PRIVACY: ClassVar = {
        "id": "internal",
        "aftermath": "internal",
        "kind": "internal",
        "ref": "internal",
        "pid": "internal",
        "area": "internal",
        "change": "internal",
        "state": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["aftermath", "kind", "ref"], name="touched_once"),
            models.CheckConstraint(condition=Q(kind__in=["alert", "case"]), name="touched_kind"),
            models.CheckConstraint(condition=Q(change__in=["gone", "changed", "look"]), name="touched_change"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "aftermath", "kind"], name="touched_place")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"
