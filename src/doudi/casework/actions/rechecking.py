"""What a case takes up from an objection to its report that was looked at again. It informs; whoever judges the case judges."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.actions.assessing import take_stock
from doudi.casework.core import WORKING, State
from doudi.casework.models import Case
from doudi.office.actions import By
from doudi.verification import actions as verification


@transaction.atomic
def follow_recheck(*, objection: str, check: str, subject: str, by: By, at: datetime) -> bool:
    """Compare anew after an objection was settled, once: a question the source's own correction answered goes if nobody judged
    it, the others say how the objection ended. What somebody judged stays as it is; a case decided already is left alone.

    :param objection: its ref; `check` and `subject` what it was against, and for whom that was made
    :returns: whether a case took it up
    """
    if not verification.followed(ref=objection, by=by, at=at):
        return False
    case = Case.objects.select_for_update().filter(ref=subject, check_ref=check).first()
    if case is None or State(case.state) not in WORKING:
        return False
    asked = take_stock(case, by=by, at=at)
    steps.keep(case, "follow_recheck", by=by, at=at, detail={"asked": len(asked), "check": check, "objection": objection})
    return True
