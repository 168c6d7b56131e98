"""The papers of a case: what can be printed at this step, what was printed, what came back signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, core, queries
from doudi.casework.core import papers
from doudi.casework.queries import CasePage, sheets
from doudi.casework.queries.letters import decided_changes
from doudi.casework.queries.sheets import SheetRow
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.payment import queries as payment
from doudi.web.parts import letters, sheet_files
from doudi.web.parts import sheets as making
from doudi.web.parts.permits import permit
from doudi.web.parts.reports import as_file

# Papers other pages print: which page, with the case's ref or without.
ELSEWHERE = {"signing": "desk:signing", "report": "desk:reports", "run": "desk:runs", "file": "desk:household-file"}


def read_case(request: HttpRequest, ref: str, at: datetime) -> CasePage:
    """The case, for this viewer.

    :raises Http404: no such case, or not for this post and area; the answer does not tell which
    """
    try:
        return queries.case(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None


def looked(request: HttpRequest, case: CasePage, what: str, at: datetime) -> None:
    """The trace that a paper about the family was looked at."""
    office.look(subject=case.applicant, viewer=request.viewer, at=at, why=f"办理{case.programme_label}申请", what=what)


@permit("case.read")
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """All papers of one case, step by step."""
    at = time.now()
    case = read_case(request, ref, at)
    looked(request, case, "案卷里的纸", at)
    filed = sheets.papers_of(ref, request.viewer)
    rows = []
    for paper in papers.of_programme(case.programme):
        printed = [one for one in filed.sheets if one.code == paper.code]
        scanned = [one for one in filed.scans if one.code == paper.code]
        if paper.is_letter and not printed and not scanned:
            continue  # letters still to be written are named above the list
        rows.append({"paper": paper, "printed": printed, "scanned": scanned, "href": _href(paper, case)})
    written = {one.about for one in filed.sheets}
    shown = {
        "case": case,
        "receipt": core.show_receipt(case.receipt),
        "unwritten": [(about, one) for about, one in _letters(case, request) if about not in written],
        "rows": rows,
        "may_print": request.viewer.may("paper.print"),
        "may_scan": request.viewer.may("paper.scan"),
        "may_read": request.viewer.may("paper.read"),
        "may_file": request.viewer.may("file.read"),
    }
    return render(request, "desk/papers/page.html", shown)


def _href(paper: papers.Paper, case: CasePage) -> tuple[str, tuple[str, ...]] | None:
    """The page a paper is printed from: a name and what it takes; None for one that is printed right here."""
    if not paper.elsewhere:
        return None
    takes = {"signing": (case.ref,), "file": (case.applicant,)}.get(paper.elsewhere, ())
    return ELSEWHERE[paper.elsewhere], takes


@permit("paper.print")
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """A paper with what the case knows written in, before it is printed; printing keeps it as it is now.

    :raises Http404: no such case or paper
    """
    at = time.now()
    case = read_case(request, ref, at)
    entry = papers.catalogue().get(code)
    if entry is None or entry.elsewhere or not entry.serves(case.programme):
        raise Http404
    try:
        body, about = _body(entry, case, request, at)
    except NotAllowed as why:
        messages.info(request, str(why), extra_tags="amber")
        return redirect("desk:papers", ref)
    if request.method == "POST":
        kept = actions.print_sheet(ref=ref, code=code, body=body, about=about, by=request.user, at=at)
        return redirect("desk:papers-sheet", kept.ref)
    looked(request, case, entry.label, at)
    shown = {"case": case, "entry": entry, **sheet_files.shown(body, is_letter=entry.is_letter)}
    return render(request, "desk/papers/paper.html", shown)


def _body(entry: papers.Paper, case: CasePage, request: HttpRequest, at: datetime) -> tuple[papers.Body, str]:
    """The words of a paper and what it tells of.

    :raises NotAllowed: a letter about what was not decided
    """
    if not entry.is_letter:
        return making.filled(entry, case, request.viewer, at), ""
    for about, written in _letters(case, request):
        if written.code == entry.code and request.GET.get("about", about) == about:
            return letters.body_of(written), about
    raise NotAllowed("信从定下来的那一条打印：这一件还没有这样定。")


def _letters(case: CasePage, request: HttpRequest) -> list[tuple[str, letters.Letter]]:
    """Every letter this case calls for, newest first: of its decision, of each change of its help, of money paid too much."""
    office_words = making.office_of(case.area)
    found = [(one.ref, letters.of_change(one, office_words)) for one in decided_changes(case.ref, request.viewer)]
    if case.benefit is not None and request.viewer.may("payment.read"):
        found += [(one.row.ref, letters.of_claim(case, one, office_words)) for one in payment.claims_of(case.ref, request.viewer)]
    written = letters.of_decision(case, office_words)
    if written is not None and written.code and case.decision is not None:
        found.insert(0, (case.decision.ref, written))
    return found[::-1]


@permit("case.read")
@require_safe
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """The newest letter of the case, or the one about what is asked for: as it was kept, or to be printed now.

    :raises Http404: nothing decided yet
    """
    at = time.now()
    case = read_case(request, ref, at)
    called = _letters(case, request)
    about, written = next((one for one in called if one[0] == request.GET.get("about", one[0])), ("", None))
    if written is None:
        raise Http404
    kept = next((one for one in sheets.letters_of(ref, request.viewer) if one.about == about), None)
    if kept is not None:
        return redirect("desk:papers-sheet", kept.ref)
    looked(request, case, "决定书", at)
    entry = papers.catalogue()[written.code]
    shown = {"case": case, "entry": entry, "about": about, **sheet_files.shown(letters.body_of(written), is_letter=True)}
    return render(request, "desk/papers/paper.html", shown)


def read_sheet(request: HttpRequest, ref: str) -> SheetRow:
    """A kept paper, for this viewer.

    :raises Http404: no such paper, or not for this post and area
    """
    try:
        return sheets.sheet(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("case.read")
@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """A paper as it was printed, with its PDF, how it was brought and what came back."""
    at = time.now()
    row = read_sheet(request, ref)
    case = read_case(request, row.case_ref, at)
    looked(request, case, row.label, at)
    back = [one for one in sheets.papers_of(row.case_ref, request.viewer).scans if one.number == row.number]
    shown: dict[str, Any] = {
        "row": row,
        "case": case,
        "back": back,
        "may_print": request.viewer.may("paper.print"),
        "may_scan": request.viewer.may("paper.scan"),
        "may_serve": request.viewer.may("letter.serve"),
        **sheet_files.context(row),
    }
    return render(request, "desk/papers/sheet.html", shown)


@permit("case.read")
@require_safe
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF: drawn the first time, the same bytes ever after.

    :raises Http404: no such paper; or not drawn yet, for who may not print
    """
    at = time.now()
    row = read_sheet(request, ref)
    looked(request, read_case(request, row.case_ref, at), f"{row.label}（纸质）", at)
    try:
        data = sheet_files.pdf_of(row, by=request.user, at=at)
    except NotAllowed:
        raise Http404 from None
    return as_file(data, "application/pdf", f"{row.number}.pdf")
