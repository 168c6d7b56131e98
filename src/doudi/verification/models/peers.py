"""Other places, their keys, the letters between us, what was asked and answered, and what may be answered at once."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from doudi.office.fields import SealedJSON


def new_exchange_ref() -> str:
    return "e" + uuid4().hex


def new_policy_ref() -> str:
    return "y" + uuid4().hex[:16]


def _both(name: str) -> Q:
    """A moment that comes later, and who did it: both or neither."""
    at, by = f"{name}_at", f"{name}_by"
    return Q(**{f"{at}__isnull": True, by: ""}) | Q(**{f"{at}__isnull": False}) & ~Q(**{by: ""})


class Peer(models.Model):
    """Another place. Nothing goes there and nothing is taken from there before a second person compared its fingerprint."""

    code = models.CharField(max_length=12, unique=True)  # its area code
    label = models.CharField(max_length=60)
    relation = models.CharField(max_length=6)
    address = models.CharField(max_length=120, blank=True)
    via = models.CharField(max_length=12, blank=True)  # reached through this place, when it has no address of its own
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=80, blank=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "code": "open",
        "label": "open",
        "relation": "internal",
        "address": "internal",
        "via": "internal",
        "added_at": "internal",
        "added_by": "internal",
        "checked_at": "internal",
        "checked_by": "internal",
        "stopped_at": "internal",
        "stopped_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("checked"), name="peer_checked_by_whom"),
            models.CheckConstraint(condition=_both("stopped"), name="peer_stopped_by_whom"),
            models.CheckConstraint(condition=~Q(address="", via=""), name="peer_is_reached_somehow"),
        ]

    def __str__(self) -> str:
        return self.code


class PeerKey(models.Model):
    """The public keys of another place: one to check its signatures, one to seal what it alone may read."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=16, unique=True)  # of the signing key
    sign_key = models.CharField(max_length=44)
    seal_key = models.CharField(max_length=44)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=80)
    good_until = models.DateTimeField(null=True)  # set when others take their place

    PRIVACY: ClassVar = {
        "id": "internal",
        "peer": "internal",
        "key_id": "internal",
        "sign_key": "internal",
        "seal_key": "internal",
        "added_at": "internal",
        "added_by": "internal",
        "good_until": "internal",
    }

    def __str__(self) -> str:
        return self.key_id


class PlaceExchange(models.Model):
    """One question between two places and its answer, as this side keeps it; ref and digests are the same on the other side."""

    ref = models.CharField(max_length=33, unique=True, default=new_exchange_ref)
    side = models.CharField(max_length=9)
    peer = models.CharField(max_length=12, db_index=True)
    area = models.CharField(max_length=12, db_index=True)  # whose posts look after it here
    subject = models.CharField(max_length=40, blank=True)  # the check it belongs to, on the asking side
    programme = models.CharField(max_length=30)
    basis = models.CharField(max_length=20)
    datasets = models.JSONField(default=list)
    question = SealedJSON()
    question_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()  # by this side's clock: sent, or come in whole
    due_on = models.DateField()  # by this side's clock
    state = models.CharField(max_length=10, db_index=True)
    reason = models.CharField(max_length=30, blank=True)  # why it was refused
    answer = SealedJSON(null=True)
    answer_digest = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    policy = models.CharField(max_length=20, blank=True)  # the standing answer it was given by, when nobody had to decide
    heard_at = models.DateTimeField(null=True)  # when the other side said it has our last word

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "side": "internal",
        "peer": "internal",
        "area": "internal",
        "subject": "internal",
        "programme": "internal",
        "basis": "internal",
        "datasets": "internal",
        "question": "sensitive",
        "question_digest": "internal",
        "asked_at": "internal",
        "due_on": "internal",
        "state": "internal",
        "reason": "internal",
        "answer": "sensitive",
        "answer_digest": "internal",
        "answered_at": "internal",
        "answered_by": "internal",
        "policy": "internal",
        "heard_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("answered"), name="exchange_answered_by_whom"),
            models.CheckConstraint(
                condition=Q(state__in=["answered", "refused"], answered_at__isnull=False)
                | Q(state__in=["asked", "received", "closed"], answered_at__isnull=True),
                name="exchange_state_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Letter(models.Model):
    """A letter that goes out, came in, or is carried through for two others. What is carried through cannot be read here."""

    letter = models.CharField(max_length=33, unique=True)
    way = models.CharField(max_length=7)
    kind = models.CharField(max_length=10, blank=True)  # empty as long as it is not open, and for what is carried through
    exchange = models.CharField(max_length=33, blank=True, db_index=True)
    writer = models.CharField(max_length=12)
    reader = models.CharField(max_length=12)
    parts = models.PositiveIntegerField()
    at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, db_index=True)  # handed over whole; or read; or given up

    PRIVACY: ClassVar = {
        "id": "internal",
        "letter": "internal",
        "way": "internal",
        "kind": "internal",
        "exchange": "internal",
        "writer": "internal",
        "reader": "internal",
        "parts": "internal",
        "at": "internal",
        "tries": "internal",
        "next_try_at": "internal",
        "problem": "internal",
        "done_at": "internal",
    }

    def __str__(self) -> str:
        return self.letter


class LetterPart(models.Model):
    """One part of a letter. The sealed bytes go when it was handed over or read; digest and signature stay as proof."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="pieces")
    part = models.PositiveIntegerField()
    raw = models.BinaryField(null=True)  # as it travels
    digest = models.CharField(max_length=64)
    signer = models.CharField(max_length=16)
    created = models.BigIntegerField()
    nonce = models.CharField(max_length=80)
    signature = models.CharField(max_length=88)
    moved_at = models.DateTimeField(null=True)  # the next place has it

    PRIVACY: ClassVar = {
        "id": "internal",
        "letter": "internal",
        "part": "internal",
        "raw": "sensitive",
        "digest": "internal",
        "signer": "internal",
        "created": "internal",
        "nonce": "internal",
        "signature": "internal",
        "moved_at": "internal",
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["letter", "part"], name="letter_part_once")]

    def __str__(self) -> str:
        return f"{self.part}"


class StandingAnswer(models.Model):
    """What our own sources may answer another place at once, decided beforehand by two people."""

    ref = models.CharField(max_length=20, unique=True, default=new_policy_ref)
    peer = models.CharField(max_length=12, db_index=True)
    programmes = models.JSONField(default=list)
    datasets = models.JSONField(default=list)
    from_on = models.DateField()
    to_on = models.DateField()
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=80)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "peer": "internal",
        "programmes": "internal",
        "datasets": "internal",
        "from_on": "internal",
        "to_on": "internal",
        "drafted_at": "internal",
        "drafted_by": "internal",
        "approved_at": "internal",
        "approved_by": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_both("approved"), name="standing_approved_by_whom"),
            models.CheckConstraint(condition=_both("ended"), name="standing_ended_by_whom"),
            models.CheckConstraint(condition=~Q(drafted_by=models.F("approved_by")), name="standing_by_two_people"),
            models.CheckConstraint(condition=Q(from_on__lte=models.F("to_on")), name="standing_days"),
        ]

    def __str__(self) -> str:
        return self.ref


class ExchangeComparison(models.Model):
    """Both sides' digests of one exchange, side by side, on the day somebody asked whether the two journals agree."""

    exchange = models.ForeignKey(PlaceExchange, models.PROTECT, related_name="comparisons")
    ref = models.CharField(max_length=33, unique=True, default=new_exchange_ref)
    asked_at = models.DateTimeField()
    ours = models.JSONField()
    theirs = models.JSONField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    heard_at = models.DateTimeField(null=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "exchange": "internal",
        "ref": "internal",
        "asked_at": "internal",
        "ours": "internal",
        "theirs": "internal",
        "verdict": "internal",
        "heard_at": "internal",
    }

    def __str__(self) -> str:
        return self.ref
