"""Mends of a delivery: a small list of what to change in the file as it came, tried, applied, undone."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.exchange.models.loads import Load, Refusal
from doudi.office.fields import SealedJSON

DRAFT, APPLIED, UNDONE = "draft", "applied", "undone"


def new_ref() -> str:
    return "xz" + uuid4().hex[:14]


class Mending(models.Model):
    """One list of mends for one delivery. The delivery is never changed; applied, the list makes a load of its own."""

    ref = models.CharField(max_length=20, unique=True, default=new_ref)
    dataset = models.CharField(max_length=40)
    load = models.ForeignKey(Load, null=True, blank=True, on_delete=models.PROTECT, related_name="mendings")
    refusal = models.ForeignKey(Refusal, null=True, blank=True, on_delete=models.PROTECT, related_name="mendings")
    mends = SealedJSON(default=list)
    state = models.CharField(max_length=8, default=DRAFT)
    mended = models.OneToOneField(Load, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    preview = SealedJSON(null=True, blank=True)  # what the draft would give: counts, and what would still be wrong
    changed = models.JSONField(default=dict)  # cells changed and rows dropped, in counts
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=80)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.CharField(max_length=80, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_why = models.TextField(blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "dataset": "open",
        "load": "internal",
        "refusal": "internal",
        "mends": "sensitive",
        "state": "internal",
        "mended": "internal",
        "preview": "sensitive",
        "changed": "internal",
        "started_at": "internal",
        "started_by": "internal",
        "applied_at": "internal",
        "applied_by": "internal",
        "undone_at": "internal",
        "undone_by": "internal",
        "undone_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["load"], condition=Q(state=DRAFT), name="mending_one_draft"),
            models.UniqueConstraint(fields=["refusal"], condition=Q(state=DRAFT), name="mending_one_draft_of_refused"),
            models.CheckConstraint(condition=Q(state__in=[DRAFT, APPLIED, UNDONE]), name="mending_state"),
            models.CheckConstraint(
                condition=Q(load__isnull=True, refusal__isnull=False) | Q(load__isnull=False, refusal__isnull=True),
                name="mending_of_one",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at__isnull": True, f"{name}_by": ""})
                    | (Q(**{f"{name}_at__isnull": False}) & ~Q(**{f"{name}_by": ""})),
                    name=f"mending_{name}_whole",
                )
                for name in ("applied", "undone")
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["dataset", "state"], name="mending_saved")]

    def __str__(self) -> str:
        return self.ref
