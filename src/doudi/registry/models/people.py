"""People somebody acted for, their households, and what they consented to."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.registry.core import PURPOSE_LABELS


def new_consent_ref() -> str:
    return "k" + uuid4().hex[:16]


class Person(models.Model):
    """A person who came to us, or to whom we went. Names and numbers are sealed; equal numbers are found by their blind hash."""

    pid = models.CharField(max_length=21, primary_key=True)
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    citizen_no = SealedText()
    number_blind = models.CharField(max_length=64, blank=True)
    short_blind = models.CharField(max_length=64, blank=True, db_index=True)  # name and last four of the number
    phone = SealedText(default="")
    account = SealedText(default="")
    sex = models.CharField(max_length=1, default="0")
    born_on = models.DateField(null=True, blank=True)
    area = models.CharField(max_length=12, db_index=True)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "pid": "internal",
        "name": "personal",
        "masked_name": "personal",
        "citizen_no": "personal",
        "number_blind": "personal",
        "short_blind": "personal",
        "phone": "personal",
        "account": "sensitive",
        "sex": "personal",
        "born_on": "personal",
        "area": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number_blind"], condition=~Q(number_blind=""), name="person_number_once"),
        ]

    def __str__(self) -> str:
        return self.masked_name


class Household(models.Model):
    """People who share life and table, as the register or they themselves say."""

    hid = models.CharField(max_length=21, primary_key=True)
    area = models.CharField(max_length=12, db_index=True)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {"hid": "internal", "area": "internal", "kept_at": "internal", "kept_by": "internal"}

    def __str__(self) -> str:
        return self.hid


class Member(models.Model):
    """One version of whether a person lives in a household: the register's, and beside it what was said; both are kept."""

    class Source(models.TextChoices):
        REGISTER = "register", "登记信息"
        SAID = "said", "本人说的"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=20)
    source = models.CharField(max_length=10, choices=Source.choices)
    together = models.BooleanField(default=True)
    reason = SealedText(default="")  # of what was said: how they know
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "household": "internal",
        "person": "internal",
        "relation": "personal",
        "source": "internal",
        "together": "personal",
        "reason": "sensitive",
        "from_on": "internal",
        "to_on": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "person", "source"], condition=Q(to_on__isnull=True), name="member_one_version"
            ),
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="member_days"),
            models.CheckConstraint(condition=Q(source__in=["register", "said"]), name="member_source"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} {self.person_id} {self.source}"


class Consent(models.Model):
    """A person's yes to one purpose, with the sources it names; taken back as easily as given (PIPL Art. 15)."""

    ref = models.CharField(max_length=20, primary_key=True, default=new_consent_ref)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, choices=[(purpose.value, label) for purpose, label in PURPOSE_LABELS.items()])
    sources = models.JSONField(default=list)
    channel = models.CharField(max_length=20)
    guardian = models.CharField(max_length=21, blank=True)  # the pid of who agreed for a minor or an incapable adult
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "ref": "internal",
        "person": "internal",
        "purpose": "personal",
        "sources": "personal",
        "channel": "internal",
        "guardian": "personal",
        "given_at": "internal",
        "given_by": "internal",
        "withdrawn_at": "internal",
        "withdrawn_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by="")
                | (Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("given_at")) & ~Q(withdrawn_by="")),
                name="consent_withdrawn_whole",
            ),
            models.CheckConstraint(condition=Q(purpose__in=[str(purpose) for purpose in PURPOSE_LABELS]), name="consent_purpose"),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "purpose"], name="consent_of")]

    def __str__(self) -> str:
        return self.ref
