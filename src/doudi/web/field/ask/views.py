"""One family asked at the door; kept once, however often the phone sends it, also when it waited without signal."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.casework import actions, queries
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.field.ask.forms import AskForm
from doudi.web.parts.permits import permit


@permit("question.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """The questions of one family; a post keeps what was answered.

    :raises Http404: no such family here, or nothing to ask
    """
    at = time.now()
    try:
        home = queries.at_the_door(ref, request.viewer)
    except NotAllowed as why:
        if request.method == "POST" and not request.accepts("text/html"):
            return JsonResponse({"state": "refused", "words": str(why)}, status=422)
        raise Http404 from None
    office.look(subject=home.applicant, viewer=request.viewer, at=at, why="question.ask", what="姓名、电话和要问的几句话")
    form = AskForm(home.questions, request.POST or None, initial={"once": uuid.uuid4().hex})
    problem = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.answer_at_door(
                ref=ref, answers=form.answers(), once=said["once"], said_at=at - timedelta(seconds=said["waited"] or 0),
                by=request.user, at=at,
            )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            if request.accepts("text/html"):
                messages.success(request, "记好了，已经送到镇里。")
                return redirect("field:today")
            return JsonResponse({"state": "kept"})
    if request.method == "POST" and not request.accepts("text/html"):
        first = next((str(lines[0]) for lines in form.errors.values()), "没有送成")
        return JsonResponse({"state": "refused", "words": problem or first}, status=422)
    status = 422 if request.method == "POST" else 200
    return render(request, "field/ask/page.html", {"home": home, "form": form, "problem": problem}, status=status)
