"""What each month of a benefit is entitled to, beside what was lined up for it; the difference is arrears or too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from doudi.casework import queries as casework
from doudi.payment.core import LineState
from doudi.payment.models import ClaimMonth, Line

MANY = 500
RECLAIMED = ("open", "settled")
CLAIMED = ("proposed", "waiving", "waived", *RECLAIMED)


@dataclass(frozen=True, slots=True)
class MonthOwed:
    """One month of a benefit, in fen: entitled now; lined up so far (paid, on its way or waiting), and of that arrived.

    `claimed_fen`: of the month, in any claim; `reclaimed_fen`: of that, what is or will be back by decision.
    """

    month: date
    entitled_fen: int
    lined_fen: int
    paid_fen: int
    claimed_fen: int
    reclaimed_fen: int
    decision: str
    has_line: bool

    @property
    def short_fen(self) -> int:
        """What is still owed: never below 0."""
        return max(self.entitled_fen - self.lined_fen + self.reclaimed_fen, 0)

    @property
    def over_fen(self) -> int:
        """What arrived and is more than the month is entitled to, and is not claimed back yet; never below 0."""
        return max(self.paid_fen - self.claimed_fen - self.entitled_fen, 0)


def parts(refs: Collection[str]) -> Iterator[list[str]]:
    """Refs in pieces a database takes at a time."""
    some = sorted(set(refs))
    for first in range(0, len(some), MANY):
        yield some[first : first + MANY]


def months_owed(refs: Collection[str], first: date, last: date) -> dict[str, list[MonthOwed]]:
    """Every month of these benefits that is entitled to something or had a line, from one month to another."""
    found: dict[str, list[MonthOwed]] = {}
    for some in parts(refs):
        entitled = casework.entitlements(some, first, last)
        lined, paid, there = _lined(some, first, last)
        claimed, reclaimed = _claimed(some, CLAIMED), _claimed(some, RECLAIMED)
        for ref in some:
            months = entitled.get(ref, {})
            every = sorted({*months, *(month for of, month in lined if of == ref)})
            rows = []
            for month in every:
                told = months.get(month)
                key = (ref, month)
                rows.append(
                    MonthOwed(
                        month,
                        told.amount_fen if told else 0,
                        lined.get(key, 0),
                        paid.get(key, 0),
                        claimed.get(key, 0),
                        reclaimed.get(key, 0),
                        told.decision_ref if told else "",
                        key in there,
                    )
                )
            found[ref] = rows
    return found


def _lined(
    refs: list[str], first: date, last: date
) -> tuple[dict[tuple[str, date], int], dict[tuple[str, date], int], set[tuple[str, date]]]:
    """What stands for each month: in the last line of each chain that is not given up; what of it arrived; months with a line."""
    lines = Line.objects.filter(benefit__in=refs, for_month__gte=first, for_month__lte=last).exclude(kind="price")
    there = set(lines.filter(kind__in=["regular", "cash"]).values_list("benefit", "for_month"))
    ends = lines.filter(again__isnull=True).exclude(state=LineState.VOID)
    lined: dict[tuple[str, date], int] = defaultdict(int)
    paid: dict[tuple[str, date], int] = defaultdict(int)
    for benefit, month, state, fen in ends.values_list("benefit", "for_month", "state").annotate(Sum("amount_fen")):
        lined[benefit, month] += fen
        if state == LineState.PAID:
            paid[benefit, month] += fen
    return lined, paid, there


def _claimed(refs: list[str], states: tuple[str, ...]) -> dict[tuple[str, date], int]:
    """What claims in these states hold of each month."""
    rows = ClaimMonth.objects.filter(claim__benefit__in=refs, claim__state__in=states)
    return {(ref, month): fen for ref, month, fen in rows.values_list("claim__benefit", "month").annotate(Sum("over_fen"))}
