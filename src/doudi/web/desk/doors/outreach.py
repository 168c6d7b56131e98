"""People other departments point out: a list or one person; each is asked, and only their own yes begins an application."""

from __future__ import annotations

import csv
import io

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, queries
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.doors.forms import AskedForm, ListForm
from doudi.web.parts.permits import permit

LARGEST = 2 * 1024 * 1024


@permit("outreach.work")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Who is still to be asked, the earliest day first; the lists they came on, with what was wrong in them."""
    viewer = request.viewer
    lists = queries.outreach_lists(viewer) if viewer.may("outreach.take") else ()
    shown = {"rows": queries.offers_to_make(viewer), "lists": lists, "on": time.today(time.now())}
    return render(request, "desk/doors/outreach.html", shown)


@permit("outreach.take")
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Take a list, or one person; every line becomes somebody to ask, or is named with what is wrong."""
    form, problem = ListForm(request.POST or None, request.FILES or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.take_list(
                department=given["department"], basis=given["basis"], channel=given["channel"], data=_bytes(given),
                viewer=request.viewer, by=request.user, at=time.now(),
            )  # fmt: skip
            return redirect("desk:outreach")
        except NotAllowed as why:
            problem = str(why)
    shown = {"form": form, "problem": problem}
    return render(request, "desk/doors/outreach_take.html", shown, status=422 if request.method == "POST" else 200)


def _bytes(given: dict[str, object]) -> bytes:
    """The list as it came; one person typed is a list of one line.

    :raises NotAllowed: larger than a list of people is
    """
    if given["channel"] == "list":
        if given["file"].size > LARGEST:
            raise NotAllowed("文件太大。更多的请从“送一份数据”进来。")
        return given["file"].read()
    written = io.StringIO()
    csv.writer(written).writerows([["姓名", "身份证号", "情况"], [given["name"], given["number"], given["why"]]])
    return written.getvalue().encode()


@permit("outreach.work")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One person to ask; a yes goes on to their application, prefilled.

    :raises Http404: not this clerk's
    """
    at = time.now()
    try:
        row = queries.offer(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    office.look(subject=row.pid, viewer=request.viewer, at=at, why="联系部门转来的人", what="姓名和转来的情况")
    form, problem = AskedForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given, common = form.cleaned_data, {"ref": ref, "by": request.user, "at": at}
        try:
            if given["state"] == "missed":
                actions.miss_offer(**common)
                return redirect("desk:outreach")
            settled = actions.settle_offer(state=given["state"], note=given["note"], **common)
            return redirect("desk:window", settled.draft.ref) if settled.draft else redirect("desk:outreach")
        except NotAllowed as why:
            problem = str(why)
    shown = {"row": row, "form": form, "problem": problem}
    return render(request, "desk/doors/outreach_one.html", shown, status=422 if request.method == "POST" else 200)
