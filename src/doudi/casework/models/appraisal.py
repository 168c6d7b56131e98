"""Democratic appraisal 民主评议: who was asked, who stepped back, who came, how they voted, what was said against it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class Appraisal(models.Model):
    """A meeting of villagers about one household, only where something calls for it. It advises; nobody is bound by it."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="appraisals")
    why = models.CharField(max_length=12)  # a code of core.APPRAISAL_CAUSES
    reason = SealedText()
    meets_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    quorum = models.PositiveSmallIntegerField()  # how many have to be there, as the place's number stood that day
    seed = models.CharField(max_length=40, blank=True)  # what the drawing started from; empty where nobody was drawn
    state = models.CharField(max_length=8, default="called")  # called | held | dropped
    present = models.PositiveSmallIntegerField(null=True, blank=True)
    agree = models.PositiveSmallIntegerField(null=True, blank=True)
    against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstain = models.PositiveSmallIntegerField(null=True, blank=True)
    family_said = SealedText(default="")  # by themselves or by whom they sent; empty: they did not want to
    dissent = SealedText(default="")
    minutes = SealedText(default="")
    paper = models.CharField(max_length=22, blank=True)  # the signed sheet, photographed
    called_at = models.DateTimeField()
    called_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "why": "internal",
        "reason": "sensitive",
        "meets_at": "internal",
        "place": "internal",
        "quorum": "internal",
        "seed": "internal",
        "state": "internal",
        "present": "internal",
        "agree": "internal",
        "against": "internal",
        "abstain": "internal",
        "family_said": "sensitive",
        "dissent": "sensitive",
        "minutes": "sensitive",
        "paper": "internal",
        "called_at": "internal",
        "called_by": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["called", "held", "dropped"]), name="appraisal_state"),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="appraisal_quorum"),
            models.CheckConstraint(
                condition=~Q(state="held")
                | Q(present__gte=F("quorum"), agree__isnull=False, against__isnull=False, abstain__isnull=False),
                name="appraisal_quorate",
            ),
            models.CheckConstraint(
                condition=Q(present__isnull=True) | Q(present=F("agree") + F("against") + F("abstain")), name="appraisal_sum"
            ),
            models.CheckConstraint(
                condition=Q(state="called", closed_at__isnull=True) | (~Q(state="called") & Q(closed_at__isnull=False)),
                name="appraisal_closed",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(state="called"), name="appraisal_one_called"),
            together("appraisal_closed_whole", "closed_at", "closed_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Seat(models.Model):
    """Somebody asked to an appraisal: of which household or office, whether they step back and why, whether they came."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="seats")
    name = SealedText()
    kind = models.CharField(max_length=14)  # a code of core.SEATS
    drawn = models.BooleanField(default=False)  # by lot from a list, else named
    recused = models.CharField(max_length=12, blank=True)  # a code of core.RECUSALS; empty: stays
    recused_at = models.DateTimeField(null=True, blank=True)
    recused_by = models.CharField(max_length=80, blank=True)
    present = models.BooleanField(null=True)  # None: not held yet

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "appraisal": "internal",
        "name": "personal",
        "kind": "internal",
        "drawn": "internal",
        "recused": "sensitive",
        "recused_at": "internal",
        "recused_by": "internal",
        "present": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recused="") | Q(present__isnull=True) | Q(present=False), name="seat_recused_away"
            ),
            models.CheckConstraint(
                condition=Q(recused="", recused_at__isnull=True) | (~Q(recused="") & Q(recused_at__isnull=False)),
                name="seat_recused",
            ),
            together("seat_recused_whole", "recused_at", "recused_by"),
        ]

    def __str__(self) -> str:
        return self.ref
