"""Help of one person that may not be held together, month by month of entitlement; a person decides what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.casework import queries as casework
from doudi.casework.core import road
from doudi.facts.days import add_months
from doudi.payment.models import Line
from doudi.policy.stacking import Holding, judge
from doudi.rulebook import queries as rulebook

FIRST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class OverlapMonth:
    """A month in which two benefits of a person exclude each other. `stops`: the one that ends, where the law says."""

    month: date
    code: str
    says: str
    article: str
    stops: str  # a benefit's ref, or ""
    stops_label: str
    stops_fen: int  # what it gave for the month
    keeps_label: str
    certain: bool


def overlaps(payee: str, *, until: date) -> tuple[OverlapMonth, ...]:
    """Every month up to one in which a payee was entitled to two benefits that exclude each other, by the awards as they are now.

    Judged for each month of entitlement, by the rules of that month, not on today's lists.
    """
    refs = sorted(set(Line.objects.filter(payee=payee).exclude(kind="price").values_list("benefit", flat=True)))
    held = {ref: one for ref in refs if (one := casework.benefit(ref)) is not None}
    months = casework.entitlements(held, FIRST, until)
    by_programme: dict[str, dict[date, tuple[str, int]]] = {}
    for ref, one in held.items():
        for month, told in months.get(ref, {}).items():
            if told.amount_fen:
                by_programme.setdefault(one.programme, {})[month] = (ref, told.amount_fen)
    holdings = [
        Holding(payee, programme, first, last) for programme, said in by_programme.items() for first, last in _spans(said)
    ]
    found = []
    for one in judge(holdings, rulebook.pack(), until):
        if one.relation != "X":
            continue
        keeps = one.row if one.stops == one.column else one.column
        ref, fen = by_programme[one.stops].get(one.month, ("", 0)) if one.stops else ("", 0)
        stops = road(one.stops).label if one.stops else ""
        kept = road(keeps).label if one.stops else ""
        found.append(OverlapMonth(one.month, one.code, one.sentence, one.article, ref, stops, fen, kept, one.certain))
    return tuple(found)


def _spans(months: dict[date, tuple[str, int]]) -> list[tuple[date, date]]:
    """Months in a row, as first and last day."""
    spans: list[tuple[date, date]] = []
    for month in sorted(months):
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], add_months(month, 1))
        else:
            spans.append((month, add_months(month, 1)))
    return [(first, add_months(after, -1)) for first, after in spans]
