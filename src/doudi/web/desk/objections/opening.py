"""Writing an objection down for somebody: at the window with the report at hand, in the village without it, from a paper form."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role
from doudi.verification import actions, queries
from doudi.verification.core import asked_datasets
from doudi.verification.core.objections import Channel
from doudi.web.desk.objections.forms import EvidenceField, FindForm, VillageForm, WriteForm
from doudi.web.parts.permits import permit


@permit("objection.open")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Which report, by its number and the name on it: what anybody who holds the paper can read out."""
    form = FindForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            check, pid = queries.find_report(said["number"], said["name"], request.viewer)
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            return redirect(f"{reverse('desk:objection-new', args=[check])}?{urlencode({'who': pid})}")
    return render(request, "desk/objections/find.html", {"form": form}, status=422 if form.errors else 200)


@permit("objection.open")
@require_http_methods(["GET", "HEAD", "POST"])
def write_down(request: HttpRequest, check: str) -> HttpResponse:
    """What is wrong, line by line; the village sees kinds of data only, never what was found.

    :raises Http404: no such report for this viewer, or nobody of this id in it
    """
    at, pid = time.now(), request.GET.get("who", "")
    try:
        about = queries.objection_about(check, pid, request.viewer)
    except NotAllowed:
        raise Http404 from None
    reads = request.viewer.may("check.read")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if reads:
        form = WriteForm(queries.objectable(check, pid), data, files)
        office.look(subject=pid, viewer=request.viewer, at=at, why="objection.open", what="核对报告")
    else:
        form = VillageForm([(one.dataset, one.asks) for one in asked_datasets(about.programme)], data, files)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            kept = actions.object_to(
                check=check,
                pid=pid,
                channel=said["channel"] if reads else Channel.VILLAGE,
                disputed=form.disputed() if reads else (),
                datasets=() if reads else said["datasets"],
                words=said["words"],
                files=EvidenceField.files(said["paper"]),
                by=request.user,
                at=at,
            )
        except NotAllowed as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request, f"记下了，编号 {kept.number}，{kept.due_on.month} 月 {kept.due_on.day} 日前换一位同志看完答复。"
            )
            return redirect("desk:objection", kept.ref) if reads else redirect("desk:objection-find")
    context = {"form": form, "about": about, "reads": reads, "village": request.viewer.role == Role.VILLAGE}
    return render(request, "desk/objections/new.html", context, status=422 if form.errors else 200)


@permit("objection.open")
@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """The paper form, empty but for a report's number: to fill in by hand, sign, and hand to anybody of the office."""
    number = request.GET.get("number", "")[:30]
    address = request.build_absolute_uri("/my/")
    code = mark_safe(
        segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=1)
    )  # drawn here, our own address
    kinds = [one.asks for one in asked_datasets()]
    return render(request, "desk/objections/form.html", {"number": number, "code": code, "kinds": kinds})
