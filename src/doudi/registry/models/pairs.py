"""Records that may belong together, and what people decided about them; nothing here is ever deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.registry.core.pairs import NO_NUMBER, PAIR_KINDS


class Pair(models.Model):
    """Two records a cycle could not tell apart or together, waiting for a person. Its ref is made of what it is about, so that
    every cycle finds the same pair again; one the latest cycle no longer doubts is gone, and comes back by itself."""

    ref = models.CharField(max_length=21, primary_key=True)
    kind = models.CharField(max_length=10, choices=list(PAIR_KINDS.items()))
    left = models.CharField(max_length=24)  # the fingerprint of a row, or a pid
    right = models.CharField(max_length=21)  # the pid proposed
    dataset = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=20, blank=True)
    batch = models.IntegerField(null=True, blank=True)
    row_no = models.BigIntegerField(null=True, blank=True)
    weight = models.FloatField()
    probability = models.FloatField()
    why = models.JSONField(default=list)  # [what was compared, how it came out], in the codes of registry.core
    area = models.CharField(max_length=12, blank=True)  # where the person proposed lives
    other_area = models.CharField(max_length=12, blank=True)  # where the other record says they live; empty where it does not
    seen_in = models.CharField(max_length=80)  # the last cycle that doubted it
    since_on = models.DateField()
    gone_on = models.DateField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.CharField(max_length=80, blank=True)
    asked_note = SealedText(default="")

    PRIVACY: ClassVar = {
        "ref": "internal",
        "kind": "internal",
        "left": "internal",
        "right": "internal",
        "dataset": "internal",
        "role": "internal",
        "batch": "internal",
        "row_no": "internal",
        "weight": "internal",
        "probability": "internal",
        "why": "personal",
        "area": "internal",
        "other_area": "internal",
        "seen_in": "internal",
        "since_on": "internal",
        "gone_on": "internal",
        "asked_at": "internal",
        "asked_by": "internal",
        "asked_note": "personal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=list(PAIR_KINDS)), name="pair_kind"),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=True, asked_by="") | (Q(asked_at__isnull=False) & ~Q(asked_by="")),
                name="pair_asked_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["area", "ref"], name="pair_queue", condition=Q(gone_on__isnull=True)),
            models.Index(fields=["right"], name="pair_right"),
            models.Index(fields=["left"], name="pair_left"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Settlement(models.Model):
    """What a person decided: a row is, or is not, somebody's; two people are, or are not, one. Taken back it stays, with who
    took it back and why. All lines of one act share its ref. Of two people who are one `left` is kept under `right`."""

    ref = models.CharField(max_length=20, db_index=True)
    kind = models.CharField(max_length=10, choices=[("row", "一行数据"), ("person", "两份记录")])
    left = models.CharField(max_length=24)
    right = models.CharField(max_length=21)
    verdict = models.CharField(max_length=10, choices=[("same", "是同一个人"), ("apart", "不是同一个人")])
    reason = SealedText(default="")
    pair = models.CharField(max_length=21, blank=True, db_index=True)  # the ref of the pair it answers
    dataset = models.CharField(max_length=40, blank=True)
    home = models.CharField(max_length=21, blank=True)  # the household in which `left` lived alone, which goes with them
    area = models.CharField(max_length=12, blank=True)
    other_area = models.CharField(max_length=12, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_why = SealedText(default="")
    weighed_at = models.DateTimeField(null=True, blank=True)  # somebody looked at help both of them receive
    weighed_by = models.CharField(max_length=80, blank=True)
    weighed_note = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "kind": "internal",
        "left": "internal",
        "right": "internal",
        "verdict": "internal",
        "reason": "personal",
        "pair": "internal",
        "dataset": "internal",
        "home": "internal",
        "area": "internal",
        "other_area": "internal",
        "decided_at": "internal",
        "decided_by": "internal",
        "undone_at": "internal",
        "undone_by": "internal",
        "undone_why": "personal",
        "weighed_at": "internal",
        "weighed_by": "internal",
        "weighed_note": "personal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["row", "person"]), name="settlement_kind"),
            models.CheckConstraint(condition=Q(verdict__in=["same", "apart"]), name="settlement_verdict"),
            models.CheckConstraint(condition=~Q(left=F("right")), name="settlement_of_two"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by="")
                | (Q(undone_at__isnull=False, undone_at__gte=F("decided_at")) & ~Q(undone_by="")),
                name="settlement_undone_whole",
            ),
            models.CheckConstraint(
                condition=Q(weighed_at__isnull=True, weighed_by="") | (Q(weighed_at__isnull=False) & ~Q(weighed_by="")),
                name="settlement_weighed_whole",
            ),
            models.UniqueConstraint(
                fields=["kind", "left", "right"], condition=Q(undone_at__isnull=True), name="settlement_once_a_pair"
            ),
            # A row is one person's, and a person is kept under one other: the second browser is told, whatever it read before.
            models.UniqueConstraint(
                fields=["kind", "left"], condition=Q(verdict="same", undone_at__isnull=True), name="settlement_one_place"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["right", "kind"], name="settlement_right"),
            models.Index(fields=["left", "kind"], name="settlement_left"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.left} {self.verdict} {self.right}"


class NumberReason(models.Model):
    """Why a person has no citizen number, as a clerk learnt it; the latest one not ended counts."""

    pid = models.CharField(max_length=21, db_index=True)
    reason = models.CharField(max_length=20, choices=list(NO_NUMBER.items()))
    note = SealedText(default="")
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "pid": "internal",
        "reason": "sensitive",
        "note": "sensitive",
        "kept_at": "internal",
        "kept_by": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=list(NO_NUMBER)), name="number_reason"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="number_reason_ended_whole",
            ),
            models.UniqueConstraint(fields=["pid"], condition=Q(ended_at__isnull=True), name="number_reason_one"),
        ]

    def __str__(self) -> str:
        return f"{self.pid} {self.reason}"
