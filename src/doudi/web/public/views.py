"""The home page and whom to call."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.office import core as office
from doudi.office import queries
from doudi.office.core import Role
from doudi.web.parts.permits import open_page
from doudi.web.parts.place import area_of


@open_page
def home(request: HttpRequest) -> HttpResponse:
    """The front door: one main action, three ways besides, and somebody to call."""
    return render(request, "public/home.html")


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
