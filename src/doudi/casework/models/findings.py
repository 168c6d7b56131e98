"""What was said, found, seen and assessed in a case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedJSON, SealedText


class Line(models.Model):
    """A line of income: what a source says a month, and what the family says."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="lines")
    pid = models.CharField(max_length=21, blank=True)
    kind = models.CharField(max_length=20)
    found_fen = models.BigIntegerField(null=True, blank=True)
    said = models.CharField(max_length=10, blank=True)  # right | wrong | "" not said
    said_fen = models.BigIntegerField(null=True, blank=True)
    dataset = models.CharField(max_length=40, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    as_of = models.DateField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "kind": "sensitive",
        "found_fen": "sensitive",
        "said": "sensitive",
        "said_fen": "sensitive",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "as_of": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(found_fen__isnull=True) | Q(found_fen__gte=0)) & (Q(said_fen__isnull=True) | Q(said_fen__gte=0)),
                name="line_money",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Question(models.Model):
    """A difference between what was found and what was said, for a person to settle; never a verdict."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    key = models.CharField(max_length=80)  # what it is about; a second check does not ask twice
    kind = models.CharField(max_length=30)
    pid = models.CharField(max_length=21, blank=True)
    heading = SealedText()
    data_says = SealedText()
    person_says = SealedText()
    found_fen = models.BigIntegerField(null=True, blank=True)
    said_fen = models.BigIntegerField(null=True, blank=True)
    dataset = models.CharField(max_length=40, blank=True)
    batch = models.BigIntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    as_of = models.DateField(null=True, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    reason = SealedText(default="")
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "key": "internal",
        "kind": "internal",
        "pid": "personal",
        "heading": "sensitive",
        "data_says": "sensitive",
        "person_says": "sensitive",
        "found_fen": "sensitive",
        "said_fen": "sensitive",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "as_of": "internal",
        "choice": "sensitive",
        "amount_fen": "sensitive",
        "reason": "sensitive",
        "judged_at": "internal",
        "judged_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "key"], name="question_once"),
            together("question_judged_whole", "judged_at", "judged_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Survey(models.Model):
    """A household visit of a case: two investigators, a member of the family who signs, answers and needs (D57 Art. 16)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="surveys")
    on = models.DateField()
    level = models.CharField(max_length=10, default="township")  # township | county (the county's own visit, Art. 20)
    way = models.CharField(max_length=10, default="visit")  # visit | telephone | video (only in an emergency, with its reason)
    way_reason = SealedText(default="")
    first = models.CharField(max_length=20)  # opaque refs of the investigators
    second = models.CharField(max_length=20)
    signed_by = SealedText()  # who of the family was there, and is to sign
    unsigned = models.CharField(max_length=10, blank=True)  # a code of core.collective.UNSIGNED: why nobody of the family signed
    unsigned_words = SealedText(default="")
    witness = SealedText(default="")  # who, not of the family, saw that it did not sign
    unsigned_at = models.DateTimeField(null=True, blank=True)
    unsigned_by = models.CharField(max_length=80, blank=True)
    answers = SealedJSON(default=dict)
    needs = SealedJSON(default=dict)
    note = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "on": "internal",
        "level": "internal",
        "way": "internal",
        "way_reason": "sensitive",
        "first": "internal",
        "second": "internal",
        "signed_by": "personal",
        "unsigned": "internal",
        "unsigned_words": "sensitive",
        "witness": "personal",
        "unsigned_at": "internal",
        "unsigned_by": "internal",
        "answers": "sensitive",
        "needs": "sensitive",
        "note": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="survey_two_people"),
            models.CheckConstraint(condition=Q(level__in=["township", "county"]), name="survey_level"),
            models.CheckConstraint(condition=Q(way__in=["visit", "telephone", "video"]), name="survey_way"),
            models.CheckConstraint(
                condition=Q(unsigned="", unsigned_at__isnull=True)
                | Q(unsigned__in=["refused", "unable"], unsigned_at__isnull=False),
                name="survey_unsigned",
            ),
            together("survey_unsigned_whole", "unsigned_at", "unsigned_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Assessment(models.Model):
    """What the rules said on a day from the facts kept here, with their sources; never changed, never a decision."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assessments")
    programme = models.CharField(max_length=30)
    on = models.DateField()
    area = models.CharField(max_length=12)
    outcome = models.CharField(max_length=10)  # yes | no | unknown
    members = models.PositiveSmallIntegerField()
    income_fen = models.BigIntegerField(null=True, blank=True)
    standard_fen = models.BigIntegerField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    pack = models.CharField(max_length=64)
    facts = SealedJSON()
    table = SealedJSON()
    trace = SealedJSON()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "programme": "internal",
        "on": "internal",
        "area": "internal",
        "outcome": "sensitive",
        "members": "personal",
        "income_fen": "sensitive",
        "standard_fen": "open",
        "amount_fen": "sensitive",
        "pack": "open",
        "facts": "sensitive",
        "table": "sensitive",
        "trace": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["yes", "no", "unknown"]), name="assessment_outcome"),
        ]

    def __str__(self) -> str:
        return self.ref
