"""How often people decide otherwise than the rules computed, by office; of places, never of persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from doudi.casework.models import Decision, Opinion
from doudi.casework.queries.inbox import after_prefix
from doudi.office import queries as office
from doudi.office.core import Viewer


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """One office in a span of days: opinions or decisions made, and how many of them differ from the assessment."""

    area: str
    label: str
    made: int
    differing: int
    more: int  # helped, or with more, than the rules say
    less: int

    @property
    def share(self) -> int | None:
        """Of a hundred; None where nothing was made."""
        return round(self.differing * 100 / self.made) if self.made else None


@dataclass(frozen=True, slots=True)
class Deviations:
    """First opinions by township, decisions by county."""

    townships: tuple[DeviationRow, ...]
    counties: tuple[DeviationRow, ...]


def deviations(viewer: Viewer, *, first: date, last: date) -> Deviations:
    """Opinions and decisions of the viewer's area between two days, by office.

    :raises NotAllowed: the post does not read figures
    """
    viewer.need("figures.read")
    start = viewer.within
    if not start:
        return Deviations((), ())
    place = Q(case__area__gte=start, case__area__lt=after_prefix(start))
    columns = ("case__area", "kind", "differs", "amount_fen", "assessment__outcome", "assessment__amount_fen")
    opinions = Opinion.objects.filter(place, at__gte=_midnight(first), at__lt=_midnight(last + timedelta(days=1)))
    decisions = Decision.objects.filter(place, on__gte=first, on__lte=last, kind__in=["confirm", "refuse"])
    return Deviations(
        _by_office(opinions.values_list(*columns), 9, helping="help"),
        _by_office(decisions.values_list(*columns), 6, helping="confirm"),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), office.HERE)


def _by_office(rows: Iterable[tuple], digits: int, *, helping: str) -> tuple[DeviationRow, ...]:
    made: Counter[str] = Counter()
    differing: Counter[str] = Counter()
    more: Counter[str] = Counter()
    for area, kind, differs, amount, outcome, by_rule in rows:
        where = area[:digits]
        made[where] += 1
        differing[where] += differs
        more[where] += differs and kind == helping and (outcome != "yes" or amount >= (by_rule or 0))
    labels = office.area_labels(sorted(made))
    return tuple(
        DeviationRow(
            code, labels.get(code, code), made[code], differing[code], more[code], differing[code] - more[code]
        )
        for code in sorted(made)
    )  # fmt: skip
