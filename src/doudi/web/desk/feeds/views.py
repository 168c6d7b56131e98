"""Deliveries of the departments: counts, reasons, rejected rows with the way to mend them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.exchange import queries
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 40


@permit("feed.list")
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Every load, newest first, with what was taken and what was turned back; files that were refused as a whole below."""
    number = page_number(request)
    dataset = request.GET.get("dataset", "")
    known = queries.contracts()
    if dataset and dataset not in known:
        raise Http404
    loads = queries.loads(request.viewer, dataset=dataset, first=number * PAGE, count=PAGE + 1)
    refused = queries.refusals(request.viewer, count=20) if number == 0 and not dataset else []
    context = {
        "loads": loads[:PAGE],
        "refused": refused,
        "dataset": known.get(dataset),
        "contracts": sorted(known.values(), key=lambda contract: contract.no),
        "next": f"?dataset={dataset}&page={number + 1}" if len(loads) > PAGE else "",
    }
    return render(request, "desk/feeds/page.html", context)


@permit("feed.list")
@require_safe
def delivery(request: HttpRequest, number: int) -> HttpResponse:
    """One load: how many of each reason, and the rejected rows a page at a time."""
    load = queries.load(number, request.viewer)
    if load is None:
        raise Http404
    first = page_number(request) * PAGE
    rows = queries.rejects(number, request.viewer, first=first, count=PAGE + 1) if load.rejected else []
    next_page = f"?page={first // PAGE + 1}" if len(rows) > PAGE else ""
    return render(request, "desk/feeds/one.html", {"load": load, "rows": rows[:PAGE], "next": next_page})
