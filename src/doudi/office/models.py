"""Clerks and their posts, areas, the journal and its tree, notices, sign-in codes, the demo clock."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from doudi.office.core import DEPARTMENT_ROLES, PAPERS, Role
from doudi.office.fields import SealedText


def new_ref() -> str:
    """An opaque name for a clerk: what the journal says instead of who they are."""
    return "c" + uuid4().hex[:16]


def new_notice_ref() -> str:
    return "n" + uuid4().hex[:16]


def new_paper_ref() -> str:
    return "z" + uuid4().hex[:16]


def new_leave_ref() -> str:
    return "l" + uuid4().hex[:16]


def new_year_ref() -> str:
    return "y" + uuid4().hex[:16]


class ClerkManager(BaseUserManager["Clerk"]):
    def create_user(self, username: str, password: str | None = None, **more: Any) -> Clerk:
        clerk = self.model(username=username, **more)
        clerk.set_password(password)
        clerk.save(using=self._db)
        return clerk


class Clerk(AbstractBaseUser):
    """Somebody who works here; what they may do comes from their posts only."""

    ref = models.CharField(max_length=20, unique=True, default=new_ref)
    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)  # at work; a village helper's is printed for the village
    is_active = models.BooleanField(default=True)
    post = models.ForeignKey("Post", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")  # the post picked

    acting_for = ""  # for whom the act under way is done, by ref; set by queries.need, written into the journal, never kept here

    objects = ClerkManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    PRIVACY: ClassVar = {
        "id": "internal",
        "password": "sensitive",
        "last_login": "personal",
        "ref": "internal",
        "username": "personal",
        "name": "personal",
        "phone": "internal",
        "is_active": "internal",
        "post": "internal",
    }

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A place of the administrative division, by its code."""

    code = models.CharField(max_length=12, primary_key=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    parent = models.CharField(max_length=12, blank=True, db_index=True)
    place_kind = models.CharField(max_length=10, blank=True)

    PRIVACY: ClassVar = {"code": "open", "label": "open", "kind": "open", "parent": "open", "place_kind": "open"}

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["city", "county", "township", "village"]), name="area_kind"),
        ]

    def __str__(self) -> str:
        return self.label


class Post(models.Model):
    """A clerk's work in an area, from a day to a day; both days count."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role if role != Role.RESIDENT])
    area = models.CharField(max_length=12)
    department = models.CharField(max_length=40, blank=True)  # its code, for a department's people; empty: the office itself
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "clerk": "internal",
        "role": "internal",
        "area": "internal",
        "department": "internal",
        "from_on": "internal",
        "to_on": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="post_days"),
            models.CheckConstraint(condition=~Q(area=""), name="post_area"),
            models.CheckConstraint(
                condition=Q(department="", role__in=[one.value for one in Role if one not in (Role.RESIDENT, Role.SERVICE)])
                | (~Q(department="") & Q(role__in=sorted(one.value for one in DEPARTMENT_ROLES))),
                name="post_department",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role if role != Role.RESIDENT]), name="post_role"
            ),
            models.UniqueConstraint(fields=["clerk", "role", "area", "department", "from_on"], name="post_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.area}"


class Leave(models.Model):
    """Days a clerk is away, both counted, and who does their work meanwhile; nothing is moved, so what is left comes back."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "休假"
        ILL = "ill", "病假"
        AWAY = "away", "出差或学习"
        OTHER = "other", "别的事"

    ref = models.CharField(max_length=20, unique=True, default=new_leave_ref)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="leaves")
    stand_in = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    from_on = models.DateField()
    to_on = models.DateField()
    groups = models.CharField(max_length=80, blank=True)  # of core.HANDED_OVER, with commas; empty: all of their work
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)  # before its last day
    ended_by = models.CharField(max_length=80, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "clerk": "internal",
        "stand_in": "internal",
        "kind": "personal",
        "from_on": "internal",
        "to_on": "internal",
        "groups": "internal",
        "at": "internal",
        "by": "internal",
        "ended_at": "internal",
        "ended_by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="leave_days"),
            models.CheckConstraint(condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("clerk")), name="leave_somebody_else"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="leave_ended_whole",
            ),
            models.CheckConstraint(condition=Q(kind__in=["holiday", "ill", "away", "other"]), name="leave_kind"),
            models.UniqueConstraint(fields=["clerk", "from_on"], condition=Q(ended_at__isnull=True), name="leave_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["stand_in", "to_on"], name="leave_stand_in")]

    def __str__(self) -> str:
        return self.ref


class WorkingYear(models.Model):
    """The working days of a year as a place took them over from the State Council's notice; the latest row of a year counts."""

    ref = models.CharField(max_length=20, unique=True, default=new_year_ref)
    year = models.PositiveSmallIntegerField()
    holidays = models.JSONField()  # [{"name", "from", "to"}], days as text
    worked = models.JSONField()  # days of weekends worked instead, as text
    source = models.CharField(max_length=200)  # the notice, with its number
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "year": "open",
        "holidays": "open",
        "worked": "open",
        "source": "open",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(year__gte=2020, year__lte=2100), name="working_year_year"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(by=""), name="working_year_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class JournalEntry(models.Model):
    """One line of the journal: a leaf of the tree. `leaf` holds the exact bytes, `hash` their leaf hash."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    detail = models.TextField()
    leaf = models.BinaryField()
    hash = models.BinaryField(max_length=32)

    PRIVACY: ClassVar = {
        "seq": "open",
        "at": "open",
        "by": "internal",
        "act": "open",
        "subject": "internal",
        "detail": "internal",
        "leaf": "internal",
        "hash": "open",
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "seq"], name="journal_subject"),
            models.Index(fields=["act", "seq"], name="journal_act"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.act}"


class JournalHead(models.Model):
    """The one row everybody who appends waits for: how long the journal is, and the frontier of its tree."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)
    root = models.BinaryField(max_length=32)

    PRIVACY: ClassVar = {"id": "open", "size": "open", "frontier": "open", "root": "open"}

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="journal_one_head")]

    def __str__(self) -> str:
        return str(self.size)


class JournalTile(models.Model):
    """A full tile of the tree: 256 hashes of one level, kept so that a proof reads a few rows and never the whole journal."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField(max_length=32)

    PRIVACY: ClassVar = {"id": "internal", "level": "open", "number": "open", "hashes": "open", "root": "open"}

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "number"], name="journal_tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed note about the journal at one size."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()

    PRIVACY: ClassVar = {"size": "open", "note": "open"}

    def __str__(self) -> str:
        return str(self.size)


class Notice(models.Model):
    """A text to a person: made inside an act, sent after it is kept."""

    class Channel(models.TextChoices):
        SMS = "sms", "短信"
        VOICE = "voice", "语音电话"
        LETTER = "letter", "信"
        WECHAT = "wechat", "微信"

    ref = models.CharField(max_length=20, unique=True, default=new_notice_ref)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    pid = models.CharField(max_length=21, blank=True, db_index=True)
    phone = SealedText()
    body = SealedText()
    subject = models.CharField(max_length=80)
    queued_at = models.DateTimeField()
    queued_by = models.CharField(max_length=80)
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "channel": "internal",
        "pid": "personal",
        "phone": "personal",
        "body": "sensitive",
        "subject": "internal",
        "queued_at": "internal",
        "queued_by": "internal",
        "sent_at": "internal",
        "tries": "internal",
        "problem": "internal",
    }

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["queued_at"], name="notice_waiting", condition=Q(sent_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.ref


class Paper(models.Model):
    """A photograph, recording, signature or PDF somebody handed in. The file is sealed and lies under its own keyed name."""

    ref = models.CharField(max_length=20, unique=True, default=new_paper_ref)
    kind = models.CharField(max_length=12)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes, as shown
    sha256 = models.CharField(max_length=64)  # of the bytes shown
    area = models.CharField(max_length=12)
    subject = models.CharField(max_length=80, db_index=True)  # whose it is: a pid
    file = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    PRIVACY: ClassVar = {
        "id": "internal",
        "ref": "internal",
        "kind": "internal",
        "content_type": "internal",
        "size": "internal",
        "sha256": "internal",
        "area": "internal",
        "subject": "personal",
        "file": "internal",
        "at": "internal",
        "by": "internal",
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "kind", "sha256"], name="paper_once"),
            models.CheckConstraint(condition=Q(kind__in=sorted(PAPERS)), name="paper_kind"),
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(area="") & ~Q(subject=""), name="paper_whole"),
        ]

    def __str__(self) -> str:
        return self.ref


class SignInCode(models.Model):
    """A code sent to a resident, kept as a keyed hash; good once, for ten minutes, for five tries."""

    who = models.CharField(max_length=64, db_index=True)  # blind pid
    phone = models.CharField(max_length=64, db_index=True)  # blind phone
    code = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    PRIVACY: ClassVar = {
        "id": "internal",
        "who": "personal",
        "phone": "personal",
        "code": "sensitive",
        "made_at": "internal",
        "tries": "internal",
        "used_at": "internal",
    }

    def __str__(self) -> str:
        return f"{self.made_at:%F %T}"


class DemoClock(models.Model):
    """How far the demo's time is from real time; there is no row, and no such thing, outside a demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.BigIntegerField(default=0)

    PRIVACY: ClassVar = {"id": "open", "offset_seconds": "open"}

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="demo_one_clock")]

    def __str__(self) -> str:
        return str(self.offset_seconds)
