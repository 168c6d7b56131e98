"""What a household says to a difference: a tap, own words, a paper. Never changed; who says more adds another."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.verification.core.kinds import CHANNELS


def new_statement_ref() -> str:
    return "sm" + uuid4().hex[:16]


class Statement(models.Model):
    """One answer of the household to one difference (`key`, which stays the same when the sources are asked again)."""

    ref = models.CharField(max_length=20, unique=True, default=new_statement_ref)
    once = models.CharField(max_length=40)  # made where it was written, so that the same answer sent twice is one
    subject = models.CharField(max_length=40)  # the case the difference stands in
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    pid = models.CharField(max_length=21, blank=True)  # whom it is about; empty: the household
    choice = models.CharField(max_length=20, blank=True)  # a code of comparing.toml
    words = SealedText(default="")
    paper = models.CharField(max_length=20, blank=True)  # ref of a paper of the office
    channel = models.CharField(max_length=12, choices=list(CHANNELS.items()))
    said_at = models.DateTimeField()  # earlier than `at` when it waited on a phone without signal
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "once": "internal",
        "subject": "internal",
        "key": "personal",
        "kind": "internal",
        "pid": "personal",
        "choice": "sensitive",
        "words": "sensitive",
        "paper": "internal",
        "channel": "internal",
        "said_at": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "key", "once"], name="statement_once"),
            models.CheckConstraint(condition=Q(channel__in=list(CHANNELS)), name="statement_channel"),
            models.CheckConstraint(condition=Q(said_at__lte=models.F("at")), name="statement_said_before_kept"),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "key"], name="statement_of")]

    def __str__(self) -> str:
        return self.ref
