"""Whom a person let act for them, how they said so, and whether that one may see how it ends."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.refs import new_row_ref, together


class Mandate(models.Model):
    """A mandate to hand in one application. Seeing the results is allowed apart from it, and taken back alone or with it."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    application = models.ForeignKey("Application", on_delete=models.PROTECT, related_name="mandates")
    person = models.CharField(max_length=21, db_index=True)
    proxy = models.CharField(max_length=21, db_index=True)
    relation = models.CharField(max_length=20)
    way = models.CharField(max_length=12)  # a key of core.doors.MANDATES
    papers = models.JSONField(default=list)  # refs of office papers: the signature, the sheet, the fingerprint
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    seeing_at = models.DateTimeField(null=True, blank=True)  # 结果也告诉她
    seeing_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_way = models.CharField(max_length=12, blank=True)  # a key of core.doors.TAKEN_BACK: how the person said so

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "application": "internal",
        "person": "personal",
        "proxy": "personal",
        "relation": "personal",
        "way": "internal",
        "papers": "internal",
        "given_at": "internal",
        "given_by": "internal",
        "seeing_at": "internal",
        "seeing_by": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
        "ended_way": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "proxy"], condition=Q(ended_at__isnull=True), name="mandate_once"),
            together("mandate_seeing_whole", "seeing_at", "seeing_by"),
            together("mandate_ended_whole", "ended_at", "ended_by"),
            models.CheckConstraint(condition=~Q(person=models.F("proxy")), name="mandate_of_two"),
        ]

    def __str__(self) -> str:
        return self.ref
