"""Questions to sources, each answer kept for ever, each row found."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedJSON, SealedText
from doudi.verification.core import CLOSED, Said, State
from doudi.verification.models.checks import Check
from doudi.verification.models.sources import Dispatch

KNOWN = [said.value for said in Said if said.is_known]
OPEN_SAID = [said.value for said in Said if not said.is_known]
STATES = [state.value for state in State]
WHY_CLOSED = sorted(CLOSED)


def new_question_ref() -> str:
    return "q" + uuid4().hex[:16]


class Question(models.Model):
    """One source asked about one person in one check. Its ref travels with it: a source asked twice under it answers alike."""

    ref = models.CharField(max_length=20, unique=True, default=new_question_ref)
    check_asked = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="questions")
    pid = models.CharField(max_length=21)
    source = models.CharField(max_length=40)
    dataset = models.CharField(max_length=40)
    adapter = models.CharField(max_length=10)
    round = models.PositiveSmallIntegerField(default=1)  # 2 and more: asked again
    why_again = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_why = models.CharField(max_length=300, blank=True)  # why the last try did not bring an answer
    sent_at = models.DateTimeField(null=True)
    their_ref = models.CharField(max_length=80, blank=True)
    claim = models.CharField(max_length=32, blank=True)  # the worker that carries it now
    claimed_until = models.DateTimeField(null=True)  # when somebody else may take it up, should that worker have died
    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, null=True, related_name="carried")
    closed_why = models.CharField(max_length=20, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "check_asked": "internal",
        "pid": "personal",
        "source": "internal",
        "dataset": "internal",
        "adapter": "internal",
        "round": "internal",
        "why_again": "internal",
        "state": "internal",
        "asked_at": "internal",
        "asked_by": "internal",
        "due_at": "internal",
        "tries": "internal",
        "next_try_at": "internal",
        "last_why": "internal",
        "sent_at": "internal",
        "their_ref": "internal",
        "claim": "internal",
        "claimed_until": "internal",
        "dispatch": "internal",
        "closed_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_asked", "pid", "source", "round"], name="question_of_round"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="question_state"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_why__in=WHY_CLOSED) | (~Q(state="closed") & Q(closed_why="")),
                name="question_closed_why",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "source", "next_try_at"], name="question_waiting")]

    def __str__(self) -> str:
        return self.ref


class Answer(models.Model):
    """What one source said to one question. Kept for ever and never changed; answers are never merged."""

    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="answer")
    said = models.CharField(max_length=10)
    why = models.CharField(max_length=200, blank=True)  # why it says neither found nor nothing: our code, or its words
    as_of = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=80)
    paper = models.CharField(max_length=40, blank=True)  # the letter it stands on

    PRIVACY: ClassVar = {
        "id": "internal",
        "question": "internal",
        "said": "sensitive",
        "why": "internal",
        "as_of": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
        "paper": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(said__in=KNOWN + OPEN_SAID), name="answer_said"),
            models.CheckConstraint(
                condition=(Q(said__in=OPEN_SAID) & ~Q(why="")) | Q(said__in=KNOWN, why="", as_of__isnull=False),
                name="answer_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.said


class Item(models.Model):
    """One row a source holds about a person: from a delivery (batch and row), or under the source's own number."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="items")
    dataset = models.CharField(max_length=40)
    batch = models.BigIntegerField(null=True)
    row_no = models.BigIntegerField(null=True)
    their_ref = models.CharField(max_length=80, blank=True)
    as_of = models.DateField()
    values = SealedJSON()
    words = SealedText()

    PRIVACY: ClassVar = {
        "id": "internal",
        "answer": "internal",
        "dataset": "internal",
        "batch": "internal",
        "row_no": "internal",
        "their_ref": "internal",
        "as_of": "internal",
        "values": "sensitive",
        "words": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "batch", "row_no"], name="item_once"),
            models.UniqueConstraint(fields=["answer", "their_ref"], condition=~Q(their_ref=""), name="item_theirs_once"),
            models.CheckConstraint(
                condition=Q(batch__isnull=False, row_no__isnull=False, their_ref="")
                | (Q(batch__isnull=True, row_no__isnull=True) & ~Q(their_ref="")),
                name="item_stands_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.batch}/{self.row_no}{self.their_ref}"


class Typed(models.Model):
    """An answer on paper as one person typed it in; it counts when another has looked at the paper too."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="typed")
    said = models.CharField(max_length=10)
    why = models.CharField(max_length=200, blank=True)
    as_of = models.DateField(null=True, blank=True)
    rows = SealedJSON(default=list)
    paper = models.CharField(max_length=40)
    typed_at = models.DateTimeField()
    typed_by = models.CharField(max_length=80)
    agreed = models.BooleanField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.CharField(max_length=80, blank=True)
    looked_why = models.CharField(max_length=200, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "question": "internal",
        "said": "sensitive",
        "why": "internal",
        "as_of": "internal",
        "rows": "sensitive",
        "paper": "internal",
        "typed_at": "internal",
        "typed_by": "internal",
        "agreed": "internal",
        "looked_at": "internal",
        "looked_by": "internal",
        "looked_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question"], condition=Q(agreed__isnull=True), name="typed_one_waits"),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, looked_at__isnull=True, looked_by="")
                | Q(agreed__isnull=False, looked_at__isnull=False) & ~Q(looked_by=""),
                name="typed_looked_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return self.said
