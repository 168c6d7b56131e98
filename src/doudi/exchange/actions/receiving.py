"""Writing: a delivery received, a delivery refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.exchange.core import FULL
from doudi.exchange.models import Load, Refusal
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import Party, may
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


def _may_load(by: By, at: datetime) -> None:
    """Stop whoever may not take in departments' data; a delivery is of no place, so the post's area does not matter.

    :raises NotAllowed: in words for the person
    """
    held = [] if isinstance(by, Party) else posts(by, at)
    need(by, "feed.load", area=next((post.area for post in held if may(post.role, "feed.load")), ""), at=at)


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
) -> list[Load]:
    """Take a landed delivery into the books: all its datasets, or none.

    :param delivery: SHA-256 of the file as it came
    :raises NotAllowed: this clerk's post does not take in data
    :raises IntegrityError: the same file was received before (a rerun asks first)
    """
    _may_load(by, at)
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
    _may_load(by, at)
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
) -> Refusal:
    """Keep in the books that a file was not loaded, and why; the same refusal of the same file again changes nothing.

    :raises NotAllowed: this clerk's post does not take in data
    """
    _may_load(by, at)
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
