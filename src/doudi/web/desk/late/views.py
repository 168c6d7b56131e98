"""Clocks on pages: all those of a case, and what is overdue in a place with how each place keeps its limits."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.casework import queries
from doudi.casework.core import show_receipt
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.parts.permits import permit

PAGE = 30


@permit("staff.read")
@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """What is overdue in the viewer's area, the oldest first; all places or one."""
    at, area = time.now(), request.GET.get("area", "")
    try:
        page = queries.late(request.viewer, at=at, area=area, after=request.GET.get("after", ""), limit=PAGE)
    except NotAllowed:
        raise Http404 from None
    figures = queries.late_figures(request.viewer, at=at)
    asked = {"area": area} if area else {}
    context = {
        "rows": [(row, show_receipt(row.receipt)) for row in page.rows],
        "figures": figures,
        "total": sum(one.late for one in figures),
        "area": area,
        "next": f"?{urlencode({**asked, 'after': page.next})}" if page.next else "",
        "may_open": request.viewer.may("case.read"),
    }
    return render(request, "desk/late/page.html", context)


@permit("case.read")
@require_safe
def of_case(request: HttpRequest, ref: str) -> HttpResponse:
    """All clocks of one case: what runs, stood still, was extended, was told to whom."""
    at = time.now()
    try:
        clocks = queries.clocks_of(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    office.look(subject=clocks.applicant, viewer=request.viewer, at=at, what="申请的各个期限")
    return render(request, "desk/late/case.html", {"clocks": clocks, "receipt": show_receipt(clocks.receipt)})
