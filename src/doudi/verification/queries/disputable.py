"""Reading what somebody may say against a report, who may, and what the sources say to it by now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from doudi.office.core import NotAllowed, Viewer
from doudi.verification.core import Said, questions
from doudi.verification.core import objections as core
from doudi.verification.core.objections import State
from doudi.verification.models import Check, Objection, Question, Report
from doudi.verification.queries.checks import AnswerRow, ItemRow, answers


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
