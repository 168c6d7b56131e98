"""授权书 on the phone: signed with a finger or by writing my name; what I signed; taking it back, told first what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions as casework
from doudi.casework import core
from doudi.casework import queries as cases
from doudi.casework.queries import Signatory, SigningPage
from doudi.office import queries
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions as people
from doudi.registry import queries as registry
from doudi.registry.core import Purpose
from doudi.verification import actions
from doudi.verification import core as checks
from doudi.verification import queries as verification
from doudi.web.parts import papers
from doudi.web.parts.permits import resident


@resident
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: HttpRequest, ref: str) -> HttpResponse:
    """My own authorisation for a case, and that of the children I sign for; nobody else can give it for me."""
    at, me = queries.now(), Party.resident(request.pid)
    try:
        page = cases.my_signing(ref, request.pid, at=at)
    except NotAllowed:
        return redirect("phone:home")
    mine = _mine(page, registry.pids_of(request.pid))
    if not page.open or not mine or all(one.state == "signed" for one in mine):
        return redirect("phone:consents")
    problem, name = "", request.POST.get("name", "").strip()[:40]
    if request.method == "POST":
        try:
            files = papers.signature(request)
            if not files and not name:
                problem = _("请在框里签名，或者写上您的名字")
            else:
                _sign(page, mine[0], files, name, by=me, at=at)
                messages.success(request, _("签好了，谢谢您。"))
                return redirect("phone:home")
        except NotAllowed as why:
            problem = str(why)
    first = mine[0]
    context = {
        "page": page,
        "mine": mine,
        "own": first.is_applicant,
        "name": name,
        "my_name": registry.me(request.pid).name,
        "again": [one for one in mine if one.state in ("expired", "members_changed", "withdrawn")],
        "places": [
            (_(department), [_(asked) for asked in asks])
            for department, asks in verification.asked_places([page.programme], first.role)
        ],
        "terms": _terms(),
        "problem": problem,
    }
    return render(request, "phone/my/agree.html", context, status=422 if problem else 200)


def _mine(page: SigningPage, pids: tuple[str, ...]) -> list[Signatory]:
    """What this person signs here: their own, first, and as applicant that of the children of the household."""
    own = [one for one in page.people if one.pid in pids and one.state != "not_needed"]
    children = [
        one for one in page.members if not one.is_adult and one.pid and one.state != "not_needed"
    ] if own and own[0].is_applicant else []  # fmt: skip
    return own + [one for one in children if one.paper is None or not one.paper.holds or one.paper.signer in pids]


def _sign(page: SigningPage, mine: Signatory, files: list[papers.File], name: str, *, by: Party, at: datetime) -> None:
    said = {"ref": page.ref, "pid": mine.pid, "channel": "screen", "files": files, "typed_name": name, "by": by, "at": at}
    if mine.role == "supporter":
        casework.sign_supporter(**said)
    else:
        casework.record_consent(**said)


def _terms() -> dict[str, Any]:
    said = checks.terms()
    return {
        "to_whom": _(said.to_whom),
        "until": _(said.until),
        "promises": [_(line) for line in said.promises],
        "withdrawing": [_(line) for line in said.withdrawing],
    }


@resident
@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """What I have to sign, what I signed, what else I agreed to; each can be taken back here."""
    at, mine = queries.now(), registry.consents(request.pid)
    behind = verification.of_consents([one.ref for one in mine])
    if request.method == "POST":
        ref = request.POST.get("ref", "")
        if ref not in {one.ref for one in mine}:
            raise Http404
        if ref in behind:  # told first what it means
            return redirect("phone:authorisation-withdraw", behind[ref])
        try:
            people.withdraw(ref=ref, by=Party.resident(request.pid), at=at)
        except people.AlreadyWithdrawn as why:
            messages.info(request, str(why))
        return redirect("phone:consents")
    words = {one.dataset: one.asks for one in checks.asked_datasets()}
    signed, pids = verification.my_authorisations(request.pid, at=at), registry.pids_of(request.pid)
    others = [
        {
            "ref": one.ref,
            "label": _(one.purpose.label),
            "given_at": one.given_at,
            "withdrawn_at": one.withdrawn_at,
            "asks": [_(words.get(dataset, dataset)) for dataset in one.sources],
        }
        for one in mine
        if one.ref not in behind
    ]
    context = {
        "to_sign": to_sign(request.pid, at),
        "papers": [_shown(one) for one in sorted(signed, key=lambda one: (not one.holds, one.pid not in pids))],
        "consents": others,
        "purpose": _(Purpose.VERIFICATION.label),
    }
    return render(request, "phone/my/consents.html", context)


def to_sign(pid: str, at: datetime) -> list[dict[str, Any]]:
    """Cases in which this person still has to sign, or their paper lacks something, with why; their own first."""
    own = [cases.my_signing(one.ref, pid, at=at) for one in cases.my_cases(pid, at=at) if not one.for_name and one.state.is_open]
    asked = [cases.my_signing(one.ref, pid, at=at) for one in cases.asked_to_agree(pid, at=at)]
    pids, found = registry.pids_of(pid), []
    for page in (*own, *asked, *cases.supporting(pid, at=at)):
        wanting = [one for one in _mine(page, pids) if one.must_sign or (one.paper and one.paper.owed and one.pid in pids)]
        if page.open and wanting:
            mine = any(one.is_applicant or one.role == "supporter" for one in wanting)
            found.append({"page": page, "why": _words(wanting[0]), "names": [one.name for one in wanting], "own": mine})
    return found


def _words(one: Signatory) -> str:
    """Why it is not done yet, in the language of the page."""
    return "；".join(_(what) for what in one.paper.owed) if one.state == "owed" and one.paper else _(one.why)


def _shown(one: verification.AuthorisationRow) -> dict[str, Any]:
    return {
        "row": one,
        "programmes": [_(core.road(code).label) for code in one.programmes],
        "asks": [_(asked) for asked in one.asks],
        "state": _(one.state_label),
        "owed": [_(what) for what in one.owed],
        "way": _(one.way_label),
    }


def _authorisation(request: HttpRequest, number: str) -> verification.AuthorisationRow:
    """One that I signed, or that is about me.

    :raises Http404: no such paper, or not mine
    """
    try:
        return verification.my_authorisation(number, request.pid, at=queries.now())
    except NotAllowed:
        raise Http404 from None


@resident
@require_safe
def authorisation(request: HttpRequest, number: str) -> HttpResponse:
    """One authorisation, whole: the words I signed, my signature, who handled it, until when."""
    one = _authorisation(request, number)
    return render(request, "phone/my/authorisation.html", {"one": _shown(one), "row": one})


@resident
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back: first what that means, then one press, as one press gave it."""
    one, problem = _authorisation(request, number), ""
    if not one.holds:
        return redirect("phone:authorisation", number)
    if request.method == "POST":
        explained = request.POST.get("told") == "1"
        try:
            actions.withdraw_authorisation(number=number, explained=explained, by=Party.resident(request.pid), at=queries.now())
            messages.success(request, _("撤回了。从现在起不再查。"))
            return redirect("phone:consents")
        except NotAllowed as why:
            problem = str(why)
    context = {"row": one, "terms": _terms(), "problem": problem}
    return render(request, "phone/my/authorisation_withdraw.html", context, status=422 if problem else 200)


@resident
@require_safe
def paper(request: HttpRequest, ref: str) -> HttpResponse:
    """A paper of mine, or of somebody I signed for as guardian.

    :raises Http404: no such paper, or not mine
    """
    mine = {*registry.pids_of(request.pid)}
    mine |= {one.pid for one in verification.my_authorisations(request.pid, at=queries.now()) if one.signer in mine}
    try:
        row, data = queries.my_paper(ref, mine)
    except NotAllowed:
        raise Http404 from None
    return papers.shown(row, data)
