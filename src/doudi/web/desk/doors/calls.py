"""The telephone: two check questions, four fields, a promise with a day; an application may begin in the agent's hands."""

from __future__ import annotations

from secrets import token_hex

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, queries
from doudi.office import queries as time
from doudi.office.core import BadPaper, NotAllowed
from doudi.registry import queries as registry
from doudi.web.desk.doors.forms import BackForm, CallForm
from doudi.web.parts import papers
from doudi.web.parts.permits import permit


@permit("call.take")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Calls promised and not made, the earliest day first: nobody is left out by choice."""
    rows, on = queries.calls_to_ring(request.viewer), time.today(time.now())
    late = sum(one.back_on is not None and one.back_on < on for one in rows)
    return render(request, "desk/doors/calls.html", {"rows": rows, "on": on, "late": late})


@permit("call.take")
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Write a call down; who answers the two questions right is found, who does not is written down all the same."""
    at = time.now()
    form, problem = CallForm(request.POST or None, initial={"once": token_hex(16)}), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        pid = _who(request, given["name"], given["tail"])
        if (given["name"] or given["tail"]) and not pid:
            form.add_error("tail", "名字和后四位对不上。再问一遍；还对不上就都空着，照样记")
        else:
            fields = {name: given[name] for name in ("once", "topic", "said", "mood", "answered", "phone", "ring_back")}
            area = registry.me(pid).area if pid else request.viewer.area
            try:
                row = actions.take_call(area=area, pid=pid, by=request.user, at=at, **fields)
                return redirect("desk:call", row.ref)
            except NotAllowed as why:
                problem = str(why)
    shown = {"form": form, "problem": problem}
    return render(request, "desk/doors/call_new.html", shown, status=422 if request.method == "POST" else 200)


def _who(request: HttpRequest, name: str, tail: str) -> str:
    """The pid of who gave this name and these four digits, inside the agent's area; "" for nobody, or more than one."""
    if not name or len(tail) != 4:
        return ""
    pid = registry.sign_in(name, tail)
    return pid if pid and request.viewer.sees(registry.me(pid).area) else ""


@permit("call.take")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """One call: ring back, or begin an application by the caller's spoken yes.

    :raises Http404: not this agent's
    """
    at = time.now()
    try:
        row = queries.call(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    form, problem = BackForm(), ""
    if request.method == "POST":
        try:
            if "apply" in request.POST:
                recording = papers.handed_in(request, "voice")
                agreed = request.POST.get("agreed") == "yes"
                draft = actions.apply_for_caller(ref=ref, agreed=agreed, recording=recording, by=request.user, at=at)
                return redirect("desk:window", draft.ref)
            form = BackForm(request.POST)
            if form.is_valid():
                given = form.cleaned_data
                actions.ring_back(ref=ref, reached=given["reached"] == "yes", said=given["said"], by=request.user, at=at)
                return redirect("desk:calls")
        except (NotAllowed, BadPaper) as why:
            problem = str(why)
    shown = {"row": row, "form": form, "problem": problem, "may_apply": request.viewer.may("case.register")}
    return render(request, "desk/doors/call.html", shown, status=422 if request.method == "POST" else 200)
