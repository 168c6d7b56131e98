"""What was brought home from looking: papers of a visit, what neighbours said, letters of inquiry and their answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.findings import Survey
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class SurveyPaper(models.Model):
    """A paper of a household visit: who signed on the screen, the signed sheet photographed, a photograph of a thing.

    Both investigators and somebody of the family sign (D57 Art. 16): three signatures, or one sheet that bears them all.
    """

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="papers")
    role = models.CharField(max_length=10)  # first | second | family | sheet | thing
    paper = models.CharField(max_length=22)  # ref of the office's paper
    what = SealedText(default="")  # what the photograph shows
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "survey": "internal",
        "role": "internal",
        "paper": "internal",
        "what": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=["first", "second", "family", "sheet", "thing"]), name="survey_paper_role"
            ),
            models.UniqueConstraint(fields=["survey", "role", "paper"], name="survey_paper_once"),
            models.UniqueConstraint(
                fields=["survey", "role"], condition=Q(role__in=["first", "second", "family"]), name="survey_signed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Neighbour(models.Model):
    """What somebody of the village said about a household's life. The family never reads who it was."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="neighbours")
    on = models.DateField()
    name = SealedText()
    relation = models.CharField(max_length=12)  # a code of core.NEIGHBOURS
    said = SealedText()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "on": "internal",
        "name": "sensitive",
        "relation": "sensitive",
        "said": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(relation=""), name="neighbour_relation")]

    def __str__(self) -> str:
        return self.ref


class Inquiry(models.Model):
    """A letter of inquiry 信函索证 to a school, an employer, a village elsewhere: asked, answered, or never answered."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inquiries")
    to_whom = models.CharField(max_length=80)
    about = SealedText()
    state = models.CharField(max_length=10, default="sent")  # sent | answered | silent
    sent_on = models.DateField()
    due_on = models.DateField()
    answer = SealedText(default="")
    answered_on = models.DateField(null=True, blank=True)
    paper = models.CharField(max_length=22, blank=True)  # ref of the office's paper: their letter
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "to_whom": "internal",
        "about": "sensitive",
        "state": "internal",
        "sent_on": "internal",
        "due_on": "internal",
        "answer": "sensitive",
        "answered_on": "internal",
        "paper": "internal",
        "at": "internal",
        "by": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["sent", "answered", "silent"]), name="inquiry_state"),
            models.CheckConstraint(condition=Q(due_on__gte=F("sent_on")), name="inquiry_days"),
            models.CheckConstraint(
                condition=Q(state="sent", closed_at__isnull=True) | (~Q(state="sent") & Q(closed_at__isnull=False)),
                name="inquiry_closed",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_on__isnull=False) | (~Q(state="answered") & Q(answered_on__isnull=True)),
                name="inquiry_answered",
            ),
            together("inquiry_closed_whole", "closed_at", "closed_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "due_on"], name="inquiry_due")]

    def __str__(self) -> str:
        return self.ref
