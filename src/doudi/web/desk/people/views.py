"""Lists of the register by tier, place and change; a visit asked for from a list; somebody told of whom no data know."""

from __future__ import annotations

import csv
from datetime import date
from secrets import token_hex
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.monitoring import actions as monitoring
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import actions
from doudi.registry import queries as registry
from doudi.registry.core.roster import LISTS, TIERS
from doudi.web.desk.frame import page_number
from doudi.web.desk.people.forms import TellForm
from doudi.web.parts.permits import permit

PAGE = registry.ROSTER_PAGE


def _asked(request: HttpRequest) -> registry.Asked:
    """What the list is asked for.

    :raises Http404: no such list, tier, side or day
    """
    given = {name: request.GET.get(name, "") for name in ("which", "tier", "area", "side", "since")}
    try:
        since = date.fromisoformat(given["since"]) if given["since"] else None
        return registry.Asked(given["which"] or "tier", given["tier"], given["area"], given["side"], since)
    except (ValueError, NotAllowed):
        raise Http404 from None


def _words(asked: registry.Asked, **other: str | int) -> str:
    told: dict[str, str | int] = {"which": asked.which, "tier": asked.tier, "area": asked.area, "side": asked.side}
    if asked.since:
        told["since"] = asked.since.isoformat()
    return "?" + urlencode({name: value for name, value in (told | other).items() if value != ""})


@permit("register.list")
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """One list of the register, by place and tier, a page at a time; names are masked."""
    asked, number = _asked(request), page_number(request)
    try:
        page = registry.roster(request.viewer, asked, first=number * PAGE)
    except NotAllowed as why:
        raise Http404 from why
    context = {
        "asked": asked,
        "page": page,
        "lists": [(code, label, _words(registry.Asked(code, area=asked.area))) for code, label in LISTS.items()],
        "heading": LISTS[asked.which],
        "tiers": TIERS,
        "sides": registry.sides(),
        "places": [(label, n, _words(asked, area=code)) for code, label, n in page.by_place if code != asked.area],
        "whole": _words(asked, area="") if asked.area else "",
        "next": _words(asked, page=number + 1) if page.has_next else "",
        "export": reverse("desk:people-csv") + _words(asked) if request.viewer.may("register.export") and page.total else "",
    }
    return render(request, "desk/people/page.html", context)


@permit("register.export")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The whole list as a table to take away, for a stated purpose; names stay masked, and the taking leaves a trace."""
    asked, why = _asked(request), request.POST.get("why", "").strip()[:200]
    try:
        rows = registry.roster_lines(request.viewer, asked)
        area = asked.area or request.viewer.area
        actions.export_roster(area=area, which=asked.which, people=len(rows), why=why, by=request.user, at=time.now())
    except NotAllowed as told:
        return HttpResponse(str(told), status=422, content_type="text/plain; charset=utf-8")
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="register-{asked.which}.csv"'
    table = csv.writer(answer)
    table.writerow(["姓名", "村（社区）", "类别", "从哪天起", "哪天退出", "为什么", "几个来源", "不知道的"])
    for row in rows:
        table.writerow(
            [
                row.masked_name,
                row.area_label,
                row.tier or row.left_tier,
                row.from_on or "",
                row.left_on or "",
                row.left_why,
                row.sources,
                "；".join(row.why_gaps),
            ]
        )
    return answer


@permit("alert.assign")
@require_POST
def ask_visit(request: HttpRequest, pid: str) -> HttpResponse:
    """Ask for a visit to somebody of whom little is known; it waits with the alerts."""
    try:
        alert = monitoring.ask_visit(pid=pid, why=request.POST.get("why", "")[:300], by=request.user, at=time.now())
    except (NotAllowed, registry.NotKnown) as told:
        raise Http404 from told
    return redirect("desk:alert", alert.ref)


@permit("person.tell")
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: HttpRequest) -> HttpResponse:
    """Tell of somebody of whom no data know; who may be the same already in the register is shown before it is kept."""
    villages = [(code, label) for code, label in time.places_within(request.viewer.within) if len(code) == 12]
    form = TellForm(request.POST or None, villages=villages, initial={"ref": f"t{token_hex(10)}"})
    problem, same, elsewhere = "", (), False
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        placed = registry.perhaps(request.viewer, name=given["name"], area=given["area"])
        same, elsewhere = ((), False) if given["sure"] else (placed.here, placed.elsewhere)
        if not same and not elsewhere:
            told = {name: given[name] for name in ("ref", "name", "about_age", "area", "place", "trouble", "said_by")}
            try:
                actions.tell_of(**told, by=request.user, at=time.now())
            except NotAllowed as why:
                problem = str(why)
            else:
                return redirect(reverse("desk:people-tell") + "?kept=1")
    context = {
        "form": form,
        "problem": problem,
        "same": same,
        "elsewhere": elsewhere,
        "kept": "kept" in request.GET,
        "told": registry.told_list(request.viewer),
    }
    return render(request, "desk/people/tell.html", context, status=422 if form.errors or problem or same or elsewhere else 200)
