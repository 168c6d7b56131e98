"""The township's opinion, the village's board, objections."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.findings import Assessment
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class Opinion(models.Model):
    """The township's first opinion: whether to help, with how much, and why in plain words (D57 Art. 19)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="opinions")
    kind = models.CharField(max_length=10)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    reason = SealedText()
    differs = models.BooleanField(default=False)
    differs_reason = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "assessment": "internal",
        "kind": "sensitive",
        "members": "personal",
        "amount_fen": "sensitive",
        "reason": "sensitive",
        "differs": "internal",
        "differs_reason": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["help", "refuse"]), name="opinion_kind"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="opinion_money"),
        ]

    def __str__(self) -> str:
        return self.ref


class Showing(models.Model):
    """What stood on the village's board, from a day to a day: a masked name, how many people, how much; nothing else."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="showings")
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="showings")
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    shown_name = models.CharField(max_length=40)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()
    from_on = models.DateField()
    to_on = models.DateField()  # the last day shown
    state = models.CharField(max_length=10, default="running")  # running | ended | stopped (objection, withdrawn)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "opinion": "internal",
        "area": "open",
        "programme": "open",
        "shown_name": "personal",
        "members": "personal",
        "amount_fen": "personal",
        "from_on": "open",
        "to_on": "open",
        "state": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="running"), name="showing_one_running"),
            models.CheckConstraint(condition=Q(state__in=["running", "ended", "stopped"]), name="showing_state"),
            models.CheckConstraint(condition=Q(to_on__gt=F("from_on")), name="showing_days"),
            together("showing_ended_whole", "ended_at", "ended_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "area", "to_on"], name="showing_list")]

    def __str__(self) -> str:
        return self.ref


class Objection(models.Model):
    """What somebody said against a showing; it stops only that household."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, related_name="objections")
    said = SealedText()
    who = SealedText(default="")
    phone = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = SealedText(default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "showing": "internal",
        "said": "sensitive",
        "who": "sensitive",
        "phone": "sensitive",
        "at": "internal",
        "by": "internal",
        "answer": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [together("objection_answered_whole", "answered_at", "answered_by")]

    def __str__(self) -> str:
        return self.ref
