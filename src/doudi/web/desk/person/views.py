"""One person on one page, for a stated purpose; and finding the right person."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import core as cases
from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.monitoring import queries as monitoring
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.pack import Pack
from doudi.registry import queries as registry
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.reading import LEVELS, explanation
from doudi.web.desk.alerts.views import WHY
from doudi.web.desk.person.forms import PurposeForm
from doudi.web.desk.person.reading import facts_words, row_words
from doudi.web.desk.today.views import STATES
from doudi.web.parts.permits import permit

HOLDS = timedelta(minutes=30)  # how long a stated purpose opens a person's page
NAME = re.compile(r"[\u3400-\u9fff·•]{2,20}")
NUMBER = re.compile(r"\d{17}[\dXx]")


@permit("person.find")
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find people by their whole number or exact name, or a case by its receipt number; a person opens only for a purpose."""
    at = time.now()
    text = re.sub(r"[\s\-—]", "", unicodedata.normalize("NFKC", request.GET.get("q", "")))[:40]
    people, found = [], ()
    if NUMBER.fullmatch(text):
        one = registry.find_by_number(text.upper(), request.viewer)
        people = [one] if one else []
    elif NAME.fullmatch(text):
        people = registry.find_by_name(text, request.viewer)
    if text and request.viewer.may("case.list"):
        found = casework.find(request.viewer, text, at=at)
        if len(found) == 1 and not people:
            return redirect("desk:case", found[0].ref)
    context = {
        "q": request.GET.get("q", ""),
        "asked": bool(text),
        "people": people,
        "cases": found,
        "count": len(people) + len(found),
    }
    return render(request, "desk/person/find.html", context)


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
    """Everything known about a person, each with its source and day; the look is written down for them to read.

    :raises Http404: nobody of this id, or not in the viewer's area
    """
    at = time.now()
    try:
        who = registry.person(pid, request.viewer)
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None
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
    office.look(subject=pid, viewer=request.viewer, at=at, why=why, what="全部信息")
    return render(request, "desk/person/page.html", _page(request, pid, why, at))


def _page(request: HttpRequest, pid: str, why: str, at: datetime) -> dict[str, Any]:
    page = registry.person_page(pid, request.viewer)
    today = time.today(at)
    contracts = exchange.contracts()
    rules = rulebook.pack()
    facts = facts_words(page.facts, rules) + facts_words(page.household_facts, rules, whole=True)
    found = casework.cases_of(pid, request.viewer, at=at) if request.viewer.may("case.read") else ()
    return {
        "who": page.person,
        "age": page.person.age(today),
        "why": why,
        "home": page.household,
        "facts": [one for one in facts if not one["is_not"]],
        "nots": [one for one in facts if one["is_not"]],
        "rows": [row_words(row, contracts.get(row.dataset)) for row in page.rows],
        "cases": [
            {
                "row": row,
                "receipt": cases.show_receipt(row.receipt),
                "href": reverse("desk:case", args=[row.ref]),
                "tone": STATES[row.state][1],
            }
            for row in found
        ],
        "alerts": _alerts(request, pid, today, rules),
        "consents": page.consents,
        "looks": time.looks(pid),
    }


def _alerts(request: HttpRequest, pid: str, today: date, rules: Pack) -> list[dict[str, Any]]:
    if not request.viewer.may("alert.read"):
        return []
    return [
        {"row": row, "label": explanation(row, today, rules).label, "tone": LEVELS[row.level][1]}
        for row in monitoring.of_person(pid, request.viewer)
    ]
