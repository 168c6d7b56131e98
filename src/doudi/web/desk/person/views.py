"""One person on one page, for a stated purpose; and finding the right person."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import queries as casework
from doudi.monitoring import queries as monitoring
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party, TooMany
from doudi.registry import actions as people
from doudi.registry import queries as registry
from doudi.web.desk.alerts.views import WHY
from doudi.web.desk.person.forms import PurposeForm
from doudi.web.desk.person.parts import Asked, Part, parts_for
from doudi.web.parts.permits import permit

WHAT = "全部信息"
HOLDS = timedelta(minutes=30)  # how long a stated purpose opens a person's page
LONGEST = 60  # characters of a question


@permit("person.find")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find people by what is remembered of them, or a case by its receipt number; a person opens only for a purpose.

    Asked by the page itself while somebody types, only the list comes back; each such stop is a search and leaves its trace.
    """
    at = time.now()
    text = request.GET.get("q", "").strip()[:LONGEST]
    typing = request.headers.get("HX-Request") == "true"
    context: dict[str, Any] = {"q": text, "asked": bool(text)}
    if text:
        try:
            me = Party("clerk", request.viewer.ref)
            context["found"] = people.search(text=text, viewer=request.viewer, by=me, at=at)
        except TooMany as why:
            context["problem"] = str(why)
        if request.viewer.may("case.list"):
            context["cases"] = casework.find(request.viewer, re.sub(r"[\s\-—]", "", text), at=at)
            if len(context["cases"]) == 1 and not typing and not (context.get("found") and context["found"].people):
                return redirect("desk:case", context["cases"][0].ref)
    status = 429 if "problem" in context and not typing else 200
    return render(request, "desk/person/_found.html" if typing else "desk/person/find.html", context, status=status)


def purpose_now(request: HttpRequest, pid: str, at: datetime) -> str:
    """Why this person may be opened now: the case the link came from, or what was chosen within the last half hour."""
    ref = request.GET.get("case", "")
    if ref and request.viewer.may("case.read"):
        try:
            case = casework.case(ref, request.viewer, at=at)
        except NotAllowed:
            return ""
        if any(member.pid == pid for member in case.members):
            return f"办理{case.programme_label}申请"
    alert = request.GET.get("alert", "")
    if alert and request.viewer.may("alert.read"):
        try:
            if monitoring.alert(alert, request.viewer).pid == pid:
                return WHY
        except NotAllowed:
            return ""
    kept = request.session.get("purposes", {}).get(pid)
    return kept["why"] if kept and datetime.fromisoformat(kept["until"]) > at else ""


@permit("person.read")
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pid: str) -> HttpResponse:
    """Everything known about a person, part by part, each with its source and day; the look is written down for them to read.

    :raises Http404: nobody of this id, or not in the viewer's area
    """
    at = time.now()
    who = _somebody(request, pid)
    if who.pid != pid:  # two records were found to be one person: there is one page
        return redirect("desk:person", who.pid)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = request.session.get("purposes", {})
        kept[pid] = {"why": form.purpose, "until": (at + HOLDS).isoformat()}
        request.session["purposes"] = kept
        return redirect("desk:person", pid)
    why = purpose_now(request, pid, at)
    if request.method == "POST" or not why:
        context = {"form": form, "masked": who.masked_name, "place": who.area_label}
        return render(request, "desk/person/purpose.html", context, status=422 if request.method == "POST" else 200)
    office.look(subject=pid, viewer=request.viewer, at=at, why=why, what=WHAT)
    asked = _asked(request, who, why, at)
    whole = request.GET.get("parts") == "all"
    shown = [_shown(part, asked, whole=whole) for part in parts_for(request.viewer)]
    context = {
        "who": who,
        "age": who.age(asked.today),
        "why": why,
        "wide": [one for one in shown if not one["aside"]],
        "narrow": [one for one in shown if one["aside"]],
        "whole": "" if whole else _here(request, pid, parts="all"),
    }
    return render(request, "desk/person/page.html", context)


@permit("person.read")
@require_safe
def part(request: HttpRequest, pid: str, name: str) -> HttpResponse:
    """One part of a person's page: by itself for the page that asked for it, whole for a browser without script.

    :raises Http404: nobody of this id, not in the viewer's area, or no such part for this post
    """
    at = time.now()
    who = _somebody(request, pid)
    if who.pid != pid:
        return redirect("desk:person", who.pid)
    one = next((part for part in parts_for(request.viewer) if part.name == name), None)
    if one is None:
        raise Http404
    why = purpose_now(request, pid, at)
    if not why:
        return redirect("desk:person", pid)
    office.look(subject=pid, viewer=request.viewer, at=at, why=why, what=WHAT)
    context = {"who": who, "part": _shown(one, _asked(request, who, why, at), whole=True), "back": _here(request, pid)}
    alone = request.headers.get("HX-Request") == "true"
    return render(request, "desk/person/_part.html" if alone else "desk/person/part.html", context)


def _somebody(request: HttpRequest, pid: str) -> registry.PersonRow:
    try:
        return registry.person(pid, request.viewer)
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None


def _asked(request: HttpRequest, who: registry.PersonRow, why: str, at: datetime) -> Asked:
    on, known_on = (_day(request, name) for name in ("on", "known_on"))
    return Asked(request, request.viewer, who, at, why, on, known_on)


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _here(request: HttpRequest, pid: str, name: str = "", **more: str) -> str:
    """The address of the page, or of one of its parts, with the purpose and the days this one was opened with."""
    kept = {key: request.GET[key] for key in ("case", "alert", "on", "known_on") if request.GET.get(key)} | more
    address = reverse("desk:person-part", args=[pid, name]) if name else reverse("desk:person", args=[pid])
    return f"{address}?{urlencode(kept)}" if kept else address


def _shown(part: Part, asked: Asked, *, whole: bool) -> dict[str, Any]:
    """A part as the page needs it: where it is, and its inside when it is wanted now."""
    inside = ""
    if whole:
        context = {"who": asked.who, "at": asked.at, "today": asked.today, "asked": asked, **part.context(asked)}
        inside = render_to_string(part.template, context, asked.request)
    href = _here(asked.request, asked.pid, part.name)
    return {"name": part.name, "label": part.label, "note": part.note, "aside": part.aside, "href": href, "shown": inside}
