"""A case, its members, and who has to support them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doudi.casework.core import Level, State
from doudi.casework.models.refs import new_case_ref, new_row_ref, together
from doudi.office.fields import SealedText


class Case(models.Model):
    """What an application asks of one programme, and where it stands."""

    ref = models.CharField(max_length=20, unique=True, default=new_case_ref)
    application = models.ForeignKey("Application", on_delete=models.PROTECT, related_name="cases")
    receipt = models.CharField(max_length=20, unique=True)  # of its own; that of the first case is on the paper handed over
    programme = models.CharField(max_length=30)
    state = models.CharField(max_length=16, choices=[(state.value, state.label) for state in State])
    level = models.CharField(max_length=10, default=Level.COUNTY.value)  # who confirms: county | township (LAW Art. 44)
    version = models.PositiveIntegerField(default=1)
    area = models.CharField(max_length=12)
    applicant = models.CharField(max_length=21, db_index=True)
    recipient = models.CharField(max_length=21, blank=True)  # whom it is for, where that is another than who asks: a child
    household = models.CharField(max_length=21, blank=True)
    name = SealedText()
    masked_name = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    origin = models.CharField(max_length=12, default="application")  # application | visit
    alert_ref = models.CharField(max_length=40, blank=True, db_index=True)
    visit_ref = models.CharField(max_length=40, blank=True)
    proxy = models.CharField(max_length=21, blank=True)
    proxy_relation = models.CharField(max_length=20, blank=True)
    hardships = models.JSONField(default=list)
    story = SealedText(default="")
    account_way = models.CharField(max_length=10, blank=True)
    account_bank = models.CharField(max_length=60, blank=True)
    account = SealedText(default="")
    is_urgent = models.BooleanField(default=False)
    is_near_kin = models.BooleanField(default=False)
    near_kin_of = SealedText(default="")
    near_kin_clerk = models.CharField(max_length=20, blank=True)  # the clerk's opaque ref, who steps back
    kin_relation = models.CharField(max_length=20, blank=True)  # to that clerk or committee member
    is_drawn = models.BooleanField(null=True)  # for the county's own look (T43 Art. 16); None: no draw yet
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.CharField(max_length=80, blank=True)
    in_doubt = models.BooleanField(default=False)  # for the county's second pile
    handler = models.CharField(max_length=20, blank=True, db_index=True)  # the clerk's opaque ref
    rank = models.PositiveSmallIntegerField(default=1)  # 0 urgent, 1 others: first sort key of inboxes
    due_on = models.DateField()  # the clock that runs out next: second sort key
    contact_by = models.DateField()
    whole_due_on = models.DateField(null=True, blank=True)
    extended_reason = models.CharField(max_length=300, blank=True)
    asked_for = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=80)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.CharField(max_length=80, blank=True)
    investigated_at = models.DateTimeField(null=True, blank=True)
    investigated_by = models.CharField(max_length=80, blank=True)
    at_county_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=80, blank=True)
    check_ref = models.CharField(max_length=20, blank=True)  # the latest check of verification
    answers_taken = models.PositiveIntegerField(default=0)  # answers to it that came later and were taken in here

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "application": "internal",
        "receipt": "internal",
        "programme": "internal",
        "state": "internal",
        "level": "internal",
        "version": "internal",
        "area": "internal",
        "applicant": "personal",
        "recipient": "personal",
        "household": "personal",
        "name": "personal",
        "masked_name": "personal",
        "channel": "internal",
        "origin": "internal",
        "alert_ref": "internal",
        "visit_ref": "internal",
        "proxy": "personal",
        "proxy_relation": "personal",
        "hardships": "sensitive",
        "story": "sensitive",
        "account_way": "internal",
        "account_bank": "personal",
        "account": "sensitive",
        "is_urgent": "internal",
        "is_near_kin": "internal",
        "near_kin_of": "personal",
        "near_kin_clerk": "internal",
        "kin_relation": "personal",
        "is_drawn": "internal",
        "drawn_at": "internal",
        "drawn_by": "internal",
        "in_doubt": "internal",
        "handler": "internal",
        "rank": "internal",
        "due_on": "internal",
        "contact_by": "internal",
        "whole_due_on": "internal",
        "extended_reason": "internal",
        "asked_for": "internal",
        "submitted_at": "internal",
        "submitted_by": "internal",
        "accepted_at": "internal",
        "accepted_by": "internal",
        "investigated_at": "internal",
        "investigated_by": "internal",
        "at_county_on": "internal",
        "closed_at": "internal",
        "closed_by": "internal",
        "check_ref": "internal",
        "answers_taken": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="case_state"),
            together("case_accepted_whole", "accepted_at", "accepted_by"),
            together("case_investigated_whole", "investigated_at", "investigated_by"),
            together("case_closed_whole", "closed_at", "closed_by"),
            together("case_drawn_whole", "drawn_at", "drawn_by"),
            models.CheckConstraint(condition=Q(level__in=["county", "township"]), name="case_level"),
            models.UniqueConstraint(fields=["application", "programme", "recipient"], name="case_once_for_each"),
            models.UniqueConstraint(fields=["visit_ref", "programme"], condition=~Q(visit_ref=""), name="case_visit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "rank", "due_on", "id", "area", "level"], name="case_inbox"),
            models.Index(  # so that what is open in a place is counted without reading the cases
                fields=["area", "state", "level", "in_doubt", "due_on", "handler"],
                condition=Q(closed_at__isnull=True),
                name="case_open_here",
            ),
            models.Index(fields=["area", "state"], name="case_area"),
        ]

    def __str__(self) -> str:
        return self.receipt


class CaseMember(models.Model):
    """Somebody of the family as this case sees them: what the register proposed, what the family said, what was settled."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    pid = models.CharField(max_length=21, blank=True, db_index=True)  # empty: the register does not know them
    name = SealedText()
    relation = models.CharField(max_length=20)
    born_on = models.DateField(null=True, blank=True)
    proposed = models.BooleanField(default=True)  # by the register
    together = models.BooleanField(null=True)  # said by the family; None: not said
    counted = models.BooleanField(null=True)  # settled by the township; None: as said
    counted_reason = models.CharField(max_length=300, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    counted_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "name": "personal",
        "relation": "personal",
        "born_on": "personal",
        "proposed": "internal",
        "together": "personal",
        "counted": "personal",
        "counted_reason": "sensitive",
        "counted_at": "internal",
        "counted_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "pid"], condition=~Q(pid=""), name="case_member_once"),
            together("case_member_counted_whole", "counted_at", "counted_by"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def counts(self) -> bool:
        """Whether they count as living together: as settled, else as the family said, else as the register proposes."""
        if self.counted is not None:
            return self.counted
        return self.together if self.together is not None else self.proposed


class Supporter(models.Model):
    """Somebody outside the household who has to support one of it by law; asked only about that, on their own sheet."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="supporters")
    pid = models.CharField(max_length=21, db_index=True)
    name = SealedText()
    supports = models.CharField(max_length=21)  # pid of the member
    relation = models.CharField(max_length=20)  # to that member
    place = SealedText(default="")  # where they live, in words
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "pid": "personal",
        "name": "personal",
        "supports": "personal",
        "relation": "personal",
        "place": "personal",
        "at": "internal",
        "by": "internal",
        "removed_at": "internal",
        "removed_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "pid"], condition=Q(removed_at__isnull=True), name="supporter_once"),
            together("supporter_removed_whole", "removed_at", "removed_by"),
        ]

    def __str__(self) -> str:
        return self.ref
