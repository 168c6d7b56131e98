"""核对报告: a sealed snapshot of a check, with a copy of its own for each person it asks about. Nothing here is ever changed."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.verification.models.checks import Check


def new_report_ref() -> str:
    return "r" + uuid4().hex[:16]


def new_token() -> str:
    return token_urlsafe(16)


class Report(models.Model):
    """One version of the report of a check. A newer one stands beside it and takes nothing away."""

    ref = models.CharField(max_length=20, unique=True, default=new_report_ref)
    number = models.CharField(max_length=30, unique=True)
    check_asked = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=12)
    why = models.CharField(max_length=200, blank=True)  # why a further one was made
    valid_until = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "check_asked": "internal",
        "version": "internal",
        "area": "internal",
        "why": "internal",
        "valid_until": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_asked", "version"], name="report_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_versions_from_one"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(why=""), name="report_again_says_why"),
        ]

    def __str__(self) -> str:
        return self.number


class ReportCopy(models.Model):
    """The exact bytes of a report for those who may read all of it (no pid), or for one person it asks about."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="copies")
    pid = models.CharField(max_length=21, blank=True, db_index=True)
    token = models.CharField(max_length=24, unique=True, default=new_token)  # in the picture on paper
    sha256 = models.CharField(max_length=64)
    body = SealedText()

    PRIVACY: ClassVar = {
        "id": "internal",
        "report": "internal",
        "pid": "personal",
        "token": "internal",
        "sha256": "internal",
        "body": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "pid"], name="report_copy_once")]

    def __str__(self) -> str:
        return self.token


class ReportPaper(models.Model):
    """The signed PDF of a copy, made once when somebody first wants it on paper."""

    of = models.OneToOneField(ReportCopy, on_delete=models.PROTECT, related_name="paper")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # bytes
    pages = models.PositiveSmallIntegerField()
    pdf = SealedText()  # base64: a sealed column holds text
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "of": "internal",
        "sha256": "internal",
        "size": "internal",
        "pages": "internal",
        "pdf": "sensitive",
        "at": "internal",
        "by": "internal",
    }

    def __str__(self) -> str:
        return self.sha256[:16]
