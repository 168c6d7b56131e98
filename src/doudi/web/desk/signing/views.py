"""Who signed for a case and who still has to: recorded with its evidence, printed in three copies, taken back when asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import actions, queries
from doudi.casework.queries import Signatory, SigningPage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS
from doudi.verification import actions as verification
from doudi.verification import core as checks
from doudi.verification import queries as reading
from doudi.web.desk.frame import acted
from doudi.web.parts import papers
from doudi.web.parts.permits import permit

WHAT = "核对授权书"
WAYS = (("paper", "签了纸"), ("voice", "录了音"), ("visit", "当面同意"))
COPIES = ("家庭留存", "案卷留存", "核对机构留存")


def read(request: HttpRequest, ref: str, at: datetime) -> SigningPage:
    """The authorisations of a case, for this viewer; the look at each person is noted.

    :raises Http404: no such case, or not for this post and area; the answer does not tell which
    """
    try:
        page = queries.signing(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    for one in page.people:
        if one.pid:
            office.look(subject=one.pid, viewer=request.viewer, at=at, what=WHAT)
    return page


@permit("authorisation.read")
@require_safe
def signing(request: HttpRequest, ref: str) -> HttpResponse:
    """Everybody whose authorisation the case needs, with what is lacking."""
    return drawn(request, ref)


def drawn(
    request: HttpRequest, ref: str, *, problem: str = "", template: str = "desk/signing/page.html", status: int = 200
) -> HttpResponse:
    """Draw who signed and who still has to; the words typed so far come back with what was wrong."""
    page = read(request, ref, time.now())
    context = {
        "page": page,
        "problem": problem,
        "held": request.POST,
        "who": request.GET.get("who", ""),
        "ways": WAYS,
        "adults": [one for one in page.members if one.is_adult and one.pid and one.state != "not_needed"],
        "relations": [(code, words) for code, words in RELATIONS.items() if code != "self"],
        "may_record": request.viewer.may("consent.record") and page.open,
        "may_open": request.viewer.may("paper.read"),
        "may_case": request.viewer.may("case.read"),
    }
    return render(request, template, context, status=status)


def somebody(page: SigningPage, who: str) -> Signatory:
    """One of the people of a case, by the ref of the member or supporter.

    :raises Http404: nobody of this ref
    """
    found = next((one for one in page.people if one.ref == who), None)
    if found is None or not found.pid:
        raise Http404
    return found


def keep(request: HttpRequest, page: SigningPage, who: str, at: datetime) -> str:
    """Keep what a form says somebody signed, with its evidence; returns what is wrong, in words, or nothing.

    :raises Http404: nobody of this ref
    """
    one = somebody(page, who)
    try:
        files = papers.signature(request) + papers.handed_in(request, "form", "voice", "guardian")
        way = "screen" if any(kind == "signature" for kind, _, _ in files) else request.POST.get("way", "")
        if way not in dict((*WAYS, ("screen", ""))):
            return "请选他是怎么签的。"
        said: dict[str, Any] = {"ref": page.ref, "pid": one.pid, "channel": way, "files": files, "by": request.user, "at": at}
        if one.role == "supporter":
            actions.sign_supporter(**said)
        else:
            guardian = request.POST.get("guardian_pid", "")
            actions.record_consent(**said, guardian=guardian if guardian != one.pid else "")
    except NotAllowed as why:
        return str(why)
    return ""


@permit("consent.record")
@require_POST
def sign(request: HttpRequest, ref: str, who: str) -> HttpResponse:
    """Keep that somebody signed, on paper, by voice, on this screen, or face to face."""
    at = time.now()
    problem = keep(request, read(request, ref, at), who, at)
    if problem:
        return drawn(request, ref, problem=problem, status=422)
    messages.success(request, "记好了。", extra_tags="pine")
    return redirect("desk:signing", ref)


@permit("consent.record")
@require_POST
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Write down a support obligor outside the household."""
    said = {name: request.POST.get(name, "").strip()[:60] for name in ADDED}
    return _act(request, ref, lambda at: actions.add_supporter(ref=ref, by=request.user, at=at, **said), "记好了，请他本人来签。")


ADDED = ("name", "number", "supports", "relation", "phone", "place")


@permit("consent.record")
@require_POST
def remove(request: HttpRequest, ref: str, who: str) -> HttpResponse:
    """Take a supporter off the list."""
    return _act(request, ref, lambda at: actions.remove_supporter(ref=ref, supporter=who, by=request.user, at=at), "不再查他了。")


def _act(request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str) -> HttpResponse:
    read(request, ref, time.now())
    return acted(request, do, said, back=("desk:signing", ref), again=partial(drawn, request, ref, status=422))


@permit("consent.record")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, ref: str, who: str) -> HttpResponse:
    """Take an authorisation back for somebody who came or rang: what it means is read to them first.

    :raises Http404: nobody of this ref, or nothing to take back
    """
    at, problem = time.now(), ""
    page = read(request, ref, at)
    one = somebody(page, who)
    if one.paper is None or not one.paper.holds:
        raise Http404
    if request.method == "POST":
        told = request.POST.get("told") == "1"
        try:
            verification.withdraw_authorisation(number=one.paper.number, explained=told, by=request.user, at=at)
            messages.success(request, f"{one.name}的授权撤回了，还没发出去的都停下了。", extra_tags="pine")
            return redirect("desk:signing", ref)
        except NotAllowed as why:
            problem = "请先念给他听，再勾上。" if not told else str(why)
    context = {"page": page, "one": one, "told": checks.terms().withdrawing, "problem": problem}
    return render(request, "desk/signing/withdraw.html", context, status=422 if problem else 200)


@permit("consent.record")
@require_safe
def sheet(request: HttpRequest, ref: str, who: str) -> HttpResponse:
    """The form to sign on paper, three copies of one page each: for the family, the file, and the verification body.

    :raises Http404: nobody of this ref
    """
    at = time.now()
    page = read(request, ref, at)
    one = somebody(page, who)
    context = {
        "page": page,
        "one": one,
        "copies": COPIES,
        "number": one.paper.number if one.paper and one.paper.holds else "",
        "places": reading.asked_places([page.programme], one.role),
        "terms": checks.terms(),
        "citizen_no": registry.me(one.pid).masked_number,
        "digits": range(18),
        "children": [child for child in page.members if not child.is_adult and child.state != "not_needed"]
        if one.is_applicant
        else [],
        "today": time.today(at),
        "clerk": request.viewer.name,
    }
    return render(request, "desk/signing/sheet.html", context)


@permit("paper.read")
@require_safe
def paper(request: HttpRequest, ref: str) -> HttpResponse:
    """A paper somebody handed in; whose it is reads that it was opened.

    :raises Http404: no such paper, or not for this post and area
    """
    try:
        row, data = time.paper(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    office.look(subject=row.subject, viewer=request.viewer, at=time.now(), what=row.label)
    return papers.shown(row, data)
