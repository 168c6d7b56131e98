"""How like cases went, for whoever decides; and looking again at the county's standing precedents."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions, queries
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.desk.meetings.forms import ReviewForm
from doudi.web.parts.permits import permit


@permit("case.read")
@require_safe
def alike(request: HttpRequest, ref: str) -> HttpResponse:
    """Precedents and the nearest decided cases; nobody in them.

    :raises Http404: no such case, or not for this post and area
    """
    at = time.now()
    try:
        page = queries.alike(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    why = f"办理{page.programme_label}申请"
    office.look(subject=page.applicant, viewer=request.viewer, at=at, why=why, what="和别的案卷比一比")
    return render(request, "desk/alike/page.html", {"page": page})


@permit("case.consult")
@require_safe
def precedents(request: HttpRequest) -> HttpResponse:
    """The county's consultations that still stand, those to be looked at again first."""
    return _drawn(request)


def _drawn(
    request: HttpRequest, *, form: ReviewForm | None = None, of: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    rows = queries.precedents_due(request.viewer, on=time.today(time.now()))
    lines = [{"row": row, "form": form if form and row.ref == of else ReviewForm(prefix=row.ref[:6])} for row in rows]
    context = {"lines": lines, "problem": problem, "wrong": [form] if form and form.errors else []}
    return render(request, "desk/alike/precedents.html", context, status=status)


@permit("case.consult")
@require_POST
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """Say whether a precedent still stands.

    :raises Http404: no such precedent in this county
    """
    at = time.now()
    if all(one.ref != ref for one in queries.precedents_due(request.viewer, on=time.today(at))):
        raise Http404
    form = ReviewForm(request.POST, prefix=ref[:6])
    if not form.is_valid():
        return _drawn(request, form=form, of=ref, status=422)
    said = form.cleaned_data
    try:
        actions.review_precedent(consultation=ref, stands=said["stands"] == "yes", why=said["why"], by=request.user, at=at)
    except NotAllowed as why:
        return _drawn(request, form=form, of=ref, problem=str(why), status=422)
    messages.success(request, "记好了。以前定下来的不变。", extra_tags="pine")
    return redirect("desk:precedents")
