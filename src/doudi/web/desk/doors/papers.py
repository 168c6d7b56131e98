"""Paper forms: photographed when handed over, six fields typed, the rest read by whoever has time."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import actions, queries
from doudi.casework.queries import FormRow
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import BadPaper, NotAllowed
from doudi.registry import queries as registry
from doudi.web.desk.doors.forms import DropForm, KeepForm, KeyForm
from doudi.web.desk.register.forms import WindowForm
from doudi.web.desk.register.views import code_of
from doudi.web.parts import papers
from doudi.web.parts.permits import permit


@permit("case.register")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Papers waiting to be typed, the oldest clock first, and those whose rest is to be read."""
    rows = queries.forms_to_type(request.viewer)
    on = time.today(time.now())
    shown = {
        "waiting": [one for one in rows if not one.case_ref],
        "begun": [one for one in rows if one.case_ref],
        "late": sum(not one.case_ref and one.due_on < on for one in rows),
        "on": on,
    }
    return render(request, "desk/doors/papers.html", shown)


@permit("form.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Photograph a paper that was handed over: its clock starts on that day, and it gets its receipt now."""
    at = time.now()
    places = [(code, label) for code, label in time.places_within(request.viewer.within) if len(code) >= 9]
    form = KeepForm(request.POST or None, places=places, initial={"handed_on": time.today(at)})
    problem = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            photos = [(called, data) for _, called, data in papers.handed_in(request, "application")]
            row = actions.keep_form(
                area=given["area"], handed_on=given["handed_on"], photos=photos, name=given["name"], phone=given["phone"],
                by=request.user, at=at,
            )  # fmt: skip
            return redirect("desk:form-receipt", row.ref)
        except (NotAllowed, BadPaper) as why:
            problem = str(why)
    shown = {"form": form, "problem": problem}
    return render(request, "desk/doors/keep.html", shown, status=422 if request.method == "POST" else 200)


@permit("form.keep")
@require_safe
def receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """The receipt of a paper, as from every other door: the number, who rings by when, a code to follow it."""
    row = _form(request, ref)
    shown = {
        "shown": row.receipt_shown,
        "by_on": row.due_on,
        "code": code_of(request, row.receipt),
        "on": time.now(),
        "back": reverse("desk:forms"),
    }
    return render(request, "desk/register/receipt.html", shown)


@permit("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def key_fields(request: HttpRequest, ref: str) -> HttpResponse:
    """The photograph beside six fields; typed, the case runs under the number of the receipt."""
    row, at = _form(request, ref), time.now()
    if row.case_ref:
        return redirect("desk:forms" if row.is_read else "desk:form-rest", *([] if row.is_read else [ref]))
    form, problem = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        found = registry.find_by_number(given["number"], request.viewer)
        if found is None:
            form.add_error("number", "没有找到这个人。请核对号码；没有身份证号的，从“登记一位来访群众”里找")
        elif registry.me(found.pid).name != given["name"]:
            form.add_error("name", "姓名和身份证号对不上，请再看一眼表")
        else:
            try:
                actions.type_form(
                    ref=ref, pid=found.pid, hardships=given["hardships"], story=given["story"], phone=given["phone"],
                    signed=given["signed"] == "yes", by=request.user, at=at,
                )  # fmt: skip
                return redirect("desk:form-rest", ref)
            except NotAllowed as why:
                problem = str(why)
    shown = {"row": row, "form": form, "drop": DropForm(), "problem": problem}
    return render(request, "desk/doors/key.html", shown, status=422 if request.method == "POST" else 200)


@permit("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def rest(request: HttpRequest, ref: str) -> HttpResponse:
    """The rest of the sheet, when somebody has time: who lives together, incomes, the account."""
    row, at = _form(request, ref), time.now()
    if not row.case_ref:
        return redirect("desk:form", ref)
    if row.is_read:
        return redirect("desk:forms")
    draft = queries.draft(row.draft_ref, by=request.user, at=at)
    office.look(subject=draft.applicant, viewer=request.viewer, at=at, why="录纸质申请", what="填申请用的信息")
    given = request.POST.copy() if request.method == "POST" else None
    if given is not None:
        given.setlist("hardships", list(draft.hardships))
    form, problem = WindowForm(draft, given), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.read_rest(
                ref=ref, together=form.together(), others=[(said["new_name"], said["new_relation"])] if said["new_name"] else [],
                said=form.said_of_incomes(), incomes=[(said["kind"], said["amount"])] if said["kind"] else [], way=said["way"],
                bank=said["bank"], number=said["account"], by=request.user, at=at,
            )  # fmt: skip
            return redirect("desk:forms")
        except NotAllowed as why:
            problem = str(why)
    shown = {"row": row, "draft": draft, "form": form, "problem": problem}
    return render(request, "desk/doors/rest.html", shown, status=422 if request.method == "POST" else 200)


@permit("case.register")
@require_POST
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    """Lay a paper aside that cannot be typed; it is counted."""
    form, row = DropForm(request.POST), _form(request, ref)
    if form.is_valid():
        try:
            actions.drop_form(ref=ref, why=form.cleaned_data["why"], by=request.user, at=time.now())
            return redirect("desk:forms")
        except NotAllowed as why:
            problem = str(why)
    else:
        problem = "请选为什么放到一边"
    shown = {"row": row, "form": KeyForm(), "drop": form, "problem": problem}
    return render(request, "desk/doors/key.html", shown, status=422)


@permit("case.register")
@require_safe
def photo(request: HttpRequest, ref: str, paper: str) -> HttpResponse:
    """One photographed page of a paper.

    :raises Http404: not of this paper, or not this clerk's
    """
    row = _form(request, ref)
    if paper not in row.papers:
        raise Http404
    try:
        kept, data = time.paper(paper, request.viewer)
    except NotAllowed:
        raise Http404 from None
    return papers.shown(kept, data)


def _form(request: HttpRequest, ref: str) -> FormRow:
    try:
        return queries.form(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
