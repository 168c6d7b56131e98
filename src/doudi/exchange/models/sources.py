"""Departments' own databases we may read from, what each reading brought, and messages heard lately."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from doudi.exchange.core import ADD, FULL
from doudi.exchange.models.arriving import Receipt
from doudi.exchange.models.senders import Sender
from doudi.office.fields import SealedText


class Source(models.Model):
    """One table or view of a department's database, read by contract and never written to."""

    code = models.SlugField(max_length=40, unique=True)
    sender = models.ForeignKey(Sender, models.PROTECT, related_name="sources")
    dataset = models.CharField(max_length=40)
    dsn = SealedText()  # where it is and with which password
    table = models.CharField(max_length=200)
    columns = models.JSONField(default=dict)  # column of the table → heading of the contract
    cursor = models.CharField(max_length=200, blank=True)  # the column that only grows, for increments
    kind = models.CharField(max_length=4, choices=[(FULL, "全量"), (ADD, "补充")], default=FULL)
    every_hours = models.PositiveIntegerField(default=24)
    reached = models.JSONField(default=dict)  # how far the increments are
    active = models.BooleanField(default=True)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "code": "internal",
        "sender": "internal",
        "dataset": "internal",
        "dsn": "sensitive",
        "table": "internal",
        "columns": "internal",
        "cursor": "internal",
        "kind": "internal",
        "every_hours": "internal",
        "reached": "internal",
        "active": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
    }

    def __str__(self) -> str:
        return self.code


class Pull(models.Model):
    """One reading of a source that came to an end: with a receipt, with nothing new, or with a problem."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="pulls")
    rows = models.BigIntegerField()
    problem = models.TextField(blank=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "source": "internal",
        "rows": "internal",
        "problem": "internal",
        "receipt": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["source", "ended_at"], name="pull_of_source")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.ended_at:%Y-%m-%d %H:%M}"


class Heard(models.Model):
    """A message taken in lately, by its content: a broker may hand the same one over twice."""

    digest = models.CharField(max_length=32, unique=True)
    heard_at = models.DateTimeField(db_index=True)

    PRIVACY: ClassVar = {"id": "internal", "digest": "internal", "heard_at": "internal"}

    def __str__(self) -> str:
        return self.digest
