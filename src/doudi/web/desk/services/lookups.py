"""Looking one person's status up, for one thing a department does (LAW Art. 42). One at a time; the person sees it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.services import actions, core
from doudi.web.desk.services import forms as shapes
from doudi.web.parts.permits import permit


@permit("recognition.look")
def look_up(request: HttpRequest) -> HttpResponse:
    """Ask about one person and see the answer on the same page; nothing stays in the address."""
    form = shapes.LookForm(core.kinds_of(request.viewer.department), request.POST if request.method == "POST" else None)
    found, problem = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.look_up(**form.cleaned_data, by=request.user, at=time.now())
        except NotAllowed as why:
            problem = str(why)
    shown = {"form": form, "found": found, "problem": problem}
    return render(request, "desk/services/lookup.html", shown, status=422 if problem or form.errors else 200)
