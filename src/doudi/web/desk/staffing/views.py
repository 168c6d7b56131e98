"""Who is away: one's own days, the director's list of who is away and where nobody is, and the working days of a year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import queries as casework
from doudi.office import actions, queries
from doudi.office.core import ACTS, HANDED_OVER, NotAllowed
from doudi.web.desk.staffing.forms import LeaveForm, StandInForm, YearForm
from doudi.web.parts.permits import permit


@permit("leave.enter")
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own days away, and from which post one works: one's own, or that of somebody one stands in for."""
    at, problem = queries.now(), ""
    held = queries.posts(request.user, at)
    form = LeaveForm(request.POST or None, colleagues=queries.stand_ins(request.user, at), groups=_groups(held))
    if request.method == "POST" and form.is_valid():
        try:
            _enter(form.cleaned_data, request.user.username, request, at)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, "登记好了。这些天您的事由代办的同志接着办，没办完的到时候还是您的。")
            return redirect("desk:leave")
    context = {
        "form": form,
        "problem": problem,
        "leaves": queries.my_leaves(request.user, at),
        "posts": held,
        "post": request.user.post_id,
    }
    wrong = bool(form.errors or problem)
    return render(request, "desk/staffing/mine.html", context, status=422 if wrong else 200)


def _groups(held: list[queries.PostRow]) -> list[tuple[str, str]]:
    """The kinds of work these posts do, as they can be handed over."""
    roles = {row.role for row in held if not row.stands_for}
    done = {act for act, (_, allowed) in ACTS.items() if roles & allowed}
    return [(code, label) for code, (label, begins) in HANDED_OVER.items() if any(act.startswith(begins) for act in done)]


def _enter(said: dict[str, Any], clerk: str, request: HttpRequest, at: Any) -> None:
    actions.enter_leave(
        clerk=clerk,
        kind=said["kind"],
        from_on=said["from_on"],
        to_on=said["to_on"],
        stand_in=said["stand_in"],
        groups=said["groups"] if said["scope"] == "some" else (),
        by=request.user,
        at=at,
    )


@permit("leave.enter")
@require_POST
def end(request: HttpRequest, leave: str) -> HttpResponse:
    """Back earlier, or not going."""
    try:
        actions.end_leave(ref=leave, by=request.user, at=queries.now())
    except NotAllowed as why:
        messages.success(request, str(why), extra_tags="red")
    else:
        messages.success(request, "结束了。从现在起，事情回到本人手上。")
    return redirect("desk:staff" if request.POST.get("from") == "staff" else "desk:leave")


@permit("desk.today")
@require_POST
def pick(request: HttpRequest) -> HttpResponse:
    """Work from another of one's posts, or from that of a colleague one stands in for."""
    number = request.POST.get("post", "")
    if not number.isascii() or not number.isdigit():
        raise Http404
    try:
        actions.pick_post(clerk=request.user, post_id=int(number), at=queries.now())
    except NotAllowed as why:
        messages.success(request, str(why), extra_tags="red")
    return redirect("desk:leave")


@permit("staff.read")
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Who of the viewer's places is away, where nobody is, and which cases nobody looks after."""
    at = queries.now()
    context = {
        "leaves": queries.leaves(request.viewer, at),
        "empty": queries.empty_places(request.viewer, at),
        "nobody": casework.nobodys(request.viewer, at=at),
        "may_choose": request.viewer.may("leave.keep"),
    }
    return render(request, "desk/staffing/staff.html", context)


@permit("leave.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, leave: str) -> HttpResponse:
    """The director chooses who does the work of somebody away."""
    at, problem = queries.now(), ""
    row = next((one for one in queries.leaves(request.viewer, at) if one.ref == leave), None)
    person = queries.clerk_of(row.clerk) if row else None
    if row is None or person is None:
        raise Http404
    form = StandInForm(request.POST or None, colleagues=queries.stand_ins(person, at))
    if request.method == "POST" and form.is_valid():
        try:
            actions.name_stand_in(ref=leave, stand_in=form.cleaned_data["stand_in"], by=request.user, at=at)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, "定好了，今天起由这位同志代办。")
            return redirect("desk:staff")
    wrong = bool(form.errors or problem)
    context = {"form": form, "problem": problem, "row": row}
    return render(request, "desk/staffing/choose.html", context, status=422 if wrong else 200)


@permit("calendar.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The working days gone by, and a year taken over from the State Council's notice."""
    at, problem = queries.now(), ""
    form = YearForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.announce_year(**form.cleaned_data, by=request.user, at=at)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, "登记好了。没办完的期限马上按新的日历重算，办完的不变。")
            return redirect("desk:calendar")
    wrong = bool(form.errors or problem)
    context = {"form": form, "problem": problem, "years": queries.years_gone_by(at)}
    return render(request, "desk/staffing/calendar.html", context, status=422 if wrong else 200)
