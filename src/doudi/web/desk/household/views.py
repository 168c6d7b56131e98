"""One household on one page, for a stated purpose; correcting it; what happened in it; and what waits to be confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import actions as people
from doudi.registry import queries as registry
from doudi.web.desk.frame import page_number
from doudi.web.desk.household.forms import EventForm, MemberForm, SayForm, SettleForm, UndoForm
from doudi.web.desk.household.picture import draw
from doudi.web.desk.person.views import purpose_now
from doudi.web.parts.permits import permit

WHAT = "一家人和家庭关系"
PAGE = 30


@permit("household.read")
@require_safe
def household(request: HttpRequest, pid: str) -> HttpResponse:
    """Who is counted in this household and why, who is left out, every tie with its source, what was said and what happened.

    :raises Http404: nobody of this id, or not in the viewer's area
    """
    at = time.now()
    home = _home(request, pid)
    why = _why(request, pid, at)
    if not why:
        return redirect("desk:person", pid)
    office.look(subject=pid, viewer=request.viewer, at=at, why=why, what=WHAT)
    return _shown(request, home, why, at)


def _why(request: HttpRequest, pid: str, at: datetime) -> str:
    """Why this household may be opened: what was chosen for this person or, within the half hour, for one they live with."""
    event = request.GET.get("event", "")
    if event and request.viewer.may("event.confirm"):
        try:
            row = registry.event_place(event, request.viewer)
        except (NotAllowed, registry.NotKnown):
            return ""
        if pid in (row.person, row.other):
            return f"核实家里的变化：{row.label}"
    return purpose_now(request, pid, at)


def _home(request: HttpRequest, pid: str) -> registry.HomePage:
    try:
        return registry.home_page(pid, request.viewer)
    except (NotAllowed, registry.NotKnown):
        raise Http404 from None


def _shown(request: HttpRequest, home: registry.HomePage, why: str, at: datetime, **forms: Any) -> HttpResponse:
    viewer = request.viewer
    who = [(one.pid, one.name) for one in home.people] or [(home.pid, home.name)]
    may_correct, may_report, may_settle = (viewer.may(act) for act in ("household.correct", "event.report", "event.confirm"))
    running: tuple[Any, ...] = ()
    if viewer.may("case.read"):
        running = casework.running_of([pid for pid, _ in who], viewer, on=time.today(at))
    wrong = [form for form in forms.values() if form is not None and form.is_bound]
    contracts = exchange.contracts()
    context = {
        "home": home,
        "why": why,
        "picture": draw(home),
        "running": running,
        "labels": {code: contract.label for code, contract in contracts.items()},
        "member_form": (forms.get("member") or MemberForm(who)) if may_correct else None,
        "say_form": (forms.get("say") or SayForm(who, initial={"since": time.today(at)})) if may_correct else None,
        "event_form": (forms.get("event") or EventForm(who)) if may_report else None,
        "settle": may_settle,
        "may_correct": may_correct,
        "settle_form": forms.get("settle"),
        "wrong": wrong,
    }
    return render(request, "desk/household/page.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, pid: str, act: Callable[[], object], said: str, form: Any, name: str) -> HttpResponse:
    """Do one act and come back to the page; a refusal is said on the page, above what was typed.

    :raises Http404: somebody else was quicker, or nobody of this id
    """
    at = time.now()
    home = _home(request, pid)
    why = _why(request, pid, at)
    if not why:
        return redirect("desk:person", pid)
    if form.is_valid():
        try:
            act()
        except registry.NotKnown:
            raise Http404 from None
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect("desk:household", pid)
    return _shown(request, home, why, at, **{name: form})


def _people_of(request: HttpRequest, pid: str) -> list[tuple[str, str]]:
    home = _home(request, pid)
    return [(one.pid, one.name) for one in home.people] or [(home.pid, home.name)]


@permit("household.correct")
@require_POST
def member(request: HttpRequest, pid: str) -> HttpResponse:
    """Say that somebody lives in this household, or not; the register's version stays beside it."""
    at, form = time.now(), MemberForm(_people_of(request, pid), request.POST)

    def act() -> None:
        said = form.cleaned_data
        home = _home(request, pid)
        kept = home.register
        together = said["together"] == "yes"
        if kept is not None and any(one.pid == said["pid"] for one in kept.members):
            kept_home = people.bring_in(subject=kept.hid, by=request.user, at=at)
            people.correct_member(
                hid=kept_home.hid, pid=said["pid"], together=together, reason=said["reason"], by=request.user, at=at
            )
            return
        anchor = next((one.pid for one in home.members if one.pid != said["pid"]), home.pid)
        people.say(
            kind="together", a=said["pid"], b=anchor, holds=together, since=time.today(at), reason=said["reason"],
            by=request.user, at=at,
        )  # fmt: skip

    return _done(request, pid, act, "记下了。登记的和您说的都留着，下一次计算按您说的。", form, "member")


@permit("household.correct")
@require_POST
def say(request: HttpRequest, pid: str) -> HttpResponse:
    """Overrule one tie, or what registers say of one person."""
    at, form = time.now(), SayForm(_people_of(request, pid), request.POST)

    def act() -> None:
        said = form.cleaned_data
        people.say(
            kind=said["kind"], a=said["a"], b=said["b"], holds=said["holds"] == "yes", since=said["since"],
            reason=said["reason"], by=request.user, at=at,
        )  # fmt: skip

    return _done(request, pid, act, "记下了。登记的和您说的都留着，下一次计算按您说的。", form, "say")


@permit("household.correct")
@require_POST
def take_back(request: HttpRequest, pid: str, ref: str) -> HttpResponse:
    """Take something said back; of a member, the register's version counts again."""
    at, form = time.now(), UndoForm(request.POST)

    def act() -> None:
        if ref.startswith("t"):
            people.take_back(ref=ref, why=form.cleaned_data["why"], by=request.user, at=at)
            return
        kept = _home(request, pid).register
        if kept is None:
            raise registry.NotKnown(ref)
        people.take_member_back(hid=kept.hid, pid=ref, by=request.user, at=at)

    return _done(request, pid, act, "撤回了。说过的还留着，写着是谁撤回的。", form, "undo")


@permit("event.report")
@require_POST
def report(request: HttpRequest, pid: str) -> HttpResponse:
    """Note something that happened; nothing follows before somebody confirms it."""
    at, form = time.now(), EventForm(_people_of(request, pid), request.POST)

    def act() -> None:
        said = form.cleaned_data
        people.report_event(
            kind=said["kind"], person=said["person"], other=said["other"], named=said["named"], on=said["on"],
            channel=said["channel"], paper=said["paper"], note=said["note"], by=request.user, at=at,
        )  # fmt: skip

    return _done(request, pid, act, "记下了，等人核实。核实以前什么都不变。", form, "event")


@permit("event.confirm")
@require_POST
def settle(request: HttpRequest, pid: str, ref: str) -> HttpResponse:
    """Confirm that something happened, or say that it did not."""
    at, form = time.now(), SettleForm(request.POST)

    def act() -> None:
        said = form.cleaned_data
        if said["verdict"] == "confirm":
            people.confirm_event(ref=ref, on=said["on"], why=said["why"], by=request.user, at=at)
        else:
            people.dismiss_event(ref=ref, why=said["why"], by=request.user, at=at)

    return _done(request, pid, act, "记下了。在享受的救助不会自己变，请看看要不要复核。", form, "settle")


@permit("event.confirm")
@require_POST
def undo(request: HttpRequest, pid: str, ref: str) -> HttpResponse:
    """Take a confirmation back."""
    at, form = time.now(), UndoForm(request.POST)

    def act() -> None:
        people.undo_event(ref=ref, why=form.cleaned_data["why"], by=request.user, at=at)

    return _done(request, pid, act, "撤回了。", form, "undo")


@permit("event.confirm")
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """What happened in families here and waits for somebody to check it; the longest known first."""
    at = page_number(request)
    found = registry.events_waiting(request.viewer, first=at * PAGE)
    context = {
        "events": found.rows,
        "count": found.count,
        "page": at,
        "earlier": at - 1 if at else None,
        "later": at + 1 if (at + 1) * PAGE < found.count else None,
    }
    return render(request, "desk/household/events.html", context)
