"""What was brought home from looking, for who works on the case: visits side by side, papers, neighbours, letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.core.collective import INQUIRY_STATES, NEIGHBOURS, SIGNERS, SURVEY_PAPERS, SURVEY_WAYS, UNSIGNED, unsigned
from doudi.casework.models import Case, Inquiry, Neighbour, Survey, SurveyPaper
from doudi.casework.queries.inbox import within
from doudi.casework.queries.page import NoCase
from doudi.office import queries as office
from doudi.office.core import Viewer
from doudi.office.queries import today


@dataclass(frozen=True, slots=True)
class SurveyPaperRow:
    role: str
    label: str
    paper: str  # ref of the office's paper
    what: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A household visit with its papers.

    `unsigned`: codes and labels of who has still to sign; empty once a sheet is kept. `why_unsigned`: what was written down of
    a family that did not sign; "" where it did, or may still. `may_leave`: whether that may be written down now.
    """

    ref: str
    on: date
    level: str
    way_label: str
    way_reason: str
    investigators: tuple[str, ...]
    signed_by: str
    note: str
    papers: tuple[SurveyPaperRow, ...]
    unsigned: tuple[tuple[str, str], ...]
    why_unsigned: str
    witness: str
    may_leave: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One thing looked at in several visits, and what each found; `differs` where they do not agree."""

    what: str
    found: tuple[str, ...]  # one for each visit, in their order; "" where it was not looked at
    differs: bool


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    on: date
    name: str
    relation_label: str
    said: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class InquiryRow:
    ref: str
    to_whom: str
    about: str
    state: str
    state_label: str
    sent_on: date
    due_on: date
    is_overdue: bool
    answered_on: date | None
    answer: str
    paper: str


@dataclass(frozen=True, slots=True)
class LookingPage:
    """Everything brought home from looking at one household."""

    ref: str
    receipt: str
    name: str
    applicant: str
    area: str
    programme_label: str
    state: str
    state_label: str
    working: bool  # whether letters, neighbours can be added now
    open: bool
    visits: tuple[VisitRow, ...]
    compared: tuple[SideBySide, ...]  # only where there are two visits or more
    neighbours: tuple[NeighbourRow, ...]
    inquiries: tuple[InquiryRow, ...]


def of_case(ref: str, viewer: Viewer) -> Case:
    """A case of the viewer's area.

    :raises NoCase: no such case, or outside the viewer's area
    :raises NotAllowed: the post does not allow it
    """
    viewer.need("case.read")
    row = Case.objects.filter(within(viewer), ref=ref).first()
    if row is None:
        raise NoCase("没有这件申请，或者不归您看。")
    return row


def looking(ref: str, viewer: Viewer, *, at: datetime) -> LookingPage:
    """What was brought home from looking; the page that shows it notes the look.

    :raises NoCase: no such case, or outside the viewer's area
    """
    row, on = of_case(ref, viewer), today(at)
    surveys = list(Survey.objects.filter(case=row).order_by("id"))
    papers = list(SurveyPaper.objects.filter(survey__case=row).order_by("id"))
    heard = list(Neighbour.objects.filter(case=row).order_by("id"))
    clerks = {ref for one in surveys for ref in (one.first, one.second)} | {one.by.partition(":")[2] for one in heard}
    names = office.clerk_names(sorted(clerks))
    return LookingPage(
        ref=row.ref,
        receipt=core.show_receipt(row.receipt),
        name=row.name,
        applicant=row.applicant,
        area=row.area,
        programme_label=core.road(row.programme).label,
        state=row.state,
        state_label=State(row.state).label,
        working=State(row.state) in core.WORKING,
        open=State(row.state).is_open,
        visits=tuple(_visit(one, [paper for paper in papers if paper.survey_id == one.pk], names) for one in surveys),
        compared=compared(surveys) if len(surveys) > 1 else (),
        neighbours=tuple(
            NeighbourRow(one.on, one.name, NEIGHBOURS[one.relation], one.said, names.get(one.by.partition(":")[2], ""))
            for one in heard
        ),
        inquiries=tuple(_inquiry(one, on) for one in Inquiry.objects.filter(case=row).order_by("id")),
    )


def _visit(one: Survey, papers: list[SurveyPaper], names: dict[str, str]) -> VisitRow:
    wanted = [(code, SIGNERS[code]) for code in unsigned({paper.role for paper in papers}, one.way, one.unsigned)]
    return VisitRow(
        ref=one.ref,
        on=one.on,
        level=one.level,
        way_label=SURVEY_WAYS[one.way],
        way_reason=one.way_reason,
        investigators=(names.get(one.first, ""), names.get(one.second, "")),
        signed_by=one.signed_by,
        note=one.note,
        papers=tuple(SurveyPaperRow(paper.role, SURVEY_PAPERS[paper.role], paper.paper, paper.what) for paper in papers),
        unsigned=tuple(wanted),
        why_unsigned=f"{UNSIGNED[one.unsigned]}：{one.unsigned_words}" if one.unsigned else "",
        witness=one.witness,
        may_leave="family" in dict(wanted),
    )


def compared(surveys: list[Survey]) -> tuple[SideBySide, ...]:
    """What several visits found, side by side: each side of life, and whatever was looked at."""
    rows = []
    for code, label in core.NEED_AREAS.items():
        found = tuple(core.NEED_LEVELS.get((one.needs.get(code) or ("",))[0], "") for one in surveys)
        rows.append(SideBySide(label, found, _differ(found, core.NEED_LEVELS["unknown"])))
    for what in dict.fromkeys(key for one in surveys for key in one.answers):
        found = tuple(one.answers.get(what, "") for one in surveys)
        rows.append(SideBySide(what, found, _differ(found)))
    return tuple(rows)


def _differ(found: tuple[str, ...], unknown: str = "") -> bool:
    """Whether those who saw something saw different things; not having seen it contradicts nobody."""
    return len(set(found) - {"", unknown}) > 1


def _inquiry(one: Inquiry, on: date) -> InquiryRow:
    return InquiryRow(
        ref=one.ref,
        to_whom=one.to_whom,
        about=one.about,
        state=one.state,
        state_label=INQUIRY_STATES[one.state],
        sent_on=one.sent_on,
        due_on=one.due_on,
        is_overdue=one.state == "sent" and on > one.due_on,
        answered_on=one.answered_on,
        answer=one.answer,
        paper=one.paper,
    )


@dataclass(frozen=True, slots=True)
class NeedNote:
    """A side of life that is hard, for those who could help with more than money."""

    area: str
    label: str
    level: str  # hard | very_hard
    level_label: str
    words: str


def needs_note(ref: str, viewer: Viewer) -> tuple[NeedNote, ...]:
    """The sides of life the latest visit of a case found hard, the hardest first; a note for services, never a condition.

    :raises NoCase: no such case, or outside the viewer's area
    """
    survey = Survey.objects.filter(case=of_case(ref, viewer)).order_by("-id").first()
    rows = [
        NeedNote(code, core.NEED_AREAS[code], level, core.NEED_LEVELS[level], words)
        for code, (level, words) in (survey.needs.items() if survey else ())
        if level in ("hard", "very_hard")
    ]
    return tuple(sorted(rows, key=lambda one: one.level != "very_hard"))
