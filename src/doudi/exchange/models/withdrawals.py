"""That a load was taken out of what counts, why, and for how long; and whether what came from it has been looked through."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.exchange.models.loads import Load


class Withdrawal(models.Model):
    """One time a load did not count: from `withdrawn_at` until `reinstated_at`, or still."""

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="withdrawals")
    why = models.TextField()
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=80)
    reinstated_at = models.DateTimeField(null=True, blank=True)
    reinstated_by = models.CharField(max_length=80, blank=True)
    reinstated_why = models.TextField(blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "load": "internal",
        "why": "internal",
        "withdrawn_at": "internal",
        "withdrawn_by": "internal",
        "reinstated_at": "internal",
        "reinstated_by": "internal",
        "reinstated_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["load"], condition=Q(reinstated_at__isnull=True), name="withdrawal_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(reinstated_at__isnull=True, reinstated_by="")
                | (Q(reinstated_at__isnull=False, reinstated_at__gte=F("withdrawn_at")) & ~Q(reinstated_by="")),
                name="withdrawal_reinstated_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.load_id} {self.withdrawn_at:%F}"
