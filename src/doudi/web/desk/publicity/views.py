"""Running publicity lists, the sheet for the village's board, and objections taken at the window."""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, queries
from doudi.casework.queries.page import NoCase
from doudi.office import core as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.frame import due
from doudi.web.desk.looking.forms import photo_of
from doudi.web.desk.publicity.forms import ObjectionForm, PhotoForm
from doudi.web.parts.permits import permit

LONGEST = 200  # rows of one village's board


@permit("case.show")
@require_safe
def showings(request: HttpRequest) -> HttpResponse:
    """What stands on the boards of the viewer's area today, by village; a page of villages is a page of the list."""
    on, after = time.today(time.now()), request.GET.get("after", "")
    rows = queries.shown(request.viewer.area, on=on, after=after, limit=LONGEST)
    places: dict[str, dict] = {}
    for row in rows:
        words, tone = due(row.to_on, on)
        place = places.setdefault(row.area, {"code": row.area, "label": row.area_label, "rows": []})
        place["rows"].append({"row": row, "words": words, "tone": tone})
    boards = {one.area: one for one in queries.boards(request.viewer, on=on)}
    for place in places.values():
        place["board"] = boards.get(place["code"])
    context = {
        "places": list(places.values()),
        "count": len(rows),
        "objections": queries.open_objections(request.viewer, on=on),
        "published": queries.published_areas(request.viewer.area, on=on),
        "may_open": request.viewer.may("paper.read"),
    }
    return render(request, "desk/publicity/page.html", context)


@permit("case.show")
@require_safe
def sheet(request: HttpRequest, area: str) -> HttpResponse:
    """The sheet of one village for A3 or A4, with a code to object by telephone.

    :raises Http404: nothing shown there, or not in the viewer's area
    """
    if not office.contains(request.viewer.area, area):
        raise Http404
    on = time.today(time.now())
    rows = queries.shown(area, on=on, limit=LONGEST)
    if not rows:
        raise Http404
    context = {
        "place": rows[0].area_label,
        "township": time.area_label(area[:9]),
        "rows": rows,
        "from_on": min(row.from_on for row in rows),
        "to_on": max(row.to_on for row in rows),
        "today": on,
        "code": _code(request, f"{reverse('public:shown')}?area={area}", "扫码看公示、提意见"),
        "with_members": any(row.members is not None for row in rows),
        "with_amount": any(row.amount_fen is not None for row in rows),
        "hotline": settings.SITE["hotline"],
    }
    return render(request, "desk/publicity/sheet.html", context)


def _code(request: HttpRequest, path: str, title: str) -> str:
    """A code that leads to one of our own pages."""
    drawn = segno.make(request.build_absolute_uri(path), error="m", micro=False)
    return mark_safe(drawn.svg_inline(omitsize=True, border=1, title=title))


@permit("case.show")
@require_safe
def results(request: HttpRequest, area: str) -> HttpResponse:
    """Who is helped in one village, as a sheet for its wall (D57 Art. 24).

    :raises Http404: nobody to publish there, or not in the viewer's area
    """
    if not office.contains(request.viewer.area, area):
        raise Http404
    on = time.today(time.now())
    rows = queries.published(area, on=on)
    if not rows:
        raise Http404
    context = {
        "place": time.area_label(area),
        "township": time.area_label(area[:9]),
        "rows": rows,
        "today": on,
        "code": _code(request, f"{reverse('public:results')}?area={area}", "扫码看公布的结果"),
        "hotline": settings.SITE["hotline"],
        "with_members": any(row.members is not None for row in rows),
        "with_amount": any(row.amount_fen is not None for row in rows),
    }
    return render(request, "desk/publicity/results.html", context)


@permit("case.board")
@require_http_methods(["GET", "HEAD", "POST"])
def photograph(request: HttpRequest, area: str) -> HttpResponse:
    """Keep a photograph of a village's board, as evidence of what stood on it.

    :raises Http404: not in the viewer's area, or nothing stands there
    """
    at, problem = time.now(), ""
    if not office.contains(request.viewer.area, area):
        raise Http404
    board = next((one for one in queries.boards(request.viewer, on=time.today(at)) if one.area == area), None)
    if board is None:
        raise Http404
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            photo = photo_of(form)
            assert photo is not None
            actions.photograph_board(area=area, on=form.cleaned_data["on"], photo=photo, by=request.user, at=at)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, "照片收好了。", extra_tags="pine")
            return redirect("desk:showings" if request.viewer.may("case.show") else "desk:today")
    context = {"board": board, "form": form, "problem": problem}
    return render(request, "desk/publicity/photo.html", context, status=422 if request.method == "POST" else 200)


@permit("case.object")
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, ref: str) -> HttpResponse:
    """Note what somebody said against a family's showing; only that family's stops.

    :raises Http404: no such case for this viewer, or nothing of it is shown
    """
    at = time.now()
    try:
        case = queries.case(ref, request.viewer, at=at)
    except NoCase:
        raise Http404 from None
    running = next((one for one in case.showings if one.state == "running"), None)
    if running is None:
        raise Http404
    form, problem = ObjectionForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.object_to(ref=ref, by=request.user, at=at, **form.cleaned_data)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, "记下了，这一户的公示停了。", extra_tags="pine")
            return redirect("desk:case", ref)
    context = {"shown": running, "form": form, "problem": problem, "ref": ref}
    return render(request, "desk/publicity/object.html", context, status=422 if request.method == "POST" else 200)
