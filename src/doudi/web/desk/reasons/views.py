"""Why the rules say what they say about a person or a case, as known today or on an earlier day; each look is written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.casework import core as cases
from doudi.casework import queries as casework
from doudi.monitoring import answers
from doudi.monitoring.answers import EVERY, Answer, CannotAnswer
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.language.errors import RuleError
from doudi.registry import queries as registry
from doudi.web.desk.case.views import read
from doudi.web.desk.person.views import purpose_now
from doudi.web.parts import reasons
from doudi.web.parts.permits import permit

RECONSIDER_DAYS = 60  # ARL Art. 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The two days of a question as they were typed, and what is wrong with them."""

    on: date | None
    known_on: date | None
    problem: str = ""


def _asked(request: HttpRequest, at: datetime) -> Asked:
    days: dict[str, date | None] = {}
    for name in ("on", "known_on"):
        text = request.GET.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            return Asked(None, None, f"“{text[:20]}”不是日期，要写成 2026-07-01")
    if days["known_on"] and days["known_on"] > time.today(at):
        return Asked(days["on"], None, "那天还没有到，请选今天或以前的一天")
    return Asked(days["on"], days["known_on"])


@permit("person.read")
@require_safe
def reach(request: HttpRequest, pid: str) -> HttpResponse:
    """Every programme on one sheet: what may be in reach, what is not known yet, what is gently not."""
    return _sheet(request, pid, EVERY)


@permit("person.read")
@require_safe
def reasons_of(request: HttpRequest, pid: str, programme: str) -> HttpResponse:
    """One programme's reasons on one sheet."""
    return _sheet(request, pid, programme)


@permit("person.read")
@require_safe
def bytes_of(request: HttpRequest, pid: str, programme: str) -> HttpResponse:
    """The canonical bytes the sheet's digest is over: the same the command line prints."""
    at = time.now()
    who, why = _may(request, pid, at)
    asked = _asked(request, at)
    if not why or asked.problem:
        raise Http404
    try:
        answer = answers.of_person(who.pid, programme, request.viewer, at=at, on=asked.on, known_on=asked.known_on)
    except (CannotAnswer, RuleError):
        raise Http404 from None
    _look(request, answer, why, at)
    response = HttpResponse(answer.raw, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{programme}-{answer.sha256[: reasons.SHOWN_DIGITS]}.json"'
    return response


def _may(request: HttpRequest, pid: str, at: datetime) -> tuple[registry.PersonRow, str]:
    """The person, if this clerk may see them, and the purpose they are open for now ("" when none was said).

    :raises Http404: nobody of this id, or not in the viewer's area
    """
    try:
        return registry.person(pid, request.viewer), purpose_now(request, pid, at)
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None


def _look(request: HttpRequest, answer: Answer, why: str, at: datetime) -> None:
    for member in answer.body["household"]["members"]:
        office.look(subject=member, viewer=request.viewer, at=at, why=why, what="理由单")


def _sheet(request: HttpRequest, pid: str, programme: str) -> HttpResponse:
    at = time.now()
    who, why = _may(request, pid, at)
    if not why:  # the page of the person asks what it is for; afterwards the sheet opens
        return redirect("desk:person", pid)
    asked, answer = _asked(request, at), None
    problem = asked.problem
    if not problem:
        try:
            answer = answers.of_person(pid, programme, request.viewer, at=at, on=asked.on, known_on=asked.known_on)
        except (CannotAnswer, RuleError) as told:
            problem = str(told)
    context: dict[str, Any] = {
        "who": who,
        "person_name": who.name,
        "programme": programme,
        "every": programme == EVERY,
        "typed": {name: request.GET.get(name, "") for name in ("on", "known_on")},
        "carried": {name: request.GET[name] for name in ("case", "alert") if name in request.GET},
        "problem": problem,
        "base": f"/desk/person/{pid}/reasons/",
        "reader": pid,
        "day_box": True,
    }
    if answer is not None:
        _look(request, answer, why, at)
        found = reasons.sheets(answer)
        context |= reasons.frame(request, answer) | {
            "members": len(answer.body["household"]["members"]),
            "names": answer.names,
            "reconsider_days": RECONSIDER_DAYS,
            "query": urlencode({"on": answer.body["asked"]["on"], "known_on": answer.body["asked"]["known_on"]}),
            "groups": reasons.grouped([one for one in found if one.subject == pid or one.subject not in answer.names]),
            "sheet": next((one for one in found if one.subject == pid or one.subject not in answer.names), None),
            "aside": reasons.aside(answer, found),
            "overlaps": [one for one in answer.body["overlaps"] if one["state"] == "met"],
        }
    status = 422 if problem else 200
    return render(request, f"desk/reasons/{'reach' if programme == EVERY else 'page'}.html", context, status=status)


# ---- a case -------------------------------------------------------------------------------------------------------------


@permit("case.read")
@require_safe
def of_case(request: HttpRequest, ref: str) -> HttpResponse:
    """What the rules said when the case was assessed, as it was kept, and beside it the same facts by today's rules."""
    at = time.now()
    this = read(request, ref, at)
    for member in this.members:
        if member.pid:
            why = f"办理{this.programme_label}申请"
            office.look(subject=member.pid, viewer=request.viewer, at=at, why=why, what="理由单")
    kept = this.assessment
    again = casework.asked_again(ref, request.viewer, at=at) if kept else None
    context = {
        "case": this,
        "receipt": cases.show_receipt(this.receipt),
        "kept": kept,
        "again": again,
        "today": time.today(at),
        "changed": [] if again is None or kept is None else _changed(kept, again.today),
    }
    return render(request, "desk/reasons/case.html", context)


def _changed(kept: casework.AssessmentRow, today: casework.AssessmentRow) -> list[dict[str, Any]]:
    """The conditions that come out otherwise, or in other words, today."""
    before = {one.name: one for one in kept.conditions}
    now = {one.name: one for one in today.conditions}
    return [
        {"name": name, "then": before.get(name), "now": now.get(name)}
        for name in dict.fromkeys([*before, *now])
        if before.get(name) != now.get(name)
    ]
