"""急难: help that was given before the papers, and who completed them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class FirstHelp(models.Model):
    """The quick form of an emergency: whom, what happened where, how much, by which officer; the papers follow (LAW Art. 50)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="first_help")
    kind = models.CharField(max_length=12)  # fire | accident | illness | other
    band = models.CharField(max_length=12)  # light | middle | grave
    happened_on = models.DateField()
    place = SealedText()  # where it happened, in words
    cause = SealedText()
    amount_fen = models.BigIntegerField()
    ceiling_fen = models.BigIntegerField()  # what the township might give on that day
    from_elsewhere = models.BooleanField(default=False)  # no register here; that is no obstacle (LAW Art. 37)
    papers_due_on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    found = SealedText(default="")  # what the papers say
    holds = models.BooleanField(null=True)  # whether it bears out what was said; None while not completed
    first = models.CharField(max_length=20, blank=True)  # opaque refs of the two who completed it
    second = models.CharField(max_length=20, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "kind": "sensitive",
        "band": "sensitive",
        "happened_on": "personal",
        "place": "personal",
        "cause": "sensitive",
        "amount_fen": "sensitive",
        "ceiling_fen": "open",
        "from_elsewhere": "personal",
        "papers_due_on": "internal",
        "at": "internal",
        "by": "internal",
        "found": "sensitive",
        "holds": "sensitive",
        "first": "internal",
        "second": "internal",
        "completed_at": "internal",
        "completed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0, amount_fen__lte=F("ceiling_fen")), name="first_help_money"),
            models.CheckConstraint(condition=Q(kind__in=["fire", "accident", "illness", "other"]), name="first_help_kind"),
            models.CheckConstraint(condition=Q(band__in=["light", "middle", "grave"]), name="first_help_band"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | (~Q(first="") & ~Q(second="") & ~Q(first=F("second"))),
                name="first_help_two_people",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, holds__isnull=True) | Q(completed_at__isnull=False, holds__isnull=False),
                name="first_help_completed",
            ),
            together("first_help_completed_whole", "completed_at", "completed_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["completed_at", "papers_due_on"], name="first_help_due")]

    def __str__(self) -> str:
        return self.ref
