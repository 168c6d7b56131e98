"""Reading orders: which stand, what they allow, who drafted and who approved them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.office.queries import today
from doudi.verification.core.orders import NoOrder, Order, OrderState, why_not
from doudi.verification.models import TaskOrder


def standing(number: str, *, datasets: Collection[str], area: str, at: datetime, roll: str = "") -> Order:
    """The order a check stands on at this moment.

    :param roll: the roll checked; empty where single people are asked about
    :raises NoOrder: its `reason` says which part of the order is missing
    """
    order = order_allows(number)
    refused = why_not(order, number, datasets=datasets, area=area, on=today(at), roll=roll)
    if refused is not None:
        raise NoOrder(refused)
    assert order is not None  # why_not refused the order that is not there
    return order


def order_allows(number: str) -> Order | None:
    """What an order allows, whether it is in force or not; None when there is no such order."""
    row = TaskOrder.objects.filter(number=number).first()
    if row is None:
        return None
    return Order(
        number=row.number,
        state=OrderState(row.state),
        rolls=tuple(row.rolls),
        datasets=tuple(row.datasets),
        area=row.area,
        from_on=row.from_on,
        until_on=row.until_on,
    )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as people read it."""

    number: str
    purpose: str
    rolls: tuple[str, ...]
    datasets: tuple[str, ...]
    area: str
    area_label: str
    from_on: date
    until_on: date
    state: OrderState
    state_label: str
    in_force: bool
    drafted_at: datetime
    drafted_by: str
    decided_at: datetime | None
    decided_by: str
    stopped_at: datetime | None
    stopped_by: str
    why: str
    drafter: str  # the opaque ref of who drafted it, who may not approve it


def orders(viewer: Viewer, *, on: date, first: int = 0, count: int = 50) -> list[OrderRow]:
    """Orders of the viewer's area and of places around it that hold it, newest first.

    :raises NotAllowed: this viewer's post does not look after orders
    """
    viewer.need("order.read")
    return _rows(list(_seen_by(viewer).order_by("-id")[first : first + count]), on)


def order(number: str, viewer: Viewer, *, on: date) -> OrderRow:
    """One order.

    :raises NotAllowed: no such order, another area, or the post does not look after orders
    """
    viewer.need("order.read")
    found = _seen_by(viewer).filter(number=number).first()
    if found is None:
        raise NotAllowed("没有这张任务单。")
    return _rows([found], on)[0]


def orders_in_force(viewer: Viewer, *, on: date) -> list[OrderRow]:
    """The orders a viewer may run checks under today."""
    viewer.need("check.batch")
    rows = _seen_by(viewer).filter(state=OrderState.APPROVED, from_on__lte=on, until_on__gte=on).order_by("-id")
    return [row for row in _rows(list(rows), on) if viewer.sees(row.area)]


def _seen_by(viewer: Viewer) -> QuerySet[TaskOrder]:
    """Orders inside the viewer's area, and those of the places that hold it: they speak of its people too."""
    around = [viewer.area[:size] for size in (6, 9, 12) if size <= len(viewer.area)]
    if len(viewer.area) >= 6:
        around.append(viewer.area[:4] + "00")
    if not viewer.within:
        return TaskOrder.objects.none()
    return TaskOrder.objects.filter(area__startswith=viewer.within) | TaskOrder.objects.filter(area__in=around)


def _rows(rows: list[TaskOrder], on: date) -> list[OrderRow]:
    labels = office.area_labels([row.area for row in rows])
    doers = {party for row in rows for party in (row.drafted_by, row.decided_by, row.stopped_by)}
    names = office.clerk_names([party.partition(":")[2] for party in doers])

    def named(party: str) -> str:
        kind, _, ref = party.partition(":")
        return names.get(ref, "") if kind == "clerk" else ("系统" if kind else "")

    return [
        OrderRow(
            number=row.number,
            purpose=row.purpose,
            rolls=tuple(row.rolls),
            datasets=tuple(row.datasets),
            area=row.area,
            area_label=labels.get(row.area, row.area),
            from_on=row.from_on,
            until_on=row.until_on,
            state=OrderState(row.state),
            state_label=_state_label(row, on),
            in_force=row.state == OrderState.APPROVED and row.from_on <= on <= row.until_on,
            drafted_at=row.drafted_at,
            drafted_by=named(row.drafted_by),
            decided_at=row.decided_at,
            decided_by=named(row.decided_by),
            stopped_at=row.stopped_at,
            stopped_by=named(row.stopped_by),
            why=row.why,
            drafter=row.drafted_by.partition(":")[2],
        )
        for row in rows
    ]


def _state_label(row: TaskOrder, on: date) -> str:
    if row.state != OrderState.APPROVED:
        return OrderState(row.state).label
    if on < row.from_on:
        return "批准了，还没开始"
    return "可以用" if on <= row.until_on else "过期了"
