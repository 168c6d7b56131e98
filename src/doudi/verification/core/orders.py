"""任务单: the written order a check of a whole roll stands on; two people, a purpose, lists, an area and days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from doudi.office.core import NotAllowed, contains
from doudi.verification.core import NoBasis

LONGEST_DAYS = 366  # an order is for a task; what goes on for ever is written anew each year


class OrderState(StrEnum):
    """Where an order is in its life. That its days are over is read from the day, not kept."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    DECLINED = "declined"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS = {
    OrderState.DRAFTED: "等另一个人批",
    OrderState.APPROVED: "批准了",
    OrderState.DECLINED: "没有批准",
    OrderState.STOPPED: "停用了",
}

# act → (from, to); read aloud: "approve: a drafted order becomes an approved one"
MOVES: dict[str, tuple[frozenset[OrderState], OrderState]] = {
    "approve_order": (frozenset({OrderState.DRAFTED}), OrderState.APPROVED),
    "decline_order": (frozenset({OrderState.DRAFTED}), OrderState.DECLINED),
    "stop_order": (frozenset({OrderState.DRAFTED, OrderState.APPROVED}), OrderState.STOPPED),
}


def move(state: OrderState | str, act: str) -> OrderState:
    """Say where an act takes an order.

    :raises NotAllowed: the table has no such line
    """
    sources, target = MOVES[act]
    if OrderState(state) not in sources:
        raise NotAllowed(f"这张任务单现在是“{OrderState(state).label}”，不能再这样办。")
    return target


@dataclass(frozen=True, slots=True)
class Order:
    """What an order allows: these rolls against these datasets, in this area, on these days."""

    number: str
    state: OrderState
    rolls: tuple[str, ...]
    datasets: tuple[str, ...]
    area: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an order does not carry a check: a stable word for programs, a sentence for people."""

    reason: str
    words: str


class NoOrder(NoBasis):
    """No order carries this check; `reason` is a stable word: no_order, order_not_approved, order_expired, order_wrong_area …"""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.words, why.reason)


def why_not(order: Order | None, number: str, *, datasets: Collection[str], area: str, on: date, roll: str = "") -> WhyNot | None:
    """Say why a check may not stand on an order, or None when it may.

    :param roll: the roll checked; empty where single people are asked about, whom no roll names
    """
    if not number:
        return WhyNot("no_order", "按法定职责核对，要有任务单编号。")
    if order is None:
        return WhyNot("no_order", f"没有编号是 {number} 的任务单。")
    if order.state is not OrderState.APPROVED:
        return WhyNot("order_not_approved", f"任务单 {number} {order.state.label}，不能凭它核对。")
    if not order.from_on <= on <= order.until_on:
        return WhyNot("order_expired", f"任务单 {number} 管 {order.from_on} 到 {order.until_on}，今天是 {on}。")
    if not contains(order.area, area):
        return WhyNot("order_wrong_area", f"任务单 {number} 不管这个地方。")
    beyond = sorted(set(datasets) - set(order.datasets))
    if beyond:
        return WhyNot("order_wrong_sources", f"任务单 {number} 没有写明要核对：{'、'.join(beyond)}。")
    if roll and roll not in order.rolls:
        return WhyNot("order_wrong_sources", f"任务单 {number} 没有写明名单：{roll}。")
    return None


def check_days(from_on: date, until_on: date) -> None:
    """Stop an order that ends before it begins or goes on for more than a year.

    :raises NotAllowed: in words for whoever drafts it
    """
    if until_on < from_on:
        raise NotAllowed("任务单的最后一天在第一天之前，请改过来。")
    if until_on - from_on > timedelta(days=LONGEST_DAYS):
        raise NotAllowed("任务单最长管一年；要接着做，明年另开一张。")
