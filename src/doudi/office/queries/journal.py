"""Reading the journal."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doudi.office.core import Role, label_of
from doudi.office.models import Checkpoint, JournalEntry, JournalHead
from doudi.office.queries.areas import area_labels
from doudi.office.queries.posts import clerk_names


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the journal, to read."""

    seq: int
    at: datetime
    by: str
    act: str
    subject: str
    detail: dict[str, Any]


TOLD = ("seq", "at", "by", "act", "subject", "detail")  # of a line what is read; its leaf and hash are for proofs


def journal_of(subject: str, *, limit: int = 200) -> list[Line]:
    """The lines about one subject, oldest first."""
    rows = JournalEntry.objects.filter(subject=subject).order_by("seq").values_list(*TOLD)[:limit]
    return [Line(*told, json.loads(detail)) for *told, detail in rows]


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
