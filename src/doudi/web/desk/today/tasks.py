"""The registry of tasks: whatever else waits for a clerk today, from every room, as lines of the one list.

A room makes its own list and counts it; a line here says what to call it and where it is worked off. Nothing is typed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from doudi.casework import queries as casework
from doudi.office.core import Viewer
from doudi.office.queries import today
from doudi.payment import queries as payment
from doudi.registry import queries as registry
from doudi.services import queries as services
from doudi.verification import queries as verification
from doudi.verification.queries import exchanges


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work that waits: how much, how much of it late, the first day it runs out, and where it is done."""

    words: str
    count: int
    late: int
    first_due_on: date | None
    href: str
    measure: str = "件"


Source = Callable[[Viewer, datetime], Iterator[tuple[str, str, str, int, int, date | None]]]

# Kinds that casework counts → what they are called, where they are worked off, how they are counted.
KINDS = {
    "forms": ("纸质申请要录", "desk:forms", "份"),
    "calls": ("答应回的电话", "desk:calls", "个"),
    "offers": ("部门转来的人要联系", "desk:outreach", "位"),
    "letters": ("决定书要送到手上", "desk:papers-letters", "封"),
    "elsewhere": ("外地请协助的", "desk:elsewhere", "件"),
    "shown": ("公示有人提了不同意见", "desk:showings", "条"),
    "inquiries": ("发出的信函等回音", "desk:cases", "封"),
    "reviews": ("到期要复核的", "desk:benefits", "户"),
    "followups": ("停发以后要回访的", "desk:benefits", "户"),
}

# The same for money. What a family says did not arrive is looked into the same day.
MONEY = {
    "missing": ("说钱没收到的，今天就查", "desk:arrivals", "户"),
    "returned": ("银行退回来的钱", "desk:runs", "笔"),
    "claims": ("多发的钱要定怎么办", "desk:claims", "户"),
    "waivers": ("免收多发的钱，等您定", "desk:claims", "户"),
    "calls": ("换账户要打电话问本人", "desk:accounts", "户"),
    "accounts": ("换账户等另一位同意", "desk:accounts", "户"),
}


def _casework(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    for row in casework.waiting(viewer, at=at):
        words, page, measure = KINDS[row.kind]
        yield words, page, measure, row.count, row.late, row.first_due_on


def _objections(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("objection.list"):
        counts = verification.objection_counts(viewer, today(at))
        yield "对核对结果的不同意见", "desk:objections", "件", counts.open, counts.late, None


def _doubts(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("anomaly.read"):
        counts = verification.anomaly_counts(viewer, on=today(at))
        yield "核对的疑点", "desk:anomalies", "条", counts.township, counts.late, None


def _exchanges(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("place.answer"):
        counts = exchanges.counts(viewer, today(at))
        yield "外地询问", "desk:peers", "件", counts["waiting"], counts["late"], None


def _services(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("referral.list"):
        counts = services.counts(viewer, on=today(at))
        yield "转出去等答复的", "desk:services", "件", counts["open"], counts["late"], None


def _events(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("event.confirm"):
        yield "家里的变化要核实", "desk:events", "件", registry.events_count(viewer), 0, None


def _money(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    for row in payment.waiting(viewer):
        words, page, measure = MONEY[row.kind]
        yield words, page, measure, row.count, row.count if row.kind == "missing" else 0, None


def _late(viewer: Viewer, at: datetime) -> Iterator[tuple[str, str, str, int, int, date | None]]:
    if viewer.may("staff.read"):
        count = casework.late_count(viewer, at=at)
        yield "过了期限的", "desk:late", "个期限", count, count, None


SOURCES: tuple[Source, ...] = (_late, _casework, _objections, _doubts, _exchanges, _services, _events, _money)


def tasks(viewer: Viewer, at: datetime) -> list[Task]:
    """Everything beside cases and warnings that waits for this viewer, what is late first, then by the first day it runs out."""
    found = []
    for source in SOURCES:
        for words, page, measure, count, late, first in source(viewer, at):
            if count:
                found.append(Task(words, count, late, first, reverse(page), measure))
    return sorted(found, key=lambda one: (not one.late, one.first_due_on or date.max))
