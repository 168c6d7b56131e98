"""校核申请: requests to check and correct a value, both ways, and what came of each."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.exchange.core.corrections import OPEN, Direction, Origin, State
from doudi.exchange.models.loads import Load
from doudi.office.fields import SealedText


def new_ref() -> str:
    return "jh" + uuid4().hex[:14]


class Correction(models.Model):
    """One request about one cell (or a whole row): what stands there, what we believe, why, and the answer."""

    ref = models.CharField(max_length=20, unique=True, default=new_ref)
    direction = models.CharField(max_length=3, choices=[(one.value, one.value) for one in Direction])
    department = models.CharField(max_length=40)  # code of the department at the other end
    dataset = models.CharField(max_length=40)
    load = models.ForeignKey(Load, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    row_no = models.PositiveIntegerField(null=True, blank=True)
    pid = models.CharField(max_length=40, blank=True)
    area = models.CharField(max_length=12, blank=True)
    field = models.CharField(max_length=40, blank=True)  # empty: the whole row
    held = SealedText(null=True, blank=True)
    believed = SealedText(null=True, blank=True)
    evidence = SealedText()
    origin = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Origin])
    cause = models.CharField(max_length=60, blank=True)  # reference of what it came from: an objection, a pair
    same = models.CharField(max_length=64)  # equal for requests about the same cell
    state = models.CharField(max_length=10, choices=[(one.value, one.value) for one in State], default=State.ASKED)
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=80, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.CharField(max_length=80, blank=True)
    extended_why = SealedText(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    answer = SealedText(null=True, blank=True)  # the corrected value
    answer_why = SealedText(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # withdrawn, or the corrected value came in
    closed_by = models.CharField(max_length=80, blank=True)
    applied = models.ForeignKey(Load, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "direction": "internal",
        "department": "open",
        "dataset": "open",
        "load": "internal",
        "row_no": "internal",
        "pid": "personal",
        "area": "internal",
        "field": "internal",
        "held": "sensitive",
        "believed": "sensitive",
        "evidence": "sensitive",
        "origin": "internal",
        "cause": "internal",
        "same": "internal",
        "state": "internal",
        "due_on": "internal",
        "asked_at": "internal",
        "asked_by": "internal",
        "sent_at": "internal",
        "sent_by": "internal",
        "extended_at": "internal",
        "extended_by": "internal",
        "extended_why": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
        "answer": "sensitive",
        "answer_why": "sensitive",
        "closed_at": "internal",
        "closed_by": "internal",
        "applied": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["same"], condition=Q(state__in=sorted(OPEN)), name="correction_once_while_open"),
            models.CheckConstraint(condition=Q(direction__in=["in", "out"]), name="correction_direction"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="correction_state"),
            models.CheckConstraint(condition=Q(row_no__isnull=True) | Q(load__isnull=False), name="correction_row_of_a_load"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at__isnull": True, f"{name}_by": ""})
                    | (Q(**{f"{name}_at__isnull": False}) & ~Q(**{f"{name}_by": ""})),
                    name=f"correction_{name}_whole",
                )
                for name in ("sent", "extended", "answered", "closed")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"], name="correction_due"),
            models.Index(fields=["department", "state"], name="correction_department"),
            models.Index(fields=["pid"], name="correction_person"),
        ]

    def __str__(self) -> str:
        return self.ref
