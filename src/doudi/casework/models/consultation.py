"""County consultation 一事一议: a case no rule fits, discussed by named people; later like cases see it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class Consultation(models.Model):
    """What was asked, what is so, what was thought, how it ended. The decision on the case stays its own act."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consultations")
    programme = models.CharField(max_length=30)
    county = models.CharField(max_length=6)
    on = models.DateField()
    quorum = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)  # codes of core.CONSULTED: why no rule fits; later cases are found by them
    question = SealedText()
    situation = SealedText()
    outcome = models.CharField(max_length=10)  # a code of core.CONSULTATION_OUTCOMES
    gist = models.CharField(max_length=300)  # what later cases read: nobody's name, no number of a person
    members = models.PositiveSmallIntegerField(default=0)  # how many people the household counted
    income_fen = models.BigIntegerField(null=True, blank=True)  # a month, as assessed; None: not known
    paper = models.CharField(max_length=22, blank=True)  # the signed minutes, photographed
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    review_due_on = models.DateField()
    ended_reason = SealedText(default="")
    ended_at = models.DateTimeField(null=True, blank=True)  # no longer to be followed
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "programme": "internal",
        "county": "open",
        "on": "internal",
        "quorum": "internal",
        "reasons": "sensitive",
        "question": "sensitive",
        "situation": "sensitive",
        "outcome": "sensitive",
        "gist": "internal",
        "members": "personal",
        "income_fen": "sensitive",
        "paper": "internal",
        "at": "internal",
        "by": "internal",
        "review_due_on": "internal",
        "ended_reason": "sensitive",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["help", "refuse", "more"]), name="consultation_outcome"),
            models.CheckConstraint(condition=Q(income_fen__isnull=True) | Q(income_fen__gte=0), name="consultation_money"),
            models.CheckConstraint(condition=Q(quorum__gte=2), name="consultation_quorum"),
            models.UniqueConstraint(fields=["case", "on"], name="consultation_once_a_day"),
            together("consultation_ended_whole", "ended_at", "ended_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["county", "programme", "ended_at"], name="consultation_like")]

    def __str__(self) -> str:
        return self.ref


class Voice(models.Model):
    """One who took part in a consultation: what they thought, in words and as a vote; or that they stepped back."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="voices")
    name = SealedText()
    duty = models.CharField(max_length=60)
    vote = models.CharField(max_length=8)  # agree | against | abstain | away (stepped back)
    said = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "consultation": "internal",
        "name": "personal",
        "duty": "internal",
        "vote": "internal",
        "said": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(vote__in=["agree", "against", "abstain", "away"]), name="voice_vote"),
        ]

    def __str__(self) -> str:
        return self.ref


class PrecedentReview(models.Model):
    """Somebody looked at an old consultation again: it still stands until a later day, or is followed no longer."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="reviews")
    stands = models.BooleanField()
    why = SealedText()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "consultation": "internal",
        "stands": "internal",
        "why": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    def __str__(self) -> str:
        return self.ref
