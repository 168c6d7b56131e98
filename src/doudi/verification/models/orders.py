"""任务单: what was to be checked for which purpose, who drafted it and who approved it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.verification.core.orders import OrderState


class TaskOrder(models.Model):
    """One written order. What it names never changes after it was drafted; another one is drafted instead."""

    number = models.CharField(max_length=24, unique=True)
    purpose = models.TextField()
    rolls = models.JSONField()
    datasets = models.JSONField()
    area = models.CharField(max_length=12, db_index=True)
    from_on = models.DateField()
    until_on = models.DateField()
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in OrderState])
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)  # approved, or not
    decided_by = models.CharField(max_length=80, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=80, blank=True)
    why = models.TextField(blank=True)  # it was not approved, or was stopped

    PRIVACY: ClassVar = {
        "id": "internal",
        "number": "internal",
        "purpose": "internal",
        "rolls": "internal",
        "datasets": "internal",
        "area": "internal",
        "from_on": "internal",
        "until_on": "internal",
        "state": "internal",
        "drafted_at": "internal",
        "drafted_by": "internal",
        "decided_at": "internal",
        "decided_by": "internal",
        "stopped_at": "internal",
        "stopped_by": "internal",
        "why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="order_days"),
            models.CheckConstraint(condition=Q(decided_by="") | ~Q(decided_by=F("drafted_by")), name="order_by_two_people"),
            models.CheckConstraint(condition=~Q(state="approved") | ~Q(decided_by=""), name="order_approved_by_somebody"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by="") | Q(decided_at__isnull=False) & ~Q(decided_by=""),
                name="order_decided_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by="") | Q(stopped_at__isnull=False) & ~Q(stopped_by=""),
                name="order_stopped_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderCounter(models.Model):
    """The last number given to an order in a year; numbers have no gaps."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "internal"}

    def __str__(self) -> str:
        return str(self.year)
