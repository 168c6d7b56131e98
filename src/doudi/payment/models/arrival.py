"""Whether the money arrived, asked of people themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.payment.models.refs import new_row_ref, together
from doudi.payment.models.run import Line, Run


class Arrival(models.Model):
    """One payee of a run, drawn by seed, asked whether the money arrived; "no" waits for a person from the same day."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="arrivals")
    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="arrival")
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21, db_index=True)
    seed = models.CharField(max_length=64)
    answer = models.CharField(max_length=10, blank=True)  # yes | no | unsure | unreached
    channel = models.CharField(max_length=10, blank=True)  # sms | phone | village
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    finding = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "run": "internal",
        "line": "internal",
        "area": "internal",
        "payee": "personal",
        "seed": "internal",
        "answer": "internal",
        "channel": "internal",
        "at": "internal",
        "by": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
        "settled_at": "internal",
        "settled_by": "internal",
        "finding": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["yes", "no", "unsure", "unreached"], answered_at__isnull=False),
                name="arrival_answer",
            ),
            together("arrival_answered_whole", "answered_at", "answered_by"),
            together("arrival_settled_whole", "settled_at", "settled_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "answer"], name="arrival_work")]

    def __str__(self) -> str:
        return self.ref
