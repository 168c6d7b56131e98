"""What is to be destroyed because its time is over: planned, approved by a person, done; and what has to stay meanwhile."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


def _whole(name: str, at: str, by: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})), name=name
    )


class Disposal(models.Model):
    """One list of things over their time, by hash; no personal data in it."""

    ref = models.CharField(max_length=20, primary_key=True)  # of its content: the same list is planned once
    items = models.JSONField()
    counts = models.JSONField()
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "items": "internal",
        "counts": "internal",
        "planned_at": "internal",
        "planned_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "done_at": "internal",
        "done_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            _whole("disposal_approved_whole", "approved_at", "approved_by"),
            _whole("disposal_done_whole", "done_at", "done_by"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(approved_at__isnull=False), name="disposal_approved_first"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Hold(models.Model):
    """Something that must not be destroyed for now, whatever its time: an audit, an appeal, a court."""

    scope = models.CharField(max_length=64)  # "all", a dataset, or the number of a load
    why = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=80)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "scope": "internal",
        "why": "internal",
        "placed_at": "internal",
        "placed_by": "internal",
        "lifted_at": "internal",
        "lifted_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            _whole("hold_lifted_whole", "lifted_at", "lifted_by"),
            models.UniqueConstraint(fields=["scope"], condition=Q(lifted_at__isnull=True), name="hold_once"),
        ]

    def __str__(self) -> str:
        return self.scope
