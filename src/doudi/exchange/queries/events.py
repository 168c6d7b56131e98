"""Reading: events that wait, that are not in a cycle yet, and how each stream runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from doudi.engine.contract import Contract
from doudi.exchange.core.events import ASIDE, LANDS, SHOWN, WAITING, Hour, Sign, signs
from doudi.exchange.models import Event, StreamHour
from doudi.exchange.queries.deliveries import contracts, problem
from doudi.exchange.queries.senders import senders
from doudi.office.core import Viewer

WATCHED = timedelta(days=30)  # how long a stream that fell silent stays on the page


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: its typed row, whose it is (once known), when it came."""

    sequence: int
    dataset: str
    kept: dict[str, Any]
    received_at: datetime
    pid: str
    how: str


def _row(one: Event) -> EventRow:
    return EventRow(one.sequence, one.dataset, one.row["kept"], one.received_at, one.pid, one.how)


def waiting_events(most: int) -> list[EventRow]:
    """Events nobody has looked at yet, in order."""
    return [_row(one) for one in Event.objects.filter(state=WAITING).order_by("sequence")[:most]]


def count_events() -> dict[str, int]:
    """How many events wait, and how many were set aside and are in no load yet."""
    return {
        "waiting": Event.objects.filter(state=WAITING).count(),
        "aside": Event.objects.filter(state=ASIDE, load__isnull=True).count(),
    }


def events_beyond(batches: Collection[int], current: Collection[int]) -> list[EventRow]:
    """Events that were shown and are not in a cycle yet, in order.

    :param batches: the loads that are in the cycle
    :param current: the loads that count today; what a newer full delivery replaced is not told again
    """
    newer = sorted(set(current) - set(batches))
    found = Event.objects.filter(Q(load__isnull=True) | Q(load_id__in=newer), state=SHOWN)
    return [_row(one) for one in found.order_by("sequence").iterator(chunk_size=1000)]


@dataclass(frozen=True, slots=True)
class ToLand:
    """An event to be landed: as it was sent and as it is kept."""

    sequence: int
    sender: str
    key: str
    sent: dict[str, Any]
    kept: dict[str, Any]
    received_at: datetime


def events_to_land(dataset: str, most: int) -> list[ToLand]:
    """The oldest events of a dataset that were shown and are in no load yet, in order."""
    found = Event.objects.filter(state__in=LANDS, load__isnull=True, dataset=dataset).order_by("sequence")[:most]
    return [ToLand(one.pk, one.sender, one.key, one.row["sent"], one.row["kept"], one.received_at) for one in found]


def unlanded(least: int, before: datetime) -> list[str]:
    """Datasets of which so many events wait to be landed, or one that came before a moment."""
    open_ = Event.objects.filter(state__in=LANDS, load__isnull=True)
    found = []
    for dataset in open_.order_by().values_list("dataset", flat=True).distinct():
        mine = open_.filter(dataset=dataset).order_by("sequence")
        if mine.filter(received_at__lt=before).exists() or mine.values("pk")[least - 1 : least].exists():
            found.append(dataset)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class StreamLine:
    """One stream as its keeper sees it: who sends what, how much in the last day, what is odd about it."""

    sender: str
    sender_label: str
    dataset: str
    label: str
    quiet_hours: int
    last_at: datetime
    accepted: int
    again: int
    rejected: int
    hours: tuple[int, ...]  # accepted in each of the last 24 hours, the oldest first
    signs: tuple[Sign, ...]
    worst: str  # why most were rejected, in words


def streams(viewer: Viewer, at: datetime) -> list[StreamLine]:
    """Every stream of events of the last month, the odd ones first. No personal data.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    names = {one.code: one for one in senders()}
    found: dict[tuple[str, str], list[Hour]] = {}
    for row in StreamHour.objects.filter(hour__gte=at - WATCHED).order_by("hour"):
        hour = Hour(row.hour, row.accepted, row.again, row.rejected, row.reasons, row.last_at)
        found.setdefault((row.sender, row.dataset), []).append(hour)
    lines = []
    for (sender, dataset), hours in found.items():
        contract = contracts().get(dataset)
        if not viewer.answers_for(contract.department_code if contract else ""):
            continue
        line = _stream(sender, names[sender].label if sender in names else sender, dataset, hours, at)
        lines.append(line)
    return sorted(lines, key=lambda one: (not one.signs, one.sender, one.dataset))


def _stream(sender: str, sender_label: str, dataset: str, hours: list[Hour], at: datetime) -> StreamLine:
    contract = contracts().get(dataset)
    quiet = contract.quiet_hours if contract else 0
    this_hour = at.replace(minute=0, second=0, microsecond=0)
    by_hour = {one.hour: one.accepted for one in hours}
    day = [one for one in hours if one.hour > this_hour - timedelta(hours=24)]
    odd = signs(hours, quiet_hours=quiet, at=at)
    worst = next((one.figures["worst"] for one in odd if one.code == "rejects"), "")
    return StreamLine(
        sender=sender,
        sender_label=sender_label,
        dataset=dataset,
        label=contract.label if contract else dataset,
        quiet_hours=quiet,
        last_at=max(one.last_at for one in hours),
        accepted=sum(one.accepted for one in day),
        again=sum(one.again for one in day),
        rejected=sum(one.rejected for one in day),
        hours=tuple(by_hour.get(this_hour - timedelta(hours=back), 0) for back in range(23, -1, -1)),
        signs=tuple(odd),
        worst=_in_words(contract, worst),
    )


def _in_words(contract: Contract | None, told: str) -> str:
    """A counted reason ("field reason") as a sentence's end: the column's label and what is wrong with it."""
    name, _, reason = told.rpartition(" ")
    if not reason:
        return ""
    more = {
        "missing_column": "缺必需的列",
        "not_live": "这种数据不能一件一件地送",
        "no_key": "没有编号",
        "key_used": "编号用重了",
    }
    message = more.get(reason) or problem(contract, {"field": name, "value": None, "reason": reason}).message
    column = contract.by_name.get(name) if contract else None
    return f"“{column.label}”{message}" if column else message
