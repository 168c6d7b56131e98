"""How help in force is changed: what somebody told, the proposal, the invitations, what the family said, the decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.core.causes import CAUSES, HEARD, KINDS
from doudi.casework.models.benefit import Benefit
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedJSON, SealedText


class Happening(models.Model):
    """Something that happened to a family in receipt of help, with the day it happened; nothing follows from it by itself."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="happenings")
    kind = models.CharField(max_length=20)  # a cause that can happen
    pid = models.CharField(max_length=21, blank=True)
    on = models.DateField()
    known_on = models.DateField()
    channel = models.CharField(max_length=12)
    source_ref = models.CharField(max_length=40, blank=True)  # what data it comes from; the same is told once
    said = SealedText(default="")
    figure_fen = models.BigIntegerField(null=True, blank=True)  # the new monthly sum, where one was said
    is_late = models.BooleanField(default=False)  # told later than the law asks; noted, and nothing follows from that
    state = models.CharField(max_length=10, default="open")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    left_reason = SealedText(default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "kind": "sensitive",
        "pid": "personal",
        "on": "personal",
        "known_on": "internal",
        "channel": "internal",
        "source_ref": "internal",
        "said": "sensitive",
        "figure_fen": "sensitive",
        "is_late": "sensitive",
        "state": "internal",
        "at": "internal",
        "by": "internal",
        "left_reason": "sensitive",
        "settled_at": "internal",
        "settled_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=sorted(CAUSES)), name="happening_kind"),
            models.CheckConstraint(condition=Q(state__in=["open", "taken", "left"]), name="happening_state"),
            models.CheckConstraint(condition=Q(figure_fen__isnull=True) | Q(figure_fen__gte=0), name="happening_money"),
            models.UniqueConstraint(
                fields=["benefit", "kind", "source_ref"], condition=~Q(source_ref=""), name="happening_told_once"
            ),
            together("happening_settled_whole", "settled_at", "settled_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["benefit", "state"], name="happening_of_benefit")]

    def __str__(self) -> str:
        return self.ref


class Adjustment(models.Model):
    """A change of help in force: proposed with every month before everybody's eyes, heard where it cuts, decided by another."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=10)
    cause = models.CharField(max_length=20)
    article = models.CharField(max_length=80)
    happening = models.OneToOneField(Happening, null=True, blank=True, on_delete=models.PROTECT, related_name="adjustment")
    rights = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="righted_by")
    happened_on = models.DateField(null=True, blank=True)
    from_month = models.DateField()
    until_month = models.DateField(null=True, blank=True)  # a suspension: the last month nothing is paid for
    effects = SealedJSON(default=list)  # what became different in the household, each from a day
    months = SealedJSON(default=list)  # month by month: awarded, by the rules of that month, why
    steps = SealedJSON(default=list)  # the awards it will write
    pack = models.CharField(max_length=64, blank=True)
    reason = SealedText()
    differs = models.BooleanField(default=False)
    differs_reason = SealedText(default="")
    is_less = models.BooleanField(default=False)
    heard = models.CharField(max_length=10, blank=True)
    goes_to = models.CharField(max_length=120, blank=True)  # the place a household that moved is handed over to
    state = models.CharField(max_length=10, default="proposed")
    version = models.PositiveIntegerField(default=1)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80)
    ended_reason = SealedText(default="")  # why it was decided, or not taken further
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.CharField(max_length=80, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    notice_due_on = models.DateField(null=True, blank=True)
    reconsider_until = models.DateField(null=True, blank=True)
    lawsuit_until = models.DateField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    served_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "kind": "sensitive",
        "cause": "sensitive",
        "article": "internal",
        "happening": "internal",
        "rights": "internal",
        "happened_on": "personal",
        "from_month": "internal",
        "until_month": "internal",
        "effects": "sensitive",
        "months": "sensitive",
        "steps": "sensitive",
        "pack": "open",
        "reason": "sensitive",
        "differs": "internal",
        "differs_reason": "sensitive",
        "is_less": "sensitive",
        "heard": "internal",
        "goes_to": "personal",
        "state": "internal",
        "version": "internal",
        "proposed_at": "internal",
        "proposed_by": "internal",
        "ended_reason": "sensitive",
        "decided_at": "internal",
        "decided_by": "internal",
        "dropped_at": "internal",
        "dropped_by": "internal",
        "decided_on": "internal",
        "notice_due_on": "internal",
        "reconsider_until": "internal",
        "lawsuit_until": "internal",
        "served_at": "internal",
        "served_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="adjustment_kind"),
            models.CheckConstraint(condition=Q(cause__in=sorted(CAUSES)), name="adjustment_cause"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True, dropped_at__isnull=True)
                | Q(state="decided", decided_at__isnull=False, dropped_at__isnull=True)
                | Q(state="dropped", decided_at__isnull=True, dropped_at__isnull=False),
                name="adjustment_state",
            ),
            models.CheckConstraint(condition=Q(decided_at__isnull=True) | ~Q(decided_by=F("proposed_by")), name="adjustment_two"),
            # LAW Art. 48: nothing is cut or ended before the person was heard
            models.CheckConstraint(
                condition=~Q(state="decided") | Q(is_less=False) | Q(heard__in=sorted(HEARD)), name="adjustment_heard"
            ),
            models.CheckConstraint(
                condition=Q(until_month__isnull=True) | Q(until_month__gte=F("from_month")), name="adjustment_until"
            ),
            models.CheckConstraint(condition=~Q(kind="suspend") | Q(until_month__isnull=False), name="adjustment_suspends_until"),
            models.UniqueConstraint(fields=["benefit"], condition=Q(state="proposed"), name="adjustment_one_open"),
            together("adjustment_decided_whole", "decided_at", "decided_by"),
            together("adjustment_dropped_whole", "dropped_at", "dropped_by"),
            together("adjustment_served_whole", "served_at", "served_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "proposed_at"], name="adjustment_open")]

    def __str__(self) -> str:
        return self.ref


class Invitation(models.Model):
    """The family was asked, for a day and in a way, to say what they think of less help; and what they answered."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    adjustment = models.ForeignKey(Adjustment, on_delete=models.PROTECT, related_name="invitations")
    way = models.CharField(max_length=10)
    for_on = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = models.CharField(max_length=10, blank=True)
    words = SealedText(default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "adjustment": "internal",
        "way": "internal",
        "for_on": "internal",
        "place": "internal",
        "at": "internal",
        "by": "internal",
        "answer": "internal",
        "words": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "for_on"], name="invitation_once_a_day"),
            together("invitation_answered_whole", "answered_at", "answered_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Hearing(models.Model):
    """The record of what the family said before less help was decided, or why nobody was heard (LAW Art. 48)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, related_name="hearing")
    outcome = models.CharField(max_length=10)
    on = models.DateField()
    views = SealedText(default="")
    signed_by = SealedText(default="")
    invitations = models.PositiveSmallIntegerField(default=0)
    visited_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "adjustment": "internal",
        "outcome": "internal",
        "on": "internal",
        "views": "sensitive",
        "signed_by": "personal",
        "invitations": "internal",
        "visited_on": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=sorted(HEARD)), name="hearing_outcome"),
            models.CheckConstraint(
                condition=~Q(outcome="absent") | Q(visited_on__isnull=False, invitations__gte=1), name="hearing_absent_looked_for"
            ),
        ]

    def __str__(self) -> str:
        return self.ref
