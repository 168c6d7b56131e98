"""Reading checks: the report of one household, source by source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, prefix
from doudi.office.queries import today
from doudi.verification.core import SILENT, Basis, Said
from doudi.verification.models import Answer, Check, Item

WORST_FIRST = (Said.NO_ANSWER, Said.FOUND, Said.NOTHING)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row a source holds: in words, and as values; dataset, batch and row say where it stands."""

    words: str
    values: dict[str, Any]
    dataset: str
    batch: int
    row_no: int
    as_of: date


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one source said about one person. `why` says in words why it did not answer."""

    pid: str
    whose: str
    dataset: str
    label: str
    department: str
    said: str  # found | nothing | no_answer
    said_label: str
    why: str
    as_of: date | None
    answered_at: datetime
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source over the whole household: the worst of its answers first (no answer, found, nothing)."""

    dataset: str
    label: str
    department: str
    said: str
    said_label: str
    as_of: date | None
    why: str
    found: int
    items: tuple[tuple[str, ItemRow], ...]  # whose, row


@dataclass(frozen=True, slots=True)
class CheckPage:
    """The report: for reference, not a decision."""

    ref: str
    number: str
    subject: str
    programme: str
    basis_label: str
    task_order: str
    asked_on: date
    asked_at: datetime
    asked_by: str
    valid_until: date
    is_valid: bool
    people: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    answers: tuple[AnswerRow, ...]
    answered: int  # sources that answered about everybody
    silent: int  # sources with no answer


def report(ref: str, viewer: Viewer, *, on: date) -> CheckPage:
    """The report of a check (its ref). Never for the village; the page that shows it notes the look.

    :raises NotAllowed: no such check, another area, or the post does not allow it
    """
    viewer.need("check.read")
    check = Check.objects.filter(ref=ref).first()
    if check is None or not viewer.sees(check.area):
        raise NotAllowed("没有这份核对报告，或者不归您看。")
    return _page(check, _answer_rows(check), on)


def my_report(ref: str, pid: str, *, on: date) -> CheckPage:
    """The report as the person it asks about may read it (PIPL Art. 45); their own and that of the
    minors they agreed for; of other adults only that they were asked.

    :raises NotAllowed: not about this person
    """
    check = Check.objects.filter(ref=ref).first()
    if check is None or pid not in {one["pid"] for one in check.people}:
        raise NotAllowed("没有这份核对报告，或者不是关于您的。")
    minors = {one["pid"] for one in check.people if one["guardian"] == pid}
    mine = tuple(row for row in _answer_rows(check) if row.pid == pid or row.pid in minors)
    return _page(check, mine, on)


def answers(ref: str) -> tuple[AnswerRow, ...]:
    """The answers of a check for the room that asked; people see them through `report`."""
    return _answer_rows(Check.objects.get(ref=ref))


@dataclass(frozen=True, slots=True)
class CheckDay:
    """When a check was made and until when its report may be leaned on; nothing of what it found."""

    on: date
    valid_until: date


def days_of_checks(area: str) -> dict[str, list[CheckDay]]:
    """The checks of every case of an area, oldest first, by whom they were made for; for supervision only."""
    start = prefix(area)
    rows = Check.objects.filter(area__startswith=start).order_by("id").values_list("subject", "at", "valid_until")
    found: dict[str, list[CheckDay]] = {}
    for subject, at, valid_until in rows:
        found.setdefault(subject, []).append(CheckDay(today(at), valid_until))
    return found


def _answer_rows(check: Check) -> tuple[AnswerRow, ...]:
    names = {one["pid"]: one["name"] for one in check.people}
    contracts = exchange.contracts()
    rows = Answer.objects.filter(check_asked=check).order_by("id").prefetch_related("items")
    return tuple(
        AnswerRow(
            pid=row.pid,
            whose=names[row.pid],
            dataset=row.dataset,
            label=contracts[row.dataset].label,
            department=contracts[row.dataset].department,
            said=row.said,
            said_label=Said(row.said).label,
            why=SILENT[row.why] if row.why else "",
            as_of=row.as_of,
            answered_at=row.answered_at,
            items=tuple(
                ItemRow(item.words, item.values, item.dataset, item.batch, item.row_no, item.as_of) for item in row.items.all()
            ),
        )
        for row in rows
    )


def _page(check: Check, rows: tuple[AnswerRow, ...], on: date) -> CheckPage:
    sources = _by_source(rows)
    kind, _, by = check.by.partition(":")
    return CheckPage(
        ref=check.ref,
        number=check.number,
        subject=check.subject,
        programme=check.programme,
        basis_label=Basis(check.basis).label,
        task_order=check.task_order,
        asked_on=check.on,
        asked_at=check.at,
        asked_by=office.clerk_names([by]).get(by, "") if kind == "clerk" else "系统",
        valid_until=check.valid_until,
        is_valid=on <= check.valid_until,
        people=tuple(one["name"] for one in check.people),
        sources=sources,
        answers=rows,
        answered=sum(line.said != Said.NO_ANSWER for line in sources),
        silent=sum(line.said == Said.NO_ANSWER for line in sources),
    )


def _by_source(rows: tuple[AnswerRow, ...]) -> tuple[SourceLine, ...]:
    """Each source over all people; one silence makes the whole line silent, what was found stays beside it."""
    by_dataset: dict[str, list[AnswerRow]] = {}
    for row in rows:
        by_dataset.setdefault(row.dataset, []).append(row)
    lines = []
    for dataset, of in by_dataset.items():
        worst = min(of, key=lambda row: WORST_FIRST.index(Said(row.said)))
        items = tuple((row.whose, item) for row in of for item in row.items)
        days = [row.as_of for row in of if row.as_of is not None]
        lines.append(
            SourceLine(
                dataset=dataset,
                label=worst.label,
                department=worst.department,
                said=worst.said,
                said_label=worst.said_label,
                as_of=min(days, default=None),
                why=worst.why,
                found=len(items),
                items=items,
            )
        )
    return tuple(lines)


def leaning(batch: int) -> list[str]:
    """Refs of the means checks that hold a row of a delivery; for those who have to look again when it is withdrawn."""
    rows = Item.objects.filter(batch=batch).values_list("answer__check_asked__ref", flat=True)
    return sorted(set(rows))
