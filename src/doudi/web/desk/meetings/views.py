"""The appraisals and consultations of a case: one page each under it, an act each, the sheets to print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions, queries
from doudi.casework.queries import AppraisalRow, MeetingsPage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.looking.forms import photo_of
from doudi.web.desk.meetings import forms as shapes
from doudi.web.parts.permits import permit

Read = Callable[..., MeetingsPage]


def _read(request: HttpRequest, ref: str, at: datetime, ask: Read, what: str) -> MeetingsPage:
    """The meetings of a case, for this viewer; the look is noted.

    :raises Http404: no such case, or not for this post and area
    """
    try:
        page = ask(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    why = f"办理{page.programme_label}申请"
    office.look(subject=page.applicant, viewer=request.viewer, at=at, why=why, what=what)
    return page


def _appraisals(request: HttpRequest, ref: str, at: datetime) -> MeetingsPage:
    return _read(request, ref, at, queries.appraisals, "民主评议记录")


def _meeting(page: MeetingsPage, meeting: str) -> AppraisalRow:
    found = next((one for one in page.appraisals if one.ref == meeting), None)
    if found is None:
        raise Http404
    return found


# ---- appraisal ----------------------------------------------------------------------------------------------------------


@permit("case.read")
@require_safe
def appraisal(request: HttpRequest, ref: str) -> HttpResponse:
    """The appraisals of a case; easy to hold, never compulsory."""
    return _drawn(request, ref)


def _drawn(
    request: HttpRequest, ref: str, *, problem: str = "", held: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    page, held = _appraisals(request, ref, time.now()), held or {}
    may = request.viewer.may("case.appraise") and page.working and page.shows
    open_one = next((one for one in page.appraisals if one.state == "called"), None)
    context = {
        "page": page,
        "meeting": open_one,
        "past": [one for one in page.appraisals if one.state != "called"],
        "call_form": (held.get("call") or shapes.CallForm(prefix="call")) if may and open_one is None else None,
        "recuse_form": (held.get("recuse") or shapes.RecuseForm(open_one, prefix="recuse")) if may and open_one else None,
        "hold_form": (held.get("hold") or shapes.HoldForm(open_one, prefix="hold")) if may and open_one else None,
        "drop_form": (held.get("drop") or shapes.DropForm(prefix="drop")) if may and open_one else None,
        "may_open": request.viewer.may("paper.read"),
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
    }
    return render(request, "desk/meetings/appraisal.html", context, status=status)


def _act(request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str, name: str, form: forms.Form) -> HttpResponse:
    held = {name: form}
    if not form.is_valid():
        return _drawn(request, ref, held=held, status=422)
    try:
        do(time.now())
    except NotAllowed as why:
        return _drawn(request, ref, problem=str(why), held=held, status=422)
    messages.success(request, said, extra_tags="pine")
    return redirect("desk:appraisal", ref)


@permit("case.appraise")
@require_POST
def call(request: HttpRequest, ref: str) -> HttpResponse:
    """Call an appraisal."""
    _appraisals(request, ref, time.now())
    form = shapes.CallForm(request.POST, prefix="call")
    return _act(
        request, ref, lambda at: actions.call_appraisal(ref=ref, by=request.user, at=at, **form.said()),
        "通知好了。要回避的已经记下，可以打印通知和选票。", "call", form,
    )  # fmt: skip


@permit("case.appraise")
@require_POST
def recuse(request: HttpRequest, ref: str, meeting: str) -> HttpResponse:
    """Note that somebody steps back."""
    form = shapes.RecuseForm(_meeting(_appraisals(request, ref, time.now()), meeting), request.POST, prefix="recuse")
    return _act(
        request, ref,
        lambda at: actions.recuse(ref=ref, appraisal=meeting, by=request.user, at=at, **form.cleaned_data),
        "记好了，这位回避。", "recuse", form,
    )  # fmt: skip


@permit("case.appraise")
@require_POST
def hold(request: HttpRequest, ref: str, meeting: str) -> HttpResponse:
    """Record how an appraisal went."""
    form = shapes.HoldForm(
        _meeting(_appraisals(request, ref, time.now()), meeting), request.POST, request.FILES, prefix="hold"
    )  # fmt: skip

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.hold_appraisal(
            ref=ref, appraisal=meeting, came=said["came"], votes=form.votes(), minutes=said["minutes"], photo=photo_of(form),
            family_said=said["family_said"], dissent=said["dissent"], by=request.user, at=at,
        )  # fmt: skip

    return _act(request, ref, do, "评议记好了。它只是参考，意见还是镇里自己写。", "hold", form)


@permit("case.appraise")
@require_POST
def drop(request: HttpRequest, ref: str, meeting: str) -> HttpResponse:
    """Call an appraisal off."""
    _meeting(_appraisals(request, ref, time.now()), meeting)
    form = shapes.DropForm(request.POST, prefix="drop")
    return _act(
        request, ref,
        lambda at: actions.drop_appraisal(ref=ref, appraisal=meeting, by=request.user, at=at, **form.cleaned_data),
        "记好了，这次不开了。", "drop", form,
    )  # fmt: skip


@permit("case.appraise")
@require_safe
def sheets(request: HttpRequest, ref: str, meeting: str) -> HttpResponse:
    """The notice, the ballots and the sheet to sign, to print."""
    page = _appraisals(request, ref, time.now())
    found = _meeting(page, meeting)
    context = {"page": page, "meeting": found, "empty": range(4), "township": time.area_label(page.area[:9])}
    return render(request, "desk/meetings/sheets.html", context)


# ---- consultation -------------------------------------------------------------------------------------------------------


@permit("case.read")
@require_safe
def consultation(request: HttpRequest, ref: str) -> HttpResponse:
    """The county's consultations on a case."""
    return _consulted(request, ref)


def _consulted(
    request: HttpRequest, ref: str, *, problem: str = "", form: shapes.ConsultForm | None = None, status: int = 200
) -> HttpResponse:
    page = _read(request, ref, time.now(), queries.consultations, "一事一议记录")
    may = request.viewer.may("case.consult") and page.open
    context = {
        "page": page,
        "form": (form or shapes.ConsultForm()) if may else None,
        "may_open": request.viewer.may("paper.read"),
        "problem": problem,
    }
    return render(request, "desk/meetings/consultation.html", context, status=status)


@permit("case.consult")
@require_POST
def consult(request: HttpRequest, ref: str) -> HttpResponse:
    """Record a consultation."""
    form = shapes.ConsultForm(request.POST, request.FILES)
    if not form.is_valid():
        return _consulted(request, ref, form=form, status=422)
    said = form.cleaned_data
    _read(request, ref, time.now(), queries.consultations, "一事一议记录")
    try:
        actions.consult(
            ref=ref, on=said["on"], reasons=said["reasons"], question=said["question"], situation=said["situation"],
            voices=form.voices(), outcome=said["outcome"], gist=said["gist"], photo=photo_of(form), by=request.user,
            at=time.now(),
        )  # fmt: skip
    except NotAllowed as why:
        return _consulted(request, ref, problem=str(why), form=form, status=422)
    messages.success(request, "会商记好了。它只是建议，决定还要按程序作。", extra_tags="pine")
    return redirect("desk:consultation", ref)
