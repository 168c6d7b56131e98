"""Events at the door, and what lands of them in the lake."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from doudi.engine import landing
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.actions import Elsewhere, Incoming
from doudi.exchange.actions.events import surely
from doudi.exchange.core import Door, kept
from doudi.exchange.core.events import MOST_AT_ONCE, digest
from doudi.exchange.models import Load
from doudi.exchange.queries import SenderRow
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party

_THICK, _TOGETHER = 0.1, 0.02  # seconds between two requests that makes them thick; how long the door is then held open
_LAND_AT = 1000  # events of one dataset
_LAND_AFTER = timedelta(minutes=10)
_ONE_LOAD = 10_000


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What a sender is told of one event: its number once it is kept for good, or every problem by field."""

    key: str
    state: str
    sequence: int | None
    problems: list[dict[str, Any]]


Told = tuple[str, str, Mapping[str, Any]]  # dataset, the sender's key, the row as sent


@dataclass
class _Asked:
    """The events of one request, waiting to be kept."""

    sender: str
    events: Sequence[Told]
    answers: list[EventAnswer] | None = None
    failed: Exception | None = None


@dataclass
class _Gate:
    """Requests that come together are read and kept together, in one transaction: one fsync for all.

    Whoever comes first holds the door open a moment where requests come thick; alone, nobody waits.
    """

    waiting: list[_Asked] = field(default_factory=list)
    last: float = 0.0  # when the last were kept
    mutex: threading.Lock = field(default_factory=threading.Lock)
    leading: threading.Lock = field(default_factory=threading.Lock)

    def through(self, asked: _Asked) -> list[EventAnswer]:
        with self.mutex:
            self.waiting.append(asked)
        with self.leading:
            if asked.answers is None and asked.failed is None:
                if time.monotonic() - self.last < _THICK:
                    time.sleep(_TOGETHER)
                with self.mutex:
                    together, self.waiting = self.waiting, []
                self._keep(together)
                self.last = time.monotonic()
        if asked.failed is not None:
            raise asked.failed
        assert asked.answers is not None
        return asked.answers

    def _keep(self, together: Sequence[_Asked]) -> None:
        told = [event for one in together for event in one.events]
        try:
            read = _read(told)
            incoming = [
                Incoming(sender, key, dataset, digest(dataset, row), row, good, problems)
                for sender, (dataset, key, row), (good, problems) in zip(
                    [one.sender for one in together for _ in one.events], told, read, strict=True
                )
            ]
            with surely():
                taken = actions.receive_events(incoming, by=Party.system("receive_events"), at=office.now())
        except Exception as why:  # each of the requests that waited here tells its own sender
            for one in together:
                one.failed = why
            return
        answers = iter(
            EventAnswer(key, one.state, one.sequence, _why(dataset, problems, one.state))
            for (dataset, key, _), (_, problems), one in zip(told, read, taken, strict=True)
        )
        for one in together:
            one.answers = [next(answers) for _ in one.events]


_GATE = _Gate()


def receive_events(sender: SenderRow, events: Sequence[Told]) -> list[EventAnswer]:
    """Take events in from a registered sender, each (dataset, the sender's key for it, row), and answer when they cannot be lost.

    Bad ones are answered with what is wrong and are not kept; they do not stop the good ones beside them.

    :raises Refused: no event, or too many at once
    :raises NotAllowed: a dataset that is not this sender's
    """
    if not events or len(events) > MOST_AT_ONCE:
        raise Refused("no_events", f"一次要有 1 到 {MOST_AT_ONCE} 件，这次有 {len(events)} 件。", "请分几次送。")
    known = queries.contracts()
    for code in {dataset for dataset, _, _ in events}:
        if code in known and known[code].live and not sender.may_send(code, Door.EVENT):
            raise NotAllowed(f"{sender.label}没有登记用“{Door.EVENT.label}”送{known[code].label}。请联系数据管理员。")
    return _GATE.through(_Asked(sender.code, events))


def _read(
    events: Sequence[Told],
) -> list[tuple[dict[str, Any] | None, list[dict[str, Any]]]]:
    """Type and check events by their contracts; those of one dataset that name the same columns are read together."""
    alike: dict[tuple[str, ...], list[int]] = {}
    found: list[tuple[dict[str, Any] | None, list[dict[str, Any]]]] = [(None, [])] * len(events)
    for at, (dataset, key, row) in enumerate(events):
        contract = queries.contracts().get(dataset)
        if contract is None or not contract.live:
            live = [code for code, one in queries.contracts().items() if one.live]
            told = Refused("not_live", f"{dataset!r} 不能一件一件地送。", f"能这样送的：{'、'.join(live)}；其他的请整批送。")
            found[at] = (None, [_refused(told)])
        elif not 1 <= len(key) <= 80 or kept(key) != key:
            found[at] = (
                None,
                [_refused(Refused("no_key", "每件要有自己的编号，1 到 80 个字符。", "重送同一件时用同一个编号。"))],
            )
        else:
            alike.setdefault((dataset, *sorted(map(str, row))), []).append(at)
    for (dataset, *_), places in alike.items():
        try:
            read = landing.read_rows(queries.contracts()[dataset], [events[at][2] for at in places])
        except Refused as why:
            read = [(None, [_refused(why)])] * len(places)
        for at, (good, problems) in zip(places, read, strict=True):
            blank = good is None and not problems
            found[at] = (good, [{"field": "", "value": None, "reason": "empty"}] if blank else problems)
    return found


def _refused(why: Refused) -> dict[str, Any]:
    return {"field": "", "value": None, "reason": why.reason, "message": str(why), "fix": why.fix}


def _why(dataset: str, problems: Sequence[Mapping[str, Any]], state: str) -> list[dict[str, Any]]:
    """The problems of an event in words."""
    if state == "key_used":
        return [
            _refused(Refused("key_used", "这个编号已经用过，内容却不一样。", "新的一件请用新的编号；要改，请按约定另送一件。"))
        ]
    if state != "rejected":
        return []
    told = []
    for one in problems:
        if "message" in one:
            told.append(dict(one))
        else:
            p = queries.problem(queries.contracts().get(dataset), dict(one))
            told.append({"field": p.field, "value": p.value, "reason": p.reason, "message": p.message, "fix": p.fix})
    return told


# ---- landing ------------------------------------------------------------------------------------------------------------


def land_events(*, all_of_them: bool = False) -> list[Load]:
    """Land the events that were shown as ordinary additions, one object and one line a dataset and day, in the order they came.

    Without `all_of_them` only what is worth an object: many, or some that have waited long. Killed anywhere and run again, each
    event is in one load.
    """
    at = office.now()
    least, before = (1, at) if all_of_them else (_LAND_AT, at - _LAND_AFTER)
    made = []
    for dataset in queries.unlanded(least, before):
        while found := queries.events_to_land(dataset, _ONE_LOAD):
            day = office.today(found[0].received_at)
            same_day = [one for one in found if office.today(one.received_at) == day]
            try:
                made.append(_land(dataset, same_day, at))
            except Elsewhere:
                break
            if len(found) < _ONE_LOAD and len(same_day) == len(found):
                break
    return made


def _land(dataset: str, events: Sequence[queries.ToLand], at: datetime) -> Load:
    contract, lake = queries.contracts()[dataset], queries.lake()
    senders = sorted({one.sender for one in events})
    with lake.workshop() as workshop:
        body = workshop / "events.json"
        told = [{"sequence": one.sequence, "sender": one.sender, "key": one.key, "row": one.sent} for one in events]
        body.write_text(json.dumps({"dataset": dataset, "events": told}, ensure_ascii=False, default=str))
        delivery = lake.keep_delivery(body, workshop)
        landed = landing.land_kept(contract, [one.kept for one in events], workshop)
        arrival = actions.Arrival(
            dataset=dataset,
            object=lake.keep_object(landed.good),
            rejects="",
            counts={name: getattr(landed, name) for name in ("rows", "accepted", "rejected", "repeated", "skipped")},
            without_number=dict(landed.without_number),
            reasons={},
            heading_row=1,
            notes=[f"实时事件，来自{'、'.join(senders)}"],
        )
    return actions.land_events(
        arrival,
        sequences=[one.sequence for one in events],
        delivery=delivery,
        sender=senders[0] if len(senders) == 1 else "",
        as_of=office.today(events[0].received_at),
        by=Party.system("land_events"),
        at=at,
    )
