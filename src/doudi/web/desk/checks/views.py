"""Rolls checked against other lists: what was compared, how many, and who, with both rows and the article."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.verification import queries
from doudi.verification.core import Batch
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 50


@permit("check.batch")
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Every comparison of a whole roll, newest first."""
    number = page_number(request)
    found = queries.batches(request.viewer, first=number * PAGE, count=PAGE + 1)
    context = {"checks": [_worded(one) for one in found[:PAGE]], "next": f"?page={number + 1}" if len(found) > PAGE else ""}
    return render(request, "desk/checks/page.html", context)


def _worded(one: Batch) -> dict:
    """A comparison with the labels of its lists."""
    contracts = exchange.contracts()
    labels = {code: contract.label for code, contract in contracts.items()}
    return {
        "batch": one,
        "roll": labels.get(one.roll, one.roll),
        "silent": [labels.get(code, code) for code in one.silent],
        "sources": [{**source, "label": labels.get(source["dataset"], source["dataset"])} for source in one.sources],
    }


@permit("check.batch")
@require_safe
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """One comparison: who is on the roll and may not be; a page of people at a time.

    :raises Http404: no such comparison, or its rows were not kept
    """
    batch = queries.kept_batch(ref)
    if batch is None:
        raise Http404
    number, problem = page_number(request), request.GET.get("problem", "")
    try:
        rows = queries.anomalies(ref, request.viewer, problem=problem, first=number * PAGE, count=PAGE + 1)
    except NotAllowed:
        raise Http404 from None
    labels = office.area_labels([row.area for row in rows])
    context = {
        **_worded(batch),
        "rows": [{"row": row, "place": labels.get(row.area, row.area)} for row in rows[:PAGE]],
        "problem": problem,
        "next": f"?{urlencode({'problem': problem, 'page': number + 1})}" if len(rows) > PAGE else "",
    }
    return render(request, "desk/checks/one.html", context)
