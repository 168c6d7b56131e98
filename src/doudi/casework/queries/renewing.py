"""Help that may be asked for anew with one press: it ends soon, or the family fell back after it ended."""

from __future__ import annotations

from datetime import date, datetime

from doudi.casework.gateways import replay
from doudi.casework.models import Benefit, Draft, FollowUp
from doudi.casework.queries.rows.help import Renewal
from doudi.facts import days
from doudi.office.queries import today


def last_of_soon(area: str, on: date) -> date:
    """The last month that is soon for help that ends, as a place has it: from then on it may be asked for anew."""
    return days.add_months(on.replace(day=1), replay.number("renewal_months", area, on))


def ends_soon(held: Benefit, on: date) -> bool:
    """Whether a recognition runs out by itself so soon that it may be asked for anew; nobody ended it, and it was not once."""
    if held.to_month is None or held.is_one_off or held.ended_why:
        return False
    return on.replace(day=1) <= held.to_month <= last_of_soon(held.area, on)


def renewal(held: Benefit, *, at: datetime) -> Renewal | None:
    """Why this help may be asked for anew with one press, and what came of it so far; None where it may not.

    Who fell back again after what was handed in was decided may ask again.
    """
    fell = FollowUp.objects.filter(benefit=held, outcome="fallen_back").order_by("-done_at").first()
    if fell is None and not ends_soon(held, today(at)):
        return None
    drafts = list(Draft.objects.filter(goes_on=held).select_related("case").order_by("-pk"))
    handed = [one.case for one in drafts if one.case is not None and (fell is None or one.case.submitted_at >= fell.done_at)]
    return Renewal(
        why="fallen_back" if fell is not None else "ends",
        draft=next((one.ref for one in drafts if one.case is None and one.writer.startswith("clerk:")), ""),
        case=handed[0].ref if handed else "",
    )
