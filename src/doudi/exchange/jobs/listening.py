"""Readings of meters from a broker: landed in batches, acknowledged once they are durable, none lost, none twice.

A reading names a meter and nobody. It is joined to no person here; that needs the consent of somebody who lives there.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doudi.engine.contract import Contract, plain_header
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.core import Door
from doudi.exchange.gateways.broker import Message, listening
from doudi.exchange.jobs.pushing import MOST_ROWS_PUSHED, push_rows
from doudi.office.actions import By
from doudi.office.queries import HERE, now

DATASET = "meter_reading"
MOST_IN_ONE = 1_000  # readings in one message
_QUIET = 0.3  # seconds without a message after which a batch is closed although it is not full


@dataclass(frozen=True)
class Heard:
    """One batch: messages, readings taken and turned back; `again` were messages that had come before."""

    messages: int
    again: int
    accepted: int
    rejected: int
    receipt: str


def listen(
    url: str,
    *,
    topic: str,
    sender: str,
    rows: int,
    seconds: float,
    by: By,
    told: Callable[[Heard], None],
    password: str = "",
    ca: str = "",
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Listen until told to stop.

    rows, seconds: a batch is landed at the latest after so many messages or so long

    :raises Refused: this sender may not send readings
    :raises BrokerTrouble: the broker does not let us in
    """
    registered = queries.sender(sender)
    if registered is None or not registered.may_send(DATASET, Door.METERS):
        raise Refused("not_yours", f"发送方 {sender!r} 没有登记用“{Door.METERS.label}”送电表读数。", "请先登记。")
    with listening(url, topic, client_id=f"doudi-{sender}", at_once=rows, password=password, ca=ca) as listener:
        batch: list[Message] = []
        began = time.monotonic()
        while not until():
            message = listener.next(_QUIET)
            if message:
                began = began if batch else time.monotonic()
                batch.append(message)
            late = time.monotonic() - began >= seconds
            if batch and (len(batch) >= rows or late or message is None):
                told(land_messages(batch, sender=sender, by=by, at=now()))
                listener.acknowledge(batch)
                batch = []


def land_messages(batch: list[Message], *, sender: str, by: By, at: datetime) -> Heard:
    """Land messages, each once however often it comes: known by topic and content, noted with the rows in one transaction."""
    digests = {_digest(message): message for message in batch}
    new = [digest for digest in digests if digest not in queries.heard(list(digests))]
    contract = queries.contracts()[DATASET]
    rows: list[dict[str, Any]] = []
    for digest in new:
        rows += _readings(contract, digests[digest].payload)
    if not rows:
        return Heard(len(batch), len(batch), 0, 0, "")
    accepted = rejected = 0
    receipt = ""
    for first in range(0, len(rows), MOST_ROWS_PUSHED):
        some = rows[first : first + MOST_ROWS_PUSHED]
        last = first + MOST_ROWS_PUSHED >= len(rows)
        key = hashlib.sha256(f"{first} {' '.join(new)}".encode()).hexdigest()
        done = push_rows(
            DATASET,
            [{name: cell for name, cell in row.items() if name != "broken"} for row in some],
            broken=[row.get("broken") for row in some],
            sender=sender,
            batch_key=key,
            by=by,
            at=at,
            door=Door.METERS,
            then=(lambda _: actions.hear(digests=new, by=by, at=at)) if last else None,
        )
        accepted, rejected, receipt = accepted + done.load.accepted, rejected + done.load.rejected, done.receipt.number
    return Heard(len(batch), len(batch) - len(new), accepted, rejected, receipt)


def _digest(message: Message) -> str:
    return hashlib.sha256(message.topic.encode() + b"\0" + message.payload).hexdigest()[:32]


def _readings(contract: Contract, payload: bytes) -> list[dict[str, Any]]:
    """The readings of one message by the contract's columns; what is no message becomes one row that says so."""
    empty: dict[str, Any] = {column.label: None for column in contract.columns}
    try:
        said = json.loads(payload)
        found = said if isinstance(said, list) else [said]
        if not found or len(found) > MOST_IN_ONE or not all(isinstance(one, dict) for one in found):
            raise ValueError
    except (ValueError, RecursionError):
        return [empty | {"原文": payload[:300].decode("utf-8", "replace").replace("\0", ""), "broken": "not_a_message"}]
    return [empty | _reading(contract, one) for one in found]


def _reading(contract: Contract, said: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in said.items():
        column = contract.by_heading.get(plain_header(str(name)[:80]))
        if column:
            row[column.label] = value if isinstance(value, str | int | float | bool) or value is None else json.dumps(value)
    moment = said.get("read_at")
    if isinstance(moment, str):
        row[contract.by_name["read_on"].label] = moment
        try:
            found = datetime.fromisoformat(moment)
        except ValueError:
            return row
        here = found.astimezone(HERE) if found.tzinfo else found
        row[contract.by_name["read_on"].label] = here.date().isoformat()
        row[contract.by_name["read_time"].label] = here.time().isoformat("seconds")
    return row
