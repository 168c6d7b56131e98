"""Papers whose time is over: a list, and a person who agrees; nothing is chosen beforehand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.casework import actions
from doudi.casework.core import papers
from doudi.casework.queries.keeping import over_time
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.web.parts.permits import permit


@permit("file.retire")
@require_http_methods(["GET", "HEAD", "POST"])
def retiring(request: HttpRequest) -> HttpResponse:
    """What would go, class by class; those ticked are agreed to, each with its line of the journal."""
    at, problem = time.now(), ""
    if request.method == "POST":
        chosen = request.POST.getlist("gone")
        try:
            if not chosen:
                raise NotAllowed("还没有勾选哪些可以销毁。")
            for one in chosen:
                ref, _, keeps = one.partition(":")
                actions.retire_papers(ref=ref, keeps=keeps, by=request.user, at=at)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, f"批准了 {len(chosen)} 份。", extra_tags="pine")
            return redirect("desk:papers-retiring")
    rows = over_time(request.viewer, on=time.today(at))
    shown = {"rows": rows, "keeps": papers.keeps().values(), "problem": problem, "chosen": request.POST.getlist("gone")}
    return render(request, "desk/papers/retiring.html", shown, status=422 if problem else 200)
