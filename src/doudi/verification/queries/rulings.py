"""Reading how disputed lines of a check ended: for its next report, and for the room that asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doudi.office import queries as office
from doudi.verification.core.objections import CLAIM_LABELS, Outcome, State
from doudi.verification.models import ObjectionLine
from doudi.verification.queries.checks import AnswerRow, answers


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a disputed line of a check ended; a person decided it. For the report and for the room that asked."""

    objection: str
    number: str
    pid: str
    whose: str
    dataset: str
    source: str
    source_label: str
    place: str
    batch: int | None
    row_no: int | None
    shown: str
    claim_label: str
    outcome: str
    outcome_label: str
    instead: str
    reason: str
    decided_on: date
    decided_by: str  # as the journal names them


def rulings(ref: str, read: Iterable[AnswerRow] | None = None) -> tuple[Ruling, ...]:
    """How the disputed lines of a check ended, oldest first; only of objections that are settled.

    :param read: the answers of the check, where the same act has read them already
    """
    rows = list(
        ObjectionLine.objects.filter(objection__check_asked__ref=ref, objection__state=State.SETTLED)
        .select_related("objection__check_asked")
        .order_by("decided_at", "id")
    )
    if not rows:
        return ()
    names = {one["pid"]: one["name"] for one in rows[0].objection.check_asked.people}
    labels = {row.source: row.source_label for row in (answers(ref) if read is None else read)}
    return tuple(
        Ruling(
            objection=line.objection.ref,
            number=line.objection.number,
            pid=line.pid,
            whose=names[line.pid],
            dataset=line.dataset,
            source=line.source,
            source_label=labels.get(line.source, line.source),
            place=line.place,
            batch=line.batch,
            row_no=line.row_no,
            shown=line.shown,
            claim_label=CLAIM_LABELS[line.claim],
            outcome=line.outcome,
            outcome_label=Outcome(line.outcome).label,
            instead=line.instead,
            reason=line.reason,
            decided_on=office.today(line.decided_at),
            decided_by=line.decided_by,
        )
        for line in rows
    )
