"""Writing: the journal, posts, areas, the demo clock, notices, sign-in codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from hmac import compare_digest
from secrets import randbelow
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Manager, Model

from doudi.office import core, gateways, merkle, queries
from doudi.office.core import CouldNotSend, Message, NotAllowed, Party, Role, TooMany, Viewer
from doudi.office.gateways import papers
from doudi.office.models import (
    Area,
    Checkpoint,
    Clerk,
    DemoClock,
    JournalEntry,
    JournalHead,
    JournalTile,
    Notice,
    Paper,
    Post,
    SignInCode,
)
from doudi.office.sealing import blind, journal_seed

By = Clerk | Party

CODE_MINUTES = 10
CODE_TRIES = 5
CODES_IN_TEN_MINUTES = 3
CODES_A_DAY = 10
NOTICE_TRIES = 5


# ---- journal ------------------------------------------------------------------------------------------------------------


def party(by: By) -> str:
    """How the journal names who did it: opaque, without a name."""
    return f"{by.kind}:{by.ref}" if isinstance(by, Party) else f"clerk:{by.ref}"


def next_number(counter: type[Model], **of: Any) -> int:
    """The next number of a counter, part of an act: its row is locked until the act is over, so no number is left out or doubled.

    :param counter: a table with a column `last`
    :param of: what it counts for: a year, a county and a year
    """
    rows: Manager[Any] = counter._default_manager
    row = rows.select_for_update().filter(**of).first()
    if row is None:
        rows.get_or_create(**of)
        row = rows.select_for_update().get(**of)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


@transaction.atomic
def record(act: str, *, subject: str, by: By, at: datetime, detail: dict[str, Any] | None = None) -> JournalEntry:
    """Append one line to the journal, in the transaction of the act it tells about. Call it last: others wait meanwhile.

    :param act: room.verb, as in "casework.accept"
    :param subject: an opaque ref (pid, hid, case ref …), never a name or number
    :param detail: what the act decided, without personal data, fractions or moments
    :raises ValueError: `at` without a time zone, a citizen or telephone number, a line longer than an entry bundle takes
    """
    return record_all([(act, subject, detail or {})], by=by, at=at)[0]


@transaction.atomic
def record_all(lines: Iterable[tuple[str, str, dict[str, Any]]], *, by: By, at: datetime) -> list[JournalEntry]:
    """Append many lines (act, subject, detail) at once, gapless and in this order.

    :raises ValueError: `at` without a time zone, a citizen or telephone number, a line longer than an entry bundle takes
    """
    if at.tzinfo is None:
        raise ValueError("the journal needs a moment with its time zone")
    head = _head()
    start = head.size
    frontier = merkle.Frontier.read(start, bytes(head.frontier))
    doer, entries = party(by), []
    for seq, (act, subject, detail) in enumerate(lines, start):
        text = merkle.stable_json(detail)
        if core.names_a_person(f"{subject} {text}"):
            raise ValueError(f"{act}: a citizen or telephone number does not belong in the journal; name a ref")
        leaf = merkle.leaf_bytes(seq=seq, at=at, by=doer, act=act, subject=subject, detail=text)
        if len(leaf) > merkle.LONGEST:
            raise ValueError(f"a line of the journal has {len(leaf)} bytes; put large things elsewhere and name them here")
        digest = merkle.leaf_hash(leaf)
        frontier.append(digest)
        entries.append(JournalEntry(seq=seq, at=at, by=doer, act=act, subject=subject, detail=text, leaf=leaf, hash=digest))
    JournalEntry.objects.bulk_create(entries, batch_size=500)
    _fill_tiles(start, frontier.size)
    head.size, head.frontier, head.root = frontier.size, frontier.kept(), frontier.root()
    head.save(update_fields=["size", "frontier", "root"])
    return entries


@transaction.atomic
def sign_checkpoint() -> Checkpoint:
    """Sign the journal as it stands now and keep the note; the same size is signed once. It leaves no line of its own.

    :raises NotProven: the journal is shorter than one that was signed before
    """
    head = _head()
    latest = Checkpoint.objects.order_by("-size").first()
    if latest is not None and latest.size > head.size:
        raise merkle.NotProven(f"the journal has {head.size} lines, but {latest.size} were signed before")
    if latest is not None and latest.size == head.size:
        return latest
    body = merkle.Head(settings.JOURNAL_ORIGIN, head.size, bytes(head.root))
    return Checkpoint.objects.create(size=head.size, note=merkle.sign(body, journal_seed()))


def _head() -> JournalHead:
    """The head, locked: who appends next waits here until this transaction ends (SQLite has one writer anyway)."""
    head = JournalHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        JournalHead.objects.get_or_create(pk=1, defaults={"root": merkle.EMPTY})
        head = JournalHead.objects.select_for_update().get(pk=1)
    return head


def _fill_tiles(old: int, new: int) -> None:
    """Keep every tile that became full between two sizes, level by level."""
    level = 0
    while new // merkle.TILE > old // merkle.TILE:
        first, last = old // merkle.TILE, new // merkle.TILE
        if level == 0:
            hashes = JournalEntry.objects.filter(seq__gte=first * merkle.TILE, seq__lt=last * merkle.TILE)
            below = [bytes(value) for value in hashes.order_by("seq").values_list("hash", flat=True)]
        else:
            roots = JournalTile.objects.filter(level=level - 1, number__gte=first * merkle.TILE, number__lt=last * merkle.TILE)
            below = [bytes(value) for value in roots.order_by("number").values_list("root", flat=True)]
        tiles = []
        for number in range(first, last):
            width = below[(number - first) * merkle.TILE : (number - first + 1) * merkle.TILE]
            tiles.append(JournalTile(level=level, number=number, hashes=b"".join(width), root=merkle.root_of(width)))
        JournalTile.objects.bulk_create(tiles, batch_size=100)
        level, old, new = level + 1, first, last


@transaction.atomic
def look(*, subject: str, viewer: Viewer, at: datetime, why: str = "", what: str = "") -> None:
    """Note that somebody looked at a person's data; the person can read it. The same look within ten minutes is one line.

    :param subject: the pid looked at
    :param why: the purpose, an act of the table or words; by default the viewer's purpose
    :param what: what was shown, in words for the person
    """
    detail = {"area": viewer.area, "purpose": why or viewer.purpose, "role": str(viewer.role), "what": what}
    ref = viewer.ref or Clerk.objects.values_list("ref", flat=True).get(username=viewer.username)
    lately = JournalEntry.objects.filter(
        subject=subject,
        act="office.look",
        by=f"clerk:{ref}",
        at__gt=at - timedelta(minutes=10),
        detail=merkle.stable_json(detail),
    )
    if not lately.exists():
        record("office.look", subject=subject, by=Party("clerk", ref), at=at, detail=detail)


# ---- clerks, posts, areas -----------------------------------------------------------------------------------------------


@transaction.atomic
def hire(*, username: str, name: str, password: str | None, phone: str = "", by: By, at: datetime) -> Clerk:
    """Make the account of a clerk, who may do nothing until appointed to a post; `phone` is the telephone at work.

    :raises NotAllowed: by a clerk who does not look after posts
    """
    queries.need(by, "clerk.appoint", area=None, at=at)
    clerk = Clerk.objects.create_user(username=username, password=password, name=name, phone=phone)
    record("office.hire", subject=clerk.ref, by=by, at=at)
    return clerk


@transaction.atomic
def appoint(
    *,
    clerk: Clerk,
    role: Role,
    area: str,
    from_on: date,
    to_on: date | None = None,
    department: str = "",
    by: By,
    at: datetime,
) -> Post:
    """Give a clerk a post.

    :param department: code of the one department whose data the post looks after; only for data officers
    :raises NotAllowed: with another post of the same days it would join two roles that control each other,
        or by a clerk who does not look after posts there
    """
    queries.need(by, "clerk.appoint", area=area, at=at)
    others = Post.objects.filter(clerk=clerk)
    for other in others:
        overlap = (other.to_on is None or other.to_on >= from_on) and (to_on is None or other.from_on <= to_on)
        if overlap and core.incompatible([role, other.role]):
            raise NotAllowed(f"{Role(role).label}和{Role(other.role).label}不能由同一个人担任。")
    if department and role != Role.DATA:
        raise NotAllowed("只有数据管理员的岗位可以属于一个部门。")
    post = Post.objects.create(clerk=clerk, role=role, area=area, department=department, from_on=from_on, to_on=to_on)
    detail = {
        "area": area,
        "department": department,
        "from": from_on.isoformat(),
        "role": str(role),
        "to": to_on.isoformat() if to_on else None,
    }
    record("office.appoint", subject=clerk.ref, by=by, at=at, detail=detail)
    return post


@transaction.atomic
def dismiss(*, post_id: int, on: date, by: By, at: datetime) -> Post:
    """End a post; `on` is its last day.

    :raises NotAllowed: by a clerk who does not look after posts there
    """
    post = Post.objects.select_for_update().get(pk=post_id)
    queries.need(by, "clerk.appoint", area=post.area, at=at)
    post.to_on = on
    post.save(update_fields=["to_on"])
    record("office.dismiss", subject=post.clerk.ref, by=by, at=at, detail={"post": post_id, "to": on.isoformat()})
    return post


@transaction.atomic
def pick_post(*, clerk: Clerk, post_id: int, at: datetime) -> Clerk:
    """Let a clerk with several posts work from one of them.

    :raises NotAllowed: it is not one of theirs today
    """
    if post_id not in [post.id for post in queries.posts(clerk, at)]:
        raise NotAllowed("这不是您现在的岗位。")
    clerk.post_id = post_id
    clerk.save(update_fields=["post"])
    record("office.pick_post", subject=clerk.ref, by=clerk, at=at, detail={"post": post_id})
    return clerk


@transaction.atomic
def set_areas(rows: Iterable[dict[str, Any]], *, by: By, at: datetime) -> int:
    """Take over the administrative division: rows of the `division` dataset (code, label, kind, parent, place_kind).

    :returns: how many places there are in `rows`
    :raises NotAllowed: by a clerk who does not take data in
    """
    queries.need(by, "feed.load", area=None, at=at)
    areas = [
        Area(
            code=row["code"],
            label=row["label"],
            kind=row["kind"],
            parent=row.get("parent") or "",
            place_kind=row.get("place_kind") or "",
        )
        for row in rows
    ]
    Area.objects.bulk_create(
        areas,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "kind", "parent", "place_kind"],
    )
    record("office.set_areas", subject="areas", by=by, at=at, detail={"count": len(areas)})
    return len(areas)


# ---- the demo clock -----------------------------------------------------------------------------------------------------


@transaction.atomic
def move_clock(*, by: By, at: datetime, days: int | None = None, to: datetime | None = None) -> datetime:
    """Move the demo's time forward, by days or to a moment; the first move sets the day the demo begins.

    :param at: the demo's time now
    :returns: the demo's new time
    :raises NotAllowed: this is not a demo, or the move goes backwards
    """
    if not settings.DEMO:
        raise NotAllowed("这里不是演示系统，时间不能改。")
    target = to if to is not None else at + timedelta(days=days or 0)
    clock = DemoClock.objects.select_for_update().filter(pk=1).first()
    if clock is not None and target < at:
        raise NotAllowed("时间只能往前走，不能往回走。")
    clock = clock or DemoClock(pk=1)
    clock.offset_seconds += round((target - at).total_seconds())
    clock.save()
    record("office.move_clock", subject="clock", by=by, at=target, detail={"offset_seconds": clock.offset_seconds})
    return target


# ---- papers -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_paper(*, kind: str, content_type: str, data: bytes, area: str, subject: str, by: By, at: datetime) -> Paper:
    """Keep a photograph, recording, signature or PDF, sealed. The same bytes of the same person are one paper.

    Whether `by` may hand it in is the matter of the act it belongs to. A photograph loses where and with what it was taken.

    :param kind: a key of core.PAPERS
    :param content_type: what the sender calls it; what it is, its bytes say
    :param subject: the pid it belongs to, who may always look at it
    :raises BadPaper: empty, too large, of a type not taken here, or broken; in words for the person
    :raises KeyError: no such kind of paper
    """
    if kind not in core.PAPERS:
        raise KeyError(kind)
    kept = papers.clean(data, content_type, kind)
    file = papers.put(kept.data)  # before its row: a file nobody names does no harm, a name without its file would
    paper, new = Paper.objects.get_or_create(
        subject=subject,
        kind=kind,
        sha256=kept.sha256,
        defaults={
            "content_type": kept.content_type, "size": len(kept.data), "area": area, "file": file, "at": at, "by": party(by),
        },
    )  # fmt: skip
    if new:
        detail = {"kind": kind, "paper": paper.ref, "sha256": kept.sha256, "size": paper.size, "type": kept.content_type}
        record("office.keep_paper", subject=subject, by=by, at=at, detail=detail)
    return paper


# ---- notices ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def notify(*, body: str, subject: str, by: By, at: datetime, phone: str = "", pid: str = "", channel: str = "sms") -> Notice:
    """Queue a text to a person, inside the act it tells about; a job sends it after the act is kept.

    :param subject: the ref of what it is about
    :raises ValueError: nobody to send to, or a text message longer than 70 characters (one part)
    """
    if not phone and not pid:
        raise ValueError("a notice needs a phone or a person")
    if channel == Notice.Channel.SMS and len(body) > 70:
        raise ValueError(f"a text message has {len(body)} characters; 70 fit one message")
    notice = Notice.objects.create(
        channel=channel, pid=pid, phone=phone, body=body, subject=subject, queued_at=at, queued_by=party(by)
    )
    record("office.notify", subject=subject, by=by, at=at, detail={"channel": str(channel), "notice": notice.ref})
    return notice


@transaction.atomic
def mark_sent(*, ref: str, by: By, at: datetime) -> None:
    """Note that a gateway took a message over; a second time changes nothing."""
    notice = Notice.objects.select_for_update().get(ref=ref)
    if notice.sent_at is not None:
        return
    notice.sent_at, notice.tries, notice.problem = at, notice.tries + 1, ""
    notice.save(update_fields=["sent_at", "tries", "problem"])
    record("office.mark_sent", subject=notice.subject, by=by, at=at, detail={"notice": ref})


@transaction.atomic
def mark_failed(*, ref: str, problem: str, by: By, at: datetime) -> None:
    """Note that a message could not be handed over; after five tries it waits for a person."""
    notice = Notice.objects.select_for_update().get(ref=ref)
    notice.tries, notice.problem = notice.tries + 1, problem[:200]
    notice.save(update_fields=["tries", "problem"])
    record("office.mark_failed", subject=notice.subject, by=by, at=at, detail={"notice": ref, "tries": notice.tries})


def deliver(message: Message, *, by: By, at: datetime) -> bool:
    """Hand one message to the gateway, outside any transaction, and note how it went.

    :returns: whether the gateway took it
    """
    try:
        gateways.send(message)
    except CouldNotSend as why:
        mark_failed(ref=message.ref, problem=str(why), by=by, at=at)
        return False
    mark_sent(ref=message.ref, by=by, at=at)
    return True


# ---- residents sign in --------------------------------------------------------------------------------------------------


@transaction.atomic
def send_code(*, pid: str, phone: str, at: datetime) -> None:
    """Send a resident a code to sign in with, at once; older codes are void.

    :raises TooMany: three in ten minutes or ten in a day were sent to this person or this phone
    """
    who, where = blind(pid, "sign-in"), blind(phone, "phone")
    for mine in (SignInCode.objects.filter(who=who), SignInCode.objects.filter(phone=where)):
        if mine.filter(made_at__gt=at - timedelta(minutes=10)).count() >= CODES_IN_TEN_MINUTES:
            raise TooMany("验证码发得太多了，请过十分钟再试，或打 12345。")
        if mine.filter(made_at__gt=at - timedelta(days=1)).count() >= CODES_A_DAY:
            raise TooMany("今天的验证码次数用完了，请明天再试，或打 12345 找人办。")
    code = f"{randbelow(1_000_000):06d}"
    SignInCode.objects.filter(who=who, used_at=None).update(used_at=at)
    SignInCode.objects.create(who=who, phone=where, code=blind(f"{pid}:{code}", "code"), made_at=at)
    me = Party.resident(pid)
    body = f"验证码 {code}，{CODE_MINUTES} 分钟内有效。工作人员不会向您要验证码。"
    notice = notify(body=body, subject=pid, by=me, at=at, phone=phone, pid=pid)
    record("office.send_code", subject=pid, by=me, at=at)
    message = Message(notice.ref, notice.channel, phone, pid, body)
    transaction.on_commit(partial(deliver, message, by=Party.system("send_code"), at=at))


@transaction.atomic
def check_code(*, pid: str, code: str, at: datetime) -> bool:
    """Say whether this is the code last sent to the person and still good; a wrong try counts, a right one uses it up."""
    sent = SignInCode.objects.select_for_update().filter(who=blind(pid, "sign-in"), used_at=None).order_by("-id").first()
    good = False
    if sent is not None and sent.tries < CODE_TRIES and at - sent.made_at <= timedelta(minutes=CODE_MINUTES):
        good = compare_digest(sent.code, blind(f"{pid}:{code.strip()}", "code"))
        if good:
            sent.used_at = at
        sent.tries += 1
        sent.save(update_fields=["tries", "used_at"])
    record("office.check_code", subject=pid, by=Party.resident(pid), at=at, detail={"good": good})
    return good
