"""How well data answer for themselves: for a department its own, for the director all of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from doudi.exchange import actions, queries
from doudi.office import actions as office
from doudi.office.core import NotAllowed
from doudi.office.queries import now, today
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 50
WIDE, HIGH = 100, 24


def spark(points: Sequence[Any]) -> dict[str, Any] | None:
    """A trend as the points of a small line, and in words for those who do not see it; None with fewer than two."""
    told = [one for one in points if getattr(one, "grade", None) is not None]
    if len(told) < 2:
        return None
    step = WIDE / (len(told) - 1)
    places = [(round(at * step, 1), round(HIGH - 2 - one.grade / 100 * (HIGH - 4), 1)) for at, one in enumerate(told)]
    return {
        "points": " ".join(f"{x},{y}" for x, y in places),
        "last": places[-1],
        "words": f"{told[0].as_of:%Y-%m} {told[0].grade:.0f} 分，{told[-1].as_of:%Y-%m} {told[-1].grade:.0f} 分",
    }


@permit("quality.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All departments side by side, the worst first; a department's own officer goes to their page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.department:
        return redirect("desk:quality-of", viewer.department)
    day = today(now())
    lines = queries.by_department(queries.department_scores(viewer, day))
    context = {
        "lines": [{"line": one, "spark": spark(one.trend)} for one in lines],
        "pressing": queries.pressing(viewer, day),
        "today": day,
    }
    return render(request, "desk/feeds/quality.html", context)


@permit("quality.read")
@require_safe
def department(request: HttpRequest, department: str) -> HttpResponse:
    """One department: its datasets with their scores, what is wrong by kind, what can be done."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if department not in queries.departments() or not viewer.answers_for(department):
        raise Http404
    day = today(now())
    scores = queries.department_scores(viewer, day, department)
    context = {
        "department": department,
        "label": queries.departments()[department],
        "never": [one.label for one in scores if one.freshness == "never"],
        "scores": [{"one": one, "spark": spark(one.trend)} for one in scores if one.freshness != "never"],
        "pressing": [one for one in queries.pressing(viewer, day) if one.department_code == department],
        "standing": queries.standing_invalid(viewer, day, department, count=20),
    }
    return render(request, "desk/feeds/quality_department.html", context)


@permit("feed.list")
@require_safe
def differ(request: HttpRequest, number: int, check: str) -> HttpResponse:
    """Rows that disagree with another source, both values side by side; names masked."""
    viewer = request.viewer  # type: ignore[attr-defined]
    load = queries.load(number, viewer)
    if load is None or check not in queries.checks():
        raise Http404
    first = page_number(request) * PAGE
    rows = queries.differing(number, check, viewer, first=first, count=PAGE + 1)
    contract = queries.contracts()[load.dataset]
    office.look(subject=f"load:{number}", viewer=viewer, at=now(), what=f"{queries.checks()[check][0]}不一样的行")
    context = {
        "load": load,
        "check": check,
        "label": queries.checks()[check][0],
        "words": queries.checks()[check][1],
        "rows": [
            {
                "row": one,
                "held": queries.shown_value(contract, one.field, one.held),
                "other": queries.shown_value(contract, one.field, one.other),
            }
            for one in rows[:PAGE]
        ],
        "next": f"?page={first // PAGE + 1}" if len(rows) > PAGE else "",
        "page": first // PAGE,
    }
    return render(request, "desk/feeds/differ.html", context)


@permit("correction.ask")
@require_POST
def ask(request: HttpRequest, number: int, check: str) -> HttpResponse:
    """Ask the department about rows that disagree: those chosen on the page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    load = queries.load(number, viewer) if viewer.may("feed.list") else None
    if load is None or check not in queries.checks():
        raise Http404
    text = request.POST.get("page", "0")
    first = int(text) * PAGE if text.isascii() and text.isdigit() and len(text) < 6 else 0
    chosen = set(request.POST.getlist("row"))
    asked = 0
    try:
        for one in queries.differing(number, check, viewer, first=first, count=PAGE):
            if str(one.row_no) not in chosen:
                continue
            actions.ask_correction(
                dataset=load.dataset,
                field=one.field,
                batch=number,
                row_no=one.row_no,
                pid=one.pid,
                area=one.where,
                held=one.held,
                believed=one.other or None,
                evidence=one.words + (f"；另一处是 {one.other}" if one.other else ""),
                origin="disagreement",
                by=request.user,
                at=now(),
            )
            asked += 1
    except NotAllowed as why:
        messages.add_message(request, messages.ERROR, str(why), extra_tags="amber")
        return redirect(reverse("desk:quality-differ", args=[number, check]))
    if asked:
        messages.success(request, f"提了 {asked} 件校核申请，部门有 10 个工作日答复。", extra_tags="pine")
        return redirect("desk:corrections")
    messages.add_message(request, messages.INFO, "没有选要核的行。", extra_tags="amber")
    return redirect(reverse("desk:quality-differ", args=[number, check]))
