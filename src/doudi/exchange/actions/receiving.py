"""Writing: a delivery received, a delivery refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.exchange import queries
from doudi.exchange.actions.senders import sender_may
from doudi.exchange.core import FULL, Door
from doudi.exchange.models import Load, Refusal
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, posts


@dataclass(frozen=True)
class Arrival:
    """One dataset of a delivery, already in the lake under `object` (typed rows) and `rejects`."""

    dataset: str
    object: str
    rejects: str
    counts: dict[str, int]  # rows, accepted, rejected, repeated, skipped
    without_number: dict[str, int]
    reasons: dict[str, int]
    heading_row: int
    notes: Sequence[str]


def may_load(by: By, at: datetime, *, sender: str = "", door: Door = Door.CONSOLE, datasets: Sequence[str] = ()) -> None:
    """Stop whoever may not take in departments' data, and a sender that may not bring these in by this door.

    A delivery is of no place, so the post's area does not matter; the data officer of one department takes in only its data.

    :raises NotAllowed: in words for the person or the sender
    """
    if isinstance(by, Party):
        if by.kind == "sender" and by.ref == sender and door in (Door.PUSH, Door.EVENT):
            sender_may(sender, door, datasets)
            return
        need(by, "feed.load", area="", at=at)
    else:
        known, held = queries.contracts(), [post for post in posts(by, at) if post.may("feed.load")]
        need(by, "feed.load", area=next((post.area for post in held), ""), at=at)
        departments = {known[code].department_code for code in datasets if code in known}
        if not any(not post.department or {post.department} >= departments for post in held):
            raise NotAllowed("您只接收本部门的数据。这份请交给民政的数据管理员。")
    if door is not Door.CONSOLE:
        sender_may(sender, door, datasets)


@transaction.atomic
def receive_load(
    arrivals: Sequence[Arrival],
    *,
    delivery: str,
    file_name: str,
    as_of: date,
    part: str,
    by: By,
    at: datetime,
    snapshot: str = "",
    kind: str = FULL,
    sender: str = "",
    batch_key: str = "",
    door: Door = Door.CONSOLE,
) -> list[Load]:
    """Take a landed delivery into the books: all its datasets, or none.

    :param delivery: SHA-256 of the file as it came
    :raises NotAllowed: this clerk's post does not take in data
    :raises IntegrityError: the same file was received before (a rerun asks first)
    """
    may_load(by, at, sender=sender, door=door, datasets=[one.dataset for one in arrivals])
    kept = [
        Load.objects.create(
            dataset=one.dataset,
            snapshot=snapshot,
            part=part,
            as_of=as_of,
            kind=kind,
            delivery=delivery,
            file_name=file_name[-200:],
            object=one.object,
            rejects=one.rejects,
            **one.counts,
            without_number=one.without_number,
            reasons=one.reasons,
            heading_row=one.heading_row,
            notes=list(one.notes),
            batch_key=batch_key,
            sender=sender,
            received_at=at,
            received_by=party(by),
        )
        for one in arrivals
    ]
    detail: dict[str, Any] = {"as_of": as_of.isoformat(), "kind": kind, "part": part, "sender": sender, "snapshot": snapshot}
    detail["door"] = door.value
    detail["datasets"] = {
        load.dataset: {"load": load.pk, "object": load.object, **one.counts} for load, one in zip(kept, arrivals, strict=True)
    }
    office.record("exchange.receive_load", subject=f"delivery:{delivery}", by=by, at=at, detail=detail)
    return kept


@transaction.atomic
def return_rejects(*, loads: Sequence[int], to: str, by: By, at: datetime) -> None:
    """Note that the rejected rows of some loads went back to their sender.

    :param to: who they went back to, in words
    :raises NotAllowed: this clerk's post does not take in data
    """
    may_load(by, at)
    office.record("exchange.return_rejects", subject="rejects", by=by, at=at, detail={"loads": list(loads), "to": to})


@transaction.atomic
def refuse_load(
    *,
    delivery: str,
    file_name: str,
    reason: str,
    message: str,
    fix: str,
    by: By,
    at: datetime,
    snapshot: str = "",
    sender: str = "",
    door: Door = Door.CONSOLE,
) -> Refusal:
    """Keep in the books that a file was not loaded, and why; the same refusal of the same file again changes nothing.

    :raises NotAllowed: this clerk's post does not take in data
    """
    may_load(by, at, sender=sender, door=door)
    refusal, new = Refusal.objects.get_or_create(
        delivery=delivery,
        snapshot=snapshot,
        file_name=file_name[-200:],
        reason=reason,
        defaults={"message": message, "fix": fix, "sender": sender, "received_at": at, "received_by": party(by)},
    )
    if new:
        office.record(
            "exchange.refuse_load", subject=f"delivery:{delivery}", by=by, at=at, detail={"reason": reason, "sender": sender}
        )
    return refusal
