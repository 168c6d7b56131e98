"""What was asked of other departments for me or my family: where it stands, what they answered, whether it arrived."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party
from doudi.services import actions, queries
from doudi.services.queries import ReferralPage
from doudi.web.parts.permits import resident


@resident
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What was asked of others for me, latest first; and which departments looked my status up."""
    shown = {"rows": queries.my_referrals(request.pid), "lookups": queries.my_lookups(request.pid)}
    return render(request, "phone/my/services.html", shown)


def _mine(request: HttpRequest, ref: str) -> ReferralPage:
    """One of them.

    :raises Http404: none, or not mine
    """
    try:
        return queries.my_referral(ref, request.pid)
    except NotAllowed:
        raise Http404 from None


@resident
@require_safe
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """Where it stands, what was passed on about me, what they answered."""
    return _page(request, ref)


def _page(request: HttpRequest, ref: str, problem: str = "", said: str = "") -> HttpResponse:
    this = _mine(request, ref)
    shown: dict[str, Any] = {
        "one": this,
        "ask_arrived": this.answer is not None and this.answer.gives and this.row.arrived is not True,
        "problem": problem,
        "said": said,
    }
    return render(request, "phone/my/service.html", shown, status=422 if problem else 200)


@resident
@require_POST
def arrived(request: HttpRequest, ref: str) -> HttpResponse:
    """Say whether it arrived."""
    _mine(request, ref)
    got, said, me = request.POST.get("arrived"), request.POST.get("said", ""), Party.resident(request.pid)
    if got not in ("yes", "no"):
        return _page(request, ref, _("请选收到没有"), said)
    try:
        actions.confirm_arrival(ref=ref, arrived=got == "yes", said=said, by=me, at=time.now())
    except NotAllowed as why:
        return _page(request, ref, str(why), said)
    messages.success(request, _("记下了，谢谢您告诉我们。"))
    return redirect("phone:service", ref)


@resident
@require_POST
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back."""
    _mine(request, ref)
    try:
        actions.take_back(ref=ref, by=Party.resident(request.pid), at=time.now())
    except NotAllowed as why:
        return _page(request, ref, str(why))
    messages.success(request, _("撤回了，他们那边也看不到您的信息了。"))
    return redirect("phone:service", ref)
