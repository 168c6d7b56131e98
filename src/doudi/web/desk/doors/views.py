"""All other doors on one page: what waits at each, how each fares, and who was not helped though nothing was against it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, core, queries
from doudi.casework.core.doors import HELPERS
from doudi.office import queries as time
from doudi.office.core import BadPaper, NotAllowed
from doudi.registry import queries as registry
from doudi.web.desk.doors.forms import HelperForm, MandateForm
from doudi.web.parts import papers
from doudi.web.parts.permits import permit


@permit("form.keep")
@require_safe
def hub(request: HttpRequest) -> HttpResponse:
    """What waits at each door; for who sees figures, this year's doors side by side."""
    viewer, at = request.viewer, time.now()
    on = time.today(at)
    shown = {
        "papers": len(queries.forms_to_type(viewer)) if viewer.may("case.register") else None,
        "calls": len(queries.calls_to_ring(viewer)) if viewer.may("call.take") else None,
        "outreach": len(queries.offers_to_make(viewer)) if viewer.may("outreach.work") else None,
    }
    if viewer.may("figures.read"):
        shown |= {
            "doors": queries.by_door(viewer, first=date(on.year, 1, 1), last=on),
            "not_made": queries.not_made(viewer, at=at),
            "year": on.year,
        }
    return render(request, "desk/doors/hub.html", shown)


@permit("mandate.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def helper(request: HttpRequest, ref: str) -> HttpResponse:
    """Who helps the applicant of a case: the mandate's sheet comes, or the applicant takes it back by telephone.

    :raises Http404: not this clerk's case, or nobody helps
    """
    at, mandate = time.now(), queries.mandate(ref)
    try:
        held = queries.case(ref, request.viewer, at=at) if request.viewer.may("case.read") else None
    except NotAllowed:
        held = None
    if mandate is None or held is None:
        raise Http404
    asks, sheet, problem = HelperForm(), MandateForm(), ""
    if request.method == "POST":
        common = {"ref": ref, "by": request.user, "at": at}
        is_sheet = "sheet" in request.POST
        asks, sheet = (asks, MandateForm(request.POST)) if is_sheet else (HelperForm(request.POST), sheet)
        try:
            if is_sheet and sheet.is_valid():
                given = sheet.cleaned_data
                files = papers.handed_in(request, "mandate")
                actions.keep_mandate(way=given["way"], may_see=given["may_see"], files=files, **common)
                return redirect("desk:helper", ref)
            if not is_sheet and asks.is_valid():
                given = asks.cleaned_data
                if given["says"] == "end":
                    actions.take_mandate_back(way=given["way"], **common)
                else:
                    actions.let_see(sees=given["says"] == "show", way=given["way"], **common)
                return redirect("desk:helper", ref)
        except (NotAllowed, BadPaper) as why:
            problem = str(why)
    shown = {
        "case": held,
        "mandate": mandate,
        "name": registry.me(mandate.proxy).name,
        "relation": HELPERS.get(mandate.relation, mandate.relation),
        "asks": asks,
        "sheet": sheet,
        "problem": problem,
    }
    return render(request, "desk/doors/helper.html", shown, status=422 if request.method == "POST" else 200)


@permit("case.read")
@require_safe
def application(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything that one application asks for, under the number on its receipt.

    :raises Http404: not this clerk's case
    """
    try:
        held = queries.case(ref, request.viewer, at=time.now())
    except NotAllowed:
        raise Http404 from None
    shown = {
        "case": held,
        "shown": core.show_receipt(queries.application_receipt(ref)),
        "others": queries.beside(ref),
        "helped": queries.mandate(ref) is not None and request.viewer.may("mandate.keep"),
    }
    return render(request, "desk/doors/application.html", shown)
