"""Which help to ask for: doudi proposes by what was said and is known, the person ticks more or fewer; no name need be known."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from doudi.casework import actions, queries
from doudi.casework.queries import DraftPage, Proposed
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.web.parts.permits import resident


def asked_of(page: DraftPage) -> tuple[Proposed, ...]:
    """What an application can ask for, ticked as chosen, else as proposed."""
    return queries.proposed(page.ref, at=office.now())


def settle(page: DraftPage, request: HttpRequest) -> None:
    """Keep what is proposed, where the person looked over it and changed nothing."""
    if "programmes" not in page.done:
        keys = [one.key for one in asked_of(page) if one.is_asked]
        actions.save_programmes(ref=page.ref, programmes=keys, by=Party.resident(request.pid), at=office.now())


@resident
def choose(request: HttpRequest, ref: str) -> HttpResponse:
    """Tick which help to ask for; what may not fit can be asked for all the same."""
    me, at = Party.resident(request.pid), office.now()
    try:
        page = queries.draft(ref, by=me, at=at)
    except NotAllowed:
        return redirect("/my/")
    if page.case_ref:
        return redirect(f"/my/cases/{page.case_ref}/receipt/")
    problem, chosen = "", None
    if request.method == "POST":
        chosen = request.POST.getlist("programme")
        try:
            actions.save_programmes(ref=ref, programmes=chosen, by=me, at=at)
            return redirect(f"/apply/{ref}/check/")
        except NotAllowed:
            problem = _("至少留一样帮助来问")
    rows = [
        {
            "key": one.key,
            "label": _(one.label),
            "whom": one.whom,
            "tells": _(one.tells),
            "perhaps_not": one.leans == "no",
            "checked": one.key in chosen if chosen is not None else one.is_asked,
        }
        for one in asked_of(page)
    ]
    whose = page.applicant_name if page.applicant != request.pid else ""
    context = {"rows": rows, "problem": problem, "back": f"/apply/{ref}/check/", "whose": whose}
    return render(request, "phone/apply/help.html", context, status=422 if problem else 200)
