"""Monthly runs, their frozen lines, what the bank answered, holds, and the ledger in fen."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText


def new_run_ref() -> str:
    return "r" + uuid4().hex[:16]


def new_row_ref() -> str:
    return uuid4().hex[:20]


class Run(models.Model):
    """One month's payment of one county, frozen when it was built."""

    ref = models.CharField(max_length=20, unique=True, default=new_run_ref)
    number = models.CharField(max_length=20, unique=True)  # county and month, as the bank sees it
    county = models.CharField(max_length=6)
    month = models.DateField()
    state = models.CharField(max_length=10, default="built")
    lines_count = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    built_at = models.DateTimeField()
    built_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=80, blank=True)  # what the bank sees
    file_key = models.CharField(max_length=64, blank=True)  # its name on disk, which nobody can guess
    file_sha256 = models.CharField(max_length=64, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "county": "internal",
        "month": "internal",
        "state": "internal",
        "lines_count": "internal",
        "total_fen": "internal",
        "built_at": "internal",
        "built_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "sent_at": "internal",
        "sent_by": "internal",
        "file_name": "internal",
        "file_key": "sensitive",
        "file_sha256": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "month"], name="run_once_a_month"),
            models.CheckConstraint(condition=Q(state__in=["built", "approved", "sent", "answered"]), name="run_state"),
            models.CheckConstraint(condition=Q(approved_at__isnull=True) | ~Q(approved_by=F("built_by")), name="run_two_people"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by="") | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
                name="run_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True, sent_by="", file_sha256="")
                | (Q(sent_at__isnull=False) & ~Q(sent_by="") & ~Q(file_sha256="")),
                name="run_sent_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Line(models.Model):
    """One amount for one household for one month, frozen with the account it goes to and the decision it stands on."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, default="regular")
    benefit = models.CharField(max_length=20)
    decision = models.CharField(max_length=20)
    case = models.CharField(max_length=20, db_index=True)
    programme = models.CharField(max_length=30)
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21, db_index=True)
    name = SealedText()
    bank = models.CharField(max_length=60, blank=True)
    account = SealedText(default="")
    for_month = models.DateField()
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    origin = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="again")
    is_to_reissue = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "run": "internal",
        "kind": "internal",
        "benefit": "internal",
        "decision": "internal",
        "case": "internal",
        "programme": "internal",
        "area": "internal",
        "payee": "personal",
        "name": "personal",
        "bank": "personal",
        "account": "sensitive",
        "for_month": "internal",
        "amount_fen": "sensitive",
        "state": "internal",
        "reason": "internal",
        "origin": "internal",
        "is_to_reissue": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benefit", "for_month"], condition=Q(kind="regular"), name="line_once_a_month"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="line_pays"),
            models.CheckConstraint(condition=Q(kind__in=["regular", "reissue"]), name="line_kind"),
            models.CheckConstraint(condition=Q(kind="regular") | Q(origin__isnull=False), name="line_origin"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by="") | (Q(answered_at__isnull=False) & ~Q(answered_by="")),
                name="line_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "held", "no_account", "sent", "paid", "failed"]), name="line_state"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["run", "id"], name="line_of_run")]

    def __str__(self) -> str:
        return self.ref


class Hold(models.Model):
    """A person held a benefit's payment back, for a reason, until somebody ends it."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    benefit = models.CharField(max_length=20)
    area = models.CharField(max_length=12)
    name = SealedText()
    reason = SealedText()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "benefit": "internal",
        "area": "internal",
        "name": "personal",
        "reason": "sensitive",
        "at": "internal",
        "by": "internal",
        "released_at": "internal",
        "released_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["benefit"], condition=Q(released_at__isnull=True), name="hold_one"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by="") | (Q(released_at__isnull=False) & ~Q(released_by="")),
                name="hold_released_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Entry(models.Model):
    """One entry of the ledger: an amount goes from an account to an account, because of a line and its decision."""

    county = models.CharField(max_length=6)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="entries")
    decision = models.CharField(max_length=20)
    source = models.CharField(max_length=10)
    target = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "county": "internal",
        "line": "internal",
        "decision": "internal",
        "source": "internal",
        "target": "internal",
        "amount_fen": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="entry_money"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="entry_two_accounts"),
        ]
        indexes: ClassVar = [models.Index(fields=["county"], name="entry_county")]

    def __str__(self) -> str:
        return f"{self.source}→{self.target} {self.amount_fen}"
