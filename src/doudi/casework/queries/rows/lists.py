"""Cases in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# ---- drafts and what is known beforehand --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxRow:
    ref: str
    receipt: str
    name: str
    area_label: str
    programme_label: str
    state: str
    state_label: str
    why: str  # why it is here, in words
    next_act: str  # the name of the next move
    next_label: str
    due_on: date
    is_overdue: bool
    is_urgent: bool
    is_mine: bool
    stands_for: str  # name of the colleague away whose work it is, while the viewer stands in for them
    is_near_kin: bool
    channel_label: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The inbox in numbers, of the viewer's area and work."""

    todo: int
    due_today: int
    overdue: int
    waiting: int
    shown: int
    clear: int  # county: without doubts
    doubt: int  # county: to be looked at one by one


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the inbox; `next` is what to ask for the following one ("" at the end)."""

    rows: tuple[InboxRow, ...]
    next: str


# ---- the case page ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A line of a village's board: name, how many people, how much a month; `ref` is the case, to object to.

    None: the place does not show that of this programme.
    """

    ref: str
    shown_name: str
    programme_label: str
    members: int | None
    amount_fen: int | None
    from_on: date
    to_on: date
    area: str
    area_label: str


class InForce(NamedTuple):
    """What a month's payment starts from: a benefit, its decision and where the money goes; a tuple, for there are very many."""

    benefit_ref: str
    decision_ref: str
    case_ref: str
    programme: str
    area: str
    payee: str
    payee_name: str
    account: str
    bank: str
    members: int
    amount_fen: int
    from_month: date
    is_one_off: bool
