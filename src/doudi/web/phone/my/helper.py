"""Who helps me, what they may see, and taking it back with one press."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.casework import actions, queries
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.web.parts.permits import resident

SAYS = {"show": True, "hide": False}


@resident
def helper(request: HttpRequest, ref: str) -> HttpResponse:
    """Let the helper see how it ends, no longer let them, or do without them; only for the applicant.

    :raises Http404: not theirs, or nobody helps
    """
    me, at = Party.resident(request.pid), office.now()
    try:
        case = queries.my_case(ref, request.pid, at=at)
    except NotAllowed:
        raise Http404 from None
    if not case.helper:
        raise Http404
    if request.method == "POST":
        says = request.POST.get("says", "")
        if says in SAYS:
            actions.let_see(ref=ref, sees=SAYS[says], way="page", by=me, at=at)
            messages.success(request, _("记下了。"))
        elif says == "end":
            actions.take_mandate_back(ref=ref, way="page", by=me, at=at)
            messages.success(request, _("收回了。这件事接着办，以后只和您联系。"))
        return redirect("/my/")
    return render(request, "phone/my/helper.html", {"case": case})
