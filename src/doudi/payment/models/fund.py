"""The reserve fund of a township: paid in, handed out at once, replenished, counted by two people."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.payment.models.refs import new_row_ref
from doudi.payment.models.run import Line


class Fund(models.Model):
    """A township's reserve fund. Its balance is the ledger's; `balance_fen` repeats it so that it can never fall below 0."""

    area = models.CharField(max_length=9, unique=True)
    balance_fen = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "area": "internal", "balance_fen": "internal"}

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(balance_fen__gte=0), name="fund_not_below_nothing")]

    def __str__(self) -> str:
        return self.area


class FundMove(models.Model):
    """One movement of a reserve fund: paid in or replenished by the county, handed out by the township against a receipt."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=12)  # paid_in | replenished | handed_out
    amount_fen = models.BigIntegerField()
    line = models.OneToOneField(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="from_fund")
    voucher = models.CharField(max_length=60, blank=True)  # the number of the treasury's transfer
    receipt = models.CharField(max_length=20, blank=True)  # the signed receipt, a paper of the office
    replenished = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="covers")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "fund": "internal",
        "kind": "internal",
        "amount_fen": "sensitive",
        "line": "internal",
        "voucher": "internal",
        "receipt": "internal",
        "replenished": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="fund_move_money"),
            models.CheckConstraint(
                condition=Q(kind="handed_out", line__isnull=False, voucher="") & ~Q(receipt="")
                | Q(kind__in=["paid_in", "replenished"], line__isnull=True, receipt="") & ~Q(voucher=""),
                name="fund_move_kind",
            ),
            models.UniqueConstraint(fields=["fund", "voucher"], condition=~Q(voucher=""), name="fund_voucher_once"),
        ]

    def __str__(self) -> str:
        return self.ref


class FundCount(models.Model):
    """Two people counted what is there, beside what the ledger says; a difference is written down and never booked away."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="counts")
    on = models.DateField()
    counted_fen = models.BigIntegerField()
    ledger_fen = models.BigIntegerField()
    why = models.CharField(max_length=300, blank=True)  # where they differ
    second = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "fund": "internal",
        "on": "internal",
        "counted_fen": "internal",
        "ledger_fen": "internal",
        "why": "internal",
        "second": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fund", "on"], name="fund_counted_once_a_day"),
            models.CheckConstraint(condition=~Q(second=F("by")), name="fund_count_two_people"),
            models.CheckConstraint(condition=Q(counted_fen=F("ledger_fen")) | ~Q(why=""), name="fund_count_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.counted_fen}"
