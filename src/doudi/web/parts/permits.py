"""Every page says who may see it: an open page, a resident's own page, or an act of the permission table."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from doudi.office import core as office
from doudi.office import queries

View = Callable[..., HttpResponse]

OPEN, RESIDENT, TOKEN = "open", "resident", "token"  # what `view.permit` says besides an act of the table


def open_page(view: View) -> View:
    """Mark a page that anybody may see; the house test lists these by name."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    page.permit = OPEN  # type: ignore[attr-defined]
    return page


def resident(view: View) -> View:
    """Let in people who signed in by a code on their phone; `request.pid` is the one signed in. Others go to the sign-in page."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pid = request.session.get("pid")
        if not pid:
            return redirect(f"/my/sign-in/?{urlencode({'next': request.get_full_path()})}")
        request.pid = pid  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"  # phones are shared
        return response

    page.permit = RESIDENT  # type: ignore[attr-defined]
    return page


def permit(act: str, *, purpose: str = "") -> Callable[[View], View]:
    """Let in clerks whose post allows `act`; `request.viewer` then says who looks and what for.

    :param act: an act of `office.core`'s permission table; an unknown act raises when the module is loaded
    :param purpose: the reason written in the record of who looked; by default the act, whose label people read
    """

    if act not in office.ACTS:
        raise KeyError(f"{act} is not in the permission table")

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            viewer = queries.viewer(request.user, purpose or act, queries.now())
            if viewer is None or not viewer.may(act):
                return render(request, "parts/refused.html", {"viewer": viewer, "label": office.label_of(act)}, status=403)
            request.viewer = viewer  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response

        page.permit = act  # type: ignore[attr-defined]
        return page

    return decorate
