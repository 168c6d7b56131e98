"""Withdraw a delivery after seeing what leans on it, put it back, and the list of what was touched, for those who work there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.exchange import actions
from doudi.exchange import queries as exchange
from doudi.monitoring import queries
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 30


@permit("feed.withdraw")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """What leans on a delivery, and taking it back with a reason; or putting a withdrawn one back."""
    coming = queries.coming(number, request.viewer)
    if coming is None:
        raise Http404
    problem, why = "", request.POST.get("why", "")[:500]
    if request.method == "POST":
        act = actions.reinstate_load if coming.load.withdrawn_at else actions.withdraw_load
        try:
            act(load=number, why=why, by=request.user, at=time.now())
        except NotAllowed as told:
            problem = str(told)
        else:
            return redirect("desk:withdraw", number)
    told = [(one, queries.aftermath(one.id)) for one in exchange.withdrawals(load=number)]
    context = {"coming": coming, "load": coming.load, "told": told, "problem": problem, "why": why}
    return render(request, "desk/withdrawn/one.html", context, status=422 if problem else 200)


@permit("alert.list")
@require_safe
def touched(request: HttpRequest) -> HttpResponse:
    """Alerts and cases of this place that came from withdrawn deliveries; what people decided stands until they look again."""
    kind = request.GET.get("kind", "alert")
    first = page_number(request) * PAGE
    try:
        rows = queries.touched(request.viewer, kind=kind, first=first, count=PAGE + 1)
    except NotAllowed as why:
        raise Http404 from why
    next_page = f"?kind={kind}&page={first // PAGE + 1}" if len(rows) > PAGE else ""
    return render(request, "desk/withdrawn/page.html", {"kind": kind, "rows": rows[:PAGE], "next": next_page})
