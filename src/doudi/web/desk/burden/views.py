"""How heavy the work of townships and villages is: figures of places, never of persons, each with how it is counted."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.casework import queries
from doudi.casework.core import burden as budgets
from doudi.facts import days
from doudi.monitoring import queries as monitoring
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.parts.permits import permit


@permit("burden.read")
@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    """This month and last: typed fields beside their budgets, what was asked, printed, visited, settled, waited for, by place.

    :raises Http404: a place outside the viewer's area, or none
    """
    at = time.now()
    month = time.today(at).replace(day=1)
    visits = monitoring.visits_made(
        request.viewer, first=days.add_months(month, -1), last=days.add_months(month, 1) - days.ONE_DAY
    )
    try:
        found = queries.burden(
            request.viewer, at=at, area=request.GET.get("area", ""),
            told=[(place, first, "visits", number) for place, first, number in visits],
        )  # fmt: skip
    except NotAllowed:
        raise Http404 from None
    now, before = found.whole.now, found.whole.before
    context = {
        "found": found,
        "is_part": found.whole.area != request.viewer.area,
        "screens": [
            (one, now.pieces[code], now.each(code), before.pieces[code], before.each(code))
            for code, one in budgets.screens().items()
        ],
        "figures": [(one, now.figures[code], before.figures[code]) for code, one in budgets.figures().items()],
        "waits": [(one.label, now.waits.get(one), before.waits.get(one)) for one in found.waited],
    }
    return render(request, "desk/burden/page.html", context)
