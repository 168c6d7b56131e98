"""Help in force that something in a family may touch: shown beside it, so that a person looks; nothing follows by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from doudi.casework.models import Benefit
from doudi.casework.queries.page import benefit_row
from doudi.casework.queries.rows import BenefitRow
from doudi.office.core import Viewer


def running_of(pids: Collection[str], viewer: Viewer, *, on: date) -> tuple[BenefitRow, ...]:
    """Help in force of which one of these people is a member or the payee, inside the viewer's area.

    :raises NotAllowed: the post does not read cases
    """
    viewer.need("case.read")
    if not viewer.within or not pids:
        return ()
    theirs = Q(payee__in=pids) | Q(case__members__pid__in=pids, case__members__together=True)
    rows = Benefit.objects.filter(theirs, area__startswith=viewer.within)
    rows = rows.filter(Q(to_month__isnull=True) | Q(to_month__gte=on.replace(day=1)))
    return tuple(benefit_row(row, row.case.ref) for row in rows.select_related("case").distinct().order_by("pk"))
