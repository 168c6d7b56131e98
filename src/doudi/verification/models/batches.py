"""Checks of whole rolls: what was compared, how many people it found, and each time one was asked for under an order."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.verification.models.orders import TaskOrder


class BatchCheck(models.Model):
    """A whole roll against other lists, on one day: what was compared, and how many people it found. The rows are in the lake."""

    ref = models.CharField(max_length=20, unique=True)  # from everything compared: the same comparison, the same ref
    roll = models.CharField(max_length=40)
    against = models.JSONField()
    snapshot = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    area = models.CharField(max_length=12, blank=True)
    persons = models.PositiveIntegerField()
    anomalies = models.PositiveIntegerField()
    kinds = models.JSONField(default=dict)
    pairs = models.PositiveIntegerField()
    silent = models.JSONField(default=list)  # lists nobody delivered: no answer, which is not "nothing"
    sources = models.JSONField(default=list)  # dataset, load, as-of of everything compared
    object = models.CharField(max_length=64)  # SHA-256 of the Parquet file of anomalies
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "roll": "internal",
        "against": "internal",
        "snapshot": "internal",
        "on": "internal",
        "area": "internal",
        "persons": "internal",
        "anomalies": "internal",
        "kinds": "internal",
        "pairs": "internal",
        "silent": "internal",
        "sources": "internal",
        "object": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(anomalies__lte=models.F("persons")), name="batch_anomalies_are_persons"),
        ]

    def __str__(self) -> str:
        return self.ref


class BatchRun(models.Model):
    """One time somebody asked for a check of a roll under an order; a worker carries it out, and carries it on when killed."""

    ref = models.CharField(max_length=20, unique=True)
    order = models.ForeignKey(TaskOrder, models.PROTECT, related_name="runs")
    roll = models.CharField(max_length=40)
    words = models.JSONField()  # checks and datasets asked for
    day = models.DateField(null=True, blank=True)  # the day judged, where it was named
    snapshot = models.CharField(max_length=60, blank=True)
    area = models.CharField(max_length=12, db_index=True)
    state = models.CharField(max_length=8)
    problem = models.TextField(blank=True)
    batch = models.ForeignKey(BatchCheck, models.PROTECT, null=True, blank=True, related_name="runs")
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    seen = models.JSONField(default=dict)  # Seen → how many anomalies
    lists = models.JSONField(default=list)  # every list looked at: dataset, said, found, as_of
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "order": "internal",
        "roll": "internal",
        "words": "internal",
        "day": "internal",
        "snapshot": "internal",
        "area": "internal",
        "state": "internal",
        "problem": "internal",
        "batch": "internal",
        "same_as": "internal",
        "seen": "internal",
        "lists": "internal",
        "asked_at": "internal",
        "asked_by": "internal",
        "ended_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "failed"]), name="batch_run_state"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(batch__isnull=False) | Q(same_as__isnull=False), name="batch_run_gave_something"
            ),
            models.UniqueConstraint(
                fields=["order", "batch"], condition=Q(state="done", same_as__isnull=True), name="batch_run_once_an_order"
            ),
        ]

    def __str__(self) -> str:
        return self.ref
