"""The ledger in fen, and the months that are closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.payment.models.run import Line


class Entry(models.Model):
    """One entry of the ledger: an amount goes from an account to an account, because of a decision; so the sum is always 0."""

    county = models.CharField(max_length=6)
    area = models.CharField(max_length=12)  # the line's place; of the reserve fund, its township
    month = models.DateField()  # the month it is booked in
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="entries", db_index=False)
    about = models.CharField(max_length=20, blank=True)  # the claim or the movement of a reserve fund
    decision = models.CharField(max_length=20, blank=True)  # empty only where money comes from or goes to the treasury
    source = models.CharField(max_length=10)
    target = models.CharField(max_length=10)
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "county": "internal",
        "area": "internal",
        "month": "internal",
        "line": "internal",
        "about": "internal",
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
            models.CheckConstraint(
                condition=~Q(decision="") | Q(source="funded") | Q(target="treasury"), name="entry_has_its_decision"
            ),
            models.CheckConstraint(condition=Q(line__isnull=False) | ~Q(about=""), name="entry_about_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["county", "month"], name="entry_county"),
            models.Index(fields=["about"], condition=~Q(about=""), name="entry_about"),
        ]

    def __str__(self) -> str:
        return f"{self.source}→{self.target} {self.amount_fen}"


class MonthClose(models.Model):
    """A month of a county that added up and is closed; nothing is booked in it any more."""

    county = models.CharField(max_length=6)
    month = models.DateField()
    figures = models.JSONField()  # opening, moved and closing fen of each account; by programme and township; no person
    explained = models.PositiveIntegerField(default=0)  # differences decided after the list was frozen: next month's arrears
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "county": "internal",
        "month": "internal",
        "figures": "internal",
        "explained": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["county", "month"], name="month_closed_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.month:%Y-%m}"
