"""Messages to people: what waits, what went out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from doudi.office.core import Message, NotAllowed
from doudi.office.models import Notice


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
