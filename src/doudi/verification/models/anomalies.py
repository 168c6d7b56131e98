"""疑点: whom a check of a roll found, how each check saw them, what people did, and random samples people looked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedJSON, SealedText
from doudi.verification.core.anomalies import AnomalyState, Seen, Whom
from doudi.verification.models.batches import BatchRun


class Anomaly(models.Model):
    """One person on one roll for one reason, for ever; the rows are those of the latest check that found it."""

    ref = models.CharField(max_length=20, unique=True)
    snapshot = models.CharField(max_length=60, blank=True)
    roll = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    article = models.CharField(max_length=120, blank=True)
    innocent = models.JSONField(default=list)
    other = models.CharField(max_length=40)
    pid = models.CharField(max_length=40, db_index=True)
    area = models.CharField(max_length=12)
    name = SealedText()
    number = SealedText()
    pairs = SealedJSON()
    more = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=[(one.value, one.value) for one in AnomalyState])
    whom = models.CharField(max_length=12, blank=True, choices=[(one.value, one.value) for one in Whom])
    due_on = models.DateField(null=True, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    again_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    first_run = models.ForeignKey(BatchRun, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(BatchRun, models.PROTECT, related_name="+")
    there = models.BooleanField(default=True)  # the latest check of this roll for this reason found it

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "snapshot": "internal",
        "roll": "internal",
        "kind": "internal",
        "label": "internal",
        "article": "open",
        "innocent": "open",
        "other": "internal",
        "pid": "internal",
        "area": "internal",
        "name": "personal",
        "number": "sensitive",
        "pairs": "sensitive",
        "more": "internal",
        "digest": "internal",
        "state": "internal",
        "whom": "internal",
        "due_on": "internal",
        "cause": "internal",
        "again_on": "internal",
        "opened_at": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "first_run": "internal",
        "last_run": "internal",
        "there": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["snapshot", "roll", "kind", "pid"], name="anomaly_once"),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(cause="") & ~Q(closed_by="")), name="anomaly_closed_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | Q(closed_at__isnull=False) & ~Q(closed_by=""),
                name="anomaly_closed_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(state="handed") | (~Q(whom="") & Q(due_on__isnull=False)), name="anomaly_handed"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "area", "id"], name="anomaly_queue"),
            models.Index(fields=["roll", "snapshot", "state"], name="anomaly_roll"),
        ]

    def __str__(self) -> str:
        return self.ref


class Sighting(models.Model):
    """How one run saw one anomaly: new, still there, known, changed, back, gone."""

    run = models.ForeignKey(BatchRun, models.PROTECT, related_name="sightings")
    anomaly = models.ForeignKey(Anomaly, models.PROTECT, related_name="sightings")
    seen = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Seen])

    PRIVACY: ClassVar = {"id": "internal", "run": "internal", "anomaly": "internal", "seen": "internal"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "anomaly"], name="sighting_once")]
        indexes: ClassVar = [models.Index(fields=["run", "seen"], name="sighting_seen")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.anomaly_id} {self.seen}"


class AnomalyStep(models.Model):
    """What a person did with an anomaly: handed on, taken back, closed with a cause. Kept when it is opened again."""

    anomaly = models.ForeignKey(Anomaly, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=20)
    whom = models.CharField(max_length=12, blank=True)
    due_on = models.DateField(null=True, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    note = SealedText(default="")
    came = models.CharField(max_length=40, blank=True)  # ref of what came of it: a request to correct
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "anomaly": "internal",
        "act": "internal",
        "whom": "internal",
        "due_on": "internal",
        "cause": "internal",
        "note": "sensitive",
        "came": "internal",
        "at": "internal",
        "by": "internal",
    }

    def __str__(self) -> str:
        return f"{self.anomaly_id} {self.act}"


class Sample(models.Model):
    """A random sample of a run: of those it found, or of the rest of the roll; anybody with the seed draws the same."""

    ref = models.CharField(max_length=20, unique=True)
    run = models.ForeignKey(BatchRun, models.PROTECT, related_name="samples")
    hits = models.BooleanField()  # of those found; otherwise of the rest
    seed = models.CharField(max_length=40)
    area = models.CharField(max_length=12)
    population = models.PositiveIntegerField()
    asked_permille = models.PositiveIntegerField()  # the share asked for, in thousandths
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "run": "internal",
        "hits": "internal",
        "seed": "internal",
        "area": "internal",
        "population": "internal",
        "asked_permille": "internal",
        "drawn_at": "internal",
        "drawn_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "hits", "seed", "area"], name="sample_once")]

    def __str__(self) -> str:
        return self.ref


class SampleRow(models.Model):
    """Somebody drawn, and what looking at them gave: a real hit or a false one, rightly not found or missed."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="rows")
    place = models.PositiveIntegerField()
    pid = models.CharField(max_length=40)
    area = models.CharField(max_length=12)
    roll_batch = models.PositiveIntegerField()
    roll_row = models.PositiveIntegerField()
    name = SealedText()
    number = SealedText()
    result = models.CharField(max_length=8, blank=True)
    note = SealedText(default="")
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "sample": "internal",
        "place": "internal",
        "pid": "internal",
        "area": "internal",
        "roll_batch": "internal",
        "roll_row": "internal",
        "name": "personal",
        "number": "sensitive",
        "result": "internal",
        "note": "sensitive",
        "looked_at": "internal",
        "looked_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "place"], name="sample_place_once"),
            models.CheckConstraint(condition=Q(result__in=["", "right", "wrong", "unclear"]), name="sample_result"),
            models.CheckConstraint(condition=Q(result="") | ~Q(looked_by=""), name="sample_looked_by_somebody"),
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by="") | Q(looked_at__isnull=False) & ~Q(looked_by=""),
                name="sample_looked_when_and_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.place}"
