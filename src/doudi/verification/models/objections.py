"""异议: what somebody holds against a report, line by line, who looked again, and how each line ended."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.verification.core.objections import OPEN, Channel, Outcome, State
from doudi.verification.models.checks import Check


def new_objection_ref() -> str:
    return "yy" + uuid4().hex[:16]


def new_line_ref() -> str:
    return "yl" + uuid4().hex[:16]


class Objection(models.Model):
    """One person's objection to the report of a check; another person than who asked looks at it by `due_on`."""

    ref = models.CharField(max_length=20, unique=True, default=new_objection_ref)
    number = models.CharField(max_length=24, unique=True)  # what the person is told
    check_asked = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="objections")
    report = models.CharField(max_length=30)  # number of the report it is against
    pid = models.CharField(max_length=21, db_index=True)  # whose objection it is
    area = models.CharField(max_length=12)
    channel = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Channel])
    words = SealedText(default="")
    papers = models.JSONField(default=list)  # refs of evidence papers, in the order they came
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in State], default=State.OPENED)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    due_on = models.DateField()
    reminded_at = models.DateTimeField(null=True, blank=True)  # who looks was reminded shortly before the last day
    late_told_at = models.DateTimeField(null=True, blank=True)  # the person was told that we are late
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    answer = SealedText(default="")  # what the person is told, or why it was withdrawn
    new_report = models.CharField(max_length=30, blank=True)  # the report beside the old one
    followed_at = models.DateTimeField(null=True, blank=True)  # the case it belongs to has taken the rulings up

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "check_asked": "internal",
        "report": "internal",
        "pid": "personal",
        "area": "internal",
        "channel": "internal",
        "words": "sensitive",
        "papers": "internal",
        "state": "internal",
        "opened_at": "internal",
        "opened_by": "internal",
        "due_on": "internal",
        "reminded_at": "internal",
        "late_told_at": "internal",
        "taken_at": "internal",
        "taken_by": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "answer": "sensitive",
        "new_report": "internal",
        "followed_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["check_asked", "pid"], condition=Q(state__in=sorted(OPEN)), name="objection_once_while_open"
            ),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="objection_state"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN), closed_at__isnull=True, closed_by="")
                | (Q(state__in=["settled", "withdrawn"], closed_at__isnull=False) & ~Q(closed_by="")),
                name="objection_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by="") | (Q(taken_at__isnull=False) & ~Q(taken_by="")),
                name="objection_taken_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(taken_at__isnull=False), name="objection_settled_by_somebody"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["area", "due_on"], name="objection_waiting", condition=Q(state__in=sorted(OPEN)))
        ]

    def __str__(self) -> str:
        return self.number


class ObjectionLine(models.Model):
    """One line of the report that is said to be wrong: which answer, which row of it, what was written, how it ended."""

    ref = models.CharField(max_length=20, unique=True, default=new_line_ref)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="lines")
    pid = models.CharField(max_length=21)  # whose line it is
    dataset = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()  # of the answer that is disputed
    place = models.CharField(max_length=80, blank=True)  # batch/row, or the source's own mark; empty: the answer as a whole
    batch = models.BigIntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    said = models.CharField(max_length=10)
    shown = SealedText()  # what the report said, as it was read
    claim = models.CharField(max_length=12)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=12, blank=True)
    instead = SealedText(default="")  # what counts instead, when evidence was accepted
    reason = SealedText(default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    correction = models.CharField(max_length=20, blank=True)  # ref of the correction request to the source

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "objection": "internal",
        "pid": "personal",
        "dataset": "internal",
        "source": "internal",
        "round": "internal",
        "place": "internal",
        "batch": "internal",
        "row_no": "internal",
        "said": "sensitive",
        "shown": "sensitive",
        "claim": "sensitive",
        "asked_at": "internal",
        "asked_by": "internal",
        "outcome": "sensitive",
        "instead": "sensitive",
        "reason": "sensitive",
        "decided_at": "internal",
        "decided_by": "internal",
        "correction": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["objection", "pid", "source", "place"], name="objection_line_once"),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, asked_by="") | (Q(asked_at__isnull=False) & ~Q(asked_by="")),
                name="objection_line_asked_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True, decided_by="")
                | (Q(outcome__in=[one.value for one in Outcome], decided_at__isnull=False) & ~Q(decided_by="")),
                name="objection_line_decided_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class ObjectionCounter(models.Model):
    """The last objection number given in a year; the row is locked while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "open"}

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
