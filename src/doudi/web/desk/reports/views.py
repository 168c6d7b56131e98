"""Reports at the desk: found by number, read with their versions side by side, issued, taken as JSON or as a signed sheet."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from doudi.casework.core import road, roads
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.verification.queries import ReportPage
from doudi.web.desk.frame import page_number
from doudi.web.parts import reports
from doudi.web.parts.permits import permit

PAGE = 30
LONGEST = 30  # characters of a number


@permit("check.read")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every report of the viewer's area, newest first: number, masked name, whether it still holds; nothing it says."""
    at, number = time.now(), page_number(request)
    asked = request.GET.get("q", "").strip()[:LONGEST].upper()
    found = queries.reports_in(request.viewer, number=asked, first=number * PAGE, count=PAGE + 1)
    names, labels = queries.names_in(found), time.area_labels([row.area for row in found])
    today = time.today(at)
    rows = [
        {
            "row": row,
            "name": names[row.check],
            "place": labels.get(row.area, row.area),
            "programme": road(row.programme).label if row.programme in roads() else row.programme,
            "standing": row.standing(today),
        }
        for row in found[:PAGE]
    ]
    following = f"?{urlencode({'q': asked, 'page': number + 1})}" if len(found) > PAGE else ""
    return render(request, "desk/reports/page.html", {"rows": rows, "q": asked, "next": following})


def _read(request: HttpRequest, ref: str, at: datetime, *, what: str) -> ReportPage:
    """A report, and the trace that it was looked at for everybody it is about.

    :raises Http404: no such report, or not for this post and area; the answer does not tell which
    """
    try:
        page = queries.report(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    why = f"办理{page.body['programme']['label']}申请"
    for pid in page.pids:
        office.look(subject=pid, viewer=request.viewer, at=at, why=why, what=what)
    return page


@permit("check.read")
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One report as it was issued, what it says otherwise than the one before, and all versions."""
    at = time.now()
    page = _read(request, ref, at, what="核对报告")
    context = reports.context(page, reports.address(request, page.token)) | {
        "page": page,
        "standing": page.row.standing(time.today(at)),
        "may_open_case": request.viewer.may("case.read"),
    }
    return render(request, "desk/reports/one.html", context)


@permit("check.read")
@require_safe
def bytes_of(request: HttpRequest, ref: str) -> HttpResponse:
    """The exact bytes the digest is over."""
    page = _read(request, ref, time.now(), what="核对报告（数据文件）")
    return reports.as_file(page.data, "application/json", f"{page.row.number}.json")


@permit("check.read")
@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """The signed sheet: made the first time, the same bytes ever after."""
    at = time.now()
    page = _read(request, ref, at, what="核对报告（纸质）")
    pdf = reports.sheet(request, page, by=request.user, at=at)
    return reports.as_file(pdf, "application/pdf", f"{page.row.number}.pdf")


@permit("check.issue")
@require_POST
def issue(request: HttpRequest, check: str) -> HttpResponse:
    """Issue a report of a check as it stands; a further one says why.

    :raises Http404: no such check here
    """
    at = time.now()
    try:
        queries.check(check, request.viewer, on=time.today(at))
    except NotAllowed:
        raise Http404 from None
    try:
        made = actions.issue(check=check, by=request.user, at=at, why=request.POST.get("why", "").strip()[:200])
    except NotAllowed as why:
        messages.info(request, str(why), extra_tags="amber")
        kept = queries.reports(check)
        return redirect("desk:report", kept[0].ref) if kept else redirect("desk:reports")
    messages.success(request, f"报告 {made.number} 出好了。", extra_tags="pine")
    return redirect("desk:report", made.ref)
