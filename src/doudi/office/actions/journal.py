"""The journal: each act's line, its signature, and who looked at whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Manager, Model

from doudi.office import core, merkle
from doudi.office.core import Party, Viewer
from doudi.office.models import (
    Checkpoint,
    Clerk,
    JournalEntry,
    JournalHead,
    JournalTile,
)
from doudi.office.sealing import journal_seed

By = Clerk | Party


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
    instead = {"for": by.acting_for} if isinstance(by, Clerk) and by.acting_for else {}
    for seq, (act, subject, detail) in enumerate(lines, start):
        text = merkle.stable_json({**detail, **instead})
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


def look(*, subject: str, viewer: Viewer, at: datetime, why: str = "", what: str = "") -> None:
    """Note that somebody looked at a person's data; the person can read it. The same look within ten minutes is one line.

    Whether it is noted already is asked before anything is locked: most looks are, and who reads waits for nobody who writes.

    :param subject: the pid looked at
    :param why: the purpose, an act of the table or words; by default the viewer's purpose
    :param what: what was shown, in words for the person
    """
    detail = {"area": viewer.area, "purpose": why or viewer.purpose, "role": str(viewer.role), "what": what}
    ref = viewer.ref or Clerk.objects.values_list("ref", flat=True).get(username=viewer.username)
    if not _looked(subject, ref, at, detail):
        _note_look(subject, ref, at, detail)


def _looked(subject: str, ref: str, at: datetime, detail: dict[str, Any]) -> bool:
    lately = JournalEntry.objects.filter(
        subject=subject,
        act="office.look",
        by=f"clerk:{ref}",
        at__gt=at - timedelta(minutes=10),
        detail=merkle.stable_json(detail),
    )
    return lately.exists()


@transaction.atomic
def _note_look(subject: str, ref: str, at: datetime, detail: dict[str, Any]) -> None:
    if not _looked(subject, ref, at, detail):  # a second click was as quick
        record("office.look", subject=subject, by=Party("clerk", ref), at=at, detail=detail)
