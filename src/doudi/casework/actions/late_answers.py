"""What a case takes up from sources that answered after it was asked about. It informs; whoever judges the case judges."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.assessing import take_stock
from doudi.casework.core import WORKING, State
from doudi.office.actions import By
from doudi.verification import queries as verification


@transaction.atomic
def take_answers(*, ref: str, by: By, at: datetime) -> bool:
    """Compare and assess anew when sources answered meanwhile: new differences become questions, one that a source answered by
    itself goes if nobody judged it. What somebody judged stays as it is; a case that is decided on is left alone.

    :param ref: the case
    :returns: whether something new was taken in
    """
    case = steps.lock(ref)
    came = verification.came_later([case.check_ref]).get(case.check_ref, 0)
    if State(case.state) not in WORKING or came <= case.answers_taken:
        return False
    new, case.answers_taken = came - case.answers_taken, came
    asked = take_stock(case, by=by, at=at)
    steps.keep(case, "take_answers", by=by, at=at, detail={"answers": new, "asked": len(asked), "check": case.check_ref})
    return True
