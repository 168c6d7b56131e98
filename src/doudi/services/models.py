"""Referrals to other departments, their answers, how far silent ones climbed, and what was looked up here."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedJSON, SealedText
from doudi.services.core import CONSENTS, VERDICTS, WAYS, Climb, State


def new_referral_ref() -> str:
    return "zj" + uuid4().hex[:16]


def new_lookup_ref() -> str:
    return "rd" + uuid4().hex[:16]


def _together(name: str, at: str, by: str) -> models.CheckConstraint:
    """Who and when go together."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, by: ""}) | (Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})), name=name
    )


class Referral(models.Model):
    """One thing asked of one department for one person, with what was passed on, until it answered and the help arrived."""

    ref = models.CharField(max_length=20, unique=True, default=new_referral_ref)
    number = models.CharField(max_length=20, unique=True)  # ZJ…, as it stands on the paper
    kind = models.CharField(max_length=30)  # a key of catalogue.toml
    department = models.CharField(max_length=40)
    area = models.CharField(max_length=12)  # where the person lives, or was found
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # empty: nobody knows who it is
    speaker = models.CharField(max_length=21, blank=True, db_index=True)  # who speaks for them: applicant, guardian
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    case = models.CharField(max_length=20, blank=True, db_index=True)  # ref of the case it came from
    visit = models.CharField(max_length=40, blank=True)  # ref of the visit it came from
    need = SealedText()  # what is needed, in plain words
    passed = SealedJSON()  # what the department is told: key of core.PASSED → words
    reason = SealedText(default="")  # why somebody the law does not name, or why nobody could be asked
    consent = models.CharField(max_length=10)
    consent_of = models.CharField(max_length=10)  # self | guardian | nobody
    way = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=State.SENT)
    version = models.PositiveIntegerField(default=1)
    due_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=80)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = SealedText(default="")
    arrived = models.BooleanField(null=True)  # None: nobody was asked yet
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_by = models.CharField(max_length=80, blank=True)
    arrived_said = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "kind": "sensitive",
        "department": "internal",
        "area": "internal",
        "pid": "personal",
        "speaker": "personal",
        "name": "personal",
        "masked_name": "personal",
        "case": "internal",
        "visit": "internal",
        "need": "sensitive",
        "passed": "sensitive",
        "reason": "sensitive",
        "consent": "internal",
        "consent_of": "internal",
        "way": "internal",
        "state": "internal",
        "version": "internal",
        "due_on": "internal",
        "sent_at": "internal",
        "sent_by": "internal",
        "taken_at": "internal",
        "taken_by": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
        "withdrawn_at": "internal",
        "withdrawn_by": "internal",
        "withdrawn_why": "sensitive",
        "arrived": "internal",
        "arrived_at": "internal",
        "arrived_by": "internal",
        "arrived_said": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="referral_state"),
            models.CheckConstraint(condition=Q(way__in=sorted(WAYS)), name="referral_way"),
            models.CheckConstraint(
                condition=Q(consent__in=sorted(set(CONSENTS) - {"urgent"}), consent_of__in=["self", "guardian"])
                | Q(consent="urgent", consent_of="nobody"),
                name="referral_consent",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False) | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="referral_answer_state",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
                name="referral_withdrawn_state",
            ),
            models.CheckConstraint(
                condition=Q(arrived__isnull=True, arrived_at__isnull=True) | Q(arrived__isnull=False, state="answered"),
                name="referral_arrived_after_answer",
            ),
            _together("referral_taken_whole", "taken_at", "taken_by"),
            _together("referral_answered_whole", "answered_at", "answered_by"),
            _together("referral_withdrawn_whole", "withdrawn_at", "withdrawn_by"),
            _together("referral_arrived_whole", "arrived_at", "arrived_by"),
            models.UniqueConstraint(
                fields=["pid", "kind"], condition=Q(state__in=["sent", "taken"]) & ~Q(pid=""), name="referral_open_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["area", "state", "due_on", "id"], name="referral_list"),
            models.Index(fields=["department", "state", "due_on", "id"], name="referral_of_department"),
        ]

    def __str__(self) -> str:
        return self.number


class Answer(models.Model):
    """What the department answered, once, by its own login or by a letter typed in."""

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="answer")
    verdict = models.CharField(max_length=10)
    thing = SealedText(default="")  # what is given, when it is not money only
    amount_fen = models.BigIntegerField(null=True, blank=True)  # None: not an amount, or not said; never 0 for "in kind"
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    reason = SealedText(default="")
    letter = models.CharField(max_length=80, blank=True)  # number of the department's letter, when it was typed in
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "referral": "internal",
        "verdict": "sensitive",
        "thing": "sensitive",
        "amount_fen": "sensitive",
        "from_on": "internal",
        "to_on": "internal",
        "reason": "sensitive",
        "letter": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verdict__in=sorted(VERDICTS)), name="answer_verdict"),
            models.CheckConstraint(condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="answer_money"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(verdict__in=["yes", "partly"]), name="answer_money_given"
            ),
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="answer_days"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.at:%F}"


class Reminder(models.Model):
    """That a referral without an answer climbed one step; each step once."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {"id": "internal", "referral": "internal", "step": "internal", "at": "internal", "by": "internal"}

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "step"], name="reminder_once"),
            models.CheckConstraint(condition=Q(step__in=[one.value for one in Climb]), name="reminder_step"),
        ]

    def __str__(self) -> str:
        return self.step


class ReferralCounter(models.Model):
    """The last referral number given in a county in a year; the row is locked while one is given."""

    county = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "county": "open", "year": "open", "last": "open"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["county", "year"], name="referral_counter_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.year} {self.last}"


class Lookup(models.Model):
    """That a department's login or system asked whether one person's status is in force, for which purpose."""

    ref = models.CharField(max_length=20, unique=True, default=new_lookup_ref)
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # empty: name and number fitted nobody here
    kind = models.CharField(max_length=30)  # the purpose: a key of catalogue.toml
    department = models.CharField(max_length=40, blank=True)  # empty: our own office
    in_force = models.BooleanField(null=True)  # None: not known here, which is not a no
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "pid": "personal",
        "kind": "sensitive",
        "department": "internal",
        "in_force": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "at"], name="lookup_of_login")]

    def __str__(self) -> str:
        return self.ref
