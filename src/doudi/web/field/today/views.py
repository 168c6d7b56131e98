"""Whom to visit today; and the small answers a phone needs to work without signal."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.casework import queries as casework
from doudi.monitoring import queries
from doudi.office import queries as time
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.views import line
from doudi.web.parts.permits import permit

TODAY = 60  # a phone keeps no more households than one person can walk to
STILL = (
    "css/tokens.css", "css/base.css", "css/desk.css", "css/pages/desk-work.css", "css/pages/desk-field.css", "js/htmx.min.js",
    "js/doudi.js", "js/field-store.js", "js/field.js", "img/sprite.svg", "img/mark.svg",
)  # fmt: skip
STATIC = Path(__file__).parent.parent.parent / "static"


@permit("visit.list")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The visits this clerk was asked to make, most urgent first."""
    on = time.today(time.now())
    page = queries.to_visit(request.viewer, size=TODAY)
    rules = rulebook.pack()
    homes = casework.homes_to_ask(request.viewer, limit=TODAY) if request.viewer.may("question.ask") else ()
    boards = [one for one in casework.boards(request.viewer, on=on) if one.missing] if request.viewer.may("case.board") else []
    context = {"visits": [line(row, on, rules) for row in page.rows], "homes": homes, "boards": boards}
    return render(request, "field/today/page.html", context)


@permit("visit.list")
@require_safe
def fresh(request: HttpRequest) -> HttpResponse:
    """A form token that holds now, and who is signed in; a phone asks for it before it sends what it kept."""
    return JsonResponse({"token": get_token(request), "clerk": request.viewer.ref})


@permit("visit.list")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of /field/; its version is the content of the files it keeps."""
    mark = hashlib.sha256(b"".join((STATIC / name).read_bytes() for name in STILL)).hexdigest()[:12]
    response = render(request, "field/sw.js", {"files": STILL, "version": mark}, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/field/"
    return response
