"""All cases of a place, by where they stand."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.casework import queries
from doudi.office import queries as time
from doudi.web.desk.today.views import of_case
from doudi.web.parts.permits import permit

PILES = {"all": "全部", "todo": "在办", "waiting": "等他补", "shown": "公示中", "done": "办完了"}
PAGE = 30


@permit("case.list")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """One pile of the viewer's area, thirty at a time."""
    pile = request.GET.get("pile", "all")
    if pile not in PILES:
        raise Http404
    at = time.now()
    page = queries.inbox(request.viewer, at=at, pile=pile, after=request.GET.get("after", ""), limit=PAGE)
    context = {
        "entries": [of_case(row, time.today(at)) for row in page.rows],
        "chips": [{"words": words, "href": f"?pile={code}", "here": code == pile} for code, words in PILES.items()],
        "next": f"?{urlencode({'pile': pile, 'after': page.next})}" if page.next else "",
    }
    return render(request, "desk/cases/page.html", context)
