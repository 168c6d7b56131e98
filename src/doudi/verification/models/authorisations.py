"""授权书: one person's paper, for one application, with how it was signed, who handled it, and why it ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedJSON, SealedText
from doudi.verification.core.basis import Ended, terms


class AuthorisationCounter(models.Model):
    """The last number given in a year; the row is locked while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "open"}

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Authorisation(models.Model):
    """That somebody (or their guardian) lets themselves be checked: for a case, programmes, sources and a time."""

    number = models.CharField(max_length=20, unique=True)
    consent = models.CharField(max_length=20, unique=True)  # the plain yes it is the paper of (registry)
    subject = models.CharField(max_length=40, db_index=True)  # the case it was signed for
    area = models.CharField(max_length=12)
    pid = models.CharField(max_length=21, db_index=True)
    name = SealedText()  # as it stands on the paper
    role = models.CharField(max_length=10)  # member | supporter
    relation = models.CharField(max_length=20, blank=True)  # to the applicant
    capacity = models.CharField(max_length=10)
    signer = models.CharField(max_length=21, db_index=True)  # pid: themselves, or the guardian
    signer_name = SealedText()
    programmes = models.JSONField()
    datasets = models.JSONField()
    household = SealedJSON()  # pids of all living together when it was signed
    way = models.CharField(max_length=10)
    typed_name = SealedText(default="")  # signed on screen by writing one's name
    words = SealedText()  # the text that was signed, whole
    papers = models.JSONField(default=list)  # refs: signature, photographed form, recording, guardian's proof
    from_at = models.DateTimeField()
    until_on = models.DateField(null=True, blank=True)
    handled_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "number": "internal",
        "consent": "internal",
        "subject": "internal",
        "area": "internal",
        "pid": "personal",
        "name": "personal",
        "role": "personal",
        "relation": "personal",
        "capacity": "sensitive",
        "signer": "personal",
        "signer_name": "personal",
        "programmes": "personal",
        "datasets": "personal",
        "household": "personal",
        "way": "internal",
        "typed_name": "personal",
        "words": "personal",
        "papers": "internal",
        "from_at": "internal",
        "until_on": "internal",
        "handled_by": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
        "ended_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "pid", "role"], condition=Q(ended_at__isnull=True), name="authorisation_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="", ended_why="")
                | (
                    Q(ended_at__isnull=False, ended_at__gte=F("from_at"), ended_why__in=sorted(why.value for why in Ended))
                    & ~Q(ended_by="")
                ),
                name="authorisation_ended_whole",
            ),
            models.CheckConstraint(condition=Q(way__in=sorted(terms().way)), name="authorisation_way"),
            models.CheckConstraint(condition=Q(role__in=["member", "supporter"]), name="authorisation_role"),
            models.CheckConstraint(
                condition=Q(capacity="adult", signer=F("pid")) | (Q(capacity__in=["incapable", "minor"]) & ~Q(signer=F("pid"))),
                name="authorisation_guardian",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "pid"], name="authorisation_of")]

    def __str__(self) -> str:
        return self.number
