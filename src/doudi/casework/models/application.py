"""What a person handed in, through whichever door: one receipt, one family, one case for each programme asked for in it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doudi.casework.models.refs import new_application_ref


class Application(models.Model):
    """One handing-in. Its number is on the receipt; the first of its cases bears the same number.

    `handed_on`: the day the person handed it over (a paper typed days later, a call), from which the first clocks run.
    """

    ref = models.CharField(max_length=20, unique=True, default=new_application_ref)
    receipt = models.CharField(max_length=20, unique=True)
    applicant = models.CharField(max_length=21, db_index=True)
    area = models.CharField(max_length=12)
    channel = models.CharField(max_length=12)
    handed_on = models.DateField()
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "receipt": "internal",
        "applicant": "personal",
        "area": "internal",
        "channel": "internal",
        "handed_on": "internal",
        "submitted_at": "internal",
        "submitted_by": "internal",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["area", "channel", "handed_on"], name="application_doors")]

    def __str__(self) -> str:
        return self.receipt
