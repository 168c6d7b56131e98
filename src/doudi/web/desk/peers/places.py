"""Which places we may ask, and which may ask us: cards, fingerprints, how letters go."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.office.core import NotAllowed
from doudi.office.queries import clock, now
from doudi.verification import actions
from doudi.verification.core.cards import BadCard
from doudi.verification.core.peers import Relation
from doudi.verification.queries import peers
from doudi.web.desk.frame import acted
from doudi.web.parts.permits import permit


@permit("place.read")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Our own card, and every place with its fingerprint and its way."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        card, digits = peers.own_card(clock()), peers.own_fingerprint(clock())
    except BadCard as why:
        card, digits, problem = "", "", problem or f"我们自己的名片写不出来：{why}"
    rows = peers.peers_known()
    context = {
        "card": card,
        "digits": digits,
        "rows": [(row, peers.route(row.code)) for row in rows],
        "ways": [row for row in rows if row.address and row.active],
        "relations": [(one.value, one.label) for one in Relation],
        "stuck": peers.letters_stuck(),
        "may_keep": viewer.may("place.keep"),
        "may_check": viewer.may("place.check"),
        "said": request.POST,
        "problem": problem,
    }
    return render(request, "desk/peers/places.html", context, status=422 if problem and request.method == "POST" else 200)


@permit("place.keep")
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Take in a card."""
    given = request.POST
    try:
        actions.add_peer(
            card=given.get("card", ""), relation=given.get("relation", ""), via=given.get("via", ""), by=request.user, at=now(),
            clock=clock(),
        )  # fmt: skip
    except (BadCard, NotAllowed) as why:
        return _page(request, str(why))
    messages.success(request, "名片收下了。再由另一个人打电话核对指纹，才能往来。", extra_tags="pine")
    return redirect("desk:peers-places")


@permit("place.check")
@require_POST
def check(request: HttpRequest, place: str) -> HttpResponse:
    """Note the forty digits the other side read out."""
    digits = request.POST.get("digits", "")
    return acted(
        request, lambda at: actions.check_peer(code=place, fingerprint=digits, by=request.user, at=at), "指纹对上了，可以往来。",
        back=("desk:peers-places",), again=partial(_page, request),
    )  # fmt: skip


@permit("place.keep")
@require_POST
def stop(request: HttpRequest, place: str) -> HttpResponse:
    """Nothing goes there and comes from there any more."""
    try:
        actions.stop_peer(code=place, by=request.user, at=now())
    except NotAllowed as why:
        return _page(request, str(why))
    return redirect("desk:peers-places")
