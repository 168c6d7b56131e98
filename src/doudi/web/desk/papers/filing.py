"""One household, one file: what lies in it, and the whole of it as one PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions
from doudi.casework.queries import sheets
from doudi.casework.queries.sheets import HouseholdFile
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.papers.forms import ExportForm
from doudi.web.parts import household_files
from doudi.web.parts.permits import permit
from doudi.web.parts.reports import as_file


def _file(request: HttpRequest, pid: str) -> HouseholdFile:
    """The file, for this viewer.

    :raises Http404: no case here, or not for this post and area
    """
    try:
        return sheets.household_file(pid, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("file.read")
@require_safe
def household_file(request: HttpRequest, pid: str) -> HttpResponse:
    """The index of a household's file: every case, every paper, every photograph."""
    return _shown(request, pid, ExportForm())


def _shown(request: HttpRequest, pid: str, form: ExportForm, status: int = 200) -> HttpResponse:
    filed = _file(request, pid)
    office.look(subject=pid, viewer=request.viewer, at=time.now(), why="file.read", what="一户一档")
    rows = [
        {"case": case, "papers": papers, "acts": len(acts)}
        for case, (papers, acts) in zip(filed.cases, sheets.in_file(filed, own=False), strict=True)
    ]
    shown = {
        "file": filed,
        "rows": rows,
        "form": form,
        "may_export": request.viewer.may("file.export"),
        "may_read": request.viewer.may("paper.read"),
    }
    return render(request, "desk/papers/file.html", shown, status=status)


@permit("file.export")
@require_POST
def export(request: HttpRequest, pid: str) -> HttpResponse:
    """The file as one PDF: whole for the archive, or the person's own; who took it and why is kept."""
    at = time.now()
    filed, form = _file(request, pid), ExportForm(request.POST)
    if not form.is_valid():
        return _shown(request, pid, form, status=422)
    whole, why = "own" not in request.POST, form.cleaned_data["why"]
    bound = household_files.bound(
        filed, by_words=request.viewer.name, at=at, why=why if whole else "", viewer=request.viewer if whole else None
    )
    actions.export_file(
        pid=pid, cases=bound.cases, whole=whole, why=why, pages=bound.pages, sha256=bound.sha256, by=request.user, at=at
    )  # fmt: skip
    office.look(subject=pid, viewer=request.viewer, at=at, why=why, what="一户一档（导出）")
    return as_file(bound.pdf, "application/pdf", f"file-{pid}.pdf")
