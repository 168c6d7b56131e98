"""Runs, their frozen lines, the files that went to banks, and what came back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.payment.models.refs import new_row_ref, new_run_ref, together


class Run(models.Model):
    """One payment of one county, frozen when it was built: the month's, one-off help between months, or a price subsidy."""

    ref = models.CharField(max_length=20, unique=True, default=new_run_ref)
    number = models.CharField(max_length=24, unique=True)  # county and month, as the bank sees it
    county = models.CharField(max_length=6)
    month = models.DateField()
    kind = models.CharField(max_length=10, default="monthly")
    sequence = models.PositiveSmallIntegerField(default=1)  # counts one-off runs of a month; 1 for the others
    basis = models.CharField(max_length=300, blank=True)  # price subsidy: the published rise and the line it passed, in words
    awards_to = models.BigIntegerField(default=0)  # the newest award there was when it was built
    state = models.CharField(max_length=10, default="built")
    lines_count = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    built_at = models.DateTimeField()
    built_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "county": "internal",
        "month": "internal",
        "kind": "internal",
        "sequence": "internal",
        "basis": "internal",
        "awards_to": "internal",
        "state": "internal",
        "lines_count": "internal",
        "total_fen": "internal",
        "built_at": "internal",
        "built_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "sent_at": "internal",
        "sent_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county", "month", "kind", "sequence"], name="run_once_a_month"),
            models.CheckConstraint(condition=Q(kind__in=["monthly", "once", "price"]), name="run_kind"),
            models.CheckConstraint(condition=Q(kind="once") | Q(sequence=1), name="run_sequence"),
            models.CheckConstraint(condition=Q(state__in=["built", "approved", "sent", "answered"]), name="run_state"),
            models.CheckConstraint(condition=Q(approved_at__isnull=True) | ~Q(approved_by=F("built_by")), name="run_two_people"),
            together("run_approved_whole", "approved_at", "approved_by"),
            together("run_sent_whole", "sent_at", "sent_by"),
        ]

    def __str__(self) -> str:
        return self.number


class SentFile(models.Model):
    """One bank's file of a run: what it is called, where it lies, its checksum and its control totals."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="files")
    bank = models.CharField(max_length=20)  # a code of banks.toml
    form = models.CharField(max_length=20)  # the format it is written in
    file_name = models.CharField(max_length=80)  # what the bank sees
    file_key = models.CharField(max_length=64, unique=True)  # its name on disk, which nobody can guess
    file_sha256 = models.CharField(max_length=64)
    lines_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()

    PRIVACY: ClassVar = {
        "id": "internal",
        "run": "internal",
        "bank": "internal",
        "form": "internal",
        "file_name": "internal",
        "file_key": "sensitive",
        "file_sha256": "internal",
        "lines_count": "internal",
        "total_fen": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "bank"], name="sent_file_once"),
            models.CheckConstraint(condition=Q(total_fen__gt=0, lines_count__gt=0), name="sent_file_money"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Line(models.Model):
    """One amount for one household for one month, frozen with the account it goes to and the decision it stands on.

    `amount_fen` is what is owed; of it `withheld_fen` stays back against a claim somebody decided, the rest is paid. A line paid
    out in cash from a township's reserve fund (`cash`) belongs to no run.
    """

    ref = models.CharField(max_length=20, default=new_row_ref)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="lines", db_index=False)
    kind = models.CharField(max_length=10, default="regular")
    benefit = models.CharField(max_length=20)
    decision = models.CharField(max_length=20)
    case = models.CharField(max_length=20)
    programme = models.CharField(max_length=30)
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21)
    name = SealedText()
    bank = models.CharField(max_length=60, blank=True)
    account = SealedText(default="")
    account_blind = models.CharField(max_length=32, blank=True)  # equal for equal accounts, and says nothing else
    for_month = models.DateField()
    amount_fen = models.BigIntegerField()
    withheld_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12)
    # Indexed in place of the state: whenever an indexed column changes, PostgreSQL writes every index of the row anew.
    not_arrived = models.GeneratedField(
        expression=Q(state__in=["held", "no_account", "failed"]), output_field=models.BooleanField(), db_persist=True
    )
    reason = models.CharField(max_length=200, blank=True)
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="again", db_index=False)
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
        "account_blind": "sensitive",
        "for_month": "internal",
        "amount_fen": "sensitive",
        "withheld_fen": "sensitive",
        "state": "internal",
        "not_arrived": "internal",
        "reason": "internal",
        "origin": "internal",
        "is_to_reissue": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ref"], name="line_ref"),
            models.UniqueConstraint(
                fields=["benefit", "for_month"], condition=Q(kind__in=["regular", "cash"]), name="line_once_a_month"
            ),
            models.UniqueConstraint(fields=["benefit", "for_month", "kind"], condition=Q(kind="price"), name="line_price_once"),
            models.UniqueConstraint(fields=["origin"], condition=Q(origin__isnull=False), name="line_again_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="line_pays"),
            models.CheckConstraint(condition=Q(withheld_fen__gte=0, withheld_fen__lt=F("amount_fen")), name="line_withheld"),
            models.CheckConstraint(condition=Q(kind__in=["regular", "reissue", "arrears", "price", "cash"]), name="line_kind"),
            models.CheckConstraint(condition=Q(kind="reissue", origin__isnull=False) | ~Q(kind="reissue"), name="line_origin"),
            models.CheckConstraint(
                condition=Q(kind="cash", run__isnull=True) | (~Q(kind="cash") & Q(run__isnull=False)), name="line_in_a_run"
            ),
            together("line_answered_whole", "answered_at", "answered_by"),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "held", "no_account", "sent", "paid", "failed", "void"]), name="line_state"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "id"], name="line_of_run"),
            models.Index(fields=["case"], name="line_of_case"),
            models.Index(fields=["payee"], name="line_of_payee"),
            models.Index(fields=["benefit"], condition=~Q(kind="regular"), name="line_beside_regular"),
            models.Index(fields=["run", "id"], condition=Q(not_arrived=True), name="line_not_arrived"),
        ]

    def __str__(self) -> str:
        return self.ref


class RunSum(models.Model):
    """What the lines of a run come to, by programme and state: counted again by every act that changes them, so that a page of
    half a million lines adds nothing up.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="sums")
    programme = models.CharField(max_length=30)
    state = models.CharField(max_length=12)
    lines_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()

    PRIVACY: ClassVar = {
        "id": "internal",
        "run": "internal",
        "programme": "internal",
        "state": "internal",
        "lines_count": "internal",
        "total_fen": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "programme", "state"], name="run_sum_once"),
            models.CheckConstraint(condition=Q(total_fen__gt=0, lines_count__gt=0), name="run_sum_money"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.state} {self.total_fen}"


class ReturnFile(models.Model):
    """A file of answers that was taken over; the same bytes again change nothing."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="returns")
    sha256 = models.CharField(max_length=64)
    answers = models.PositiveIntegerField()
    paid = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    unmatched = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "run": "internal",
        "sha256": "internal",
        "answers": "internal",
        "paid": "internal",
        "failed": "internal",
        "unmatched": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "sha256"], name="return_file_once")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Unmatched(models.Model):
    """An answer of the bank that fits no line that was sent; a person finds out what it is."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    file = models.ForeignKey(ReturnFile, on_delete=models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField()
    said_line = models.CharField(max_length=40)
    is_paid = models.BooleanField()
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)
    finding = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "file": "internal",
        "row": "internal",
        "said_line": "internal",
        "is_paid": "internal",
        "amount_fen": "internal",
        "reason": "internal",
        "settled_at": "internal",
        "settled_by": "internal",
        "finding": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "row"], name="unmatched_once"),
            together("unmatched_settled_whole", "settled_at", "settled_by"),
        ]

    def __str__(self) -> str:
        return self.ref
