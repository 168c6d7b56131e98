"""Records that may be one person: the queue, one pair side by side, what was decided, and taking it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.registry import actions, queries
from doudi.registry.core import pairs as core
from doudi.web.desk.frame import page_number
from doudi.web.desk.pairs.forms import ASK, PurposeForm, SettleForm, WeighForm, WhyForm
from doudi.web.desk.pairs.reading import line, shown
from doudi.web.parts.permits import permit

HOLDS = timedelta(minutes=30)  # how long a stated purpose opens pairs
STATES = {"waiting": "等判断", "asked": "在问", "settled": "判断过的"}
WHAT = "像是同一个人的两份记录：姓名、号码、生日、住址、电话"


def _asked(request: HttpRequest) -> dict[str, str]:
    """Which part of the queue is worked through: kind and village, as the address says.

    :raises Http404: no such kind or place
    """
    given = request.POST if request.method == "POST" else request.GET
    kind, village = given.get("kind", ""), given.get("village", "")
    if kind not in ("", *core.PAIR_KINDS) or not (village == "" or (village.isascii() and village.isdigit())):
        raise Http404
    return {name: value for name, value in (("kind", kind), ("village", village)) if value}


@permit("pair.list")
@require_safe
def pairs(request: HttpRequest) -> HttpResponse:
    """The pairs of the viewer's area that wait, names masked; and people who receive help twice since they were joined.

    :raises Http404: no such part of the queue
    """
    asked, state = _asked(request), request.GET.get("state", "waiting")
    if state not in STATES:
        raise Http404
    viewer, contracts = request.viewer, exchange.contracts()
    page = queries.queue(viewer, state=state, after=request.GET.get("after", ""), **asked)
    counts, villages = queries.pairs_count(viewer), queries.pair_villages(viewer)

    def address(**more: str) -> str:
        said = {"state": state, **asked} | more
        return "?" + urlencode({name: value for name, value in said.items() if value})

    context = {
        "rows": [line(row, contracts) for row in page.rows],
        "state": state,
        "total": counts["all"],
        "kinds": [
            {"words": words, "count": counts[kind or "all"], "href": address(kind=kind), "here": asked.get("kind", "") == kind}
            for kind, words in (("", "全部"), *core.PAIR_KINDS.items())
        ],
        "states": [{"words": words, "href": address(state=code), "here": code == state} for code, words in STATES.items()],
        "villages": villages,
        "asked": asked,
        "first": page.rows[0].ref if page.rows and state == "waiting" else "",
        "within": urlencode(asked),
        "next": address(after=page.next) if page.next else "",
        "doubled": casework.doubled(viewer, month=time.today(time.now()).replace(day=1)) if viewer.may("case.list") else [],
    }
    return render(request, "desk/pairs/page.html", context)


def _purpose(request: HttpRequest, at: datetime) -> str:
    """What for pairs may be opened now, as said within the last half hour."""
    kept = request.session.get("pairs_purpose")
    return kept["why"] if kept and datetime.fromisoformat(kept["until"]) > at else ""


@permit("pair.list")
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, ref: str) -> HttpResponse:
    """One pair, both records side by side; masked until it is said what for, and then each look is written down.

    :raises Http404: no such pair for this viewer
    """
    at, asked = time.now(), _asked(request)
    _read(request, ref)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.session["pairs_purpose"] = {"why": form.purpose, "until": (at + HOLDS).isoformat()}
        return redirect(f"{reverse('desk:pair', args=[ref])}?{urlencode(asked)}")
    if request.method == "POST" or not _purpose(request, at):
        return _ask_what_for(request, ref, form, asked)
    return _one(request, ref, at=at, asked=asked)


def _read(request: HttpRequest, ref: str) -> queries.PairDetail:
    try:
        return queries.pair(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


def _ask_what_for(request: HttpRequest, ref: str, form: PurposeForm, asked: dict[str, str]) -> HttpResponse:
    context = {"form": form, "pair": _read(request, ref), "asked": asked}
    return render(request, "desk/pairs/purpose.html", context, status=422 if request.method == "POST" else 200)


def _one(
    request: HttpRequest, ref: str, *, at: datetime, asked: dict[str, str], form: SettleForm | None = None, problem: str = ""
) -> HttpResponse:
    found, why = _read(request, ref), _purpose(request, at)
    for side in (found.one, found.other):
        if side.pid:
            office.look(subject=side.pid, viewer=request.viewer, at=at, why=why, what=WHAT)
    context = {
        **shown(found, exchange.contracts()),
        "why": why,
        "asked": asked,
        "within": urlencode(asked),
        "form": (form or SettleForm()) if found.may_settle and not found.decision else None,
        "problem": problem,
        "next": queries.after_pair(ref, request.viewer, **asked),
        "left": queries.pairs_count(request.viewer)["all"],
        "done": request.GET.get("done", ""),
    }
    return render(request, "desk/pairs/one.html", context, status=422 if problem else 200)


@permit("pair.settle")
@require_POST
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep the answer, and go on to the next pair of the same list.

    :raises Http404: no such pair for this viewer
    """
    at, asked = time.now(), _asked(request)
    _read(request, ref)
    form = SettleForm(request.POST)
    if not _purpose(request, at):
        return redirect(f"{reverse('desk:pair', args=[ref])}?{urlencode(asked)}")
    if not form.is_valid():
        problem = next(iter(form.errors.values()))[0]
        return _one(request, ref, at=at, asked=asked, form=form, problem=problem)
    said = form.cleaned_data
    try:
        if said["verdict"] == ASK:
            actions.ask_about_pair(ref=ref, note=said["reason"], by=request.user, at=at)
            done = {}
        else:
            made = actions.settle_pair(ref=ref, verdict=said["verdict"], reason=said["reason"], by=request.user, at=at)
            done = {"done": made.ref}
    except NotAllowed as refused:
        return _one(request, ref, at=at, asked=asked, form=form, problem=str(refused))
    following = queries.after_pair(ref, request.viewer, **asked)
    if not following:
        messages.success(request, "这里的都看完了，辛苦了。", extra_tags="pine")
        return redirect(f"{reverse('desk:pairs')}?{urlencode(asked)}")
    return redirect(f"{reverse('desk:pair', args=[following])}?{urlencode({**asked, **done})}")


# ---- what was decided -----------------------------------------------------------------------------------------------------


@permit("pair.list")
@require_safe
def decided(request: HttpRequest) -> HttpResponse:
    """What was decided, latest first, each of it to be taken back.

    :raises Http404: not a page number
    """
    number, contracts = page_number(request), exchange.contracts()
    rows, more = queries.decisions(request.viewer, page=number)
    labels = {code: f"{one.department} · {one.label}" for code, one in contracts.items()}
    context = {"rows": [(row, labels.get(row.dataset, "")) for row in rows], "number": number, "more": more}
    return render(request, "desk/pairs/decided.html", context)


@permit("pair.settle")
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, decision: str) -> HttpResponse:
    """Take a decision back, with a reason; it stays on record.

    :raises Http404: no such decision for this viewer
    """
    found = _decision(request, decision)
    form, problem = WhyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_settlement(ref=decision, why=form.cleaned_data["why"], by=request.user, at=time.now())
            messages.success(request, "撤销了。原来的判断和这次撤销都留着。", extra_tags="pine")
            return redirect("desk:pairs-decided")
        except NotAllowed as refused:
            problem = str(refused)
    context = {"one": found, "form": form, "problem": problem}
    return render(request, "desk/pairs/undo.html", context, status=422 if request.method == "POST" else 200)


def _decision(request: HttpRequest, ref: str) -> queries.DecisionRow:
    found = queries.decision(ref, request.viewer)
    if found is None:
        raise Http404
    return found


@permit("pair.settle")
@require_http_methods(["GET", "HEAD", "POST"])
def weigh(request: HttpRequest, decision: str) -> HttpResponse:
    """Note what is to be done about help two joined records both receive. No money moves by this.

    :raises Http404: no such decision for this viewer
    """
    found = _decision(request, decision)
    form, problem = WeighForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.weigh_help(ref=decision, note=form.cleaned_data["note"], by=request.user, at=time.now())
            messages.success(request, "记下了。要停、要改，请在案卷里办。", extra_tags="pine")
            return redirect("desk:pairs")
        except NotAllowed as refused:
            problem = str(refused)
    context: dict[str, Any] = {"one": found, "form": form, "problem": problem}
    return render(request, "desk/pairs/weigh.html", context, status=422 if request.method == "POST" else 200)
