"""任务单: drafted by one person, approved by another, stopped by either's colleagues."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, same_eyes, today
from doudi.verification.core.orders import Order, OrderState, check_days, move
from doudi.verification.models import OrderCounter, TaskOrder
from doudi.verification.queries.orders import standing


@transaction.atomic
def draft_order(
    *, purpose: str, rolls: Sequence[str], datasets: Sequence[str], area: str, from_on: date, until_on: date, by: By, at: datetime
) -> TaskOrder:
    """Write an order down; nothing may be checked under it until another person approved it.

    :param rolls: datasets whose people may be checked; none where only single people are asked about
    :param datasets: the lists they may be checked against
    :raises NotAllowed: no purpose, no list, a list nobody knows, days the wrong way round, or not for this post or place
    """
    need(by, "order.draft", area=area, at=at)
    known = exchange.contracts()
    if not purpose.strip():
        raise NotAllowed("请写明为什么要核对。")
    if not datasets:
        raise NotAllowed("请选要和哪些数据核对。")
    for code in (*rolls, *datasets):
        if code not in known:
            raise NotAllowed(f"没有“{code}”这份名单，请从列出来的里面选。")
    check_days(from_on, until_on)
    on = today(at)
    if until_on < on:
        raise NotAllowed("任务单的最后一天已经过去了。")
    order = TaskOrder.objects.create(
        number=f"RW{on.year}{office.next_number(OrderCounter, year=on.year):06d}",
        purpose=purpose.strip(),
        rolls=sorted(set(rolls)),
        datasets=sorted(set(datasets)),
        area=area,
        from_on=from_on,
        until_on=until_on,
        state=OrderState.DRAFTED,
        drafted_at=at,
        drafted_by=office.party(by),
    )
    detail = {
        "area": area,
        "datasets": order.datasets,
        "from": from_on.isoformat(),
        "purpose": order.purpose,
        "rolls": order.rolls,
        "until": until_on.isoformat(),
    }
    office.record("verification.draft_order", subject=order.number, by=by, at=at, detail=detail)
    return order


def _locked(number: str) -> TaskOrder:
    found = TaskOrder.objects.select_for_update().filter(number=number).first()
    if found is None:
        raise NotAllowed("没有这张任务单。")
    return found


def under_order(number: str, *, roll: str, datasets: Collection[str], by: By, at: datetime) -> Order:
    """Part of an act: the order this clerk checks a whole roll under, in force for it and these lists.

    :raises NoOrder: it is not in force, or does not name this roll or one of these lists
    :raises NotAllowed: this clerk's post does not check rolls there
    """
    area = TaskOrder.objects.filter(number=number).values_list("area", flat=True).first() or ""
    need(by, "check.batch", area=area or None, at=at)
    return standing(number, datasets=datasets, area=area, at=at, roll=roll)


@transaction.atomic
def approve_order(*, number: str, by: By, at: datetime) -> TaskOrder:
    """Approve an order somebody else drafted; from its first day checks may stand on it.

    :raises NotAllowed: not for this post or place, by who drafted it, or it waits for nobody
    """
    return _decide(number, "approve_order", "", by, at)


@transaction.atomic
def decline_order(*, number: str, why: str, by: By, at: datetime) -> TaskOrder:
    """Say that an order somebody else drafted is not approved, and why.

    :raises NotAllowed: no reason, not for this post or place, by who drafted it, or it waits for nobody
    """
    if not why.strip():
        raise NotAllowed("请写一句为什么不批。")
    return _decide(number, "decline_order", why.strip(), by, at)


def _decide(number: str, act: str, why: str, by: By, at: datetime) -> TaskOrder:
    order = _locked(number)
    need(by, "order.approve", area=order.area, at=at)
    if same_eyes(by, at).did(order.drafted_by, order.drafted_at):
        raise NotAllowed("任务单要由另一个人批，起草的人不能自己批。")
    order.state = move(order.state, act)
    order.decided_at, order.decided_by, order.why = at, office.party(by), why
    order.save(update_fields=["state", "decided_at", "decided_by", "why"])
    office.record(f"verification.{act}", subject=order.number, by=by, at=at, detail={"area": order.area})
    return order


@transaction.atomic
def stop_order(*, number: str, why: str, by: By, at: datetime) -> TaskOrder:
    """Stop an order from this moment; what was found under it stays with the people who work on it.

    :raises NotAllowed: no reason, not for this post or place, or it was not in use
    """
    order = _locked(number)
    need(by, "order.draft", area=order.area, at=at)
    if not why.strip():
        raise NotAllowed("请写一句为什么停用。")
    order.state = move(order.state, "stop_order")
    order.stopped_at, order.stopped_by, order.why = at, office.party(by), why.strip()
    order.save(update_fields=["state", "stopped_at", "stopped_by", "why"])
    office.record("verification.stop_order", subject=order.number, by=by, at=at, detail={"area": order.area})
    return order
