"""Changes of the law made here, with who drafted, proposed and approved each."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from doudi.rulebook.core import Kind, State


def new_change_ref() -> str:
    return "g" + uuid4().hex[:16]


class Change(models.Model):
    """One change: what it says, on which document it stands, where and from when it counts. An approved one stays for ever."""

    ref = models.CharField(max_length=20, unique=True, default=new_change_ref)
    kind = models.CharField(max_length=10, choices=[(one.value, one.label) for one in Kind])
    rule = models.CharField(max_length=45, blank=True, db_index=True)  # the warning it touches
    parameter = models.CharField(max_length=110, blank=True, db_index=True)  # the number it sets
    title = models.CharField(max_length=120)
    what = models.JSONField(default=dict)  # as the forms hold it
    cases = models.JSONField(default=list)  # examples beside it
    text = models.TextField(blank=True)  # the TOML it comes to; of an undo, what stays of the change it undoes
    source = models.CharField(max_length=200)  # the document it stands on
    place = models.CharField(max_length=6)
    starts_on = models.DateField()
    note = models.TextField(blank=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="undone_by")
    state = models.CharField(max_length=10, default=State.DRAFT.value, choices=[(one.value, one.label) for one in State])
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=80, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # rejected, or taken back
    closed_by = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "kind": "internal",
        "rule": "open",
        "parameter": "open",
        "title": "open",
        "what": "internal",
        "cases": "internal",
        "text": "open",
        "source": "open",
        "place": "open",
        "starts_on": "open",
        "note": "internal",
        "undoes": "internal",
        "state": "internal",
        "drafted_at": "internal",
        "drafted_by": "internal",
        "proposed_at": "internal",
        "proposed_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "reason": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in Kind]), name="change_kind"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="change_state"),
            models.CheckConstraint(condition=~Q(source=""), name="change_stands_on_a_document"),
            models.CheckConstraint(condition=Q(undoes=None) ^ Q(kind="undo"), name="change_undo_names_what"),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True, proposed_by="") | (Q(proposed_at__isnull=False) & ~Q(proposed_by="")),
                name="change_proposed_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by="") | (Q(approved_at__isnull=False) & ~Q(approved_by="")),
                name="change_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | (Q(closed_at__isnull=False) & ~Q(closed_by="")),
                name="change_closed_whole",
            ),
            models.CheckConstraint(
                condition=(Q(state="approved") & Q(approved_at__isnull=False) & Q(proposed_at__isnull=False))
                | (~Q(state="approved") & Q(approved_at__isnull=True)),
                name="change_approved_state",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | (~Q(approved_by=F("proposed_by")) & ~Q(approved_by=F("drafted_by"))),
                name="change_two_people",
            ),
            models.UniqueConstraint(fields=["undoes"], condition=Q(state="approved"), name="change_undone_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "approved_at"], name="change_counting")]

    def __str__(self) -> str:
        return self.title
