"""Pages every audience shares: staff sign-in and out, how the reader wants to read, the gallery of components."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from doudi.web.parts.permits import open_page

YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> str:
    """Where a reader came from, if that is a page of this site; otherwise the home page."""
    came = request.POST.get("next", "/")
    return came if url_has_allowed_host_and_scheme(came, allowed_hosts=None) else "/"


@open_page
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Remember larger type, another language or the reader's village on this phone; nothing is kept here."""
    response = HttpResponseRedirect(back(request))
    if request.POST.get("elder") in ("0", "1"):
        response.set_cookie("elder", request.POST["elder"], max_age=YEAR, samesite="Lax", httponly=True)
    if request.POST.get("language") in {code for code, _ in settings.LANGUAGES}:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=YEAR, samesite="Lax", httponly=True)
    area = request.POST.get("area", "")
    if area.isdigit() and len(area) <= 12:
        response.set_cookie("area", area, max_age=YEAR, samesite="Lax", httponly=True)
    return response


sign_in = open_page(auth.LoginView.as_view(template_name="parts/login.html", redirect_authenticated_user=True))
sign_out = open_page(auth.LogoutView.as_view(next_page="/desk/login/"))


@open_page
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, in each of its states; what a builder copies and what the tests look at."""
    on = date(2026, 7, 1)
    return render(request, "parts/gallery.html", {"on": on, "nothing": None})
