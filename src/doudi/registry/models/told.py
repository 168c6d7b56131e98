"""People no department speaks of, of whom somebody in the village told us."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText


class Told(models.Model):
    """Somebody is said to live there; the next cycle has them as a person known to no department, and somebody goes to see."""

    ref = models.CharField(max_length=21, primary_key=True)  # made with the form, so that sending twice is one
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    about_age = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.CharField(max_length=12, db_index=True)
    place = SealedText(default="")
    trouble = SealedText()
    said_by = SealedText()
    told_at = models.DateTimeField()
    told_by = models.CharField(max_length=80)
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # whom the register has for them
    placed_at = models.DateTimeField(null=True, blank=True)
    placed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "name": "personal",
        "masked_name": "personal",
        "about_age": "personal",
        "area": "internal",
        "place": "personal",
        "trouble": "sensitive",
        "said_by": "personal",
        "told_at": "internal",
        "told_by": "internal",
        "pid": "internal",
        "placed_at": "internal",
        "placed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(placed_at__isnull=True, placed_by="", pid="")
                | (Q(placed_at__isnull=False) & ~Q(placed_by="") & ~Q(pid="")),
                name="told_placed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.masked_name
