"""Reading objections: what may be said against a report, where each stands, how it ended; the report itself is read elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from doudi.facts.days import add_working_days
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.office.queries import PaperRow
from doudi.verification.core import Said, questions
from doudi.verification.core import objections as core
from doudi.verification.core.objections import CLAIM_LABELS, OPEN, Channel, Outcome, Pace, State, pace
from doudi.verification.models import Check, Objection, ObjectionLine, Question, Report
from doudi.verification.queries.checks import AnswerRow, ItemRow, answers

SOON = 2  # working days before the last one on which whoever looks is reminded


@dataclass(frozen=True, slots=True)
class Offered:
    """A line of a report that may be disputed, and what may be said of it; nothing is chosen."""

    key: str
    pid: str
    whose: str
    dataset: str
    source: str
    label: str
    round: int
    place: str
    batch: int | None
    row_no: int | None
    said: str
    said_label: str
    words: str
    claims: tuple[tuple[str, str], ...]


def objectable(ref: str, pid: str) -> tuple[Offered, ...]:
    """Every line of a check that somebody may dispute: their own, and those of the minors they agreed for.

    :param ref: of the check
    """
    check = Check.objects.get(ref=ref)
    mine = {pid, *(one["pid"] for one in check.people if one["guardian"] == pid)}
    return tuple(line for row in answers(ref) if row.pid in mine for line in _offered(row))


def _offered(row: AnswerRow) -> Iterable[Offered]:
    places = [(_place(item), item.batch, item.row_no, item.words) for item in row.items]
    for place, batch, row_no, words in places or [("", None, None, _silence(row))]:
        yield Offered(
            key=f"{row.pid}|{row.source}|{place}",
            pid=row.pid,
            whose=row.whose,
            dataset=row.dataset,
            source=row.source,
            label=row.source_label,
            round=row.round,
            place=place,
            batch=batch,
            row_no=row_no,
            said=row.said,
            said_label=row.said_label,
            words=words,
            claims=core.claims(row.dataset, bool(places)),
        )


def _place(item: ItemRow) -> str:
    return item.their_ref or f"{item.batch}/{item.row_no}"


def _silence(row: AnswerRow) -> str:
    return f"{row.said_label}（{row.why}）" if row.why else row.said_label


def newest_answer(ref: str, pid: str, source: str) -> AnswerRow | None:
    """What a source answered last about somebody, or the question it has not answered yet."""
    return next((row for row in answers(ref) if row.pid == pid and row.source == source), None)


def open_question(ref: str, pid: str, source: str) -> datetime | None:
    """Until when a question to a source about somebody that is out now may be answered; None when none is out."""
    out = Question.objects.filter(check_asked__ref=ref, pid=pid, source=source, state__in=questions.OPEN)
    return out.values_list("due_at", flat=True).first()


def holds_still(row: AnswerRow, said: str, shown: str) -> bool:
    """Whether an answer still says what was disputed: the same row in the same words, or the same silence."""
    if Said(said) is Said.FOUND:
        return any(item.words == shown for item in row.items)
    return row.said == said


def newest_report(ref: str) -> str:
    """Number of the newest report of a check; the check's own number before one was issued."""
    issued = Report.objects.filter(check_asked__ref=ref).order_by("-version").values_list("number", flat=True).first()
    return issued or Check.objects.values_list("number", flat=True).get(ref=ref)


def asked_before(ref: str, objection: str = "") -> set[str]:
    """Who asked the sources, issued a report of this check, or looked at another objection to it; as the journal names them."""
    who = {Check.objects.values_list("by", flat=True).get(ref=ref)}
    who |= set(Report.objects.filter(check_asked__ref=ref).values_list("by", flat=True))
    others = Objection.objects.filter(check_asked__ref=ref, state=State.SETTLED).exclude(ref=objection)
    return who | set(others.exclude(taken_by="").values_list("taken_by", flat=True))


@dataclass(frozen=True, slots=True)
class About:
    """Whose objection to which report is being written down; nothing of what the report says."""

    name: str
    report: str
    programme: str


def objection_about(ref: str, pid: str, viewer: Viewer) -> About:
    """The adult of a check somebody writes an objection down for.

    :raises NotAllowed: no such check in the viewer's area, or nobody of this id in it
    """
    viewer.need("objection.open")
    check = Check.objects.filter(ref=ref).first()
    if check is None or not viewer.sees(check.area):
        raise NotAllowed("没有这份核对报告，或者不归您看。")
    for one in check.people:
        if one["pid"] == pid and one["adult"]:
            return About(one["name"], newest_report(ref), check.programme)
    raise NotAllowed("没有这份核对报告，或者报告里没有这个人。")


def mine_in(ref: str, pids: Collection[str]) -> str:
    """Which of the ids somebody is known by an adult of a check is asked about under.

    :raises NotAllowed: the check is not about them
    """
    check = Check.objects.filter(ref=ref).first()
    for one in check.people if check is not None else ():
        if one["pid"] in pids and one["adult"]:
            return one["pid"]
    raise NotAllowed("没有这份核对报告，或者不是关于您的。")


def find_report(number: str, name: str, viewer: Viewer) -> tuple[str, str]:
    """The check behind a report number, and the pid of the adult of this name in it: what a paper form carries.

    Both must fit, and nothing of what the report says comes back: a village worker may write an objection down, not read.

    :raises NotAllowed: no such report about somebody of this name in the viewer's area; never says which
    """
    viewer.need("objection.open")
    wanted = number.strip().upper()
    check = Check.objects.filter(Q(number=wanted) | Q(reports__number=wanted)).distinct().first()
    if check is not None and viewer.sees(check.area):
        for one in check.people:
            if one["name"] == name.strip() and one["adult"]:
                return check.ref, one["pid"]
    raise NotAllowed("编号和名字对不上。请照报告右上角的编号和本人的名字再写一次。")


# ---- lists --------------------------------------------------------------------------------------------------------------


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


# ---- what follows from how it ended -------------------------------------------------------------------------------------


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


__all__ = [
    "About",
    "LineRow",
    "MyObjection",
    "ObjectionCounts",
    "ObjectionPage",
    "ObjectionRow",
    "Offered",
    "Pace",
    "Ruling",
    "asked_before",
    "find_report",
    "holds_still",
    "late_objections",
    "mine_in",
    "my_objection",
    "my_objections",
    "newest_answer",
    "newest_report",
    "objectable",
    "objection",
    "objection_about",
    "objection_counts",
    "objections",
    "objections_to",
    "objections_to_follow",
    "objections_to_remind",
    "open_question",
    "rulings",
]
