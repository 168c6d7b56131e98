"""Asking the rules again about what a case kept: by the rules of then, which must answer the same, and by those of today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from doudi.casework.gateways import rules
from doudi.casework.models import Assessment
from doudi.casework.queries.page import OUTCOMES, assessment_row, conditions_of
from doudi.casework.queries.rows import AssessmentRow
from doudi.office.core import Viewer
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A kept assessment asked again: do the rules of then say the very same, and what do today's say of the same facts."""

    same: bool
    today: AssessmentRow
    problem: str = ""  # why the rules of then cannot be asked


def asked_again(ref: str, viewer: Viewer, *, at: datetime) -> AskedAgain | None:
    """Ask again about the facts the latest assessment of a case kept; None before the first.

    :raises NotAllowed: the post does not allow it, or the case lies outside the viewer's area
    """
    viewer.need("case.read")
    found = Assessment.objects.select_related("case").filter(case__ref=ref).order_by("-id")
    kept = next((one for one in found if one.programme == one.case.programme), None)
    if kept is None:
        return None
    viewer.need("case.read", kept.case.area)
    row, who = assessment_row(kept), kept.case.recipient or kept.case.applicant
    try:
        earlier = rules.earlier(kept.pack)
    except rules.PackNotKept as why:
        return AskedAgain(False, row, str(why))
    home = rules.household_of(kept.facts, earlier)
    then = rules.ask(kept.programme, home, kept.on, kept.area, subject=who, pack=earlier)
    now = rules.ask(kept.programme, home, today(at), kept.area, subject=who)
    same = (then.outcome, then.amount_fen, then.trace) == (kept.outcome, kept.amount_fen, kept.trace)
    return AskedAgain(
        same,
        replace(
            row,
            on=today(at),
            outcome=now.outcome,
            outcome_label=OUTCOMES[now.outcome],
            standard_fen=now.standard_fen,
            amount_fen=now.amount_fen,
            conditions=conditions_of(now.trace),
            pack=now.pack,
        ),
    )
