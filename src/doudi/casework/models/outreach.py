"""People another department points out: each is somebody to go to and ask, never a case by data alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.core.doors import OutreachState
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class OutreachList(models.Model):
    """A list, or one referral, from another department, as it came. The same bytes again are the same list."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    department = models.CharField(max_length=40)
    basis = models.CharField(max_length=120)  # by which agreement or article they pass it on
    channel = models.CharField(max_length=12)  # list | referral
    area = models.CharField(max_length=12)  # of who took it
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    wrong = models.JSONField(default=list)  # [line, what is wrong with it], in words without what stood there
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "department": "internal",
        "basis": "internal",
        "channel": "internal",
        "area": "internal",
        "digest": "internal",
        "rows": "internal",
        "wrong": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["department", "digest"], name="outreach_list_once")]

    def __str__(self) -> str:
        return self.ref


class OutreachOffer(models.Model):
    """One person to be asked whether they want help, and what they said."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    of = models.ForeignKey(OutreachList, on_delete=models.PROTECT, related_name="offers")
    department = models.CharField(max_length=40)
    row_no = models.PositiveIntegerField()
    pid = models.CharField(max_length=21, db_index=True)
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    area = models.CharField(max_length=12)
    why = SealedText(default="")  # what the department wrote about them
    state = models.CharField(max_length=10, default=OutreachState.WAITING)
    due_on = models.DateField()
    draft = models.ForeignKey("Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="offers")
    tries = models.PositiveSmallIntegerField(default=0)
    note = SealedText(default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "of": "internal",
        "department": "internal",
        "row_no": "internal",
        "pid": "personal",
        "name": "personal",
        "masked_name": "personal",
        "area": "internal",
        "why": "sensitive",
        "state": "internal",
        "due_on": "internal",
        "draft": "internal",
        "tries": "internal",
        "note": "sensitive",
        "settled_at": "internal",
        "settled_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "pid"], condition=Q(settled_at__isnull=True), name="outreach_one_waiting"
            ),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in OutreachState]), name="outreach_state"),
            together("outreach_settled_whole", "settled_at", "settled_by"),
            models.CheckConstraint(
                condition=Q(state=OutreachState.WAITING.value, settled_at__isnull=True)
                | (~Q(state=OutreachState.WAITING.value) & Q(settled_at__isnull=False)),
                name="outreach_waiting_or_settled",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "state", "due_on", "id"], name="outreach_waiting")]

    def __str__(self) -> str:
        return self.ref
