"""Which cases leaned on a delivery: for those who have to look again when it is withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from doudi.casework.core import CLOSED
from doudi.casework.models import Benefit, Case, CaseMember, Line, Question


@dataclass(frozen=True, slots=True)
class LeaningRow:
    """A case with a row of a delivery in it, or that began with an alert that stood on one."""

    ref: str
    pid: str
    area: str
    state: str


def leaning(batch: int, checks: Collection[str], alerts: Collection[str]) -> list[LeaningRow]:
    """Cases that hold a row of a load: a line of income, a question, or their means check; or that an alert on it began.

    For the list after a withdrawal only, which shows each viewer their own area.

    :param checks: refs of means checks with a row of the load
    :param alerts: refs of alerts that leaned on it
    """
    found: set[str] = set(Line.objects.filter(batch=batch).values_list("case__ref", flat=True))
    found |= set(Question.objects.filter(batch=batch).values_list("case__ref", flat=True))
    wanted = sorted(set(alerts))
    for first in range(0, len(wanted), 500):  # SQLite takes a thousand names at a time
        found |= set(Case.objects.filter(alert_ref__in=wanted[first : first + 500]).values_list("ref", flat=True))
    asked = sorted(set(checks))
    for first in range(0, len(asked), 500):
        found |= set(Case.objects.filter(check_ref__in=asked[first : first + 500]).values_list("ref", flat=True))
    rows: list[LeaningRow] = []
    refs = sorted(found)
    for first in range(0, len(refs), 500):
        cases = Case.objects.filter(ref__in=refs[first : first + 500]).order_by("ref")
        rows += [LeaningRow(one.ref, one.applicant, one.area, one.state) for one in cases]
    return rows


def loads_in_work() -> set[int]:
    """Loads a case stands on that is not closed: their rows must stay."""
    closed = [str(state) for state in CLOSED]
    found: set[int] = set()
    for rows in (Line.objects, Question.objects):
        held = rows.filter(batch__isnull=False).exclude(case__state__in=closed)
        found |= {int(batch) for batch in held.values_list("batch", flat=True).distinct()}
    return found


def people_in_work() -> set[str]:
    """Everybody of a case that is not closed, or of help that has not ended: their telephone and account are still needed."""
    closed = [str(state) for state in CLOSED]
    found = set(CaseMember.objects.exclude(case__state__in=closed).exclude(pid="").values_list("pid", flat=True))
    found |= set(Case.objects.exclude(state__in=closed).values_list("applicant", flat=True))
    return found | set(Benefit.objects.filter(to_month__isnull=True).values_list("payee", flat=True))
