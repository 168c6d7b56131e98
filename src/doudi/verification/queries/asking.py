"""Reading how questions fare: a check's progress, what waits for the verification body, what it carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.verification.core import Said, SourceRow, State, Way, why_in_words
from doudi.verification.core.questions import OPEN
from doudi.verification.gateways import answer_files
from doudi.verification.models import Check, Dispatch, Question, Source, Typed
from doudi.verification.queries.sources import labels, row_of


def questions_within(viewer: Viewer) -> QuerySet[Question]:
    """Questions about people in the viewer's area; none for a post without one."""
    if not viewer.area:
        return Question.objects.none()
    return Question.objects.filter(check_asked__area__startswith=viewer.within)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question as its page and the queue show it; the name is masked."""

    ref: str
    check: str
    number: str
    pid: str
    whose: str
    source: str
    source_label: str
    way: Way
    dataset: str
    round: int
    state: State
    asked_at: datetime
    due_at: datetime
    is_late: bool
    tries: int
    next_try_at: datetime | None
    sent_at: datetime | None
    last_why: str
    closed_why: str
    answered_at: datetime | None
    dispatch: str
    typed: bool  # somebody typed an answer in; another has to look


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """How far a check is, question by question."""

    ref: str
    number: str
    asked_at: datetime
    pids: tuple[str, ...]
    rows: tuple[QuestionRow, ...]
    sources: int
    sources_back: int
    late: int


def progress_page(ref: str, viewer: Viewer, at: datetime) -> ProgressPage:
    """Every question of a check with its clock and tries. Says that a source answered, not what it found.

    :raises NotAllowed: no such check, another area, or the post does not read checks
    """
    viewer.need("check.read")
    check = Check.objects.filter(ref=ref).first()
    if check is None or not viewer.sees(check.area):
        raise NotAllowed("没有这次核对，或者不归您看。")
    rows = _rows(Question.objects.filter(check_asked=check).order_by("id"), at)
    by_source: dict[str, list[QuestionRow]] = {}
    for one in rows:
        by_source.setdefault(one.source, []).append(one)
    return ProgressPage(
        ref=check.ref,
        number=check.number,
        asked_at=check.at,
        pids=tuple(one["pid"] for one in check.people),
        rows=rows,
        sources=len(by_source),
        sources_back=sum(all(one.state is State.ANSWERED for one in of) for of in by_source.values()),
        late=sum(one.is_late for one in rows),
    )


def _rows(rows: QuerySet[Question], at: datetime) -> tuple[QuestionRow, ...]:
    told, found = labels(), []
    waits = Exists(Typed.objects.filter(question=OuterRef("pk"), agreed__isnull=True))
    for one in rows.select_related("check_asked", "answer", "dispatch").annotate(typed_in=waits):
        kept = one.answer if State(one.state) is State.ANSWERED else None
        names = {row["pid"]: row["name"] for row in one.check_asked.people}
        found.append(
            QuestionRow(
                ref=one.ref,
                check=one.check_asked.ref,
                number=one.check_asked.number,
                pid=one.pid,
                whose=mask_name(names[one.pid]),
                source=one.source,
                source_label=told.get(one.source, (one.source, ""))[0],
                way=Way(one.adapter),
                dataset=one.dataset,
                round=one.round,
                state=State(one.state),
                asked_at=one.asked_at,
                due_at=one.due_at,
                is_late=State(one.state).is_open and one.due_at < at,
                tries=one.tries,
                next_try_at=one.next_try_at,
                sent_at=one.sent_at,
                last_why=one.last_why,
                closed_why=why_in_words(one.closed_why) if one.closed_why else "",
                answered_at=kept.answered_at if kept else None,
                dispatch=one.dispatch.number if one.dispatch else "",
                typed=one.typed_in,
            )
        )
    return tuple(found)


def asking_queue(viewer: Viewer, at: datetime, *, pile: str, first: int = 0, count: int = 50) -> tuple[QuestionRow, ...]:
    """What waits for the verification body in the viewer's area: answers to look at, late ones, those to carry, those under way.

    :raises NotAllowed: the post does not carry questions
    :raises KeyError: no such pile
    """
    viewer.need("check.answer")
    rows = _open(viewer).filter(_piles(at)[pile]).order_by("due_at", "id")[first : first + count]
    return _rows(rows, at)


def asking_counts(viewer: Viewer, at: datetime) -> dict[str, int]:
    """How many questions lie on each pile.

    :raises NotAllowed: the post does not carry questions
    """
    viewer.need("check.answer")
    return _open(viewer).aggregate(**{pile: Count("id", filter=lies_on) for pile, lies_on in _piles(at).items()})


def _open(viewer: Viewer) -> QuerySet[Question]:
    return questions_within(viewer).filter(state__in=OPEN)


def _piles(at: datetime) -> dict[str, Q]:
    """What makes an open question lie on each pile."""
    by_people = Q(state=State.WAITING, adapter__in=[Way.FILE, Way.LETTER])
    return {
        "look": Q(pk__in=Typed.objects.filter(agreed__isnull=True).values("question")),
        "late": Q(due_at__lt=at),
        "waiting": by_people,
        "sent": ~by_people,
    }


def open_questions(code: str, viewer: Viewer, at: datetime, *, count: int = 50) -> tuple[QuestionRow, ...]:
    """The open questions to a source about people in the viewer's area, the most pressing first.

    :raises NotAllowed: the post does not look after sources
    """
    viewer.need("source.list")
    return _rows(_open(viewer).filter(source=code).order_by("due_at", "id")[:count], at)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """An answer somebody typed in from a paper."""

    said_label: str
    why: str
    as_of: str
    rows: tuple[dict[str, str], ...]
    paper: str
    by: str
    at: datetime
    agreed: bool | None
    looked_by: str
    looked_why: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A question whose answer is typed in: whom it asks about in full, and what was typed."""

    row: QuestionRow
    name: str
    area: str
    columns: tuple[tuple[str, str], ...]  # name, label
    typed: tuple[TypedRow, ...]


def question_page(ref: str, viewer: Viewer, at: datetime) -> QuestionPage:
    """A question for who types its answer in or looks at what was typed; the page notes the look.

    :raises NotAllowed: no such question, another area, or the post does not carry questions
    """
    viewer.need("check.answer")
    one = questions_within(viewer).filter(ref=ref).select_related("check_asked").first()
    if one is None:
        raise NotAllowed("没有这一问，或者不归您办。")
    (row,) = _rows(Question.objects.filter(pk=one.pk), at)
    contract = exchange.contracts()[one.dataset]
    typed = list(Typed.objects.filter(question=one).order_by("-id"))
    clerks = office.clerk_names([who.partition(":")[2] for part in typed for who in (part.typed_by, part.looked_by) if who])
    named = {column.name: column.label for column in contract.columns}
    return QuestionPage(
        row=row,
        name=next(person["name"] for person in one.check_asked.people if person["pid"] == one.pid),
        area=one.check_asked.area,
        columns=tuple((name, label) for name, label in named.items() if name not in ("citizen_no", "name")),
        typed=tuple(
            TypedRow(
                said_label=Said(part.said).label,
                why=why_in_words(part.why),
                as_of=part.as_of.isoformat() if part.as_of else "",
                rows=tuple({named.get(name, name): str(value) for name, value in values.items()} for values in part.rows),
                paper=part.paper,
                by=clerks.get(part.typed_by.partition(":")[2], ""),
                at=part.typed_at,
                agreed=part.agreed,
                looked_by=clerks.get(part.looked_by.partition(":")[2], ""),
                looked_why=part.looked_why,
                is_mine=part.typed_by == f"clerk:{viewer.ref}",
            )
            for part in typed
        ),
    )


# ---- what is carried ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """A file or letter that left: how many questions it carries, how many came back."""

    number: str
    source: str
    way: Way
    made_at: datetime
    questions: int
    back: int
    sha256: str


def dispatches(code: str, viewer: Viewer, *, count: int = 30) -> list[DispatchRow]:
    """What left for a source, newest first, of the viewer's area only.

    :raises NotAllowed: the post does not look after sources
    """
    viewer.need("source.list")
    if not viewer.area:
        return []
    back = Count("carried", filter=Q(carried__state=State.ANSWERED))
    mine = Dispatch.objects.filter(source=code, carried__check_asked__area__startswith=viewer.within)
    rows = mine.annotate(back=back, last=Max("carried__id")).order_by("-id")[:count]
    return [DispatchRow(one.number, one.source, Way(one.way), one.made_at, one.questions, one.back, one.sha256) for one in rows]


@dataclass(frozen=True, slots=True)
class DispatchPage:
    """A file or letter as it left, with everybody's name and number in it."""

    row: DispatchRow
    source: SourceRow
    content: str
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    pids: tuple[str, ...]


def dispatch_page(number: str, viewer: Viewer) -> DispatchPage:
    """What left under a number; the page notes a look at everybody in it.

    :raises NotAllowed: none of this number, somebody in it lives outside the viewer's area, or the post does not carry questions
    """
    viewer.need("check.answer")
    one = Dispatch.objects.filter(number=number).first()
    carried = list(one.carried.select_related("check_asked").order_by("id")) if one else []
    if one is None or not all(viewer.sees(row.check_asked.area) for row in carried):
        raise NotAllowed("没有这一份，或者里面有不归您办的人。")
    source = row_of(Source.objects.get(code=one.source))
    heads, lines = answer_files.table_of(one.content)
    back = sum(State(row.state) is State.ANSWERED for row in carried)
    row = DispatchRow(one.number, one.source, Way(one.way), one.made_at, one.questions, back, one.sha256)
    pids = tuple(dict.fromkeys(row.pid for row in carried))
    return DispatchPage(row, source, one.content, tuple(heads), tuple(map(tuple, lines)), pids)
