"""Objections that wait, and one of them: taken up by another person, asked again, decided line by line, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import jobs as casework
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.verification.queries import ObjectionPage
from doudi.web.desk.frame import acted, due, page_number
from doudi.web.desk.objections import forms as shapes
from doudi.web.desk.objections.forms import EvidenceField
from doudi.web.parts.permits import permit

SIZE = 50
PILES = (("open", "正在看的"), ("late", "过了期限的"), ("done", "看完的"))


@permit("objection.list")
@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """Objections in the viewer's area, the most pressing first.

    :raises Http404: no such list
    """
    today, page, pile = time.today(time.now()), page_number(request), request.GET.get("pile", "open")
    if pile not in dict(PILES):
        raise Http404
    rows = queries.objections(request.viewer, today, pile=pile, first=page * SIZE, count=SIZE + 1)
    context = {
        "lines": [{"row": row, "due": due(row.due_on, today)} for row in rows[:SIZE]],
        "pile": pile,
        "piles": [{"code": code, "words": words, "here": code == pile} for code, words in PILES],
        "counts": queries.objection_counts(request.viewer, today),
        "next": f"?pile={pile}&page={page + 1}" if len(rows) > SIZE else "",
    }
    return render(request, "desk/objections/page.html", context)


def _read(request: HttpRequest, ref: str) -> ObjectionPage:
    """The objection, for this viewer.

    :raises Http404: none in the viewer's area
    """
    try:
        return queries.objection(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("objection.list")
@require_safe
def objection(request: HttpRequest, ref: str) -> HttpResponse:
    """One objection on one page: what the report said, what the person says, what came back, how it ends."""
    return _page(request, ref)


def _page(request: HttpRequest, ref: str, *, problem: str = "", held: dict[str, forms.Form] | None = None) -> HttpResponse:
    at, held = time.now(), held or {}
    this, viewer = _read(request, ref), request.viewer
    for pid in {this.pid, *(line.pid for line in this.lines)}:
        office.look(subject=pid, viewer=viewer, at=at, why="objection.handle", what="核对报告和对它的不同意见")
    mine = f"clerk:{viewer.ref}"
    handling = this.is_open and viewer.may("objection.handle") and this.taken_ref == mine
    named = {(line.pid, line.source, line.place) for line in this.lines}
    left = [one for one in queries.objectable(this.check, this.pid) if (one.pid, one.source, one.place) not in named]
    context = {
        "one": this,
        "due": due(this.due_on, time.today(at)),
        "lines": [
            {"row": line, "form": held.get(line.ref) or shapes.DecideForm() if handling and not line.outcome else None}
            for line in this.lines
        ],
        "handling": handling,
        "may_take": this.is_open and viewer.may("objection.handle") and this.taken_ref != mine,
        "same_person": mine in this.not_these,
        "line_form": (held.get("line") or shapes.LineForm(left)) if handling and left else None,
        "add_form": (held.get("add") or shapes.AddForm()) if this.is_open and viewer.may("objection.open") else None,
        "settle_form": (held.get("settle") or shapes.SettleForm()) if handling else None,
        "all_decided": bool(this.lines) and all(line.outcome for line in this.lines),
        "withdraw_form": (held.get("withdraw") or shapes.WithdrawForm())
        if this.is_open and viewer.may("objection.open")
        else None,
        "reports": queries.reports(this.check),
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
    }
    return render(request, "desk/objections/one.html", context, status=422 if problem or context["wrong"] else 200)


def _act(
    request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str, held: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """Do one act: back to the page when done; otherwise the page says why not, with what was typed.

    :raises Http404: no such objection for this viewer
    """
    _read(request, ref)
    for form in (held or {}).values():
        if not form.is_valid():
            return _page(request, ref, held=held)
    return acted(request, do, said, back=("desk:objection", ref), again=partial(_page, request, ref, held=held))


@permit("objection.handle")
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it up."""
    return _act(request, ref, lambda at: actions.take(ref=ref, by=request.user, at=at), "您接下了，期限不变。")


@permit("objection.handle")
@require_POST
def add_line(request: HttpRequest, ref: str) -> HttpResponse:
    """Name the lines the person's words are about."""
    this = _read(request, ref)
    form = shapes.LineForm(queries.objectable(this.check, this.pid), request.POST)

    def do(at: datetime) -> None:
        chosen = form.disputed()
        if not chosen:
            raise NotAllowed("请选报告里的哪一处。")
        for disputed in chosen:
            actions.add_line(ref=ref, disputed=disputed, by=request.user, at=at)

    return _act(request, ref, do, "记下了是哪一处。", {"line": form})


@permit("objection.open")
@require_POST
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Add words or evidence."""
    form = shapes.AddForm(request.POST, request.FILES)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.add(ref=ref, words=said["words"], files=EvidenceField.files(said["paper"]), by=request.user, at=at)

    return _act(request, ref, do, "补上了。", {"add": form})


@permit("objection.handle")
@require_POST
def again(request: HttpRequest, ref: str, line: str) -> HttpResponse:
    """Ask the source of one line again."""
    said = "重新去问了，只问这一个来源。"
    return _act(request, ref, lambda at: actions.recheck(ref=ref, line=line, by=request.user, at=at), said)


@permit("objection.handle")
@require_POST
def decide(request: HttpRequest, ref: str, line: str) -> HttpResponse:
    """Say how one line ends."""
    form = shapes.DecideForm(request.POST)

    def do(at: datetime) -> None:
        actions.decide_line(ref=ref, line=line, by=request.user, at=at, **form.cleaned_data)

    return _act(request, ref, do, "这一处记下了。", {line: form})


@permit("objection.handle")
@require_POST
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer the person; the new report stands beside the old one."""
    form = shapes.SettleForm(request.POST)

    def do(at: datetime) -> None:
        actions.settle(ref=ref, answer=form.cleaned_data["answer"], by=request.user, at=at)
        casework.follow_objections(at)

    return _act(request, ref, do, "答复了，新报告出来了，原来的那份还在。本人会收到短信。", {"settle": form})


@permit("objection.open")
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that the person takes it back."""
    form = shapes.WithdrawForm(request.POST)

    def do(at: datetime) -> None:
        actions.withdraw_objection(ref=ref, why=form.cleaned_data["why"], by=request.user, at=at)

    return _act(request, ref, do, "撤回记下了，报告还是原来的。", {"withdraw": form})
