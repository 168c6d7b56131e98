"""What was paid too much, and what a person decided about it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.payment.models.refs import new_row_ref, together
from doudi.payment.models.run import Line


class Claim(models.Model):
    """Money a household got too much: proposed by replaying the months, and nothing more until a person decides."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    county = models.CharField(max_length=6)
    area = models.CharField(max_length=12)
    benefit = models.CharField(max_length=20, db_index=True)
    case = models.CharField(max_length=20)
    decision = models.CharField(max_length=20)  # the decision the months now stand on
    programme = models.CharField(max_length=30)
    payee = models.CharField(max_length=21, db_index=True)
    name = SealedText()
    amount_fen = models.BigIntegerField()
    cause = models.CharField(max_length=10)  # award | overlap
    rule = models.CharField(max_length=20, blank=True)  # the cell of the stacking matrix
    state = models.CharField(max_length=10, default="proposed")
    way = models.CharField(max_length=12, blank=True)  # at_once | instalments | waive
    share = models.PositiveSmallIntegerField(default=0)  # instalments: at most this many hundredths of each month's help
    against = models.CharField(max_length=20, blank=True)  # instalments: the benefit whose months pay
    from_month = models.DateField(null=True, blank=True)  # instalments: the first month
    is_hardship = models.BooleanField(default=False)
    why = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "county": "internal",
        "area": "internal",
        "benefit": "internal",
        "case": "internal",
        "decision": "internal",
        "programme": "internal",
        "payee": "personal",
        "name": "personal",
        "amount_fen": "sensitive",
        "cause": "internal",
        "rule": "internal",
        "state": "internal",
        "way": "internal",
        "share": "internal",
        "against": "internal",
        "from_month": "internal",
        "is_hardship": "sensitive",
        "why": "sensitive",
        "at": "internal",
        "by": "internal",
        "decided_at": "internal",
        "decided_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="claim_money"),
            models.CheckConstraint(condition=Q(cause__in=["award", "overlap"]), name="claim_cause"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "open", "waiving", "waived", "settled"]), name="claim_state"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", way="") | (~Q(state="proposed") & Q(way__in=["at_once", "instalments", "waive"])),
                name="claim_way",
            ),
            models.CheckConstraint(
                condition=(Q(way="instalments", share__gt=0, share__lt=100, from_month__isnull=False) & ~Q(against=""))
                | (~Q(way="instalments") & Q(share=0, against="", from_month__isnull=True)),
                name="claim_instalments",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True) | (~Q(state="proposed") & Q(decided_at__isnull=False)),
                name="claim_decided",
            ),
            models.CheckConstraint(condition=~Q(state="waived") | Q(approved_at__isnull=False), name="claim_waived_by_two"),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | ~Q(approved_by=F("decided_by")), name="claim_two_people"
            ),
            models.UniqueConstraint(fields=["benefit"], condition=Q(state="proposed"), name="claim_one_proposed"),
            together("claim_decided_whole", "decided_at", "decided_by"),
            together("claim_approved_whole", "approved_at", "approved_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["county", "state"], name="claim_county")]

    def __str__(self) -> str:
        return self.ref


class ClaimMonth(models.Model):
    """One month of a claim: what was paid, what the month is entitled to now, and so what is too much."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="months")
    month = models.DateField()
    paid_fen = models.BigIntegerField()
    entitled_fen = models.BigIntegerField()
    over_fen = models.BigIntegerField()

    PRIVACY: ClassVar = {
        "id": "internal",
        "claim": "internal",
        "month": "internal",
        "paid_fen": "sensitive",
        "entitled_fen": "sensitive",
        "over_fen": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "month"], name="claim_month_once"),
            models.CheckConstraint(condition=Q(over_fen__gt=0), name="claim_month_money"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.over_fen}"


class Recovery(models.Model):
    """Money of a claim that came back: paid in by the household, or kept back from a month's line by decision."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recoveries")
    how = models.CharField(max_length=10)  # paid_in | kept_back
    amount_fen = models.BigIntegerField()
    line = models.OneToOneField(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="recovery")
    voucher = models.CharField(max_length=60, blank=True)  # the number of the treasury's receipt
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "claim": "internal",
        "how": "internal",
        "amount_fen": "sensitive",
        "line": "internal",
        "voucher": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="recovery_money"),
            models.CheckConstraint(
                condition=Q(how="paid_in", line__isnull=True) & ~Q(voucher="")
                | Q(how="kept_back", line__isnull=False, voucher=""),
                name="recovery_how",
            ),
            models.UniqueConstraint(fields=["claim", "voucher"], condition=~Q(voucher=""), name="recovery_voucher_once"),
        ]

    def __str__(self) -> str:
        return self.ref
