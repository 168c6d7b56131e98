"""The steps cases took, one row each: what the warnings about our own work are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.casework.core import CLOSED, road
from doudi.casework.models import Benefit, Case, Decision, Showing, Survey
from doudi.facts import days
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step: whose, what (a word of the contract case_record), when, by when, of which programme, and the case it belongs to."""

    pid: str
    area: str
    step: str
    on: date
    due: date | None
    programme: str
    ref: str


def steps(on: date) -> list[StepRow]:
    """The steps taken up to a day, for the evaluation of that day only; a case closed since then is not open any more."""
    found = [
        StepRow(case.applicant, case.area, "open", today(case.submitted_at), case.due_on, case.programme, case.ref)
        for case in Case.objects.exclude(state__in=[str(state) for state in CLOSED]).order_by("id")
    ]
    for showing in Showing.objects.exclude(state="stopped").select_related("case").order_by("id"):
        case = showing.case
        ended = min(showing.to_on, today(showing.ended_at)) if showing.ended_at else showing.to_on
        found.append(StepRow(case.applicant, case.area, "shown", showing.from_on, ended, case.programme, case.ref))
    for survey in Survey.objects.select_related("case").order_by("id"):
        case = survey.case
        found.append(StepRow(case.applicant, case.area, "contact", survey.on, None, case.programme, case.ref))
    for decision in Decision.objects.filter(kind="refuse").select_related("case").order_by("id"):
        case = decision.case
        found.append(StepRow(case.applicant, case.area, "refused", decision.on, None, case.programme, case.ref))
    for benefit in Benefit.objects.select_related("case", "decision").order_by("id"):
        found += _of_benefit(benefit)
    return [row for row in found if row.on <= on]


def _of_benefit(benefit: Benefit) -> list[StepRow]:
    """Confirmed, with the day by which its first month has to be paid; due for review, or left."""
    case, decided = benefit.case, benefit.decision.on
    pays = road(benefit.programme).monthly and benefit.amount_fen > 0
    first_paid_by = _last_day(benefit.from_month) if pays else None
    rows = [StepRow(benefit.payee, benefit.area, "confirmed", decided, first_paid_by, benefit.programme, case.ref)]
    if benefit.to_month is None:
        rows.append(StepRow(benefit.payee, benefit.area, "review", decided, benefit.review_due_on, benefit.programme, case.ref))
    else:
        rows.append(StepRow(benefit.payee, benefit.area, "left", _last_day(benefit.to_month), None, benefit.programme, case.ref))
    return rows


def _last_day(month: date) -> date:
    return days.add_months(month.replace(day=1), 1) - days.ONE_DAY
