"""A check as it stands at one moment, as a report will hold it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import mask_account
from doudi.verification.core import Basis
from doudi.verification.core import reports as core
from doudi.verification.core.compared import Compared
from doudi.verification.core.reports import Body
from doudi.verification.gateways import rules
from doudi.verification.models import Check
from doudi.verification.queries.checks import AnswerRow, answers
from doudi.verification.queries.comparing import compared
from doudi.verification.queries.rulings import Ruling, rulings


def snapshot(check: Check, *, on: date, read: Sequence[AnswerRow] | None = None) -> Body:
    """Everything known of a check on a day, as a report will hold it; its number, version and day are not in it yet.

    :param read: its answers on this day, where the same act has read them already
    """
    told = answers(check.ref, on) if read is None else read
    rows = [_answer(row) for row in told]
    area = office.area(check.area)
    return {
        "answers": rows,
        "area": check.area,
        "area_label": area.label if area else check.area,
        "asked_on": check.on.isoformat(),
        "basis": check.basis,
        "basis_label": Basis(check.basis).label,
        "case": check.subject,
        "check": check.ref,
        "compared": [_compared(one) for one in compared(check.ref, told)],
        "copy_for": "",
        "form": core.FORM,
        "notice": core.REFERENCE,
        "office": settings.SITE["office"],
        "people": [
            {
                "adult": one["adult"],
                "authorisation": one["consent"],
                "guardian": one["guardian"],
                "name": one["name"],
                "pid": one["pid"],
                "role": one.get("role", "member"),
            }
            for one in check.people
        ],
        "programme": {"code": check.programme, "label": rules.programme_label(check.programme, check.on)},
        "rulings": [_ruling(one) for one in rulings(check.ref, told)],
        "said": core.tally(rows),
        "task_order": check.task_order,
        "valid_until": check.valid_until.isoformat(),
    }


def _answer(row: AnswerRow) -> Body:
    return {
        "adapter": row.adapter,
        "answered_at": _moment(row.answered_at),
        "as_of": _day(row.as_of),
        "asked_again": row.asked_again,
        "asked_at": _moment(row.asked_at),
        "dataset": row.dataset,
        "department": row.department,
        "due_on": _day(office.today(row.due_at)),
        "items": [
            {
                "as_of": _day(item.as_of),
                "batch": item.batch,
                "row_no": item.row_no,
                "their_ref": item.their_ref,
                "values": _values(item.dataset, item.values),
                "words": item.words,
            }
            for item in row.items
        ],
        "label": row.label,
        "pid": row.pid,
        "round": row.round,
        "said": row.said,
        "said_label": row.said_label,
        "source": row.source,
        "source_label": row.source_label,
        "state": row.state,
        "whose": row.whose,
        "why": row.why,
    }


def _values(dataset: str, values: dict[str, Any]) -> Body:
    """A row's cells without anybody's number; of an account its tail; a fraction as text, for it prints differently elsewhere."""
    types = {column.name: column.type for column in exchange.contracts()[dataset].columns}
    kept: Body = {}
    for name, value in values.items():
        if types.get(name) == "citizen_no" or value is None:
            continue
        if types.get(name) == "account":
            value = mask_account(str(value))
        kept[name] = value if isinstance(value, bool | int | str) else str(value)
    return kept


def _compared(one: Compared) -> Body:
    limit = one.limit
    return {
        "at_least": one.at_least,
        "data_says": one.data_says,
        "difference": one.difference,
        "difference_label": one.difference_label,
        "explanations": list(one.explanations),
        "found": [
            {
                "as_of": _day(row.place.as_of),
                "batch": row.place.batch,
                "counted": row.counted,
                "dataset": row.place.dataset,
                "fen": row.fen,
                "label": row.label,
                "row_no": row.place.row_no,
                "whose": row.whose,
                "why": row.why,
                "words": row.words,
            }
            for row in one.found
        ],
        "found_fen": one.found_fen,
        "heading": one.heading,
        "household_says": [
            {"at": _moment(said.at), "choice": said.choice_label, "has_paper": bool(said.paper), "words": said.words}
            for said in one.said
        ],
        "is_supporter": one.is_supporter,
        "is_total": one.is_total,
        "key": one.key,
        "kind": one.kind,
        "limit": {
            "article": limit.article,
            "clause": limit.clause,
            "holds": limit.holds,
            "numbers": [{"label": used.label, "name": used.name, "source": used.source} for used in limit.used],
            "per_head": limit.per_head,
            "says": limit.says,
            "unit": limit.unit,
            "value": limit.value,
        }
        if limit
        else None,
        "person_says": one.person_says,
        "pid": one.pid,
        "said_fen": one.said_fen,
        "unanswered": list(one.unanswered),
        "whose": one.whose,
    }


def _ruling(one: Ruling) -> Body:
    """How a disputed line ended: what somebody said against it, who it is about, what counts now and why."""
    return {
        "claim": one.claim_label,
        "dataset": one.dataset,
        "decided_on": one.decided_on.isoformat(),
        "instead": one.instead,
        "objection": one.number,
        "outcome": one.outcome,
        "outcome_label": one.outcome_label,
        "pid": one.pid,
        "reason": one.reason,
        "shown": one.shown,
        "source": one.source,
        "source_label": one.source_label,
        "whose": one.whose,
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(office.HERE).isoformat(timespec="seconds") if value else None
