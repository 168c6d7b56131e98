"""At somebody's home: the form is photographed, a voice recorded, or they sign on this phone; nothing of what was found shows."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from doudi.office import queries as time
from doudi.web.desk.signing import views as desk
from doudi.web.parts.permits import permit


@permit("consent.record")
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """Who of a family still has to sign, and keeping one.

    :raises Http404: no such case, or not for this post and area
    """
    template = "field/sign/page.html"
    if request.method != "POST":
        return desk.drawn(request, ref, template=template)
    at = time.now()
    problem = desk.keep(request, desk.read(request, ref, at), request.GET.get("who", ""), at)
    if problem:
        return desk.drawn(request, ref, problem=problem, template=template, status=422)
    messages.success(request, "记好了。", extra_tags="pine")
    return redirect("field:sign", ref)
