"""Writing that a whole roll is matched privately: before anything leaves, by which order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.verification.actions.orders import under_order
from doudi.verification.core import Way
from doudi.verification.core.matching import Terms
from doudi.verification.queries import sources


@transaction.atomic
def begin_matching(*, roll: str, source: str, terms: Terms, by: By, at: datetime) -> None:
    """Note that a roll is about to be matched against a source's list, and look once more whether the order allows it.

    :param source: its code
    :param terms: what the other side is told; nobody's name is among it
    :raises NoOrder: the order is not in force, or does not name this roll or this kind of data
    :raises NotAllowed: no such source for this way, or this clerk's post does not check rolls there
    """
    under_order(terms.order, roll=roll, datasets=[terms.dataset], by=by, at=at)
    whom = sources.source(source)
    if whom is None or not whom.active or whom.adapter is not Way.MATCHING or whom.dataset != terms.dataset:
        raise NotAllowed("没有这个来源，或者它不用隐私比对。")
    detail = {"asked": terms.asked, "order": terms.order, "over": terms.over, "roll": roll, "source": source}
    office.record("verification.begin_matching", subject=f"match:{terms.session[:16]}", by=by, at=at, detail=detail)
