"""Cooperation of other places: what the accepting place asks them about members who live or are registered there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.casework.models.case import Case
from doudi.casework.models.refs import new_row_ref, together
from doudi.office.fields import SealedText


class PlaceRequest(models.Model):
    """One thing asked of another place about one member; the accepting place investigates, the other helps (D57 Art. 5)."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="place_requests")
    area = models.CharField(max_length=12)  # the county or township asked
    from_area = models.CharField(max_length=12)
    member = models.CharField(max_length=21)  # pid of the member it is about
    kind = models.CharField(max_length=12)  # visit | property | income | double
    asks = SealedText()
    due_on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10, blank=True)  # "" open | answered | refused
    refusal = models.CharField(max_length=20, blank=True)  # a reason of the list; there is no other
    answer = SealedText(default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "area": "internal",
        "from_area": "internal",
        "member": "personal",
        "kind": "internal",
        "asks": "sensitive",
        "due_on": "internal",
        "at": "internal",
        "by": "internal",
        "outcome": "internal",
        "refusal": "internal",
        "answer": "sensitive",
        "answered_at": "internal",
        "answered_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(outcome__in=["", "answered", "refused"]), name="place_request_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="refused") & ~Q(refusal="") | ~Q(outcome="refused") & Q(refusal=""),
                name="place_request_refusal",
            ),
            models.CheckConstraint(condition=Q(answered_at__isnull=True, outcome="") | ~Q(outcome=""), name="place_request_open"),
            models.CheckConstraint(condition=~Q(area=F("from_area")), name="place_request_elsewhere"),
            models.UniqueConstraint(
                fields=["case", "area", "member", "kind"], condition=Q(outcome=""), name="place_request_once"
            ),
            together("place_request_answered_whole", "answered_at", "answered_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["area", "outcome", "due_on"], name="place_request_list")]

    def __str__(self) -> str:
        return self.ref
