"""One household's file as one PDF: cover and index, every paper and photograph of every case, who did what; page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from doudi.casework import queries as casework
from doudi.casework.queries import sheets
from doudi.casework.queries.looking import looking
from doudi.casework.queries.meetings import appraisals, consultations
from doudi.casework.queries.sheets import ActRow, CasePapers, FiledCase, HouseholdFile, ScanRow, SheetRow
from doudi.office import jobs, queries
from doudi.office.core import Viewer
from doudi.office.jobs import Piece
from doudi.verification import queries as verification
from doudi.web.parts import sheet_files
from doudi.web.parts.sheets import office_of
from doudi.web.parts.templatetags.parts import day, full_day

FIRST_PAGE, NEXT_PAGES = 20, 32  # lines of the index beside the cover, and on a page of its own


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index."""

    title: str
    note: str
    page: int
    chapter: bool


@dataclass(frozen=True, slots=True)
class BoundFile:
    """A file ready to hand over."""

    pdf: bytes
    pages: int
    sha256: str
    cases: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Lying:
    """A piece with what the index says of it."""

    piece: Piece
    note: str


def bound(filed: HouseholdFile, *, by_words: str, at: datetime, why: str = "", viewer: Viewer | None = None) -> BoundFile:
    """Bind a household's file.

    :param viewer: the clerk the whole file is bound for; None binds the person's own, without others' words
    """
    own, office = viewer is None, office_of(filed.area)
    lying, unbound = [], []
    for case, (held, acts) in zip(filed.cases, sheets.in_file(filed, own=own), strict=True):
        found, voices = _of_case(case, held, acts, filed, viewer, office, at)
        lying += found
        unbound += voices
    told = {
        "title": f"一户一档 {filed.name}", "office": office, "file": filed, "whole": not own, "by_words": by_words, "at": at,
        "why": why, "unbound": unbound,
    }  # fmt: skip
    counts = [jobs.pages_of(one.piece) for one in lying]
    front, entries = _front(told, lying, counts, at)
    pieces = [Piece("封面和目录", front, level=0), *(one.piece for one in lying)]
    feet = [filed.name] * jobs.pages_of(pieces[0])
    for one, count in zip(lying, counts, strict=True):
        feet += [one.piece.foot or one.piece.title] * count
    numbers = render_to_string("parts/file_numbers.html", {"feet": feet})
    pdf = jobs.bind(pieces, title=told["title"], author=office, numbers=numbers)
    return BoundFile(pdf, len(feet), hashlib.sha256(pdf).hexdigest(), tuple(one.ref for one in filed.cases), entries)


def _front(told: dict, lying: list[_Lying], counts: list[int], at: datetime) -> tuple[bytes, tuple[Entry, ...]]:
    """Cover and index; drawn until the number of its own pages, which moves all others, is the one it was drawn with."""
    own_pages = 1 + max(0, len(lying) - FIRST_PAGE) // NEXT_PAGES  # mostly right at once: drawing is what takes time
    while True:
        entries, page = [], own_pages + 1
        for one, count in zip(lying, counts, strict=True):
            entries.append(Entry(one.piece.title, one.note, page, one.piece.level == 0))
            page += count
        front = _drawn("parts/file_front.html", told | {"entries": entries, "pages": page - 1}, at)
        drawn_pages = jobs.pages_of(Piece("", front))
        if drawn_pages == own_pages:
            return front, tuple(entries)
        own_pages = drawn_pages


def _drawn(template: str, told: dict, at: datetime) -> bytes:
    made = jobs.document(
        lambda tight: render_to_string(template, told), style="css/file-index.css", most=10_000, identifier=template, at=at
    )
    return made.pdf


def _of_case(
    case: FiledCase,
    held: CasePapers,
    acts: tuple[ActRow, ...],
    filed: HouseholdFile,
    viewer: Viewer | None,
    office: str,
    at: datetime,
) -> tuple[list[_Lying], list[str]]:
    """The pieces of one case, the first page before them; and what cannot be bound, in words."""
    name = filed.name if case.applicant == filed.pid or viewer is not None else case.masked_name
    first = _drawn(
        "parts/file_case.html",
        {"case": case, "name": name, "acts": acts, "journal": queries.journal_state(), "office": office},
        at,
    )
    title = f"{case.programme_label} {case.receipt}"
    lying = [_Lying(Piece(title, first, level=0, foot=title), full_day(case.submitted_on))]
    lying += [_sheet(one, at) for one in held.sheets]
    refs = [(one.paper, _title(one), f"{day(one.at)}，{one.legible_label}") for one in held.scans]
    if viewer is not None:
        refs += _others(case, viewer, at)
        lying += _reports(case, viewer, at)
    papers, unbound = {row.ref: (row, data) for row, data in queries.paper_bytes([ref for ref, _, _ in refs])}, []
    for ref, words, note in refs:
        row, data = papers[ref]
        if row.is_voice:
            unbound.append(f"{words}（{row.label}，{note}，校验码 {row.sha256[:16]}）")
        else:
            lying.append(_Lying(Piece(words, data, row.content_type, foot=f"{case.receipt} {words}"), note))
    return lying, unbound


def _title(one: ScanRow) -> str:
    return f"签好的{one.label} 第 {one.page} 页"


def _sheet(one: SheetRow, at: datetime) -> _Lying:
    """A printed paper: as it was drawn, or drawn here from its words when nobody wanted its PDF yet."""
    data = queries.paper_bytes([one.paper])[0][1] if one.paper else sheet_files.drawn(one, at)
    return _Lying(Piece(one.label, data, foot=f"{one.number} {one.label}"), f"{day(one.on)}，{one.number}")


def _others(case: FiledCase, viewer: Viewer, at: datetime) -> Iterable[tuple[str, str, str]]:
    """Papers other steps keep: authorisations, papers of visits, minutes."""
    found = []
    signing = casework.signing(case.ref, viewer, at=at) if viewer.may("authorisation.read") else None
    for person in signing.people if signing else ():
        for paper in person.paper.papers if person.paper else ():
            found.append((paper.ref, f"{person.name}的{paper.label}", day(paper.at)))
    seen = looking(case.ref, viewer, at=at)
    for visit in seen.visits:
        found += [(one.paper, f"入户调查：{one.label}", day(visit.on)) for one in visit.papers]
    for inquiry in seen.inquiries:
        if inquiry.paper:
            found.append((inquiry.paper, f"{inquiry.to_whom}的答复", day(inquiry.answered_on)))
    for held in appraisals(case.ref, viewer, at=at).appraisals:
        if held.paper:
            found.append((held.paper, "民主评议记录", day(held.meets_at)))
    for talk in consultations(case.ref, viewer, at=at).consultations:
        if talk.paper:
            found.append((talk.paper, "会商纪要", day(talk.on)))
    return found


def _reports(case: FiledCase, viewer: Viewer, at: datetime) -> list[_Lying]:
    """The reports of the case's check that were drawn as PDF; others stand in the system."""
    if not viewer.may("check.read"):
        return []
    check, found = casework.case(case.ref, viewer, at=at).check_ref, []
    for row in verification.reports(check) if check else ():
        pdf = verification.sheet(verification.report(row.ref, viewer).token)
        if pdf is not None:
            found.append(_Lying(Piece(f"核对报告 {row.number}", pdf), day(row.issued_at)))
    return found
