"""Help that one person receives twice, seen only since two records were found to be theirs; somebody looks, no money moves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from doudi.casework import core
from doudi.casework.models import CaseMember
from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.registry import queries as registry


@dataclass(frozen=True, slots=True)
class HeldHelp:
    """Help in force; of another place only that there is some."""

    ref: str  # the case, "" where the viewer may not see it
    programme_label: str
    area_label: str
    from_month: date | None


@dataclass(frozen=True, slots=True)
class DoubledHelp:
    """A person who receives help under two ids, with all of it and what a clerk noted about it."""

    settlement: str
    pid: str
    masked_name: str
    held: tuple[HeldHelp, ...]
    weighed_at: datetime | None
    weighed_by: str
    weighed_note: str


def doubled(viewer: Viewer, *, month: date) -> list[DoubledHelp]:
    """People of the viewer's area who receive help under two ids found to be one person; those nobody looked at first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.list")
    joined = registry.joined()
    every = {pid for one in joined for pid in one.pids}
    held: dict[str, dict[str, CaseMember]] = defaultdict(dict)
    counts = (
        Q(counted=True) | Q(counted__isnull=True, together=True) | Q(counted__isnull=True, together__isnull=True, proposed=True)
    )
    runs = Q(case__benefit__to_month__isnull=True) | Q(case__benefit__to_month__gte=month)
    rows = CaseMember.objects.filter(counts & runs, pid__in=every, case__benefit__isnull=False).select_related("case__benefit")
    for row in rows.order_by("case_id"):
        held[row.pid][row.case.ref] = row
    labels = office.area_labels([row.case.area for of in held.values() for row in of.values()])
    found = []
    for one in joined:
        under = [pid for pid in one.pids if held.get(pid)]
        cases = {ref: row for pid in under for ref, row in held[pid].items()}
        if one.goes not in under or len(under) < 2 or len(cases) < 2:
            continue
        if not any(viewer.sees(row.case.area) for row in cases.values()):
            continue
        mine = next(row for row in cases.values() if viewer.sees(row.case.area))
        found.append(
            DoubledHelp(
                settlement=one.ref,
                pid=one.stays,
                masked_name=mask_name(mine.name),
                held=tuple(_held(row, viewer, labels) for row in cases.values()),
                weighed_at=one.weighed_at,
                weighed_by=one.weighed_by,
                weighed_note=one.weighed_note,
            )
        )
    return sorted(found, key=lambda one: one.weighed_at is not None)


def _held(row: CaseMember, viewer: Viewer, labels: dict[str, str]) -> HeldHelp:
    if not viewer.sees(row.case.area):
        return HeldHelp("", "", "", None)
    area = labels.get(row.case.area, row.case.area)
    return HeldHelp(row.case.ref, core.road(row.case.programme).label, area, row.case.benefit.from_month)
