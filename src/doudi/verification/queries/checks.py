"""Reading checks: the report of one household, source by source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, prefix
from doudi.office.queries import today
from doudi.verification.core import Basis, Said, State, why_in_words
from doudi.verification.models import Check, Item, Question
from doudi.verification.queries import sources

WORST_FIRST = (Said.NO_ANSWER, Said.REFUSED, Said.AMBIGUOUS, Said.STALE, Said.FOUND, Said.NOTHING)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row a source holds: in words, and as values. Where it stands: batch and row of a delivery, or the source's own number."""

    words: str
    values: dict[str, Any]
    dataset: str
    batch: int | None
    row_no: int | None
    as_of: date
    their_ref: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What one source said about one person, as last answered; else the question that is still open, or was closed.

    `why` says in words why it is neither found nor nothing. `asked_again`: a newer question is still open.
    """

    pid: str
    whose: str
    dataset: str
    label: str
    department: str
    said: str  # a code of core.Said
    said_label: str
    why: str
    as_of: date | None
    answered_at: datetime | None
    items: tuple[ItemRow, ...]
    question: str
    source: str
    source_label: str
    adapter: str  # a code of core.Way
    round: int
    asked_at: datetime
    due_at: datetime
    state: str  # a code of core.State
    asked_again: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source over the whole household: the worst of its answers first (core.Said in WORST_FIRST)."""

    source: str
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
    """A check as it stands now: for work on it, not to be shown around; that is what reports are for."""

    ref: str
    number: str
    subject: str
    programme: str
    basis_label: str
    task_order: str
    asked_at: datetime
    asked_by: str
    valid_until: date
    is_valid: bool
    people: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    answers: tuple[AnswerRow, ...]
    answered: int  # sources that said found or nothing about everybody
    silent: int  # sources that left it open about somebody


def check(ref: str, viewer: Viewer, *, on: date) -> CheckPage:
    """A check (its ref) as it stands now, source by source; what was issued of it is a report. Never for the village; the page
    that shows it notes the look.

    :raises NotAllowed: no such check, another area, or the post does not allow it
    """
    viewer.need("check.read")
    found = Check.objects.filter(ref=ref).first()
    if found is None or not viewer.sees(found.area):
        raise NotAllowed("没有这次核对，或者不归您看。")
    return _page(found, _answer_rows(found, on), on)


def answers(ref: str, on: date | None = None) -> tuple[AnswerRow, ...]:
    """The answers of a check for the room that asked; people see them through reports.

    :param on: says of open questions whether they are late on this day; without it they only wait
    """
    return _answer_rows(Check.objects.get(ref=ref), on)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is, in questions and in sources; it never has to be whole."""

    asked: int
    back: int  # answered, whatever was said
    late: int  # still open after their day
    closed: int
    sources: int
    sources_back: int  # every question to them answered

    @property
    def open(self) -> int:
        return self.asked - self.back - self.closed


def progress(ref: str, at: datetime) -> Progress:
    """How many of a check's questions came back, and how many are late at this moment. Each person and source counts once."""
    rows = list(_last_questions(Question.objects.filter(check_asked__ref=ref)))
    by_source: dict[str, list[bool]] = {}
    for one, _ in rows:
        by_source.setdefault(one.source, []).append(State(one.state) is State.ANSWERED)
    return Progress(
        asked=len(rows),
        back=sum(State(one.state) is State.ANSWERED for one, _ in rows),
        late=sum(State(one.state).is_open and one.due_at < at for one, _ in rows),
        closed=sum(State(one.state) is State.CLOSED for one, _ in rows),
        sources=len(by_source),
        sources_back=sum(all(back) for back in by_source.values()),
    )


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


def _last_questions(questions: QuerySet[Question]) -> Iterator[tuple[Question, bool]]:
    """Of each person and source the question that counts (the last answered, else the last open, else the last), in the order
    they were first asked; and whether a newer one is open."""
    rows: dict[tuple[str, str], list[Question]] = {}
    for one in questions.order_by("id"):
        rows.setdefault((one.pid, one.source), []).append(one)
    for of in rows.values():
        waits = [one for one in of if State(one.state).is_open]
        answered = [one for one in of if State(one.state) is State.ANSWERED]
        counts = (answered or waits or of)[-1]
        yield counts, bool(answered and waits and waits[-1].round > counts.round)


def _answer_rows(check: Check, on: date | None) -> tuple[AnswerRow, ...]:
    names = {one["pid"]: one["name"] for one in check.people}
    contracts, labels = exchange.contracts(), sources.labels()
    found = []
    questions = Question.objects.filter(check_asked=check).select_related("answer").prefetch_related("answer__items")
    for one, again in _last_questions(questions):
        kept = one.answer if State(one.state) is State.ANSWERED else None
        said = Said(kept.said) if kept else Said.NO_ANSWER
        late = on is not None and today(one.due_at) < on
        why = kept.why if kept else one.closed_why or ("late" if late else "waiting")
        label, department = labels.get(one.source, (one.source, contracts[one.dataset].department))
        found.append(
            AnswerRow(
                pid=one.pid,
                whose=names[one.pid],
                dataset=one.dataset,
                label=contracts[one.dataset].label,
                department=department,
                said=said,
                said_label=said.label,
                why=why_in_words(why),
                as_of=kept.as_of if kept else None,
                answered_at=kept.answered_at if kept else None,
                items=tuple(
                    ItemRow(row.words, row.values, row.dataset, row.batch, row.row_no, row.as_of, row.their_ref)
                    for row in (kept.items.all() if kept else ())
                ),
                question=one.ref,
                source=one.source,
                source_label=label,
                adapter=one.adapter,
                round=one.round,
                asked_at=one.asked_at,
                due_at=one.due_at,
                state=one.state,
                asked_again=again,
            )
        )
    return tuple(found)


def _page(check: Check, rows: tuple[AnswerRow, ...], on: date) -> CheckPage:
    lines = _by_source(rows)
    kind, _, by = check.by.partition(":")
    return CheckPage(
        ref=check.ref,
        number=check.number,
        subject=check.subject,
        programme=check.programme,
        basis_label=Basis(check.basis).label,
        task_order=check.task_order,
        asked_at=check.at,
        asked_by=office.clerk_names([by]).get(by, "") if kind == "clerk" else "系统",
        valid_until=check.valid_until,
        is_valid=on <= check.valid_until,
        people=tuple(one["name"] for one in check.people),
        sources=lines,
        answers=rows,
        answered=sum(Said(line.said).is_known for line in lines),
        silent=sum(not Said(line.said).is_known for line in lines),
    )


def _by_source(rows: tuple[AnswerRow, ...]) -> tuple[SourceLine, ...]:
    """Each source over all people; one silence makes the whole line silent, what was found stays beside it."""
    by_source: dict[tuple[str, str], list[AnswerRow]] = {}
    for row in rows:
        by_source.setdefault((row.dataset, row.source), []).append(row)
    lines = []
    for (dataset, source), of in by_source.items():
        worst = min(of, key=lambda row: WORST_FIRST.index(Said(row.said)))
        items = tuple((row.whose, item) for row in of for item in row.items)
        days = [row.as_of for row in of if row.as_of is not None]
        lines.append(
            SourceLine(
                source=source,
                dataset=dataset,
                label=worst.source_label,
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
    rows = Item.objects.filter(batch=batch).values_list("answer__question__check_asked__ref", flat=True)
    return sorted(set(rows))
