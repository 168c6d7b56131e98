"""Reading: the time, who looks from which post, areas, the journal, notices."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from doudi.office.core import ACTS, PAPERS, Message, NotAllowed, Party, Role, Viewer, contains, label_of, post_may, prefix
from doudi.office.gateways import papers as files
from doudi.office.models import Area, Checkpoint, Clerk, DemoClock, JournalEntry, JournalHead, Notice, Paper, Post

HERE = ZoneInfo("Asia/Shanghai")


# ---- time ---------------------------------------------------------------------------------------------------------------


def now() -> datetime:
    """The time pages and jobs go by: the real one, moved by the demo clock when this is a demo."""
    moment = timezone.now()
    if settings.DEMO:
        offset = DemoClock.objects.values_list("offset_seconds", flat=True).first()
        moment += timedelta(seconds=offset or 0)
    return moment


def clock() -> datetime:
    """The real time, which a demo does not move: what other machines' clocks are compared with."""
    return timezone.now()


def clock_set() -> bool:
    """Whether the demo's clock was ever set."""
    return DemoClock.objects.exists()


def today(at: datetime) -> date:
    """The day it is here at a moment."""
    return at.astimezone(HERE).date()


# ---- clerks, posts, permits ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post a clerk holds today."""

    id: int
    role: Role
    area: str
    area_label: str
    department: str = ""

    @property
    def words(self) -> str:
        return f"{self.area_label} {self.role.label}"


def _active(clerk: Clerk, on: date) -> QuerySet[Post]:
    return Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), clerk=clerk, from_on__lte=on).order_by("from_on", "id")


def posts(clerk: Clerk, at: datetime) -> list[PostRow]:
    """The posts a clerk holds at a moment, oldest first; none for somebody who left."""
    if not clerk.is_active:
        return []
    held = list(_active(clerk, today(at)))
    labels = area_labels([post.area for post in held])
    return [PostRow(post.pk, Role(post.role), post.area, labels.get(post.area, post.area), post.department) for post in held]


def viewer(clerk: Clerk, purpose: str, at: datetime) -> Viewer | None:
    """Who this clerk is when looking now: from the post picked, else the first held; nobody without a post."""
    held = posts(clerk, at)
    if not held:
        return None
    post = next((row for row in held if row.id == clerk.post_id), held[0])
    return _as_viewer(clerk, post, purpose)


def _as_viewer(clerk: Clerk, post: PostRow, purpose: str) -> Viewer:
    return Viewer(
        name=clerk.name,
        username=clerk.username,
        role=post.role,
        area=post.area,
        purpose=purpose,
        ref=clerk.ref,
        area_label=post.area_label,
        department=post.department,
    )


def within(viewer: Viewer) -> str:
    """What the code of every place this viewer may see begins with; use it as `startswith` in each query."""
    return prefix(viewer.area)


def need(by: Clerk | Party, act: str, *, area: str | None, at: datetime) -> Viewer | None:
    """Stop an act its doer may not do here; acts call this before they change anything. Jobs may (None comes back).

    :param area: where the act takes effect; None for acts that belong to no place
    :raises NotAllowed: no post of this clerk allows the act in this area, or a resident tries a clerk's act
    :raises KeyError: no such act in the permission table
    """
    label = ACTS[act][0]
    if isinstance(by, Party):
        if by.kind == "system":
            return None
        raise NotAllowed(f"{label}要由工作人员来办。")
    held = [post for post in posts(by, at) if post_may(post.role, post.department, act)]
    if not held:
        raise NotAllowed(f"您的岗位不能{label}。")
    for post in held:
        if area is None or contains(post.area, area):
            return _as_viewer(by, post, act)
    raise NotAllowed(f"这里不归您负责，不能{label}。请找当地经办人。")


def clerk_names(refs: list[str]) -> dict[str, str]:
    """The names behind clerks' opaque refs."""
    return dict(Clerk.objects.filter(ref__in=refs).values_list("ref", "name"))


def clerk_phones(refs: list[str]) -> dict[str, str]:
    """The telephones at work behind clerks' opaque refs; who has none is left out."""
    return dict(Clerk.objects.filter(ref__in=refs).exclude(phone="").values_list("ref", "phone"))


def clerk(username: str) -> Clerk | None:
    """The clerk of this name to sign in with."""
    return Clerk.objects.filter(username=username).first()


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A clerk at a post: whom to call, and what a demo's sign-in page lists."""

    username: str
    name: str
    phone: str
    role: Role
    area: str
    area_label: str


def staff(at: datetime, *, area: str = "", role: Role | None = None) -> list[StaffRow]:
    """Who works at a moment in an area and in places inside it, by place; all of them, or those of one role."""
    on = today(at)
    held = Post.objects.filter(Q(to_on__isnull=True) | Q(to_on__gte=on), from_on__lte=on, clerk__is_active=True)
    held = held.filter(area__startswith=prefix(area))
    if role is not None:
        held = held.filter(role=role)
    rows = list(held.select_related("clerk").order_by("area", "id"))
    labels = area_labels([post.area for post in rows])
    return [
        StaffRow(
            post.clerk.username, post.clerk.name, post.clerk.phone, Role(post.role), post.area, labels.get(post.area, post.area)
        )
        for post in rows
    ]


# ---- areas --------------------------------------------------------------------------------------------------------------


def area_labels(codes: list[str]) -> dict[str, str]:
    """Names of places by code; unknown codes are left out."""
    return dict(Area.objects.filter(code__in=set(codes)).values_list("code", "label"))


def area_label(code: str) -> str:
    """A place's name, or its code when nobody named it."""
    return area_labels([code]).get(code, code)


@dataclass(frozen=True, slots=True)
class AreaRow:
    code: str
    label: str
    kind: str
    parent: str
    place_kind: str


def areas(*, parent: str | None = None, kind: str | None = None) -> list[AreaRow]:
    """Places, by code; those directly below `parent`, or of one kind."""
    rows = Area.objects.order_by("code")
    if parent is not None:
        rows = rows.filter(parent=parent)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return [AreaRow(*row) for row in rows.values_list("code", "label", "kind", "parent", "place_kind")]


def places_within(within: str) -> list[tuple[str, str]]:
    """Code and name of every place whose code begins so."""
    return list(Area.objects.filter(code__startswith=within).order_by("code").values_list("code", "label"))


def area(code: str) -> AreaRow | None:
    """One place by its code, or None when nobody named it."""
    row = Area.objects.filter(code=code).values_list("code", "label", "kind", "parent", "place_kind").first()
    return AreaRow(*row) if row is not None else None


# ---- journal ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal, to read."""

    seq: int
    at: datetime
    by: str
    act: str
    subject: str
    detail: dict[str, Any]


def journal_of(subject: str, *, limit: int = 200) -> list[Line]:
    """The lines about one subject, oldest first."""
    rows = JournalEntry.objects.filter(subject=subject).order_by("seq")[:limit]
    return [Line(row.seq, row.at, row.by, row.act, row.subject, json.loads(row.detail)) for row in rows]


def done_lately(subject: str, act: str, since: datetime) -> int:
    """How many lines of one act about a subject there are after a moment."""
    return JournalEntry.objects.filter(subject=subject, act=act, at__gt=since).count()


def journal_since(seq: int, *, limit: int = 1000) -> Iterator[Line]:
    """The lines after `seq`, for jobs of rooms above that read on from where they stopped."""
    for row in JournalEntry.objects.filter(seq__gt=seq).order_by("seq")[:limit]:
        yield Line(row.seq, row.at, row.by, row.act, row.subject, json.loads(row.detail))


def journal_before(seq: int | None, *, act: str = "", limit: int = 50) -> list[Line]:
    """The latest lines, newest first; those below `seq`, or of one act, when told so."""
    rows = JournalEntry.objects.order_by("-seq")
    if seq is not None:
        rows = rows.filter(seq__lt=seq)
    if act:
        rows = rows.filter(act=act)
    return [Line(row.seq, row.at, row.by, row.act, row.subject, json.loads(row.detail)) for row in rows[:limit]]


@dataclass(frozen=True, slots=True)
class JournalState:
    """How long the journal is, its root, and up to where it was signed last (0: never)."""

    size: int
    root: str
    signed_size: int
    note: str


def journal_state() -> JournalState:
    """The journal as it stands now."""
    head = JournalHead.objects.filter(pk=1).first()
    signed = Checkpoint.objects.order_by("-size").first()
    return JournalState(
        size=head.size if head else 0,
        root=bytes(head.root).hex() if head else "",
        signed_size=signed.size if signed else 0,
        note=signed.note if signed else "",
    )


def not_signed() -> tuple[int, datetime | None]:
    """How many lines of the journal are signed, and from when the first one is that is not (None: all are)."""
    signed = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    return signed, JournalEntry.objects.filter(seq=signed).values_list("at", flat=True).first()


def checkpoint(size: int) -> Checkpoint | None:
    """The signed note about the journal at one size, or None."""
    return Checkpoint.objects.filter(size=size).first()


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at a person's data: when, who, what for, what they saw; in words for that person."""

    at: datetime
    who: str
    role: str
    area: str
    purpose: str
    what: str


def looks(pid: str | Collection[str], limit: int = 50) -> list[Look]:
    """Who looked at a person's data, latest first; of somebody known by several ids, under all of them."""
    pids = [pid] if isinstance(pid, str) else list(pid)
    rows = list(JournalEntry.objects.filter(subject__in=pids, act="office.look").order_by("-seq")[:limit])
    details = [json.loads(row.detail) for row in rows]
    names = clerk_names([row.by.partition(":")[2] for row in rows])
    labels = area_labels([detail["area"] for detail in details])
    return [
        Look(
            at=row.at,
            who=names.get(row.by.partition(":")[2], "工作人员"),
            role=Role(detail["role"]).label,
            area=labels.get(detail["area"], detail["area"]),
            purpose=label_of(detail["purpose"]),
            what=detail["what"],
        )
        for row, detail in zip(rows, details, strict=True)
    ]


# ---- notices ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A text to a person, as the demo's page of messages shows it."""

    ref: str
    channel: str
    phone: str
    body: str
    subject: str
    queued_at: datetime
    sent_at: datetime | None


def outbox(*, limit: int = 50, pid: str | None = None) -> list[NoticeRow]:
    """The latest messages; only in a demo, where nobody's phone rings.

    :raises NotAllowed: this is not a demo
    """
    if not settings.DEMO:
        raise NotAllowed("这里不是演示系统，短信不在网页上显示。")
    rows = Notice.objects.order_by("-id")
    if pid is not None:
        rows = rows.filter(pid=pid)
    return [
        NoticeRow(row.ref, Notice.Channel(row.channel).label, row.phone, row.body, row.subject, row.queued_at, row.sent_at)
        for row in rows[:limit]
    ]


PACE = (0, 5, 30, 120, 720)  # minutes after it was queued that each try of a message begins


def waiting(*, limit: int, tries: int, paced_at: datetime | None = None) -> list[Message]:
    """Messages not yet sent, oldest first, leaving out those that failed `tries` times.

    :param paced_at: a moment; leaves out those too, whose next try is later
    """
    rows = Notice.objects.filter(sent_at__isnull=True, tries__lt=tries)
    if paced_at is not None:
        ready = Q()
        for tried, minutes in enumerate(PACE):
            ready |= Q(tries=tried, queued_at__lte=paced_at - timedelta(minutes=minutes))
        rows = rows.filter(ready)
    rows = rows.order_by("queued_at", "id")[:limit]
    return [Message(row.ref, row.channel, row.phone, row.pid, row.body) for row in rows]


# ---- papers -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaperRow:
    """That a paper was handed in; not what it shows."""

    ref: str
    kind: str  # a key of core.PAPERS
    label: str
    content_type: str
    size: int  # bytes
    sha256: str
    area: str
    subject: str
    at: datetime
    by: str

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_voice(self) -> bool:
        return self.content_type.startswith("audio/")


def papers(refs: Collection[str]) -> dict[str, PaperRow]:
    """Papers by ref, for the room that keeps the refs; what they show is opened by `paper` or `my_paper`."""
    return {row.ref: _paper_row(row) for row in Paper.objects.filter(ref__in=refs)}


def paper(ref: str, viewer: Viewer) -> tuple[PaperRow, bytes]:
    """A paper and its bytes, for a clerk; the page that shows it notes the look (`office.actions.look`).

    :raises NotAllowed: no such paper, another area, or a post that does not look at papers of this kind; never says which
    :raises BrokenSeal: the file was changed
    """
    viewer.need("paper.read")
    row = Paper.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area) or not viewer.may(PAPERS[row.kind][1]):
        raise NotAllowed("没有这份材料，或者不归您看。")
    return _paper_row(row), files.read(row.file, row.sha256)


def my_paper(ref: str, pids: Collection[str]) -> tuple[PaperRow, bytes]:
    """A paper and its bytes, for whose it is; `pids` are theirs and those they are guardian of.

    :raises NotAllowed: no such paper, or somebody else's
    :raises BrokenSeal: the file was changed
    """
    row = Paper.objects.filter(ref=ref, subject__in=pids).first()
    if row is None:
        raise NotAllowed("没有这份材料，或者不是您的。")
    return _paper_row(row), files.read(row.file, row.sha256)


def _paper_row(row: Paper) -> PaperRow:
    return PaperRow(
        row.ref, row.kind, PAPERS[row.kind][0], row.content_type, row.size, row.sha256, row.area, row.subject, row.at, row.by
    )
