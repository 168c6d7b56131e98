"""Comparing both journals: what each side's journal told of an exchange, and what its kept content gives now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need
from doudi.verification.actions.letters import post
from doudi.verification.core import peers
from doudi.verification.core.letters import NotALetter
from doudi.verification.models import ExchangeComparison, PlaceExchange
from doudi.verification.queries import exchanges as queries


@transaction.atomic
def compare_exchange(*, ref: str, by: By, at: datetime, clock: datetime) -> ExchangeComparison:
    """Ask the other side what it holds of an exchange, beside what we hold.

    :raises NotAllowed: no such exchange
    """
    one = PlaceExchange.objects.filter(ref=ref).first()
    if one is None:
        raise NotAllowed("没有这次核对往来。")
    need(by, "place.list", area=one.area, at=at)
    ours = queries.held(ref)
    made = ExchangeComparison.objects.create(exchange=one, asked_at=at, ours=ours)
    message = {"kind": "compare", "exchange": ref, "comparison": made.ref, "held": ours}
    post(message, reader=one.peer, exchange=ref, at=at, clock=clock)
    office.record("verification.compare_exchange", subject=ref, by=by, at=at, detail={"comparison": made.ref, "to": one.peer})
    return made


def compare(message: dict[str, Any], writer: str, by: Party, at: datetime, clock: datetime) -> None:
    """Tell what we hold of an exchange with this place, and keep how it compares for ourselves as well."""
    theirs, name = _told(message)
    one = PlaceExchange.objects.filter(ref=message["exchange"], peer=writer).first()
    ours = queries.held(one.ref) if one else {"journal": {}, "kept": {}}
    if one is not None and not ExchangeComparison.objects.filter(ref=name).exists():
        verdict = peers.verdict(ours, theirs)
        ExchangeComparison.objects.create(
            exchange=one, ref=name, asked_at=at, ours=ours, theirs=theirs, verdict=verdict, heard_at=at
        )
        detail = {"comparison": name, "verdict": verdict}
        office.record("verification.compared", subject=one.ref, by=by, at=at, detail=detail)
    post({"kind": "compared", "exchange": message["exchange"], "comparison": name, "held": ours}, reader=writer,
         exchange=message["exchange"], at=at, clock=clock)  # fmt: skip


def compared(message: dict[str, Any], writer: str, by: Party, at: datetime, clock: datetime) -> None:
    theirs, name = _told(message)
    made = ExchangeComparison.objects.select_for_update().filter(ref=name, exchange__peer=writer, heard_at__isnull=True).first()
    if made is None:
        return
    ours = queries.held(message["exchange"])
    made.ours, made.theirs, made.verdict, made.heard_at = ours, theirs, peers.verdict(ours, theirs), at
    made.save(update_fields=["ours", "theirs", "verdict", "heard_at"])
    detail = {"comparison": name, "verdict": made.verdict}
    office.record("verification.compared", subject=message["exchange"], by=by, at=at, detail=detail)


def _told(message: Mapping[str, Any]) -> tuple[dict[str, dict[str, str]], str]:
    held, name = message.get("held"), message.get("comparison")
    try:
        if not isinstance(name, str) or not peers.REF.fullmatch(name):
            raise ValueError
        return {what: {key: str(value) for key, value in held[what].items()} for what in ("journal", "kept")}, name
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotALetter("unreadable", "没有写对方留下的摘要。") from None
