"""Letters to me: read, heard, taken along; and my own file as one PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions
from doudi.casework.queries import sheets
from doudi.casework.queries.sheets import SheetRow
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party
from doudi.web.parts import household_files, sheet_files
from doudi.web.parts.permits import resident
from doudi.web.parts.reports import as_file


@resident
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All letters and certificates to me, newest first."""
    return render(request, "phone/my/letters.html", {"rows": sheets.my_letters(request.pid)})


def _mine(request: HttpRequest, ref: str) -> SheetRow:
    """My letter.

    :raises Http404: no such letter, or not to me
    """
    try:
        return sheets.my_letter(ref, request.pid)
    except NotAllowed:
        raise Http404 from None


@resident
@require_safe
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """One letter as it was written, and what is read aloud of it."""
    row = _mine(request, ref)
    return render(request, "phone/my/letter.html", {"row": row, **sheet_files.context(row)})


@resident
@require_safe
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The letter as PDF, signed by the office: the same bytes as the paper in my hand.

    :raises Http404: not to me; or a certificate whose PDF the office has not drawn yet
    """
    row = _mine(request, ref)
    try:
        data = sheet_files.pdf_of(row, by=Party.resident(request.pid), at=time.now())
    except NotAllowed:
        raise Http404 from None
    return as_file(data, "application/pdf", f"{row.number}.pdf")


@resident
@require_POST
def own_file(request: HttpRequest) -> HttpResponse:
    """Everything of mine as one PDF; nothing of neighbours or of who objected."""
    at, filed = time.now(), sheets.my_file(request.pid)
    if filed is None:
        return redirect("phone:letters")
    bound = household_files.bound(filed, by_words=_("本人"), at=at)
    me = Party.resident(request.pid)
    actions.export_file(
        pid=request.pid, cases=bound.cases, whole=False, why="", pages=bound.pages, sha256=bound.sha256, by=me, at=at
    )  # fmt: skip
    return as_file(bound.pdf, "application/pdf", "my-file.pdf")
