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
    with_members = models.BooleanField(default=True)  # whether the board says how many people, and how much: as the place
    with_amount = models.BooleanField(default=True)  # had it for this programme on the day it went up
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
        "with_members": "open",
        "with_amount": "open",
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


class BoardPhoto(models.Model):
    """A photograph of the village's board while a showing stood on it: the evidence that it was really shown."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, related_name="photos")
    on = models.DateField()  # the day it was taken
    paper = models.CharField(max_length=22)  # ref of the office's paper; one photograph serves all lines of the board
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "showing": "internal",
        "on": "internal",
        "paper": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["showing", "paper"], name="board_photo_once")]

    def __str__(self) -> str:
        return self.ref


class Objection(models.Model):
    """What somebody said against a showing; it stops only that household."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    showing = models.ForeignKey(Showing, on_delete=models.PROTECT, related_name="objections")
    said = SealedText()
    who = SealedText(default="")
    phone = SealedText(default="")
    channel = models.CharField(max_length=10, default="board")  # board | telephone | window
    slip = models.CharField(max_length=12, blank=True)  # whoever holds this number may read how it ended
    due_on = models.DateField(null=True, blank=True)  # by when it has to be answered
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = SealedText(default="")
    reply = SealedText(default="")  # what the objector is told: nothing of the family
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "showing": "internal",
        "said": "sensitive",
        "who": "sensitive",
        "phone": "sensitive",
        "channel": "internal",
        "slip": "internal",
        "due_on": "internal",
        "at": "internal",
        "by": "internal",
        "answer": "sensitive",
        "reply": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            together("objection_answered_whole", "answered_at", "answered_by"),
            models.CheckConstraint(condition=Q(channel__in=["board", "telephone", "window"]), name="objection_channel"),
            models.UniqueConstraint(fields=["slip"], condition=~Q(slip=""), name="objection_slip"),
        ]

    def __str__(self) -> str:
        return self.ref
