"""Who is asked, and how: each source with its way, its clock, its quota, and how it fares."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedText
from doudi.verification.core import Way

WAYS = [way.value for way in Way]


class Source(models.Model):
    """Somebody who is asked for one kind of data. A kind nobody is registered for is read from the delivered dataset itself."""

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    department = models.CharField(max_length=60)
    dataset = models.CharField(max_length=40, db_index=True)
    adapter = models.CharField(max_length=10)
    area = models.CharField(max_length=12, blank=True)  # only for checks of this place; empty: for all
    address = models.CharField(max_length=300, blank=True)  # http: where questions go; file: a folder; letter: postal address
    public_key = models.CharField(max_length=44, blank=True)  # its answers that come by themselves are signed with this
    answer_wd = models.PositiveSmallIntegerField(default=10)
    answer_seconds = models.PositiveIntegerField(null=True, blank=True)  # instead of working days
    daily_quota = models.PositiveIntegerField(default=0)  # questions a day; 0: as many as there are
    at_once = models.PositiveSmallIntegerField(default=50)  # questions in one request
    active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)  # one after another, since it last answered
    rests_until = models.DateTimeField(null=True, blank=True)  # an outage: nobody knocks before
    last_error = models.CharField(max_length=300, blank=True)
    last_sent_at = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)
    sent_that_day = models.PositiveIntegerField(default=0)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "code": "open",
        "label": "open",
        "department": "open",
        "dataset": "open",
        "adapter": "internal",
        "area": "open",
        "address": "internal",
        "public_key": "internal",
        "answer_wd": "open",
        "answer_seconds": "open",
        "daily_quota": "internal",
        "at_once": "internal",
        "active": "internal",
        "failures": "internal",
        "rests_until": "internal",
        "last_error": "internal",
        "last_sent_at": "internal",
        "last_answer_at": "internal",
        "counted_on": "internal",
        "sent_that_day": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(adapter__in=WAYS), name="source_way")]

    def __str__(self) -> str:
        return self.code


class Dispatch(models.Model):
    """Questions carried out of the house by people: the file of one source and day, or a numbered letter with its list."""

    number = models.CharField(max_length=24, unique=True)
    source = models.CharField(max_length=40, db_index=True)
    way = models.CharField(max_length=10)
    on = models.DateField()
    questions = models.PositiveIntegerField()
    content = SealedText()  # the table as it left; names and numbers stand in it
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "number": "internal",
        "source": "internal",
        "way": "internal",
        "on": "internal",
        "questions": "internal",
        "content": "personal",
        "sha256": "internal",
        "made_at": "internal",
        "made_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(way__in=["file", "letter"]), name="dispatch_way")]

    def __str__(self) -> str:
        return self.number


class DispatchCounter(models.Model):
    """The last number given to what is carried in a year; the row is locked while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"year": "open", "last": "open"}

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
