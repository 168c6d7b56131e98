"""One visit, or one call: a few taps; with a yes and consent a case opens at once. Sent twice it is one visit."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.monitoring import actions, core, queries
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import queries as registry
from doudi.registry.core import age_on
from doudi.rulebook import queries as rulebook
from doudi.web.desk.alerts.reading import explanation
from doudi.web.field.visit.forms import VisitForm
from doudi.web.parts.permits import permit

GROWN_UP = 18


@permit("visit.record")
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, ref: str) -> HttpResponse:
    """The visit's questions; a post keeps it once, however often it is sent.

    :raises Http404: no such alert for this viewer
    """
    at = time.now()
    try:
        alert = queries.alert(ref, request.viewer)
        person, home = registry.to_visit(alert.pid, request.viewer)
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None
    today = time.today(at)
    office.look(subject=alert.pid, viewer=request.viewer, at=at, why="走访", what="姓名、住址和提醒的原因")
    grown = [one for one in home if one.pid and (age_on(one.born_on, today) or GROWN_UP) >= GROWN_UP]
    adults = [(one.pid, one.name) for one in grown] or [(person.pid, person.name)]
    way = request.GET.get("way", "visit")
    initial = {"once": uuid.uuid4().hex, "way": way if way in core.WAYS else "visit"}
    form = VisitForm(adults, request.POST or None, initial=initial)
    problem = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            kept = actions.close_visit(
                ref=ref, visit_ref=said["once"], visited_at=at - timedelta(seconds=said["waited"] or 0), answers=form.answers(),
                wish=said["wish"], note=said["note"], way=said["way"], consents=said["agreed"], consent_channel=said["channel"],
                by=request.user, at=at,
            )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            if request.accepts("text/html"):
                return redirect("field:done", ref, kept.ref)
            return JsonResponse({"state": "kept"})
    if request.method == "POST" and not request.accepts("text/html"):
        return JsonResponse({"state": "refused", "words": problem or _first_error(form)}, status=422)
    said = explanation(alert.row, alert.row.seen_on, rulebook.pack())
    context = {
        "who": person.name,
        "place": alert.row.area_label,
        "phone": person.phone,
        "call": (form["way"].value() or "") == "call",
        "sentences": [said.sentence],
        "doubtful": said.innocent,
        "form": form,
        "problem": problem,
    }
    return render(request, "field/visit/page.html", context, status=422 if request.method == "POST" else 200)


def _first_error(form: forms.Form) -> str:
    return next((str(lines[0]) for lines in form.errors.values()), "没有送成")


@permit("visit.record")
@require_safe
def done(request: HttpRequest, ref: str, once: str) -> HttpResponse:
    """What became of a visit just kept.

    :raises Http404: no such visit for this viewer
    """
    try:
        kept = queries.visit(once, request.viewer)
    except NotAllowed:
        raise Http404 from None
    if kept is None:
        raise Http404
    return render(
        request,
        "field/visit/done.html",
        {
            "opened": kept.case_ref,
            "may_sign": request.viewer.may("consent.record"),
            "words": kept.outcome or "过些日子再去看看。",
        },
    )
