"""My own reason sheets: what may be in reach for my family, and why; what is another adult's stays covered."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.monitoring import answers
from doudi.monitoring.answers import EVERY, Answer, CannotAnswer
from doudi.office import queries
from doudi.policy.language.errors import RuleError
from doudi.registry import queries as registry
from doudi.registry.core import Purpose
from doudi.web.parts import reasons
from doudi.web.parts.permits import resident

RECONSIDER_DAYS = 60  # ARL Art. 20


def _answer(request: HttpRequest, programme: str) -> tuple[Answer | None, set[str]]:
    """The answer of today, and who of the family agreed that their data are used; None before anything is known.

    :raises Http404: no such programme
    """
    at = queries.now()
    try:
        answer = answers.ask(request.pid, programme, at=at)
    except CannotAnswer:
        return None, set()
    except RuleError:
        raise Http404 from None
    return answer, registry.consented(list(answer.names), Purpose.VERIFICATION, at)


def _frame(request: HttpRequest, answer: Answer | None) -> dict[str, Any]:
    me = registry.me(request.pid)
    shown = {"person_name": me.name, "reader": request.pid, "base": "/my/reasons/", "reconsider_days": RECONSIDER_DAYS}
    if answer is None:
        return shown
    return shown | reasons.frame(request, answer) | {"members": len(answer.names), "names": answer.names}


@resident
@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    """What may be in reach for me and my family."""
    answer, agreed = _answer(request, EVERY)
    shown = _frame(request, answer)
    if answer is not None:
        found = reasons.sheets(answer, reader=request.pid, agreed=agreed)
        mine = {one.subject for one in found}
        asked = {one["subject"] for one in answer.body["answers"]}
        shown |= {
            "groups": reasons.grouped(found),
            "aside": reasons.aside(answer, found),
            "overlaps": [one for one in answer.body["overlaps"] if one["state"] == "met" and one["person"] in mine],
            "others": len(asked - mine),
        }
    return render(request, "phone/reasons/reach.html", shown | {"answer": answer})


@resident
@require_safe
def reasons_of(request: HttpRequest, programme: str) -> HttpResponse:
    """Why, for one programme: for my family, for me, or for a child of mine (`for`).

    :raises Http404: no such programme, or about somebody whose sheet is only theirs
    """
    answer, agreed = _answer(request, programme)
    shown = _frame(request, answer)
    if answer is not None:
        whom = request.GET.get("for", request.pid)
        found = reasons.sheets(answer, reader=request.pid, agreed=agreed)
        sheet = next((one for one in found if one.subject == whom or one.subject not in answer.names), None)
        if sheet is None or programme == EVERY:
            raise Http404
        shown |= {"sheet": sheet}
    return render(request, "phone/reasons/page.html", shown | {"answer": answer})
