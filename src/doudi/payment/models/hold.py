"""Payments held back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.payment.models.refs import new_row_ref, together


class Hold(models.Model):
    """A person held a benefit's payment back, for a reason, until somebody ends it."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.CharField(max_length=20)
    area = models.CharField(max_length=12)
    name = SealedText()
    reason = SealedText()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "area": "internal",
        "name": "personal",
        "reason": "sensitive",
        "at": "internal",
        "by": "internal",
        "released_at": "internal",
        "released_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benefit"], condition=Q(released_at__isnull=True), name="hold_one"),
            together("hold_released_whole", "released_at", "released_by"),
        ]

    def __str__(self) -> str:
        return self.ref
