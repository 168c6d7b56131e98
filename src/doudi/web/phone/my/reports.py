"""My own reports: everything sources said of me and the children I signed for, when it was asked, what I may do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party
from doudi.registry import queries as registry
from doudi.verification import queries
from doudi.verification.core.reports import Standing
from doudi.verification.queries import ReportPage, ReportRow
from doudi.web.parts import reports
from doudi.web.parts.permits import resident
from doudi.web.parts.templatetags.parts import full_day


@resident
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The reports that ask about me, newest first."""
    today = time.today(time.now())
    rows = [{"row": row, "says": _says(row, row.standing(today))} for row in queries.my_reports(registry.pids_of(request.pid))]
    return render(request, "phone/my/reports.html", {"rows": rows})


def _says(row: ReportRow, standing: Standing) -> str:
    if standing is Standing.REPLACED:
        return _("后来有新的一份，这份留着")
    if standing is Standing.EXPIRED:
        return _("%(day)s已经过期") % {"day": full_day(row.valid_until)}
    return _("有效到 %(day)s") % {"day": full_day(row.valid_until)}


def _mine(request: HttpRequest, ref: str) -> ReportPage:
    """My copy of a report.

    :raises Http404: no such report, or not about me
    """
    try:
        return queries.my_report(ref, registry.pids_of(request.pid))
    except NotAllowed:
        raise Http404 from None


@resident
@require_safe
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """My copy, complete; of other adults only that they were asked."""
    at = time.now()
    page = _mine(request, ref)
    shown: dict[str, Any] = reports.context(page, reports.address(request, page.token))
    shown |= {"page": page, "says": _says(page.row, page.row.standing(time.today(at)))}
    return render(request, "phone/my/report.html", shown)


@resident
@require_safe
def bytes_of(request: HttpRequest, ref: str) -> HttpResponse:
    """My copy as data, to take along (PIPL Art. 45)."""
    page = _mine(request, ref)
    return reports.as_file(page.data, "application/json", f"{page.row.number}.json")


@resident
@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """My copy on paper, signed by the office."""
    at: datetime = time.now()
    page = _mine(request, ref)
    pdf = reports.sheet(request, page, by=Party.resident(request.pid), at=at)
    return reports.as_file(pdf, "application/pdf", f"{page.row.number}.pdf")
