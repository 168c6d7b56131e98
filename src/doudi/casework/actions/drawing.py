"""抽查: which cases the county looks at itself before it decides is drawn, by a seed nobody chooses and the journal keeps."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.gateways import numbers
from doudi.casework.models import Case
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today


@transaction.atomic
def draw_checks(*, county: str, by: By, at: datetime) -> tuple[int, int]:
    """Draw which of a county's waiting cases it looks at itself, at least 30 of a hundred, rounded up (T43 Art. 16).

    Every case that waits and was in no draw takes part: leaving one out is not possible, drawing again neither. The seed is
    the fingerprint of the journal before this line; with the refs in the journal anybody can draw again and compare.

    :returns: how many took part, and how many were drawn
    :raises NotAllowed: none waits for a draw
    """
    need(by, "case.draw", area=county, at=at)
    drawn_for = [code for code, road in core.roads().items() if any(d.code == "random_check" for d in road.procedure.demands)]
    waiting = list(
        Case.objects.select_for_update()
        .filter(programme__in=drawn_for, state=State.AT_COUNTY, is_drawn__isnull=True, area__startswith=county[:6])
        .order_by("ref")
    )
    if not waiting:
        raise NotAllowed("现在没有要抽号的。")
    seed = office_queries.journal_state().root
    lots = sorted(waiting, key=lambda case: lot(seed, case.ref))
    chosen = {case.pk for case in lots[: numbers.drawn_of(len(waiting), county, today(at))]}
    for case in waiting:
        case.is_drawn, case.drawn_at, case.drawn_by = case.pk in chosen, at, office.party(by)
        case.version += 1
        case.save(update_fields=["is_drawn", "drawn_at", "drawn_by", "version"])
    detail = {
        "seed": seed,
        "pool": [case.ref for case in waiting],
        "drawn": sorted(case.ref for case in waiting if case.pk in chosen),
    }
    office.record("casework.draw_checks", subject=county[:6], by=by, at=at, detail=detail)
    return len(waiting), len(chosen)


def lot(seed: str, ref: str) -> str:
    """The lot of a case: the smallest are drawn."""
    return sha256(f"{seed}:{ref}".encode()).hexdigest()
