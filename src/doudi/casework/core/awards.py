"""What a benefit gives in a month: the newest award that begins by then. Pure; money in fen, months as their first day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from doudi.facts import days


@dataclass(frozen=True, slots=True)
class Given:
    """One award, the oldest first in a sequence: from a month on so much a month for so many people."""

    from_month: date
    amount_fen: int
    members: int
    decision_ref: str = ""


def in_month(awards: Sequence[Given], month: date) -> Given | None:
    """What counts for a month; None before the first award."""
    return next((one for one in reversed(awards) if one.from_month <= month), None)


def months(first: date, last: date) -> list[date]:
    """Every month from one to another, both included; none when the last comes before the first."""
    return [days.add_months(first, more) for more in range((last.year - first.year) * 12 + last.month - first.month + 1)]


def is_less(awards: Sequence[Given], more: Iterable[Given], until: date) -> list[bool]:
    """Of new awards in their order: whether each gives less in any of its months up to `until` than was given before."""
    new = list(more)
    found = []
    for place, one in enumerate(new):
        end = days.add_months(new[place + 1].from_month, -1) if place + 1 < len(new) else max(until, one.from_month)
        cut = False
        for month in months(one.from_month, end):
            before = in_month(awards, month)
            cut = cut or (before is not None and one.amount_fen < before.amount_fen)
        found.append(cut)
    return found


def runs(amounts: Iterable[tuple[date, int, int]]) -> list[Given]:
    """Months in their order, each with its sum and members, as the fewest awards that say the same."""
    found: list[Given] = []
    for month, fen, members in amounts:
        if not found or (found[-1].amount_fen, found[-1].members) != (fen, members):
            found.append(Given(month, fen, members))
    return found


def later(awards: Sequence[Given], first: date, last: date) -> list[tuple[date, int, int]]:
    """What the awards say for each month of a span: month, sum, members; 0 before the first."""
    told = []
    for month in months(first, last):
        one = in_month(awards, month)
        told.append((month, one.amount_fen if one else 0, one.members if one else 0))
    return told


def gradual(amount_fen: int, members: int, first: date, count: int, share_bp: int) -> list[Given]:
    """A gradual exit: so many months at a share (in ten-thousandths, up to the whole yuan, never more than now), then nothing.

    :raises ValueError: no months
    """
    if count < 1:
        raise ValueError("a gradual exit of no months")
    fen = min(amount_fen, -(-amount_fen * share_bp // 1_000_000) * 100)
    return [Given(first, fen, members), Given(days.add_months(first, count), 0, 0)]
