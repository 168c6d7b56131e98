"""Checks of whole rolls: what was compared, and how many people it found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


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
