"""Checks of one household: who was asked about, each source's answer, and each row found."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedJSON, SealedText


def new_check_ref() -> str:
    return "v" + uuid4().hex[:16]


class Check(models.Model):
    """One authorised question about the people of a household, for one purpose; `number` is what the report is called."""

    ref = models.CharField(max_length=20, unique=True, default=new_check_ref)
    number = models.CharField(max_length=24, unique=True)
    subject = models.CharField(max_length=40, db_index=True)  # the case or household it is for
    area = models.CharField(max_length=12)
    programme = models.CharField(max_length=30)
    basis = models.CharField(max_length=20)
    task_order = models.CharField(max_length=80, blank=True)
    on = models.DateField()
    valid_until = models.DateField()
    people = SealedJSON()  # whom it asks about: pid, name, adult, and the consent it stands on
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "subject": "internal",
        "area": "internal",
        "programme": "internal",
        "basis": "internal",
        "task_order": "internal",
        "on": "internal",
        "valid_until": "internal",
        "people": "personal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(basis="consent", task_order="") | (Q(basis="statutory_duty") & ~Q(task_order="")), name="check_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReportCounter(models.Model):
    """The last report number given in a year; the row is locked while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "open"}

    def __str__(self) -> str:
        return f"{self.year} {self.last}"


class Answer(models.Model):
    """What one source said about one person; answers are never merged."""

    check_asked = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="answers")
    pid = models.CharField(max_length=21)
    dataset = models.CharField(max_length=40)
    said = models.CharField(max_length=10)
    why = models.CharField(max_length=20, blank=True)  # why it did not answer
    as_of = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField()

    PRIVACY: ClassVar = {
        "id": "internal",
        "check_asked": "internal",
        "pid": "personal",
        "dataset": "internal",
        "said": "sensitive",
        "why": "internal",
        "as_of": "internal",
        "answered_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_asked", "pid", "dataset"], name="answer_once"),
            models.CheckConstraint(condition=Q(said__in=["found", "nothing", "no_answer"]), name="answer_said"),
            models.CheckConstraint(
                condition=(Q(said="no_answer") & ~Q(why="")) | Q(said__in=["found", "nothing"], why="", as_of__isnull=False),
                name="answer_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.said}"


class Item(models.Model):
    """One delivered row a source holds about a person, with where it stands."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="items")
    dataset = models.CharField(max_length=40)
    batch = models.BigIntegerField()
    row_no = models.BigIntegerField()
    as_of = models.DateField()
    values = SealedJSON()
    words = SealedText()

    PRIVACY: ClassVar = {
        "id": "internal",
        "answer": "internal",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "as_of": "internal",
        "values": "sensitive",
        "words": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["answer", "batch", "row_no"], name="item_once")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.batch}/{self.row_no}"
