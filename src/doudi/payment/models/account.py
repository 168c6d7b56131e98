"""Another account for a household's money, with its safeguards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doudi.office.fields import SealedText
from doudi.payment.models.refs import new_row_ref, together


class AccountChange(models.Model):
    """A wish to be paid to another account: asked, said yes to on the old phone, agreed to by a second person, in force later."""

    ref = models.CharField(max_length=20, unique=True, default=new_row_ref)
    case = models.CharField(max_length=20, db_index=True)
    area = models.CharField(max_length=12)
    payee = models.CharField(max_length=21)
    name = SealedText()
    old_account = SealedText(default="")
    new_account = SealedText()
    new_bank = models.CharField(max_length=60)
    account_blind = models.CharField(max_length=32)
    holder = models.CharField(max_length=21)  # the member of the household whose account it is
    holder_name = SealedText()
    channel = models.CharField(max_length=10)  # phone | window | proxy
    mandate = models.CharField(max_length=20, blank=True)  # a proxy's written mandate, a paper of the office
    agreement = models.CharField(max_length=20, blank=True)  # the written agreement where an official keeps the card
    shared_with = models.PositiveSmallIntegerField(default=0)  # other households paid to the same account
    state = models.CharField(max_length=10, default="asked")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    heard_at = models.DateTimeField(null=True, blank=True)  # the person said yes on the telephone known before, or at the door
    heard_by = models.CharField(max_length=80, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.CharField(max_length=80, blank=True)
    from_on = models.DateField(null=True, blank=True)  # the first day it counts, after the days to cool down
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=80, blank=True)
    stopped_why = SealedText(default="")

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "case": "internal",
        "area": "internal",
        "payee": "personal",
        "name": "personal",
        "old_account": "sensitive",
        "new_account": "sensitive",
        "new_bank": "personal",
        "account_blind": "sensitive",
        "holder": "personal",
        "holder_name": "personal",
        "channel": "internal",
        "mandate": "internal",
        "agreement": "internal",
        "shared_with": "internal",
        "state": "internal",
        "at": "internal",
        "by": "internal",
        "heard_at": "internal",
        "heard_by": "internal",
        "agreed_at": "internal",
        "agreed_by": "internal",
        "from_on": "internal",
        "stopped_at": "internal",
        "stopped_by": "internal",
        "stopped_why": "sensitive",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=["asked", "heard", "agreed", "stopped"]), name="account_state"),
            models.CheckConstraint(condition=Q(channel__in=["phone", "window", "proxy"]), name="account_channel"),
            models.CheckConstraint(condition=~Q(channel="proxy") | ~Q(mandate=""), name="account_proxy_mandate"),
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=["asked", "heard"]), name="account_one_open"),
            models.CheckConstraint(
                condition=Q(state="agreed", heard_at__isnull=False, agreed_at__isnull=False, from_on__isnull=False)
                | ~Q(state="agreed"),
                name="account_agreed",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | (~Q(agreed_by=F("heard_by")) & ~Q(agreed_by=F("by"))),
                name="account_two_people",
            ),
            together("account_heard_whole", "heard_at", "heard_by"),
            together("account_agreed_whole", "agreed_at", "agreed_by"),
            together("account_stopped_whole", "stopped_at", "stopped_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "area"], name="account_work")]

    def __str__(self) -> str:
        return self.ref
