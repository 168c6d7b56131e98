"""Writing awards. No act by itself: an act that decides about help writes them with what it stands on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from doudi.casework.core import awards as core
from doudi.casework.core.awards import Given
from doudi.casework.models import Adjustment, Award, Benefit, Hearing
from doudi.casework.queries.awards import given
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import today


def first_award(benefit: Benefit, *, by: By, at: datetime) -> Award:
    """What a benefit gives from its first month on, by the decision that confirmed it. Every confirmation writes it."""
    return Award.objects.create(
        benefit=benefit, from_month=benefit.from_month, amount_fen=benefit.amount_fen, members=benefit.members,
        decision=benefit.decision, at=at, by=office.party(by),
    )  # fmt: skip


def cuts(held: list[Given], steps: Iterable[Given], *, until: date) -> list[bool]:
    """Of new awards: whether each gives less in any of its months than was awarded for it before."""
    return core.is_less(held, steps, until)


def write(adjustment: Adjustment, steps: list[Given], *, hearing: Hearing | None, by: By, at: datetime) -> list[Award]:
    """Write the awards of a decided adjustment.

    :raises NotAllowed: one gives less and nobody was heard (LAW Art. 48)
    """
    benefit, held = adjustment.benefit, given(adjustment.benefit)
    until = max(today(at).replace(day=1), *(one.from_month for one in [*held, *steps]))
    less = cuts(held, steps, until=until)
    if any(less) and hearing is None:
        raise NotAllowed("少发、停发以前，要先听本人怎么说（社会救助法第四十八条）。")
    return Award.objects.bulk_create(
        Award(
            benefit=benefit, from_month=one.from_month, amount_fen=one.amount_fen, members=one.members, adjustment=adjustment,
            is_less=cut, hearing=hearing if cut else None, at=at, by=office.party(by),
        )
        for one, cut in zip(steps, less, strict=True)
    )  # fmt: skip
