"""Visits with their signatures and photographs, neighbours, letters of inquiry: one page under the case, an act each."""

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
from doudi.casework.core.asking import Photo
from doudi.casework.queries import LookingPage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.looking import forms as shapes
from doudi.web.parts import papers
from doudi.web.parts.permits import permit


def read(request: HttpRequest, ref: str, at: datetime) -> LookingPage:
    """What was brought home, for this viewer; the look is noted.

    :raises Http404: no such case, or not for this post and area
    """
    try:
        page = queries.looking(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    why = f"办理{page.programme_label}申请"
    office.look(subject=page.applicant, viewer=request.viewer, at=at, why=why, what="入户、邻里、信函记录")
    return page


@permit("case.read")
@require_safe
def looking(request: HttpRequest, ref: str) -> HttpResponse:
    """Visits side by side, what neighbours said, letters and their answers."""
    return drawn(request, ref)


def drawn(
    request: HttpRequest, ref: str, *, problem: str = "", held: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    """Draw the page; `held` are forms with what was typed so far, by the name of their act."""
    page, held, viewer = read(request, ref, time.now()), held or {}, request.viewer
    may_survey = page.open and viewer.may("case.survey")
    may_write = page.open and viewer.may("case.propose")
    visits = [
        {
            "row": one,
            "sign": (held.get(f"sign-{one.ref}") or shapes.SignForm(one.unsigned, prefix=f"s{one.ref[:6]}"))
            if one.unsigned
            else None,
            "sheet": held.get(f"sheet-{one.ref}") or shapes.SheetForm(prefix=f"f{one.ref[:6]}"),
            "leave": (held.get(f"unsigned-{one.ref}") or shapes.UnsignedForm(prefix=f"u{one.ref[:6]}"))
            if one.may_leave
            else None,
            "thing": held.get(f"thing-{one.ref}") or shapes.ThingForm(prefix=f"t{one.ref[:6]}"),
        }
        for one in page.visits
    ]
    letters = [
        {"row": one, "form": held.get(one.ref) or shapes.AnswerForm(prefix=f"a{one.ref[:6]}") if one.state == "sent" else None}
        for one in page.inquiries
    ]
    context = {
        "page": page,
        "visits": visits,
        "letters": letters,
        "may_survey": may_survey,
        "may_write": may_write,
        "may_open": viewer.may("paper.read"),
        "neighbour_form": (held.get("neighbour") or shapes.NeighbourForm(prefix="neighbour"))
        if may_survey and page.working
        else None,
        "letter_form": (held.get("letter") or shapes.InquiryForm(prefix="letter")) if may_write and page.working else None,
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
    }
    return render(request, "desk/looking/page.html", context, status=status)


def _act(
    request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str, name: str, form: forms.Form | None = None
) -> HttpResponse:
    """Do one act; otherwise the page says why not, with what was typed."""
    at = time.now()
    read(request, ref, at)
    held = {name: form} if form is not None else {}
    if form is not None and not form.is_valid():
        return drawn(request, ref, held=held, status=422)
    try:
        do(at)
    except NotAllowed as why:
        return drawn(request, ref, problem=str(why), held=held, status=422)
    messages.success(request, said, extra_tags="pine")
    return redirect("desk:looking", ref)


@permit("case.survey")
@require_POST
def sign(request: HttpRequest, ref: str, survey: str) -> HttpResponse:
    """Keep a signature drawn on this screen, by an investigator or by the family."""
    visit = next((one for one in read(request, ref, time.now()).visits if one.ref == survey), None)
    if visit is None:
        raise Http404
    form = shapes.SignForm(visit.unsigned, request.POST, prefix=f"s{survey[:6]}")

    def do(at: datetime) -> None:
        drawn_now = papers.signature(request)
        if not drawn_now:
            raise NotAllowed("还没有签名，请用手指在框里签。不能在屏幕上签的，签在纸上拍照。")
        photo = Photo(drawn_now[0][1], drawn_now[0][2])
        role = form.cleaned_data["role"]
        actions.keep_survey_paper(ref=ref, survey=survey, role=role, photo=photo, by=request.user, at=at)

    return _act(request, ref, do, "签名收好了。", f"sign-{survey}", form)


@permit("case.survey")
@require_POST
def sheet(request: HttpRequest, ref: str, survey: str) -> HttpResponse:
    """Keep the signed sheet, photographed."""
    form = shapes.SheetForm(request.POST, request.FILES, prefix=f"f{survey[:6]}")
    return _act(
        request, ref, lambda at: _paper(request, ref, survey, "sheet", form, at), "调查表收好了。", f"sheet-{survey}", form
    )


@permit("case.survey")
@require_POST
def unsigned(request: HttpRequest, ref: str, survey: str) -> HttpResponse:
    """Write down why nobody of the family signed."""
    form = shapes.UnsignedForm(request.POST, prefix=f"u{survey[:6]}")
    return _act(
        request, ref, lambda at: actions.leave_unsigned(ref=ref, survey=survey, by=request.user, at=at, **form.cleaned_data),
        "记好了。两位调查人还是要签。", f"unsigned-{survey}", form,
    )  # fmt: skip


@permit("case.survey")
@require_POST
def thing(request: HttpRequest, ref: str, survey: str) -> HttpResponse:
    """Keep a photograph of a thing."""
    form = shapes.ThingForm(request.POST, request.FILES, prefix=f"t{survey[:6]}")
    return _act(request, ref, lambda at: _paper(request, ref, survey, "thing", form, at), "照片收好了。", f"thing-{survey}", form)


def _paper(request: HttpRequest, ref: str, survey: str, role: str, form: forms.Form, at: datetime) -> None:
    photo = shapes.photo_of(form)
    assert photo is not None
    what = form.cleaned_data.get("what", "")
    actions.keep_survey_paper(ref=ref, survey=survey, role=role, what=what, photo=photo, by=request.user, at=at)


@permit("case.survey")
@require_POST
def neighbour(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep what a neighbour said."""
    form = shapes.NeighbourForm(request.POST, prefix="neighbour")
    return _act(
        request, ref, lambda at: actions.hear_neighbour(ref=ref, by=request.user, at=at, **form.cleaned_data),
        "记好了，这家人看不到是谁说的。", "neighbour", form,
    )  # fmt: skip


@permit("case.propose")
@require_POST
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """Send a letter of inquiry."""
    form = shapes.InquiryForm(request.POST, prefix="letter")
    return _act(
        request, ref, lambda at: actions.send_inquiry(ref=ref, by=request.user, at=at, **form.cleaned_data),
        "记好了，到期没有答复会提醒。", "letter", form,
    )  # fmt: skip


@permit("case.propose")
@require_POST
def answer(request: HttpRequest, ref: str, inquiry: str) -> HttpResponse:
    """Keep what they answered."""
    form = shapes.AnswerForm(request.POST, request.FILES, prefix=f"a{inquiry[:6]}")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.answer_inquiry(
            ref=ref, inquiry=inquiry, on=said["on"], answer=said["answer"], photo=shapes.photo_of(form), by=request.user, at=at
        )

    return _act(request, ref, do, "答复记好了。", inquiry, form)


@permit("case.propose")
@require_POST
def silent(request: HttpRequest, ref: str, inquiry: str) -> HttpResponse:
    """Note that nobody answered."""
    return _act(
        request, ref, lambda at: actions.give_up_inquiry(ref=ref, inquiry=inquiry, by=request.user, at=at),
        "记下了：没有答复。没有答复不等于没有。", "silent",
    )  # fmt: skip
