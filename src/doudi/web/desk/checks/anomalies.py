"""Anomalies: lists by place and state, a table to take away, one with both rows; handed on, taken back, closed with a cause."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import queries as casework
from doudi.monitoring import actions as monitoring
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.verification.core.anomalies import SEEN_LABELS, AnomalyState, Seen, Whom
from doudi.web.desk.checks.forms import CloseForm, HandForm, NoteForm
from doudi.web.desk.frame import acted, due
from doudi.web.parts.permits import permit

PAGE = 50
TONES = {AnomalyState.OPEN: "amber", AnomalyState.HANDED: "blue", AnomalyState.CLOSED: "pine", AnomalyState.LAPSED: "plain"}
ASKED = ("run", "seen", "state", "whom", "kind", "roll", "area")
STEPS = {"hand": "交给", "take_back": "收了回来", "close": "写明原因：", "reopen": "重新打开"}


def _wanted(request: HttpRequest) -> queries.Wanted:
    """What the list is asked for.

    :raises Http404: no such state, or nobody of this name to hand to
    """
    given = {name: request.GET.get(name, "")[:40] for name in ASKED}
    known = {"state": set(AnomalyState), "whom": set(Whom), "seen": set(Seen)}
    if any(given[name] and given[name] not in values for name, values in known.items()):
        raise Http404
    late = time.today(time.now()) if request.GET.get("late") == "1" else None
    return queries.Wanted(**given, late_on=late)


def _words(wanted: queries.Wanted, **other: str) -> str:
    told = {name: getattr(wanted, name) for name in ASKED} | ({"late": "1"} if wanted.late_on else {}) | other
    return "?" + urlencode({name: value for name, value in told.items() if value})


def _heading(wanted: queries.Wanted) -> str:
    if wanted.late_on:
        return "过了期限的疑点"
    if wanted.seen:
        return f"疑点：{SEEN_LABELS[Seen(wanted.seen)]}"
    if wanted.whom:
        return f"疑点，{Whom(wanted.whom).label}"
    return f"疑点，{AnomalyState(wanted.state).label}" if wanted.state else "疑点"


@permit("anomaly.read")
@require_safe
def anomalies(request: HttpRequest) -> HttpResponse:
    """Anomalies of this place, a page at a time; names and numbers masked.

    :raises Http404: asked beyond the viewer's area, or for what there is not
    """
    wanted, after = _wanted(request), request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 12):
        raise Http404
    viewer, today = request.viewer, time.today(time.now())
    try:
        found = queries.anomalies(viewer, wanted, after=int(after), count=PAGE + 1)
        total, by_place = queries.anomalies_count(viewer, wanted), queries.anomalies_by_place(viewer, wanted)
        run = queries.run(wanted.run, viewer) if wanted.run and viewer.may("check.batch") else None
    except NotAllowed:
        raise Http404 from None
    labels = time.area_labels(list(by_place))
    chips = [("全部", {"state": "", "whom": ""}), *((one.label, {"state": one.value, "whom": ""}) for one in AnomalyState)]
    context = {
        "run": run,
        "heading": _heading(wanted),
        "total": total,
        "rows": [
            {
                "row": row,
                "tone": TONES[row.state],
                "due": due(row.due_on, today) if row.state is AnomalyState.HANDED else ("", ""),
            }
            for _, row in found[:PAGE]
        ],
        "chips": [
            {"words": words, "href": _words(wanted, **other), "here": wanted.state == other["state"] and not wanted.late_on}
            for words, other in chips
        ],
        "places": [
            {"label": labels.get(code, code), "count": n, "href": _words(wanted, area=code)}
            for code, n in by_place.items()
            if code != wanted.area
        ],
        "next": _words(wanted, after=str(found[PAGE - 1][0])) if len(found) > PAGE else "",
        "export": reverse("desk:anomalies-csv") + _words(wanted) if total and viewer.may("anomaly.work") else "",
    }
    return render(request, "desk/checks/anomalies.html", context)


@permit("anomaly.work")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The whole list as a table to take away, for a stated purpose; names stay masked, and the taking leaves a trace."""
    wanted, why = _wanted(request), request.POST.get("why", "").strip()[:200]
    area = wanted.area or request.viewer.area
    asked = {name: getattr(wanted, name) for name in ASKED if getattr(wanted, name)}
    try:
        total = queries.anomalies_count(request.viewer, wanted)
        actions.export_anomalies(area=area, people=total, why=why, asked=asked, by=request.user, at=time.now())
    except NotAllowed as told:
        return HttpResponse(str(told), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="anomalies.csv"'
    csv.writer(answer).writerows(queries.anomalies_table(request.viewer, wanted))
    return answer


def _found(request: HttpRequest, ref: str) -> queries.AnomalyPage:
    try:
        return queries.anomaly(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("anomaly.read")
@require_safe
def anomaly(request: HttpRequest, ref: str) -> HttpResponse:
    """One anomaly: both rows, what it may innocently be, what people did with it."""
    return _page(request, ref)


def _page(request: HttpRequest, ref: str, problem: str = "", **given: forms.Form) -> HttpResponse:
    found, viewer, at = _found(request, ref), request.viewer, time.now()
    office.look(subject=found.row.pid, viewer=viewer, at=at, what="批量核对的疑点")
    works, state = viewer.may("anomaly.work"), found.row.state
    benefits = casework.running_of({found.row.pid}, viewer, on=time.today(at)) if viewer.may("case.read") else ()
    context = {
        "page": found,
        "problem": problem,
        "wrong": [form for form in given.values() if form.errors],
        "tone": TONES[state],
        "due": due(found.row.due_on, time.today(at)) if state is AnomalyState.HANDED else ("", ""),
        "benefits": benefits,
        "close_form": (given.get("close") or CloseForm()) if found.closable else None,
        "hand_form": (given.get("hand") or HandForm()) if works and state is AnomalyState.OPEN else None,
        "note_form": (given.get("note") or NoteForm()) if works and state in (AnomalyState.HANDED, AnomalyState.CLOSED) else None,
        "back": state is AnomalyState.HANDED,
        "steps": [_step(request, one) for one in found.steps],
        "sightings": [(run, on, SEEN_LABELS[Seen(seen)]) for run, on, seen in found.sightings],
    }
    return render(request, "desk/checks/anomaly.html", context, status=422 if problem or context["wrong"] else 200)


def _step(request: HttpRequest, step: queries.StepRow) -> dict[str, Any]:
    words = STEPS[step.act] + (step.whom_label or step.cause_label)
    href = link = ""
    if step.came and step.act == "hand" and request.viewer.may("alert.read"):
        href, link = reverse("desk:alert", args=[step.came]), "看走访"
    elif step.came and step.act == "close" and request.viewer.may("correction.list"):
        href, link = reverse("desk:correction", args=[step.came]), "看校核申请"
    return {"step": step, "words": words, "href": href, "link": link}


@permit("anomaly.work")
@require_POST
def hand(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand an anomaly to the township, where a visit waits for it, or to supervision."""
    _found(request, ref)
    form = HandForm(request.POST)
    if not form.is_valid():
        return _page(request, ref, hand=form)
    whom, note = form.cleaned_data["whom"], form.cleaned_data["note"]

    def do(at: datetime) -> None:
        if whom == Whom.TOWNSHIP:
            monitoring.hand_to_township(anomaly=ref, note=note, by=request.user, at=at)
        else:
            actions.hand_anomaly(ref=ref, whom=whom, note=note, by=request.user, at=at)

    return _acted(request, ref, do, f"交给{Whom(whom).label}了。", hand=form)


@permit("anomaly.close")
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close an anomaly with a cause."""
    _found(request, ref)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, ref, close=form)

    def do(at: datetime) -> None:
        actions.close_anomaly(ref=ref, **form.cleaned_data, by=request.user, at=at)

    return _acted(request, ref, do, "原因写下了。", close=form)


@permit("anomaly.work")
@require_POST
def back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an anomaly back from whom it was handed to."""
    return _noted(request, ref, actions.take_back_anomaly, "收回来了。")


@permit("anomaly.work")
@require_POST
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open an anomaly again whose cause was wrong."""
    return _noted(request, ref, actions.reopen_anomaly, "重新打开了。")


def _noted(request: HttpRequest, ref: str, act: Any, said: str) -> HttpResponse:
    _found(request, ref)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, ref, note=form)

    def do(at: datetime) -> None:
        act(ref=ref, note=form.cleaned_data["note"], by=request.user, at=at)

    return _acted(request, ref, do, said, note=form)


def _acted(request: HttpRequest, ref: str, do: Callable[[datetime], None], said: str, **given: forms.Form) -> HttpResponse:
    return acted(request, do, said, back=("desk:anomaly", ref), again=partial(_page, request, ref, **given))
