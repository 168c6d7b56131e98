"""Writing: events received, settled and landed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from doudi.exchange.actions.receiving import Arrival, receive_load
from doudi.exchange.core import ADD
from doudi.exchange.core.events import ASIDE, LANDS, REPEATED, SHOWN, WAITING
from doudi.exchange.models import Event, Load, Stream, StreamHour
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party


class Elsewhere(Exception):
    """Another process was there first: what was to be settled or landed is so already. Read again and go on."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event at the door, read: `kept` is the typed row, or None when `problems` say why it is not taken."""

    sender: str
    key: str
    dataset: str
    digest: str
    sent: Mapping[str, Any]
    kept: Mapping[str, Any] | None
    problems: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one event at the door: accepted, again (known under this key), rejected, or key_used (for another event)."""

    state: str
    sequence: int | None = None


@contextmanager
def surely() -> Iterator[None]:
    """What is committed meanwhile is on the disk, not only out of our hands: SQLite else leaves that to its next checkpoint."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = FULL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous = NORMAL")


@transaction.atomic
def receive_events(events: Sequence[Incoming], *, by: By, at: datetime) -> list[Taken]:
    """Keep events in the order they stand here, all or none. The same key again keeps nothing and answers the same number.

    Whether the senders may tell these datasets the door has asked before.

    :raises NotAllowed: by a clerk; events come from senders only
    """
    if not isinstance(by, Party):
        raise NotAllowed("事件由部门的系统送来，不能由人代送。")
    head = Stream.objects.select_for_update().filter(pk=1).first()
    if head is None:
        Stream.objects.get_or_create(pk=1)
        head = Stream.objects.select_for_update().get(pk=1)
    known = _known(events)
    answers: list[Taken] = []
    new: list[Event] = []
    for one in events:
        if (before := known.get((one.sender, one.key))) is not None:
            sequence, digest = before
            answers.append(Taken("again", sequence) if digest == one.digest else Taken("key_used"))
        elif one.kept is None:
            answers.append(Taken("rejected"))
        else:
            head.last += 1
            new.append(
                Event(
                    sequence=head.last, sender=one.sender, key=one.key, digest=one.digest, dataset=one.dataset,
                    row={"sent": one.sent, "kept": one.kept}, received_at=at, state=WAITING,
                )
            )  # fmt: skip
            known[one.sender, one.key] = (head.last, one.digest)
            answers.append(Taken("accepted", head.last))
    Event.objects.bulk_create(new)
    head.save(update_fields=["last"])
    _count(events, answers, at)
    counted = Counter(one.state for one in answers)
    detail = {
        "senders": dict(sorted(Counter(one.sender for one in events).items())),
        "first": new[0].sequence if new else 0,
        "last": head.last,
        **{state: counted[state] for state in ("accepted", "again", "rejected", "key_used")},
    }
    office.record("exchange.receive_events", subject="events", by=by, at=at, detail=detail)
    return answers


def _known(events: Sequence[Incoming]) -> dict[tuple[str, str], tuple[int, str]]:
    """Which of these keys were used before, by sender and key: the event's number and digest."""
    keys: dict[str, list[str]] = {}
    for one in events:
        keys.setdefault(one.sender, []).append(one.key)
    return {
        (sender, key): (sequence, digest)
        for sender, own in keys.items()
        for key, sequence, digest in Event.objects.filter(sender=sender, key__in=own).values_list("key", "sequence", "digest")
    }


def _count(events: Sequence[Incoming], answers: Sequence[Taken], at: datetime) -> None:
    """Add what came to the hours of each stream."""
    came: dict[tuple[str, str], Counter[str]] = {}
    why: dict[tuple[str, str], Counter[str]] = {}
    for one, taken in zip(events, answers, strict=True):
        stream = (one.sender, one.dataset)
        came.setdefault(stream, Counter())["rejected" if taken.state == "key_used" else taken.state] += 1
        reasons = why.setdefault(stream, Counter())
        if taken.state == "rejected":
            reasons.update({f"{problem['field']} {problem['reason']}" for problem in one.problems})
        elif taken.state == "key_used":
            reasons["key key_used"] += 1
    hour = at.replace(minute=0, second=0, microsecond=0)
    for (sender, dataset), counts in came.items():
        row, _ = StreamHour.objects.get_or_create(sender=sender, dataset=dataset, hour=hour, defaults={"last_at": at})
        row.accepted += counts["accepted"]
        row.again += counts["again"]
        row.rejected += counts["rejected"]
        row.reasons = dict(Counter(row.reasons) + why[sender, dataset])
        row.last_at = at
        row.save(update_fields=["accepted", "again", "rejected", "reasons", "last_at"])


@dataclass(frozen=True, slots=True)
class Settled:
    """Whose an event is and how that was found; `repeated`: a row with the very same content was known already."""

    sequence: int
    pid: str
    how: str
    repeated: bool


@transaction.atomic
def settle_events(events: Iterable[Settled], *, by: By, at: datetime) -> int:
    """Note whose events are, once their alerts are at the desks; called inside the act that brings those there.

    :raises Elsewhere: one of them was settled already
    """
    if not isinstance(by, Party):
        raise NotAllowed("事件由程序处理，不能由人代办。")
    found = list(events)
    told = [(REPEATED if one.repeated else SHOWN, one.pid, one.how, at, one.sequence, WAITING) for one in found]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE exchange_event SET state = %s, pid = %s, how = %s, shown_at = %s WHERE sequence = %s AND state = %s", told
        )
        if cursor.rowcount != len(found):
            raise Elsewhere
    repeated = sum(one.repeated for one in found)
    detail = {
        "first": min((one.sequence for one in found), default=0),
        "last": max((one.sequence for one in found), default=0),
        "shown": len(found) - repeated,
        "repeated": repeated,
    }
    office.record("exchange.settle_events", subject="events", by=by, at=at, detail=detail)
    return len(found)


@transaction.atomic
def set_event_aside(*, sequence: int, why: str, by: By, at: datetime) -> None:
    """Set aside an event the program could not deal with, so that others go on; the next cycle reads its row all the same.

    :param why: the kind of fault, for whoever looks into it
    :raises Elsewhere: it was settled already
    """
    if not isinstance(by, Party):
        raise NotAllowed("事件由程序处理，不能由人代办。")
    if not Event.objects.filter(pk=sequence, state=WAITING).update(state=ASIDE, how=why[:20], shown_at=at):
        raise Elsewhere
    office.record("exchange.set_event_aside", subject="events", by=by, at=at, detail={"sequence": sequence, "why": why[:20]})


@transaction.atomic
def land_events(
    arrival: Arrival, *, sequences: Sequence[int], delivery: str, sender: str, as_of: date, by: By, at: datetime
) -> Load:
    """Take the events of one dataset into the books as an ordinary addition; the next cycle reads them like any other.

    :param arrival: their rows, in the order of `sequences`, already in the lake
    :raises Elsewhere: one of them was landed already
    """
    (load,) = receive_load(
        [arrival],
        delivery=delivery,
        file_name=f"events-{sequences[0]}-{sequences[-1]}.json",
        as_of=as_of,
        part="",
        by=by,
        at=at,
        kind=ADD,
        sender=sender,
        batch_key=f"events-{sequences[0]}-{sequences[-1]}",
    )
    landed = 0
    for first in range(0, len(sequences), 500):
        some = Event.objects.filter(pk__in=sequences[first : first + 500], state__in=LANDS, load__isnull=True)
        landed += some.update(load=load)
    if landed != len(sequences):
        raise Elsewhere
    return load
