"""What may be answered another place at once: proposed by one, put in force by another, ended by either."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from doudi.casework import core as casework
from doudi.exchange import queries as exchange
from doudi.office.core import NotAllowed
from doudi.office.queries import now, today
from doudi.verification import actions
from doudi.verification.core import asked_datasets
from doudi.verification.queries import peers
from doudi.web.parts.permits import permit


@permit("place.standing")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Every standing answer, and a form to propose one; nothing is chosen beforehand."""
    problem, given = "", request.POST
    if request.method == "POST":
        try:
            actions.draft_standing_answer(
                peer=given.get("peer", ""),
                programmes=given.getlist("programmes"),
                datasets=given.getlist("datasets"),
                from_on=_day(given.get("from_on", "")),
                to_on=_day(given.get("to_on", "")),
                by=request.user,
                at=now(),
            )
            return redirect("desk:peers-standing")
        except NotAllowed as why:
            problem = str(why)
    return _page(request, problem)


def _page(request: HttpRequest, problem: str) -> HttpResponse:
    given, contracts = request.POST, exchange.contracts()
    context = {
        "rows": [(row, [_programme(code) for code in row.programmes]) for row in peers.standing_answers()],
        "places": [row for row in peers.peers_known() if row.active],
        "programmes": [(code, road.label, code in given.getlist("programmes")) for code, road in casework.roads().items()],
        "datasets": [
            (one.dataset, contracts[one.dataset].label, one.dataset in given.getlist("datasets")) for one in asked_datasets()
        ],
        "said": given,
        "today": today(now()),
        "problem": problem,
    }
    return render(request, "desk/peers/standing.html", context, status=422 if problem else 200)


@permit("place.standing")
@require_POST
def settle(request: HttpRequest, policy: str) -> HttpResponse:
    """Put in force, by another person; or end."""
    act = actions.approve_standing_answer if request.POST.get("move") == "approve" else actions.end_standing_answer
    try:
        act(ref=policy, by=request.user, at=now())
    except NotAllowed as why:
        return _page(request, str(why))
    return redirect("desk:peers-standing")


def _programme(code: str) -> str:
    roads = casework.roads()
    return roads[code].label if code in roads else code


def _day(text: str) -> date:
    """A day as the browser sends it.

    :raises NotAllowed: in words
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotAllowed("请选开始和结束的日期。") from None
