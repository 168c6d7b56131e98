"""What was sent to a department, as its own helper sees it: what was passed on, and nothing else about anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.services import actions
from doudi.services.core import State
from doudi.web.desk.frame import acted, due
from doudi.web.desk.services import forms as shapes
from doudi.web.desk.services.views import listed, read
from doudi.web.parts.permits import permit

PILES = (("open", "等回话的"), ("late", "过了期限的"), ("answered", "回过话的"), ("closed", "办完的"))


@permit("referral.receive")
@require_safe
def pile(request: HttpRequest) -> HttpResponse:
    """What was sent to this department and waits."""
    return listed(request, "desk/services/asked.html", PILES)


@permit("referral.receive")
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One of them."""
    return _page(request, ref)


def _page(request: HttpRequest, ref: str, *, problem: str = "", form: forms.Form | None = None) -> HttpResponse:
    at, this = time.now(), read(request, ref)
    if this.pid:
        office.look(subject=this.pid, viewer=request.viewer, at=at, what="转介单里写的")
    context = {
        "one": this,
        "due": due(this.row.due_on, time.today(at)),
        "may_take": this.row.state == State.SENT,
        "form": (form or shapes.AnswerForm()) if this.is_open else None,
        "problem": problem,
    }
    wrong = problem or (form is not None and form.errors)
    return render(request, "desk/services/asked_one.html", context, status=422 if wrong else 200)


def _act(
    request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str, form: forms.Form | None = None
) -> HttpResponse:
    read(request, ref)
    if form is not None and not form.is_valid():
        return _page(request, ref, form=form)
    return acted(request, do, said, back=("desk:asked-one", ref), again=partial(_page, request, ref, form=form))


@permit("referral.receive")
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it up."""
    return _act(request, ref, lambda at: actions.take(ref=ref, by=request.user, at=at), "接下了，期限不变。")


@permit("referral.receive")
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer it."""
    form = shapes.AnswerForm(request.POST)
    said = "回话记下了，转来的人和本人都会知道。"
    return _act(request, ref, lambda at: actions.answer(ref=ref, said=form.said(), by=request.user, at=at), said, form)
