"""特困: the six items two people looked at, the form of support the person chose, who looks after them by agreement."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedJSON, SealedText


class SelfCare(models.Model):
    """What two people saw of the six items of self-care on a day (T43 Art. 21, 22); append-only: the newest counts."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="self_care")
    on = models.DateField()
    fails = SealedJSON()  # item → whether they cannot do it
    failed = models.PositiveSmallIntegerField()  # how many of the six
    grade = models.CharField(max_length=4)  # full | half | none
    words = SealedText()  # what was seen
    first = models.CharField(max_length=20)  # opaque refs of the two
    second = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "on": "internal",
        "fails": "sensitive",
        "failed": "sensitive",
        "grade": "sensitive",
        "words": "sensitive",
        "first": "internal",
        "second": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="self_care_two_people"),
            models.CheckConstraint(
                condition=Q(failed=0, grade="full")
                | Q(failed__gte=1, failed__lte=3, grade="half")
                | Q(failed__gte=4, failed__lte=6, grade="none"),
                name="self_care_grade",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Reassessment(models.Model):
    """Somebody said that self-care has changed: the six items are looked at again by a day (T43 Art. 23)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reassessments")
    said = SealedText()
    due_on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    answer = models.OneToOneField(SelfCare, on_delete=models.PROTECT, null=True, blank=True, related_name="reassessment")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "said": "sensitive",
        "due_on": "internal",
        "at": "internal",
        "by": "internal",
        "answer": "internal",
        "done_at": "internal",
        "done_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case"], condition=Q(done_at__isnull=True), name="reassessment_one_open"),
            models.CheckConstraint(condition=Q(done_at__isnull=True) | Q(answer__isnull=False), name="reassessment_answered"),
            together("reassessment_done_whole", "done_at", "done_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["done_at", "due_on"], name="reassessment_due")]

    def __str__(self) -> str:
        return self.ref


class SupportForm(models.Model):
    """Where the person wants to be looked after: at home or in an institution. Their choice (LAW Art. 16); the newest counts."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="support_forms")
    form = models.CharField(max_length=12)  # home | institution
    said = SealedText()  # in whose words, and how it was said
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "form": "personal",
        "said": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(form__in=["home", "institution"]), name="support_form_kind"),
        ]

    def __str__(self) -> str:
        return self.ref


class Agreement(models.Model):
    """An agreement about a person who gets support: who keeps their card (代管协议), who looks after them (照料协议)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=10)  # custody | carer
    party = SealedText()  # the other side: a person or an institution
    relation = SealedText(default="")  # to the person
    phone = SealedText(default="")
    duties = SealedText()
    from_on = models.DateField()
    to_on = models.DateField()
    paper = models.CharField(max_length=40, blank=True)  # the signed sheet, as the office keeps it
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = SealedText(default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "kind": "internal",
        "party": "personal",
        "relation": "personal",
        "phone": "personal",
        "duties": "personal",
        "from_on": "internal",
        "to_on": "internal",
        "paper": "internal",
        "at": "internal",
        "by": "internal",
        "ended_on": "internal",
        "ended_why": "sensitive",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["custody", "carer"]), name="agreement_kind"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="agreement_days"),
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(ended_at__isnull=True), name="agreement_one_running"),
            together("agreement_ended_whole", "ended_at", "ended_by"),
        ]

    def __str__(self) -> str:
        return self.ref
