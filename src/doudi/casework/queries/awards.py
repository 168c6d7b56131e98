"""What help gives in a month, by its awards: for payment, lists and figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from doudi.casework.core import awards as core
from doudi.casework.core.awards import Given
from doudi.casework.models import Award, Benefit
from doudi.casework.queries.inbox import after_prefix
from doudi.office.queries import today

MANY = 500  # SQLite takes a thousand names at a time


@dataclass(frozen=True, slots=True)
class Entitled:
    """What a benefit gives for a month, and the decision (of the case, or the adjustment) it stands on."""

    amount_fen: int
    decision_ref: str


@dataclass(frozen=True, slots=True)
class PastChanged:
    """A benefit whose past months an award changed: from which month, by which award (its number grows)."""

    benefit_ref: str
    award_id: int
    from_month: date


def in_month(benefits: QuerySet[Benefit], month: date) -> QuerySet[Benefit]:
    """Benefits with what they give for a month: `now_fen`, `now_members`, `now_decision`, `now_adjustment`."""
    newest = Award.objects.filter(benefit=OuterRef("pk"), from_month__lte=month).order_by("-pk")
    return benefits.annotate(
        now_fen=Subquery(newest.values("amount_fen")[:1]),
        now_members=Subquery(newest.values("members")[:1]),
        now_decision=Coalesce(Subquery(newest.values("decision__ref")[:1]), Subquery(newest.values("adjustment__ref")[:1])),
    )


def newest(county: str, month: date) -> dict[int, tuple[int, int, str]]:
    """Sum, members and decision of what every benefit of a county gives for a month, by its row: the whole county in one pass,
    for the month's payment.
    """
    rows = Award.objects.filter(benefit__area__gte=county, benefit__area__lt=after_prefix(county), from_month__lte=month)
    told = rows.order_by("pk").values_list("benefit_id", "amount_fen", "members", "decision__ref", "adjustment__ref")
    return {
        key: (fen, members, decision or adjustment)
        for key, fen, members, decision, adjustment in told.iterator(chunk_size=20_000)
    }


def newest_of(benefits: Iterable[Benefit], month: date) -> dict[int, Award]:
    """What each of these benefits is given by for a month, by its row; one that begins later has none."""
    rows = Award.objects.filter(benefit__in=list(benefits), from_month__lte=month)
    return {one.benefit_id: one for one in rows.order_by("pk")}


def decided_since(county: str, at: datetime) -> set[str]:
    """Benefits of a county something was awarded to after a moment; for closing a month only."""
    rows = Award.objects.filter(benefit__area__gte=county, benefit__area__lt=after_prefix(county), at__gt=at)
    return set(rows.values_list("benefit__ref", flat=True))


def running(month: date) -> Q:
    """Help that is not over in a month; help paid once counts for its own month only."""
    return Q(to_month__isnull=True) | Q(to_month__gte=month)


def given(benefit: Benefit) -> list[Given]:
    """The awards of one benefit, the oldest first."""
    rows = Award.objects.filter(benefit=benefit).order_by("pk")
    told = rows.values_list("from_month", "amount_fen", "members", "decision__ref", "adjustment__ref")
    return [Given(month, fen, members, decision or adjustment) for month, fen, members, decision, adjustment in told]


def entitlements(benefit_refs: Iterable[str], first: date, last: date) -> dict[str, dict[date, Entitled]]:
    """What each benefit gives for each month of a span (first days, both included): benefit → month → sum and decision.

    A month before the first award, or another month than the one of help paid once, is left out; 0 is nothing any more.
    """
    refs, found = sorted(set(benefit_refs)), {}
    span = core.months(first.replace(day=1), last.replace(day=1))
    for place in range(0, len(refs), MANY):
        some = refs[place : place + MANY]
        rows: dict[str, list[Given]] = defaultdict(list)
        once: dict[str, bool] = {}
        told = Award.objects.filter(benefit__ref__in=some).order_by("pk").values_list(
            "benefit__ref", "benefit__is_one_off", "from_month", "amount_fen", "members", "decision__ref", "adjustment__ref"
        )  # fmt: skip
        for ref, is_one_off, month, fen, members, decision, adjustment in told:
            rows[ref].append(Given(month, fen, members, decision or adjustment))
            once[ref] = is_one_off
        for ref, held in rows.items():
            found[ref] = _months(held, once[ref], span)
    return found


def _months(held: Sequence[Given], is_one_off: bool, span: Iterable[date]) -> dict[date, Entitled]:
    counted = {}
    for month in span:
        one = core.in_month(held, month)
        if one is not None and (not is_one_off or month == held[0].from_month):
            counted[month] = Entitled(one.amount_fen, one.decision_ref)
    return counted


def changed_since(county: str, award_id: int, *, before: date | None = None) -> list[PastChanged]:
    """Benefits of a county whose past months an award later than this one changed, in the order of the awards.

    The next time is asked with the number of the last one told.

    :param before: months before this one are past; by default those before the month the award was made in
    """
    rows = Award.objects.filter(
        pk__gt=award_id, benefit__area__gte=county, benefit__area__lt=after_prefix(county), adjustment__isnull=False
    ).order_by("pk")
    told = rows.values_list("benefit__ref", "pk", "from_month", "at")
    return [PastChanged(ref, pk, month) for ref, pk, month, at in told if month < (before or today(at).replace(day=1))]
