"""What people asked about what is known of them, and what a person answered."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.registry.core.requests import Outcome, Wish


def new_request_ref() -> str:
    return "q" + uuid4().hex[:16]


class Request(models.Model):
    """One request: whose data it is about, who asks, what for, by when it is answered, and the answer with its reasons."""

    ref = models.CharField(max_length=20, primary_key=True, default=new_request_ref)
    number = models.CharField(max_length=14, unique=True)  # what the person is told and may say on the telephone
    pid = models.CharField(max_length=21, db_index=True)  # who asks
    area = models.CharField(max_length=12, db_index=True)  # where who asks lives: there it is answered
    wish = models.CharField(max_length=10, choices=[(wish.value, wish.label) for wish in Wish])
    about = models.CharField(max_length=80, blank=True)  # a fact, a dataset or a case, by its code
    words = SealedText()
    whose_name = SealedText(default="")  # the relative who died
    whose_number = SealedText(default="")
    relation = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, blank=True)
    answer = SealedText(default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "number": "internal",
        "pid": "internal",
        "area": "internal",
        "wish": "personal",
        "about": "personal",
        "words": "sensitive",
        "whose_name": "personal",
        "whose_number": "personal",
        "relation": "personal",
        "made_at": "internal",
        "made_by": "internal",
        "due_on": "internal",
        "outcome": "personal",
        "answer": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="", outcome="")
                | (
                    Q(answered_at__isnull=False, answered_at__gte=F("made_at"), outcome__in=[str(one) for one in Outcome])
                    & ~Q(answered_by="")
                ),
                name="request_answered_whole",
            ),
            models.CheckConstraint(condition=Q(wish__in=[str(wish) for wish in Wish]), name="request_wish"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["area", "due_on"], name="request_waiting", condition=Q(answered_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.number
