"""The home page, whom to call, how far a receipt is, and what stands on the boards."""

from __future__ import annotations

from itertools import groupby

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.casework import actions as casework
from doudi.casework import core as road
from doudi.casework import queries as cases
from doudi.office import core as office
from doudi.office import queries
from doudi.office.core import NotAllowed, Party, Role
from doudi.web.parts import reasons, roads
from doudi.web.parts.permits import open_page
from doudi.web.parts.place import area_of


@open_page
def home(request: HttpRequest) -> HttpResponse:
    """The front door: one main action, three ways besides, and somebody to call."""
    pid = request.session.get("pid")
    drafts = cases.drafts_of(by=Party.resident(pid)) if pid else []
    return render(request, "public/home.html", {"resume": roads.resume(drafts[0]) if drafts else None})


@open_page
def helpers(request: HttpRequest) -> HttpResponse:
    """Who helps in a village or town, with a telephone; nobody needs an account to read it."""
    site = settings.SITE["area"]
    code = request.GET.get("area") or area_of(request)
    place = queries.area(code) if office.contains(site, code) else None
    if place is None:
        code, place = site, queries.area(site)
    at = queries.now()
    near = [one for one in queries.staff(at, area=code) if one.role in (Role.VILLAGE, Role.TOWNSHIP) and one.phone]
    above = place.parent if place is not None and code != site else ""
    return render(
        request,
        "public/helpers.html",
        {
            "place": place.label if place is not None else settings.SITE["name"],
            "staff": near[:20],
            "below": queries.areas(parent=code),
            "above": above,
            "chosen": code if place is not None and place.kind == "village" else "",
        },
    )


# ---- progress by receipt ------------------------------------------------------------------------------------------------


@open_page
def progress(request: HttpRequest) -> HttpResponse:
    """Ask for the receipt's number; a wrong digit is found by its check digit."""
    typed, problem = request.POST.get("receipt", ""), ""
    if request.method == "POST":
        receipt = road.read_receipt(typed)
        if receipt and cases.progress(receipt, at=queries.now()):
            return redirect(f"/progress/{receipt}/")
        problem = _("没有找到这个编号，请看看有没有写错一位")
    return render(request, "public/progress.html", {"typed": typed, "problem": problem}, status=422 if problem else 200)


@open_page
def progress_of(request: HttpRequest, receipt: str) -> HttpResponse:
    """How far a case is, for whoever holds the receipt: no name, no money."""
    case = cases.progress(receipt, at=queries.now())
    if case is None:
        return redirect("public:progress")
    shown = {"case": case, "lines": roads.lines(case), "stages": roads.stages(case)}
    return render(request, "public/progress_case.html", shown)


# ---- the boards ---------------------------------------------------------------------------------------------------------


def _asked_area(request: HttpRequest) -> str:
    """The place asked for, inside the site; else the reader's own."""
    site, asked = settings.SITE["area"], request.GET.get("area") or area_of(request)
    return asked if asked.isdigit() and office.contains(site, asked) else site


@open_page
def shown(request: HttpRequest) -> HttpResponse:
    """What stands on the boards today, by village; it disappears by itself when its seven days are over."""
    area, on = _asked_area(request), queries.today(queries.now())
    rows = cases.shown(area, on=on)
    groups = [{"place": place, "rows": list(of)} for place, of in groupby(rows, key=lambda row: row.area_label)]
    villages = cases.shown_areas(settings.SITE["area"], on=on)
    place = queries.area_label(area)
    return render(request, "public/shown.html", {"groups": groups, "villages": villages, "place": place})


class ObjectionForm(forms.Form):
    """What somebody has to say about a line of the board; who they are is theirs to tell."""

    said = forms.CharField(
        label=gettext_lazy("您觉得哪里不对"), widget=forms.Textarea(attrs={"rows": 4}), max_length=1000, min_length=4,
        error_messages={"required": gettext_lazy("请写您觉得哪里不对"), "min_length": gettext_lazy("请多写几个字")},
    )  # fmt: skip
    who = forms.CharField(label=gettext_lazy("您的名字"), required=False, max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("您的电话"), help_text=gettext_lazy("写了，我们把结果告诉您"), required=False, max_length=20
    )


@open_page
def object_to(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an objection to one line of the board; it stops that household's showing until somebody else has looked."""
    at = queries.now()
    line = next((row for row in cases.shown(settings.SITE["area"], on=queries.today(at)) if row.ref == ref), None)
    if line is None:
        raise Http404
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            by = Party.resident(request.session.get("pid") or "unnamed")
            kept = casework.object_to(ref=ref, by=by, at=at, **form.cleaned_data)
            messages.success(request, _("收到了。我们请别的同志去看，您的话只有办事的人看得到。"))
            slip = f"{kept.slip[:5]} {kept.slip[5:]}"
            messages.success(request, _("您的记号是 %(slip)s，请记下来。凭它可以在这一页下面看答复。") % {"slip": slip})
        except NotAllowed as why:
            messages.info(request, str(why))
        return redirect("public:shown")
    return render(request, "public/object.html", {"one": line, "form": form}, status=422 if form.errors else 200)


@open_page
def objection_answer(request: HttpRequest) -> HttpResponse:
    """How an objection ended, for whoever holds its slip: nothing of the family, nothing of who objected."""
    typed, told = request.POST.get("slip", "")[:20], None
    if request.method == "POST":
        told = cases.objection_of(typed)
    missed = request.method == "POST" and told is None
    problem = _("没有找到这个记号，请看看有没有写错一位") if missed else ""
    return render(
        request, "public/objection.html", {"typed": typed, "told": told, "problem": problem}, status=422 if missed else 200
    )


@open_page
def results(request: HttpRequest) -> HttpResponse:
    """Who is helped in one village, as the law has it published (D57 Art. 24); of larger places only the villages."""
    area, on = _asked_area(request), queries.today(queries.now())
    context = {
        "place": queries.area_label(area),
        "rows": cases.published(area, on=on),
        "villages": cases.published_areas(settings.SITE["area"], on=on),
    }
    return render(request, "public/results.html", context)


@open_page
def sheet(request: HttpRequest) -> HttpResponse:
    """The application on one sheet of paper, to fill in by hand."""
    tiles = [{"words": words} for words in road.HARDSHIPS.values()]
    return render(request, "public/sheet.html", {"tiles": tiles, "digits": range(18), "empty_rows": range(4)})


@open_page
def reasons_check(request: HttpRequest, token: str) -> HttpResponse:
    """Whether a printed reason sheet was made here: what was asked and its number, never whose it is."""
    told = reasons.read_token(token)
    return render(request, "public/reasons_check.html", {"told": told}, status=200 if told else 404)
