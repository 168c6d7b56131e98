"""How long what is kept; a list of what is over its time, approved by a person; what an audit or a court wants kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.exchange import actions, queries
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 20


@permit("data.retain")
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    """The rules, the lists and the holds; a yes to a list, a hold placed or lifted."""
    at, problem, given = time.now(), "", request.POST
    if request.method == "POST":
        try:
            if ref := given.get("approve", ""):
                actions.approve_disposal(ref=ref, by=request.user, at=at)
            elif scope := given.get("lift", ""):
                actions.lift_hold(scope=scope, by=request.user, at=at)
            else:
                scope = given.get("scope", "").strip() or "all"
                actions.place_hold(scope=scope, why=given.get("why", ""), by=request.user, at=at)
            return redirect("desk:retention")
        except NotAllowed as why:
            problem = str(why)
    number = page_number(request)
    lists = queries.disposals(request.viewer, first=number * PAGE, count=PAGE + 1)
    rules = queries.retention_rules(at)
    labels = {one.kind: one.label for one in rules}
    context = {
        "rules": rules,
        "lists": [(one, [(labels.get(kind, kind), *told) for kind, told in one.counts.items()]) for one in lists[:PAGE]],
        "holds": queries.holds(),
        "datasets": sorted(queries.contracts().values(), key=lambda one: one.no),
        "problem": problem,
        "next": f"?page={number + 1}" if len(lists) > PAGE else "",
    }
    return render(request, "desk/retention/page.html", context, status=422 if problem else 200)
