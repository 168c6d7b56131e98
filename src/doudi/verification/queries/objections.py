"""Reading objections: those that wait, one of them whole, one's own, those a clock looks after."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from doudi.facts.days import add_working_days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.office.queries import PaperRow
from doudi.verification.core import objections as core
from doudi.verification.core import questions
from doudi.verification.core.objections import CLAIM_LABELS, OPEN, Channel, Outcome, State, pace
from doudi.verification.models import Objection, ObjectionLine, Question
from doudi.verification.queries.checks import AnswerRow, answers
from doudi.verification.queries.disputable import asked_before

SOON = 2  # working days before the last one on which whoever looks is reminded


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """One objection in a list: name masked, nothing of the report."""

    ref: str
    number: str
    masked_name: str
    area: str
    area_label: str
    report: str
    channel_label: str
    state: str
    state_label: str
    lines: int
    decided: int
    opened_at: datetime
    due_on: date
    pace: str
    handler: str  # name of who looks; empty: nobody yet


def objections(
    viewer: Viewer, today: date, *, pile: str = "open", first: int = 0, count: int = 50
) -> list[ObjectionRow]:  # fmt: skip
    """Objections of the viewer's area: `open` by their last day, `late` those past it, `done` newest first.

    :raises NotAllowed: this post does not see them
    """
    viewer.need("objection.list")
    rows = _within(viewer)
    if pile == "done":
        rows = rows.exclude(state__in=OPEN).order_by("-closed_at")
    else:
        rows = rows.filter(state__in=OPEN).order_by("due_on", "id")
        if pile == "late":
            rows = rows.filter(due_on__lt=today)
    return _rows(rows[first : first + count], today)


def _within(viewer: Viewer) -> QuerySet[Objection]:
    rows = Objection.objects.filter(area__startswith=viewer.within) if viewer.within else Objection.objects.none()
    return rows.select_related("check_asked").annotate(
        all_lines=Count("lines"), ended=Count("lines", filter=~Q(lines__outcome=""))
    )


def _rows(rows: Iterable[Objection], today: date) -> list[ObjectionRow]:
    found = list(rows)
    areas = office.area_labels([one.area for one in found])
    clerks = office.clerk_names([one.taken_by.partition(":")[2] for one in found if one.taken_by])
    return [
        ObjectionRow(
            ref=one.ref,
            number=one.number,
            masked_name=next((mask_name(who["name"]) for who in one.check_asked.people if who["pid"] == one.pid), ""),
            area=one.area,
            area_label=areas.get(one.area, one.area),
            report=one.report,
            channel_label=Channel(one.channel).label,
            state=one.state,
            state_label=State(one.state).label,
            lines=one.all_lines,
            decided=one.ended,
            opened_at=one.opened_at,
            due_on=one.due_on,
            pace=str(pace(one.due_on, today)) if State(one.state) in OPEN else "",
            handler=clerks.get(one.taken_by.partition(":")[2], ""),
        )
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class ObjectionCounts:
    """How many wait in an area, and how many of them are past their last day."""

    open: int
    late: int


def objection_counts(viewer: Viewer, today: date) -> ObjectionCounts:
    """What the page of today says of objections.

    :raises NotAllowed: this post does not see them
    """
    viewer.need("objection.list")
    if not viewer.within:
        return ObjectionCounts(0, 0)
    mine = Objection.objects.filter(area__startswith=viewer.within, state__in=OPEN)
    told = mine.aggregate(open=Count("id"), late=Count("id", filter=Q(due_on__lt=today)))
    return ObjectionCounts(told["open"], told["late"])


# ---- one ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRow:
    """A disputed line: what the report said, what the person says, what came back, how it ended."""

    ref: str
    pid: str
    whose: str
    dataset: str
    source: str
    label: str
    place: str
    shown: str
    claim_label: str
    asked_at: datetime | None
    again: AnswerRow | None  # what the source answered since
    waits_until: datetime | None  # a question to it is out, to be answered until then
    outcome: str
    outcome_label: str
    instead: str
    reason: str
    decided_at: datetime | None
    decided_by: str
    correction: str


@dataclass(frozen=True, slots=True)
class ObjectionPage:
    """One objection, whole."""

    ref: str
    number: str
    check: str
    subject: str
    programme: str
    report: str
    new_report: str
    pid: str
    name: str
    area: str
    area_label: str
    channel_label: str
    words: str
    papers: tuple[PaperRow, ...]
    state: str
    state_label: str
    is_open: bool
    opened_at: datetime
    opened_by: str
    due_on: date
    taken_by: str  # name
    taken_ref: str  # clerk:ref
    closed_at: datetime | None
    answer: str
    lines: tuple[LineRow, ...]
    not_these: frozenset[str]  # who asked or looked before: may not look now


def objection(ref: str, viewer: Viewer) -> ObjectionPage:
    """One objection with its lines; for those who may read reports. The page that shows it notes the look.

    :raises NotAllowed: no such objection, another area, or a post that may not see reports
    """
    viewer.need("objection.list")
    one = Objection.objects.select_related("check_asked").filter(ref=ref).first()
    if one is None or not viewer.sees(one.area):
        raise NotAllowed("没有这件不同意见，或者不归您看。")
    return _page(one)


def my_objection(ref: str, pid: str) -> ObjectionPage:
    """One's own objection.

    :raises NotAllowed: none of theirs
    """
    one = Objection.objects.select_related("check_asked").filter(ref=ref, pid=pid).first()
    if one is None:
        raise NotAllowed("没有这件不同意见，或者不是您的。")
    return _page(one)


@dataclass(frozen=True, slots=True)
class MyObjection:
    """One's own objection in a list."""

    ref: str
    number: str
    report: str
    state_label: str
    is_open: bool
    opened_at: datetime
    due_on: date
    new_report: str


def my_objections(pids: Collection[str], *, check: str = "") -> list[MyObjection]:
    """One's own objections, newest first; to one check when told so."""
    rows = Objection.objects.filter(pid__in=pids).order_by("-opened_at")
    if check:
        rows = rows.filter(check_asked__ref=check)
    return [
        MyObjection(
            ref=one.ref,
            number=one.number,
            report=one.report,
            state_label=State(one.state).label,
            is_open=State(one.state) in OPEN,
            opened_at=one.opened_at,
            due_on=one.due_on,
            new_report=one.new_report,
        )
        for one in rows[:50]
    ]


def _page(one: Objection) -> ObjectionPage:
    check = one.check_asked
    names = {person["pid"]: person["name"] for person in check.people}
    newest = {(row.pid, row.source): row for row in answers(check.ref)}
    asking = Question.objects.filter(check_asked=check, state__in=questions.OPEN)
    out = {(pid, source): due for pid, source, due in asking.values_list("pid", "source", "due_at")}
    lines = list(one.lines.order_by("id"))
    clerks = office.clerk_names(
        [text.partition(":")[2] for text in {one.opened_by, one.taken_by, *(line.decided_by for line in lines)} if text]
    )

    def name_of(party: str) -> str:
        kind, _, ref = party.partition(":")
        return clerks.get(ref, "") if kind == "clerk" else {"resident": "本人", "system": "系统"}.get(kind, "")

    papers = office.papers(one.papers)
    return ObjectionPage(
        ref=one.ref,
        number=one.number,
        check=check.ref,
        subject=check.subject,
        programme=check.programme,
        report=one.report,
        new_report=one.new_report,
        pid=one.pid,
        name=names[one.pid],
        area=one.area,
        area_label=office.area_label(one.area),
        channel_label=Channel(one.channel).label,
        words=one.words,
        papers=tuple(papers[ref] for ref in one.papers if ref in papers),
        state=one.state,
        state_label=State(one.state).label,
        is_open=State(one.state) in OPEN,
        opened_at=one.opened_at,
        opened_by=name_of(one.opened_by),
        due_on=one.due_on,
        taken_by=name_of(one.taken_by),
        taken_ref=one.taken_by,
        closed_at=one.closed_at,
        answer=one.answer,
        lines=tuple(
            _line(line, names, newest.get((line.pid, line.source)), out.get((line.pid, line.source)), name_of(line.decided_by))
            for line in lines
        ),
        not_these=frozenset(asked_before(check.ref, one.ref)),
    )


def _line(
    line: ObjectionLine, names: dict[str, str], newest: AnswerRow | None, out: datetime | None, decided_by: str
) -> LineRow:  # fmt: skip
    return LineRow(
        ref=line.ref,
        pid=line.pid,
        whose=names[line.pid],
        dataset=line.dataset,
        source=line.source,
        label=newest.source_label if newest else line.source,
        place=line.place,
        shown=line.shown,
        claim_label=CLAIM_LABELS[line.claim],
        asked_at=line.asked_at,
        again=newest if newest and core.is_new(newest.round, newest.said, line.round, line.said) else None,
        waits_until=out,
        outcome=line.outcome,
        outcome_label=Outcome(line.outcome).label if line.outcome else "",
        instead=line.instead,
        reason=line.reason,
        decided_at=line.decided_at,
        decided_by=decided_by,
        correction=line.correction,
    )


def objections_to(ref: str, viewer: Viewer, today: date) -> list[ObjectionRow]:
    """The objections to one check, newest first, for the page of the case; nothing of what they say.

    :raises NotAllowed: this post does not see them
    """
    viewer.need("objection.list")
    return _rows(_within(viewer).filter(check_asked__ref=ref).order_by("-opened_at", "-id"), today)


# ---- for jobs -----------------------------------------------------------------------------------------------------------


def objections_to_remind(today: date) -> list[tuple[str, str]]:
    """Objections whose last day is near: ref, and the telephone at work of who looks (empty: nobody has taken it)."""
    rows = Objection.objects.filter(state__in=OPEN, reminded_at__isnull=True, due_on__lte=add_working_days(today, SOON))
    told = list(rows.order_by("due_on", "id").values_list("ref", "taken_by"))
    phones = office.clerk_phones([by.partition(":")[2] for _, by in told if by])
    return [(ref, phones.get(by.partition(":")[2], "")) for ref, by in told]


def late_objections(today: date) -> list[str]:
    """Objections past their last day whose people were not yet told so."""
    rows = Objection.objects.filter(state__in=OPEN, late_told_at__isnull=True, due_on__lt=today)
    return list(rows.order_by("due_on", "id").values_list("ref", flat=True))


def objections_to_follow() -> list[tuple[str, str, str]]:
    """Settled objections their cases have not taken up: ref, the check, and whom the check was made for."""
    rows = Objection.objects.filter(state=State.SETTLED, followed_at__isnull=True).order_by("closed_at", "id")
    return list(rows.values_list("ref", "check_asked__ref", "check_asked__subject"))
