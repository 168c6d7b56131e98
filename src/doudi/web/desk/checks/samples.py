"""A random sample of a check: who was drawn, and what looking at each of them gave."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.web.desk.checks.forms import LookForm
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 25
TONES = {"right": "pine", "wrong": "red", "unclear": "amber"}


@permit("check.batch")
@require_safe
def sample(request: HttpRequest, ref: str) -> HttpResponse:
    """Who was drawn, a page at a time, masked; the share so far with its interval."""
    return _page(request, ref, page_number(request))


def _page(
    request: HttpRequest, ref: str, number: int, problem: str = "", given: tuple[int, LookForm] | None = None
) -> HttpResponse:
    try:
        line, rows = queries.sample(ref, request.viewer, first=number * PAGE, count=PAGE + 1)
    except NotAllowed:
        raise Http404 from None
    at, may = time.now(), request.viewer.may("anomaly.work")
    for row in rows[:PAGE]:
        office.look(subject=row.pid, viewer=request.viewer, at=at, what="批量核对的抽查")
    lines = []
    for row in rows[:PAGE]:
        form = LookForm(hits=line.hits, prefix=f"p{row.place}") if may else None
        if given and given[0] == row.place:
            form = given[1]
        lines.append({"row": row, "form": form, "tone": TONES.get(row.result, "plain")})
    context = {
        "sample": line,
        "rows": lines,
        "problem": problem,
        "wrong": given[1] if given and given[1].errors else None,
        "next": f"?page={number + 1}" if len(rows) > PAGE else "",
    }
    return render(request, "desk/checks/sample.html", context, status=422 if problem or context["wrong"] else 200)


@permit("anomaly.work")
@require_POST
def look(request: HttpRequest, ref: str, place: int) -> HttpResponse:
    """Say what looking at one person drawn gave."""
    try:
        line, _ = queries.sample(ref, request.viewer, count=0)
    except NotAllowed:
        raise Http404 from None
    number = max(place - 1, 0) // PAGE
    form = LookForm(request.POST, hits=line.hits, prefix=f"p{place}")
    if not form.is_valid():
        return _page(request, ref, number, given=(place, form))
    try:
        actions.keep_look(sample=ref, place=place, **form.cleaned_data, by=request.user, at=time.now())
    except NotAllowed as why:
        return _page(request, ref, number, problem=str(why), given=(place, form))
    return redirect(f"{reverse('desk:check-sample', args=[ref])}?page={number}#row-{place}")
