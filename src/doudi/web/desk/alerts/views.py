"""Warnings: the list, one of them with its reasons, and the three things that can be done."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from doudi.monitoring import actions, queries
from doudi.monitoring.core import IN_WORK
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role, Viewer
from doudi.policy.pack import Pack
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.forms import AssignForm, DismissForm
from doudi.web.desk.alerts.reading import LEVELS, explanation, rows_behind
from doudi.web.desk.frame import acted, due
from doudi.web.parts.permits import permit

STATES = {"open": "等处理", "assigned": "已排走访", "closed": "处理完了"}
TONES = {"open": "violet", "assigned": "blue", "closed": "plain", "lapsed": "plain"}
WHY = "查看提醒，安排走访"


@permit("alert.list")
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts of the viewer's area: a sentence each, most urgent first."""
    state, level, about = request.GET.get("state", "open"), request.GET.get("level", ""), request.GET.get("rule", "")
    rules = rulebook.pack()
    if state not in STATES or level not in ("", *LEVELS) or about not in ("", *rules.indicators):
        raise Http404
    at = time.now()
    today = time.today(at)
    try:
        page = queries.inbox(request.viewer, state=state, level=level, indicator=about, after=request.GET.get("after", ""))
    except NotAllowed:
        raise Http404 from None
    latest, counts = queries.latest(), queries.counts(request.viewer)
    asked = {"state": state, **({"level": level} if level else {}), **({"rule": about} if about else {})}
    context = {
        "alerts": [line(row, today, rules) for row in page.rows],
        "total": counts["all"],
        "as_of": latest.judged_on if latest else None,
        "levels": [
            {"words": "全部", "count": counts["all"], "href": f"?{urlencode({'state': state})}", "here": not level},
            *(
                {
                    "words": words,
                    "count": counts[code],
                    "href": f"?{urlencode({'state': state, 'level': code})}",
                    "here": level == code,
                }
                for code, (words, _) in LEVELS.items()
            ),
        ],
        "states": [
            {"words": words, "href": f"?{urlencode({'state': code})}", "here": code == state} for code, words in STATES.items()
        ],
        "next": f"?{urlencode({**asked, 'after': page.next})}" if page.next else "",
        "asked": asked,
        "about": about,
        "rules": [(code, versions[-1].label) for code, versions in sorted(rules.indicators.items())],
        "watched": watched(request.viewer, today),
    }
    return render(request, "desk/alerts/page.html", context)


def watched(viewer: Viewer, today: date) -> str:
    """Where an open page asks whether alerts came since it was drawn."""
    return f"{reverse('desk:alerts-new')}?{urlencode({'day': today, 'had': queries.raised(viewer, today)})}"


@permit("alert.list")
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """How many alerts were raised here since a page was drawn; asked again and again, so it counts and does nothing else."""
    try:
        day, had = date.fromisoformat(request.GET["day"]), int(request.GET["had"])
    except (KeyError, ValueError):
        raise Http404 from None
    today = time.today(time.now())
    count = queries.raised(request.viewer, today) - (had if day == today else 0)
    return render(request, "desk/alerts/_new.html", {"count": max(count, 0)})


def line(row: queries.AlertRow, today: Any, rules: Pack) -> dict[str, Any]:
    """An alert as a line of a list: a sentence, never a score."""
    said = explanation(row, row.seen_on, rules)
    words, tone = due(row.due_on, today) if row.state in IN_WORK else ("", "calm")
    tag, colour = LEVELS[row.level]
    return {
        "row": row,
        "what": said.label,
        "why": said.sentence,
        "tag": tag if row.state in IN_WORK else row.state.label,
        "tone": colour if row.state in IN_WORK else "plain",
        "due_words": words,
        "due_tone": tone,
        "act": {"open": "安排走访", "assigned": "看走访"}.get(row.state, "看经过"),
    }


@permit("alert.read")
@require_safe
def alert(request: HttpRequest, ref: str) -> HttpResponse:
    """One alert: why, from which rows, and what can be done."""
    return page(request, ref)


def page(
    request: HttpRequest, ref: str, *, problem: str = "", assign: forms.Form | None = None, dismiss: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw an alert's page.

    :raises Http404: no such alert for this viewer
    """
    at = time.now()
    today = time.today(at)
    found = _read(request, ref)
    office.look(subject=found.pid, viewer=request.viewer, at=at, why=WHY, what="提醒和它的来源")
    rules = rulebook.pack()
    said = explanation(found.row, found.row.seen_on, rules)
    viewer, open_ = request.viewer, found.row.state in IN_WORK
    person, home = None, ()
    if viewer.may("visit.record"):
        try:
            person, home = registry.to_visit(found.pid, viewer)
        except registry.NotKnown:
            person = None
    words, tone = due(found.row.due_on, today) if open_ else ("", "calm")
    context = {
        "alert": found,
        "who": person.name if person else found.row.masked_name,
        "about": f"{person.age(today)} 岁" if person and person.age(today) is not None else "",
        "phone": person.phone if person else "",
        "home": home,
        "said": said,
        "state_tone": TONES[found.row.state],
        "level": LEVELS[found.row.level],
        "due_words": words,
        "due_tone": tone,
        "sources": rows_behind(found, found.row.seen_on, viewer, rules),
        "assign_form": (assign or AssignForm(_workers(found.row.area, at))) if open_ and viewer.may("alert.assign") else None,
        "dismiss_form": (dismiss or DismissForm(prefix="dismiss")) if open_ and viewer.may("alert.dismiss") else None,
        "case_ref": next((one.case_ref for one in found.visits if one.case_ref), ""),
        "problem": problem,
        "wrong": [form for form in (assign, dismiss) if form is not None and form.errors],
    }
    return render(request, "desk/alerts/one.html", context, status=status)


def _read(request: HttpRequest, ref: str) -> queries.AlertDetail:
    try:
        return queries.alert(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


def _workers(area: str, at: Any) -> list[tuple[str, str]]:
    """Who may be asked: the village's workers first, then the township's."""
    near = [one for one in time.staff(at, area=area[:9]) if one.role in (Role.VILLAGE, Role.TOWNSHIP)]
    here = [one for one in near if area.startswith(one.area)]
    here.sort(key=lambda one: -len(one.area))
    return [(one.username, f"{one.name}（{one.area_label} {one.role.label}）") for one in here]


@permit("alert.assign")
@require_POST
def assign(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask somebody to go and see."""
    form = AssignForm(_workers(_read(request, ref).row.area, time.now()), request.POST)
    if not form.is_valid():
        return page(request, ref, assign=form, status=422)
    return acted(
        request, lambda at: actions.assign(ref=ref, worker=form.cleaned_data["worker"], by=request.user, at=at),
        "安排好了，他手机上能看到。", back=("desk:alert", ref), again=partial(page, request, ref, assign=form, status=422),
    )  # fmt: skip


@permit("alert.dismiss")
@require_POST
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """Say why nobody needs to go."""
    _read(request, ref)
    form = DismissForm(request.POST, prefix="dismiss")
    if not form.is_valid():
        return page(request, ref, dismiss=form, status=422)
    return acted(
        request, lambda at: actions.dismiss(ref=ref, by=request.user, at=at, **form.cleaned_data),
        "原因记下了，会用来改进这条规则。", back=("desk:alerts",), again=partial(page, request, ref, dismiss=form, status=422),
    )  # fmt: skip
