"""Looking again at help in force: reviews, offers of work, and asking how people are after help ended."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.adjustment import Adjustment
from doudi.casework.models.benefit import Benefit
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedJSON, SealedText


class Review(models.Model):
    """One look again at a benefit that was due: what was then and is now, and how a person closed it."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="reviews")
    due_on = models.DateField()
    kind = models.CharField(max_length=10)
    is_drawn = models.BooleanField(default=False)  # by lot: it is opened and looked at before any is closed together
    called_at = models.DateTimeField()
    called_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    compared = SealedJSON(default=dict)  # then and now, as the person saw it who closed it
    note = SealedText(default="")
    adjustment = models.OneToOneField(Adjustment, null=True, blank=True, on_delete=models.PROTECT, related_name="review")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "due_on": "internal",
        "kind": "internal",
        "is_drawn": "internal",
        "called_at": "internal",
        "called_by": "internal",
        "opened_at": "internal",
        "opened_by": "internal",
        "outcome": "internal",
        "compared": "sensitive",
        "note": "sensitive",
        "adjustment": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benefit"], condition=Q(closed_at__isnull=True), name="review_one_open"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | Q(closed_at__isnull=False, outcome__in=["same", "changed"]),
                name="review_outcome",
            ),
            together("review_opened_whole", "opened_at", "opened_by"),
            together("review_closed_whole", "closed_at", "closed_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_on", "id"], condition=Q(closed_at__isnull=True), name="review_queue")]

    def __str__(self) -> str:
        return self.ref


class Offer(models.Model):
    """A suitable job offered to somebody able to work, and what they answered; three refusals decide nothing by themselves."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="offers")
    pid = models.CharField(max_length=21)
    on = models.DateField()
    work = SealedText()
    offered_by = models.CharField(max_length=120)
    answer = models.CharField(max_length=12)
    reason = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "pid": "personal",
        "on": "internal",
        "work": "sensitive",
        "offered_by": "internal",
        "answer": "sensitive",
        "reason": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(answer__in=["taken", "good_reason", "refused"]), name="offer_answer"),
            models.UniqueConstraint(fields=["benefit", "pid", "on"], name="offer_once_a_day"),
        ]

    def __str__(self) -> str:
        return self.ref


class FollowUp(models.Model):
    """Asking a family how they are, some months after their help ended."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="follow_ups")
    after_months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=12, blank=True)
    way = models.CharField(max_length=10, blank=True)
    note = SealedText(default="")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "after_months": "internal",
        "due_on": "internal",
        "outcome": "sensitive",
        "way": "internal",
        "note": "sensitive",
        "done_at": "internal",
        "done_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benefit", "due_on"], name="follow_up_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, outcome="")
                | Q(done_at__isnull=False, outcome__in=["fine", "struggling", "fallen_back", "not_reached", "needless"]),
                name="follow_up_outcome",
            ),
            together("follow_up_done_whole", "done_at", "done_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["due_on", "id"], condition=Q(done_at__isnull=True), name="follow_up_queue")]

    def __str__(self) -> str:
        return self.ref
