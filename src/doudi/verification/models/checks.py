"""Checks of one household: for whom, for what, on which basis; and the number its report is called by."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedJSON


def new_check_ref() -> str:
    return "v" + uuid4().hex[:16]


class Check(models.Model):
    """One authorised question about the people of a household, for one purpose; `number` is what the report is called."""

    ref = models.CharField(max_length=20, unique=True, default=new_check_ref)
    number = models.CharField(max_length=24, unique=True)
    subject = models.CharField(max_length=40, db_index=True)  # the case or household it is for
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    basis = models.CharField(max_length=20)
    task_order = models.CharField(max_length=80, blank=True)
    on = models.DateField()
    valid_until = models.DateField()
    people = SealedJSON()  # whom it asks about: pid, name, adult, and the consent it stands on
    declared = SealedJSON(default=list)  # what the household itself said, as it stood when the sources were asked
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "subject": "internal",
        "area": "internal",
        "programme": "internal",
        "basis": "internal",
        "task_order": "internal",
        "on": "internal",
        "valid_until": "internal",
        "people": "personal",
        "declared": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(basis="consent", task_order="") | (Q(basis="statutory_duty") & ~Q(task_order="")), name="check_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportCounter(models.Model):
    """The last report number given in a year; the row is locked while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "open"}

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
