"""My own household as we think it is: right, or say what is not; and what happened at home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from doudi.office import queries
from doudi.office.core import NotAllowed, Party
from doudi.registry import actions as people
from doudi.registry import queries as registry
from doudi.registry.core.homes import PLAIN, PLAIN_EVENTS
from doudi.web.parts.permits import resident


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    home = registry.my_home(request.pid)

    def told(rows: tuple[registry.LivingRow, ...]) -> list[dict[str, Any]]:
        return [
            {"pid": one.pid, "name": one.name, "me": one.pid == request.pid, "why": _(PLAIN[one.reason]), "age": one.age}
            for one in rows
        ]

    shown = {
        "home": home,
        "members": told(home.members),
        "left": told(home.left_out),
        "others": [one for one in told(home.people) if not one["me"]],
        "said": [one for one in home.sayings if one.by_family and one.undone_at is None],
        "kinds": [(code, _(words)) for code, words in PLAIN_EVENTS.items()],
        "events": [{"label": _(PLAIN_EVENTS.get(one.kind, one.label)), "name": one.name, "on": one.on, "state": one.state}
                   for one in home.events if one.state in ("reported", "confirmed")],
        "today": queries.today(queries.now()),
        "problem": problem,
        "typed": request.POST if problem else {},
    }  # fmt: skip
    return render(request, "phone/my/family.html", shown, status=422 if problem else 200)


@resident
@require_safe
def family(request: HttpRequest) -> HttpResponse:
    """Who we think lives with me, and why; from what departments and I myself said."""
    return _page(request)


def _done(request: HttpRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except registry.NotKnown:
        return _page(request, _("这个人找不到了，请再选一次"))
    except NotAllowed as why:
        return _page(request, str(why))
    messages.success(request, said)
    return redirect("phone:family")


@resident
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """All of it is right; said by me, and kept as such."""
    return _done(
        request,
        lambda: people.agree_home(pid=request.pid, by=Party.resident(request.pid), at=queries.now()),
        _("记下了，谢谢您。"),
    )


@resident
@require_POST
def correct(request: HttpRequest) -> HttpResponse:
    """Somebody lives with me, or does not; what registers say stays beside it."""
    at, by = queries.now(), Party.resident(request.pid)
    who, answer = request.POST.get("who", ""), request.POST.get("together", "")
    reason = request.POST.get("reason", "").strip()[:200]
    if not who or answer not in ("yes", "no") or not reason:
        return _page(request, _("请选是谁、住不住在一起，再写一句"))

    def act() -> None:
        kept = registry.my_home(request.pid).register
        if kept is not None and kept.kept and any(one.pid == who for one in kept.members):
            people.correct_member(hid=kept.hid, pid=who, together=answer == "yes", reason=reason, by=by, at=at)
            return
        people.say(
            kind="together", a=who, b=request.pid, holds=answer == "yes", since=queries.today(at), reason=reason, by=by, at=at
        )

    return _done(request, act, _("记下了。镇里会看，要问清楚的会和您联系。"))


@resident
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """I take back what I said."""
    ref = request.POST.get("ref", "")
    by = Party.resident(request.pid)
    return _done(request, lambda: people.take_back(ref=ref, why="", by=by, at=queries.now()), _("撤回了。"))


@resident
@require_POST
def happened(request: HttpRequest) -> HttpResponse:
    """Something happened at home; the township checks it before anything follows."""
    kind, who, other = (request.POST.get(name, "") for name in ("kind", "person", "other"))
    if kind not in PLAIN_EVENTS:
        return _page(request, _("请选家里发生了什么"))
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return _page(request, _("请选是哪一天"))
    named = request.POST.get("named", "").strip()[:40]

    def act() -> None:
        people.report_event(
            kind=kind, person=who, other=other or (request.pid if who != request.pid else ""), named=named, on=on,
            channel="online", by=Party.resident(request.pid), at=queries.now(),
        )  # fmt: skip

    return _done(request, act, _("记下了，镇里核实以后再算。现在什么都不变。"))
