"""What the county decided, and the help that follows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.findings import Assessment
from doudi.casework.models.opinion import Opinion
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class Decision(models.Model):
    """What a named person of the county decided, on which assessment, why, and how to appeal; never the assessment itself."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=12)
    article = models.CharField(max_length=80, blank=True)
    reason = SealedText()
    one_thing = models.CharField(max_length=300, blank=True)
    differs = models.BooleanField(default=False)
    differs_reason = SealedText(default="")
    members = models.PositiveSmallIntegerField(default=0)
    amount_fen = models.BigIntegerField(default=0)
    from_month = models.DateField(null=True, blank=True)
    on = models.DateField()
    notice_due_on = models.DateField(null=True, blank=True)
    reconsider_until = models.DateField(null=True, blank=True)
    lawsuit_until = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    served_at = models.DateTimeField(null=True, blank=True)
    served_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "opinion": "internal",
        "assessment": "internal",
        "kind": "sensitive",
        "article": "internal",
        "reason": "sensitive",
        "one_thing": "internal",
        "differs": "internal",
        "differs_reason": "sensitive",
        "members": "personal",
        "amount_fen": "sensitive",
        "from_month": "internal",
        "on": "internal",
        "notice_due_on": "internal",
        "reconsider_until": "internal",
        "lawsuit_until": "internal",
        "at": "internal",
        "by": "internal",
        "served_at": "internal",
        "served_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["confirm", "return_one", "refuse"]), name="decision_kind"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="decision_money"),
            models.UniqueConstraint(fields=["case"], condition=Q(kind__in=["confirm", "refuse"]), name="decision_one_final"),
            together("decision_served_whole", "served_at", "served_by"),
        ]

    def __str__(self) -> str:
        return self.ref


class Benefit(models.Model):
    """Help in force from a month by a decision; its review goes its own way beside the life of the case."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="benefit")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="benefit")
    programme = models.CharField(max_length=30)
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21, db_index=True)
    members = models.PositiveSmallIntegerField()
    amount_fen = models.BigIntegerField()  # as first decided; what it is in a month say its awards
    from_month = models.DateField()
    to_month = models.DateField(null=True, blank=True)  # the last month it is paid for
    is_one_off = models.BooleanField(default=False)  # paid once, for its first month
    ended_why = models.CharField(max_length=20, blank=True)  # code of the cause
    review_due_on = models.DateField()
    review_state = models.CharField(max_length=10, default="none")  # none | called
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "decision": "internal",
        "programme": "internal",
        "area": "internal",
        "payee": "personal",
        "members": "personal",
        "amount_fen": "sensitive",
        "from_month": "internal",
        "to_month": "internal",
        "is_one_off": "internal",
        "ended_why": "sensitive",
        "review_due_on": "internal",
        "review_state": "internal",
        "called_at": "internal",
        "called_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="benefit_money"),
            models.CheckConstraint(condition=Q(to_month__isnull=True) | Q(to_month__gte=F("from_month")), name="benefit_months"),
            models.CheckConstraint(condition=Q(is_one_off=False) | Q(to_month=F("from_month")), name="benefit_one_off"),
            models.CheckConstraint(condition=Q(ended_why="") | Q(to_month__isnull=False), name="benefit_ended_whole"),
            models.CheckConstraint(condition=Q(review_state__in=["none", "called"]), name="benefit_review_state"),
            together("benefit_called_whole", "called_at", "called_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "from_month"], name="benefit_area")]

    def __str__(self) -> str:
        return self.ref


class Award(models.Model):
    """What a benefit gives a month from a month on, by one decision; only added, never changed.

    What a benefit gives for a month is said by the newest award that begins by then; 0 fen is nothing any more. A later award
    with an earlier month puts past months right.
    """

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT, related_name="awards")
    from_month = models.DateField()
    amount_fen = models.BigIntegerField()
    members = models.PositiveSmallIntegerField()
    decision = models.OneToOneField(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="award")
    adjustment = models.ForeignKey("Adjustment", null=True, blank=True, on_delete=models.PROTECT, related_name="awards")
    is_less = models.BooleanField(default=False)  # less than was awarded for that month before
    hearing = models.ForeignKey("Hearing", null=True, blank=True, on_delete=models.PROTECT, related_name="awards")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "from_month": "internal",
        "amount_fen": "sensitive",
        "members": "personal",
        "decision": "internal",
        "adjustment": "internal",
        "is_less": "sensitive",
        "hearing": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="award_money"),
            models.CheckConstraint(condition=Q(from_month__day=1), name="award_first_of_month"),
            models.CheckConstraint(
                condition=Q(decision__isnull=False, adjustment__isnull=True) | Q(decision__isnull=True, adjustment__isnull=False),
                name="award_by_one_decision",
            ),
            # LAW Art. 48: nothing is cut or ended before the person was heard
            models.CheckConstraint(condition=Q(is_less=False) | Q(hearing__isnull=False), name="award_heard_before_less"),
            models.UniqueConstraint(fields=["adjustment", "from_month"], name="award_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["benefit", "from_month", "id"], name="award_of_benefit")]

    def __str__(self) -> str:
        return self.ref
