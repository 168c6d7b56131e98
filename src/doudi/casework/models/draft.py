"""Applications being written, and the counter of receipts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.refs import new_draft_ref
from doudi.office.fields import SealedJSON


class Draft(models.Model):
    """An application being written, kept after every step; what was typed is sealed."""

    ref = models.CharField(max_length=20, unique=True, default=new_draft_ref)
    applicant = models.CharField(max_length=21, db_index=True)
    writer = models.CharField(max_length=80)  # who types: the resident, a proxy or a clerk, as the journal names them
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    channel = models.CharField(max_length=12)
    content = SealedJSON()
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)
    case = models.OneToOneField("Case", null=True, blank=True, on_delete=models.PROTECT, related_name="draft")
    # The help it asks for anew.
    goes_on = models.ForeignKey("Benefit", null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "applicant": "personal",
        "writer": "internal",
        "area": "internal",
        "programme": "internal",
        "channel": "internal",
        "content": "sensitive",
        "started_at": "internal",
        "started_by": "internal",
        "saved_at": "internal",
        "saved_by": "internal",
        "case": "internal",
        "goes_on": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["applicant", "writer", "programme"], condition=Q(case__isnull=True), name="draft_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class ReceiptCounter(models.Model):
    """The last receipt number given in a county in a year; the row is locked while one is given, so there are no gaps."""

    county = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "county": "open", "year": "open", "last": "open"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["county", "year"], name="receipt_counter_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.year} {self.last}"
