"""The demo's control page: logins, the clock, and the messages that would reach phones."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from doudi.office import actions, queries
from doudi.office.core import NotAllowed, Party
from doudi.web.demo import schedule
from doudi.web.parts.permits import View, open_page
from doudi.web.parts.templatetags.parts import moment as words_of

STEPS = {"day": "过一天", "week": "过七天", "month": "到下个月 1 日"}


def _later(at: datetime, step: str) -> datetime:
    """Where a step of the clock leads; the first of the next month is just after nine here."""
    if step == "day":
        return at + timedelta(days=1)
    if step == "week":
        return at + timedelta(days=7)
    here = at.astimezone(queries.HERE)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    return datetime(year, month, 1, 9, 1, tzinfo=queries.HERE)


def _residents() -> list[dict[str, str]]:
    """Who may try to apply: what `doudi demo` chose from the made-up city and wrote beside its database."""
    path = settings.HOME.root / "demo.json"
    return json.loads(path.read_text()) if path.is_file() else []


def demo_only(view: View) -> View:
    """Let a page exist in a demo only; elsewhere it is as if it had never been made."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return page


@open_page
@demo_only
def desk(request: HttpRequest) -> HttpResponse:
    """Who can sign in here, what time it is, and how to move it."""
    at = queries.now()
    shown = {
        "at": at,
        "staff": queries.staff(at),
        "password": settings.DEMO_PASSWORD,
        "steps": STEPS,
        "residents": _residents(),
    }
    return render(request, "demo/desk.html", shown)


@open_page
@demo_only
@require_POST
def clock(request: HttpRequest) -> HttpResponse:
    """Move the clock forward and run what the schedule would have run by then."""
    at = queries.now()
    step = request.POST.get("step", "")
    if step not in STEPS:
        return redirect("demo:desk")
    try:
        moved = actions.move_clock(by=Party.system("demo"), at=at, to=_later(at, step))
    except NotAllowed as why:
        flash.error(request, str(why), extra_tags="red")
        return redirect("demo:desk")
    for line in schedule.run(moved):
        flash.success(request, line, extra_tags="pine")
    flash.success(request, f"现在是 {words_of(moved)}。", extra_tags="pine")
    return redirect("demo:desk")


@open_page
@demo_only
def messages(request: HttpRequest) -> HttpResponse:
    """The latest text messages; in a demo nobody's phone rings."""
    return render(request, "demo/sms.html", {"messages_sent": queries.outbox(limit=30)})
