"""Doors that are not a screen of the person's own: a paper photographed first and typed later, and a telephone call."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class PaperForm(models.Model):
    """An application on paper, handed in when it is handed over: photographed with its number, typed by whoever has time."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    receipt = models.CharField(max_length=20, unique=True)  # the number the application will have
    area = models.CharField(max_length=12)
    handed_on = models.DateField()
    due_on = models.DateField()  # typed by then: the same day an application from a phone is to be taken in
    name = SealedText(default="")  # whose it is, where the one who took it wrote that down
    phone = SealedText(default="")
    papers = models.JSONField(default=list)  # refs of the photographs
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=80)
    draft = models.OneToOneField("Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="form")
    typed_at = models.DateTimeField(null=True, blank=True)  # the six key fields; the case runs
    typed_by = models.CharField(max_length=80, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # the rest of the sheet
    read_by = models.CharField(max_length=80, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.CharField(max_length=80, blank=True)
    dropped_why = models.CharField(max_length=12, blank=True)  # a key of core.doors.FORM_DROPPED

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "receipt": "internal",
        "area": "internal",
        "handed_on": "internal",
        "due_on": "internal",
        "name": "personal",
        "phone": "personal",
        "papers": "internal",
        "kept_at": "internal",
        "kept_by": "internal",
        "draft": "internal",
        "typed_at": "internal",
        "typed_by": "internal",
        "read_at": "internal",
        "read_by": "internal",
        "dropped_at": "internal",
        "dropped_by": "internal",
        "dropped_why": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            together("paper_form_typed_whole", "typed_at", "typed_by"),
            together("paper_form_read_whole", "read_at", "read_by"),
            together("paper_form_dropped_whole", "dropped_at", "dropped_by"),
            models.CheckConstraint(
                condition=Q(typed_at__isnull=True) | Q(dropped_at__isnull=True), name="paper_form_typed_or_dropped"
            ),
            models.CheckConstraint(condition=Q(typed_at__isnull=True) | Q(draft__isnull=False), name="paper_form_typed_into"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "due_on", "id"], name="paper_form_waiting")]

    def __str__(self) -> str:
        return self.receipt


class CallCounter(models.Model):
    """The last number given to a call in a county in a year: no gap, so that no call can go missing."""

    county = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "internal", "county": "open", "year": "open", "last": "open"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["county", "year"], name="call_counter_once")]

    def __str__(self) -> str:
        return f"{self.county} {self.year} {self.last}"


class Call(models.Model):
    """Somebody rang: what about, what was answered, and when we promised to ring again."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    number = models.CharField(max_length=20, unique=True)  # HX, year, county, running
    once = models.CharField(max_length=40, unique=True)  # of the page it was written on: a second press is the same call
    area = models.CharField(max_length=12)
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # who answered the two questions right; "": nobody did
    phone = SealedText(default="")
    topic = models.CharField(max_length=12)  # a key of core.doors.CALL_TOPICS
    said = SealedText()
    mood = models.CharField(max_length=12)  # a key of core.doors.CALL_MOODS
    answered = SealedText(default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    draft = models.OneToOneField("Draft", null=True, blank=True, on_delete=models.PROTECT, related_name="call")
    back_on = models.DateField(null=True, blank=True)  # promised to ring again by this day
    tries = models.PositiveSmallIntegerField(default=0)  # rang and nobody answered
    rung_at = models.DateTimeField(null=True, blank=True)
    rung_by = models.CharField(max_length=80, blank=True)
    rung_said = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "number": "internal",
        "once": "internal",
        "area": "internal",
        "pid": "personal",
        "phone": "personal",
        "topic": "internal",
        "said": "sensitive",
        "mood": "internal",
        "answered": "sensitive",
        "at": "internal",
        "by": "internal",
        "draft": "internal",
        "back_on": "internal",
        "tries": "internal",
        "rung_at": "internal",
        "rung_by": "internal",
        "rung_said": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [together("call_rung_whole", "rung_at", "rung_by")]
        indexes: ClassVar = [models.Index(fields=["area", "back_on", "id"], name="call_promised")]

    def __str__(self) -> str:
        return self.number
