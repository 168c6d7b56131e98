"""How often offices write or decide otherwise than the rules computed: figures of places, never of persons."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.casework import queries
from doudi.facts import days
from doudi.office import queries as time
from doudi.web.parts.permits import permit


def _month(text: str, today: date) -> date:
    """The month asked for, or this one."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


@permit("figures.read")
@require_safe
def deviations(request: HttpRequest) -> HttpResponse:
    """One month's opinions and decisions by office; twelve months to choose from."""
    today = time.today(time.now())
    first = _month(request.GET.get("month", ""), today)
    last = days.add_months(first, 1) - days.ONE_DAY
    found = queries.deviations(request.viewer, first=first, last=last)
    months = [days.add_months(today.replace(day=1), -back) for back in range(12)]
    context = {"found": found, "first": first, "months": months}
    return render(request, "desk/deviations/page.html", context)
