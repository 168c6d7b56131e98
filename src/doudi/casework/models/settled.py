"""What a person found out about a household where no source could say it: a fact the rules ask for, by its name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref
from doudi.office.fields import SealedJSON, SealedText


class SettledFact(models.Model):
    """A value of the catalogue of facts, who found it out and how; append-only: the newest of a name counts."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="settled_facts")
    member = models.CharField(max_length=21, blank=True)  # pid or ref of the member; empty: the household
    name = models.CharField(max_length=60)
    value = SealedJSON()  # a flag, a whole number (money in fen), a code, or a day as text
    reason = SealedText()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "member": "personal",
        "name": "internal",
        "value": "sensitive",
        "reason": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(by=""), name="settled_fact_by")]

    def __str__(self) -> str:
        return self.ref
