"""The clocks of a case: what runs by which article, when it stood still, and who was told that it runs out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together


class RunningClock(models.Model):
    """A time limit of one case, from its first day to the day it was kept or left; a finished one is never counted again."""

    class Unit(models.TextChoices):
        WD = "wd", "个工作日"
        DAYS = "days", "天"
        HOURS = "hours", "小时"

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    area = models.CharField(max_length=12)  # the case's, so that a place's overdue clocks are read by one index
    kind = models.CharField(max_length=12)  # a core.Clock
    basis = models.CharField(max_length=40)  # the article that sets it, or 承诺
    unit = models.CharField(max_length=6, choices=Unit.choices)
    count = models.PositiveSmallIntegerField()  # how many of these units now; longer once it was extended
    longest = models.PositiveSmallIntegerField()  # how many the law allows at most
    started_at = models.DateTimeField()
    first_due_on = models.DateField()  # as it was when it started: neither extended nor stood still
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True, blank=True)  # to the minute, where hours are counted
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_by = models.CharField(max_length=80, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    in_time = models.BooleanField(null=True)  # once it is done: on its last day or before

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "area": "internal",
        "kind": "internal",
        "basis": "open",
        "unit": "open",
        "count": "open",
        "longest": "open",
        "started_at": "internal",
        "first_due_on": "internal",
        "due_on": "internal",
        "due_at": "internal",
        "extended_at": "internal",
        "extended_by": "internal",
        "done_at": "internal",
        "done_by": "internal",
        "in_time": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(done_at__isnull=True), name="clock_runs_once"),
            models.CheckConstraint(condition=Q(count__lte=F("longest")), name="clock_within_the_law"),
            models.CheckConstraint(condition=Q(unit__in=["wd", "days", "hours"]), name="clock_unit"),
            models.CheckConstraint(
                condition=Q(unit="hours", due_at__isnull=False) | (~Q(unit="hours") & Q(due_at__isnull=True)), name="clock_hours"
            ),
            together("clock_extended_whole", "extended_at", "extended_by"),
            together("clock_done_whole", "done_at", "done_by"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, in_time__isnull=True) | Q(done_at__isnull=False, in_time__isnull=False),
                name="clock_done_judged",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on", "id"], condition=Q(done_at__isnull=True), name="clock_running"),
            models.Index(fields=["area", "due_on", "id", "kind"], condition=Q(done_at__isnull=True), name="clock_running_here"),
            models.Index(fields=["done_at", "area", "kind", "in_time"], condition=Q(done_at__isnull=False), name="clock_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"


class Pause(models.Model):
    """Days a clock stands still, for a reason this place's numbers name; the first and the last day are those of the steps."""

    clock = models.ForeignKey(RunningClock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=12)  # a key of core.PAUSES
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "clock": "internal",
        "reason": "internal",
        "from_on": "internal",
        "to_on": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock"], condition=Q(to_on__isnull=True), name="pause_one_at_a_time"),
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="pause_days"),
            models.CheckConstraint(condition=~Q(by="") & ~Q(reason=""), name="pause_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.from_on}"


class Climb(models.Model):
    """That somebody was told a clock runs out or ran out; each step of the stair once."""

    clock = models.ForeignKey(RunningClock, on_delete=models.PROTECT, related_name="climbs")
    step = models.CharField(max_length=8)  # a core.Step
    told = models.JSONField(default=list)  # refs of the clerks told; none: nobody was there to tell
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "clock": "internal",
        "step": "internal",
        "told": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "step"], name="climb_once"),
            models.CheckConstraint(condition=Q(step__in=["before", "due", "after", "head", "county"]), name="climb_step"),
            models.CheckConstraint(condition=~Q(by=""), name="climb_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"
