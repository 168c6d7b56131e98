"""Referrals as the office sees them: what was asked of whom, until when, what came back, and asking for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import queries as casework
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import queries as registry
from doudi.services import actions, queries
from doudi.services.queries import ReferralPage
from doudi.web.desk.frame import acted, due, page_number
from doudi.web.desk.services import forms as shapes
from doudi.web.parts.permits import permit

SIZE = 50
PILES = (("open", "等回话的"), ("late", "过了期限的"), ("answered", "回话了，问收到没有"), ("closed", "办完的"))


def listed(request: HttpRequest, template: str, piles: tuple[tuple[str, str], ...]) -> HttpResponse:
    """A page of one pile, the most pressing first.

    :raises Http404: no such pile
    """
    today, page, pile = time.today(time.now()), page_number(request), request.GET.get("pile", "open")
    if pile not in dict(piles):
        raise Http404
    rows = queries.referrals(request.viewer, on=today, pile=pile, first=page * SIZE, count=SIZE + 1)
    context = {
        "lines": [{"row": row, "due": due(row.due_on, today)} for row in rows[:SIZE]],
        "pile": pile,
        "piles": [{"code": code, "words": words, "here": code == pile} for code, words in piles],
        "counts": queries.counts(request.viewer, on=today),
        "next": f"?pile={pile}&page={page + 1}" if len(rows) > SIZE else "",
    }
    return render(request, template, context)


@permit("referral.list")
@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """Referrals of the viewer's area."""
    return listed(request, "desk/services/page.html", PILES)


@permit("referral.list")
@require_safe
def of_case(request: HttpRequest, ref: str) -> HttpResponse:
    """What was asked of others in one case, and for whom of the family more may be asked.

    :raises Http404: no such case in the viewer's area
    """
    about = casework.of_case(ref)
    if about is None or not request.viewer.sees(about.area):
        raise Http404
    at = time.now()
    office.look(subject=about.applicant, viewer=request.viewer, at=at, what="转介给别的部门的事")
    today = time.today(at)
    context = {
        "about": about,
        "name": about.names[about.applicant],
        "lines": [{"row": row, "due": due(row.due_on, today)} for row in queries.of_case(ref, request.viewer)],
    }
    return render(request, "desk/services/of_case.html", context)


# ---- asking for somebody ------------------------------------------------------------------------------------------------


@permit("referral.open")
def new(request: HttpRequest, pid: str) -> HttpResponse:
    """Ask a department for one person: from a case (`?case=`), from a visit (`?visit=`), or at the window.

    :raises Http404: nobody of this id in the viewer's area, or not of that case
    """
    case, visit = request.GET.get("case", ""), request.GET.get("visit", "")
    try:
        person = registry.me(pid)
    except registry.NotKnown:
        raise Http404 from None
    about = casework.of_case(case) if case else None
    if not request.viewer.sees(about.area if about else person.area) or (case and (about is None or pid not in about.names)):
        raise Http404
    at = time.now()
    office.look(subject=pid, viewer=request.viewer, at=at, what="姓名、住处和够得上哪些部门的帮助")
    offered = queries.offered(person.pid, on=time.today(at))
    form = shapes.ReferForm(offered, request.POST if request.method == "POST" else None)
    return _asked(request, form, {"person": person, "case": case, "offered": offered}, {"pid": pid, "case": case, "visit": visit})


@permit("referral.open")
def unknown(request: HttpRequest) -> HttpResponse:
    """Ask at once for somebody in danger nobody knows: where the clerk's own post is (LAW Art. 51, 52)."""
    offered = [one for one in queries.offered("", on=time.today(time.now())) if one.kind.urgent]
    form = shapes.UnknownForm(offered, request.POST if request.method == "POST" else None)
    return _asked(request, form, {"offered": offered}, {"area": request.viewer.area})


def _asked(request: HttpRequest, form: forms.Form, context: dict[str, Any], more: dict[str, str]) -> HttpResponse:
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.refer(**form.cleaned_data, **more, by=request.user, at=time.now())
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, f"转出去了，转介单 {row.number}。最晚 {row.due_on:%m-%d} 回话。", extra_tags="pine")
            return redirect("desk:service", row.ref)
    shown = {**context, "form": form, "problem": problem}
    return render(request, "desk/services/new.html", shown, status=422 if problem or form.errors else 200)


# ---- one of them --------------------------------------------------------------------------------------------------------


def read(request: HttpRequest, ref: str) -> ReferralPage:
    """The referral, for this viewer.

    :raises Http404: none in the viewer's area, or sent to another department
    """
    try:
        return queries.referral(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("referral.list")
@require_safe
def referral(request: HttpRequest, ref: str) -> HttpResponse:
    """One referral: what was passed on, where it stands, what came back, what the family says."""
    return _page(request, ref)


def _page(request: HttpRequest, ref: str, *, problem: str = "", held: dict[str, forms.Form] | None = None) -> HttpResponse:
    at, held, viewer = time.now(), held or {}, request.viewer
    this = read(request, ref)
    if this.pid:
        office.look(subject=this.pid, viewer=viewer, at=at, what="转介单和部门的回话")
    opening = viewer.may("referral.open")
    promised = this.answer is not None and this.answer.gives and this.row.arrived is not True
    context = {
        "one": this,
        "due": due(this.row.due_on, time.today(at)),
        "letter_form": (held.get("letter") or shapes.LetterForm()) if this.is_open and viewer.may("referral.type") else None,
        "arrived_form": (held.get("arrived") or shapes.ArrivedForm()) if promised and opening else None,
        "back_form": (held.get("back") or shapes.BackForm()) if this.is_open and opening else None,
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
    }
    return render(request, "desk/services/one.html", context, status=422 if problem or context["wrong"] else 200)


def _act(request: HttpRequest, ref: str, name: str, form: forms.Form, do: Callable[[datetime], Any], said: str) -> HttpResponse:
    read(request, ref)
    held = {name: form}
    if not form.is_valid():
        return _page(request, ref, held=held)
    return acted(request, do, said, back=("desk:service", ref), again=partial(_page, request, ref, held=held))


@permit("referral.type")
@require_POST
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """Type in what the department wrote."""
    form = shapes.LetterForm(request.POST)

    def do(at: datetime) -> None:
        actions.answer(ref=ref, said=form.said(), letter=form.cleaned_data["letter"], by=request.user, at=at)

    return _act(request, ref, "letter", form, do, "回话记下了，本人会收到短信。")


@permit("referral.open")
@require_POST
def arrived(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep whether it arrived."""
    form = shapes.ArrivedForm(request.POST)

    def do(at: datetime) -> None:
        typed = form.cleaned_data
        actions.confirm_arrival(ref=ref, arrived=typed["arrived"] == "yes", said=typed["said"], by=request.user, at=at)

    return _act(request, ref, "arrived", form, do, "记下了。")


@permit("referral.open")
@require_POST
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back, as the person wishes."""
    form = shapes.BackForm(request.POST)

    def do(at: datetime) -> None:
        actions.take_back(ref=ref, why=form.cleaned_data["why"], by=request.user, at=at)

    return _act(request, ref, "back", form, do, "撤回了，部门那边也看不到了。")


@permit("referral.list")
@require_safe
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """转介单 on one page, with the slip the department sends back."""
    this = read(request, ref)
    if this.pid:
        office.look(subject=this.pid, viewer=request.viewer, at=time.now(), what="打印转介单")
    return render(request, "desk/services/sheet.html", {"one": this})
