"""What every page's frame shows: whose site, whom to call, which day it is, how large the type is."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from doudi.office import queries
from doudi.web.parts.place import helper_of

# The staff rail, in the order of a working day: words, icon, url name, the act that opens it.
RAIL = (
    ("今天", "inbox", "desk:today", "desk.today"),
    ("申请", "file", "desk:cases", "case.list"),
    ("期限", "clock", "desk:late", "staff.read"),
    ("减负", "chart", "desk:burden", "burden.read"),
    ("预警", "bell", "desk:alerts", "alert.list"),
    ("走访", "walk", "field:today", "visit.list"),
    ("名册", "people", "desk:people", "register.list"),
    ("公示", "people", "desk:showings", "case.show"),
    ("在享", "check", "desk:benefits", "benefit.list"),
    ("送信", "message", "desk:papers-letters", "letter.serve"),
    ("发放", "coin", "desk:runs", "payment.list"),
    ("转介", "arrow", "desk:services", "referral.list"),
    ("转来的", "inbox", "desk:asked", "referral.receive"),
    ("数据", "chart", "desk:feeds", "feed.list"),
    ("质量", "check", "desk:quality", "quality.read"),
    ("校核", "ask", "desk:corrections", "correction.answer"),
    ("核对", "steps", "desk:checks", "check.batch"),
    ("认人", "search", "desk:pairs", "pair.list"),
    ("请求", "ask", "desk:requests", "request.list"),
    ("规则", "check", "desk:rules", "rules.read"),
    ("试算", "ask", "desk:whatif", "rules.try"),
    ("监督", "eye", "oversight:today", "audit.read"),
)


@cache
def _href(name: str) -> str:
    """Where a page is; nowhere as long as it does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """The staff pages this clerk's post opens; pages that do not exist yet stay away."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return []
    entries = []
    for words, picture, name, act in RAIL:
        if not viewer.may(act):
            continue
        href = _href(name)
        if not href:
            continue
        # The nearest section of the address is the current one: /desk/ only on itself.
        here = request.path == href or (href.count("/") > 2 and request.path.startswith(href))
        entries.append({"words": words, "icon": picture, "href": href, "here": here})
    return entries


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template its frame; nothing here reads the database unless the template asks."""
    moment = SimpleLazyObject(queries.now)
    return {
        "site": settings.SITE,
        "demo": settings.DEMO,
        "elder": request.COOKIES.get("elder") == "1",
        "helper": SimpleLazyObject(lambda: helper_of(request)),
        "now": moment,
        "rail": SimpleLazyObject(lambda: rail(request)),
        "viewer": getattr(request, "viewer", None),
        "signed_in": SimpleLazyObject(lambda: bool(request.session.get("pid"))),
    }
