"""Sources and how they fare; one of them; how far a check is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.verification import actions, queries
from doudi.verification.core import Way
from doudi.verification.queries import Standing
from doudi.web.desk.frame import acted
from doudi.web.desk.sources.forms import SourceForm
from doudi.web.parts.permits import permit

HEALTH = {
    "well": ("正常", "pine"),
    "shaky": ("刚才没通", "amber"),
    "resting": ("停歇，等它好", "red"),
    "stopped": ("停用了", "amber"),
}


def _shown(one: Standing) -> dict[str, Any]:
    return {"row": one, "health": HEALTH[one.health], "lake": one.source.adapter is Way.LAKE}


@permit("source.list")
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Who is asked for what, how, and how each fares."""
    found = queries.standings(request.viewer, time.now())
    context = {
        "lines": [_shown(one) for one in found if one.source.adapter is not Way.LAKE],
        "deliveries": [_shown(one) for one in found if one.source.adapter is Way.LAKE],
        "may_keep": request.viewer.may("source.keep"),
        "may_carry": request.viewer.may("check.answer"),
    }
    return render(request, "desk/sources/page.html", context)


def standing(request: HttpRequest, code: str) -> Standing:
    """The source, for this viewer.

    :raises Http404: none of this code
    """
    try:
        return queries.standing_of_source(code, request.viewer, time.now())
    except NotAllowed:
        raise Http404 from None


@permit("source.list")
@require_safe
def source(request: HttpRequest, code: str) -> HttpResponse:
    """One source: its way, clock and day; what waits there, what left, what came."""
    return source_page(request, code)


def source_page(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
    """The page of a source, with what an act on it has to say."""
    one, at, viewer = standing(request, code), time.now(), request.viewer
    carried = one.source.adapter in (Way.FILE, Way.LETTER)
    context = {
        **_shown(one),
        "one": one,
        "now": at,
        "rows": queries.open_questions(code, viewer, at),
        "out": queries.dispatches(code, viewer) if carried else [],
        "carried": carried,
        "by_file": one.source.adapter is Way.FILE,
        "may_keep": viewer.may("source.keep") and (viewer.sees(one.source.area) if one.source.area else viewer.whole_city),
        "may_carry": viewer.may("check.answer"),
    }
    return render(request, "desk/sources/one.html", context | more, status=422 if more else 200)


@permit("source.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, code: str = "") -> HttpResponse:
    """Register a source, or write down anew how it is asked.

    :raises Http404: none of this code
    """
    found, problem = queries.source(code) if code else None, ""
    if code and found is None:
        raise Http404
    form = SourceForm(request.POST or None, source=found)
    if request.method == "POST" and form.is_valid():
        told = {"code": code} | form.cleaned_data
        seconds = found.answer_seconds if found and told["answer_wd"] == found.answer_wd else None
        try:
            kept = actions.keep_source(**told, answer_seconds=seconds, by=request.user, at=time.now())
            messages.success(request, f"{kept.label} 记下了。")
            return redirect("desk:source", kept.code)
        except (NotAllowed, ValueError) as why:
            problem = str(why)
    context = {"form": form, "source": found, "problem": problem}
    return render(request, "desk/sources/keep.html", context, status=422 if problem or form.errors else 200)


def _act(request: HttpRequest, code: str, act: Callable[..., Any], said: str) -> HttpResponse:
    standing(request, code)
    return acted(
        request, lambda at: act(code=code, by=request.user, at=at), said, back=("desk:source", code),
        again=partial(source_page, request, code), caught=(NotAllowed, ValueError),
    )  # fmt: skip


@permit("source.keep")
@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Ask it nothing more."""
    return _act(request, code, actions.stop_source, "停用了。没回的问题写明“来源停用了”，不算没有查到。")


@permit("source.keep")
@require_POST
def knock(request: HttpRequest, code: str) -> HttpResponse:
    """It is well again: knock at once."""
    return _act(request, code, actions.knock_now, "马上再去问。")


@permit("check.read")
@require_safe
def progress(request: HttpRequest, check: str) -> HttpResponse:
    """How far a check is: every question, its clock, how often it was tried.

    :raises Http404: none in the viewer's area
    """
    at, viewer = time.now(), request.viewer
    try:
        page = queries.progress_page(check, viewer, at)
    except NotAllowed:
        raise Http404 from None
    for pid in page.pids:
        office.look(subject=pid, viewer=viewer, at=at, what="核对问到哪一步")
    context = {"page": page, "reports": queries.reports(check), "may_issue": viewer.may("check.issue")}
    return render(request, "desk/sources/progress.html", context)
