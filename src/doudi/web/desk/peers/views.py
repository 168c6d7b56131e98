"""Questions between places: those that wait for us, ours that wait for others; one of them with its papers and its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.exchange import queries as exchange
from doudi.office import actions as office
from doudi.office.core import NotAllowed
from doudi.office.queries import clock, now, today
from doudi.verification import actions, jobs
from doudi.verification import core as verification
from doudi.verification.core.letters import NotALetter
from doudi.verification.core.peers import NotAMove
from doudi.verification.queries import exchanges
from doudi.web.desk.frame import due, page_number
from doudi.web.parts.permits import permit

PAGE = 30
SIDES = {"answering": "问我们的", "asking": "我们问的"}


@permit("place.list")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Questions in the viewer's area, one side at a time, the newest first; nobody's name."""
    viewer = request.viewer  # type: ignore[attr-defined]
    side, number, day = request.GET.get("side", "answering"), page_number(request), today(now())
    if side not in SIDES:
        raise Http404
    rows = exchanges.exchanges(viewer, side=side, first=number * PAGE, count=PAGE + 1)
    context = {
        "side": side,
        "sides": SIDES,
        "rows": [(row, due(row.due_on if row.is_open else None, day)) for row in rows[:PAGE]],
        "counts": exchanges.counts(viewer, day),
        "next": f"?side={side}&page={number + 1}" if len(rows) > PAGE else "",
    }
    return render(request, "desk/peers/page.html", context)


@permit("place.list")
@require_safe
def one(request: HttpRequest, exchange: str) -> HttpResponse:
    """One question: who is asked about, on what paper, what our own data would say. Looking leaves a trace for the person."""
    return _one(request, exchange)


def _one(request: HttpRequest, ref: str, problem: str = "") -> HttpResponse:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    try:
        found = exchanges.exchange_page(ref, viewer)
    except NotAllowed:
        raise Http404 from None
    answers, seen = [], ""
    may_answer = viewer.may("place.answer") and found.row.side == "answering" and found.row.state == "received"
    if viewer.may("place.answer"):
        for pid in found.pids:
            office.look(subject=pid, viewer=viewer, at=at, what=f"外地核对：{found.row.peer_label}问的")
    if may_answer:
        question = exchanges.exchange_asked(ref)
        told = jobs.local_answers(question[1]) if question else []
        answers, seen = _in_words(found, told, question[1] if question else {}), jobs.digest_of(told)
    context = {
        "one": found,
        "row": found.row,
        "due": due(found.row.due_on if found.row.is_open else None, today(at)),
        "may_answer": may_answer,
        "answers": answers,
        "seen": seen,
        "problem": problem,
    }
    return render(request, "desk/peers/one.html", context, status=422 if problem else 200)


def _in_words(found: exchanges.ExchangePage, told: list[dict[str, Any]], question: dict[str, Any]) -> list[dict[str, Any]]:
    """What would be released, in words: of whom, which kind of data, what is said, each row."""
    contracts, lines = exchange.contracts(), []
    for wanted, one in zip(question.get("wanted", []), told, strict=True):
        contract = contracts.get(wanted["dataset"])
        rows = [verification.in_words(contract.columns, row["values"]) for row in one["rows"]] if contract else []
        lines.append(
            {
                "name": found.people[wanted["person"]].name,
                "label": contract.label if contract else wanted["dataset"],
                "said": verification.Said(one["said"]).label,
                "why": verification.why_in_words(one["why"]),
                "as_of": one["as_of"] or "",
                "rows": rows,
            }
        )
    return lines


@permit("place.answer")
@require_POST
def answer(request: HttpRequest, exchange: str) -> HttpResponse:
    """Release exactly what was shown, or refuse with a reason the other place reads."""
    try:
        exchanges.exchange_page(exchange, request.viewer)  # type: ignore[attr-defined]
    except NotAllowed:
        raise Http404 from None
    at, move = now(), request.POST.get("move", "")
    try:
        if move == "release":
            state = jobs.release(exchange, seen=request.POST.get("seen", ""), by=request.user, at=at)
            said = "答复已经放行，正在送出。" if state == "answered" else "授权今天已经不作数，记为不予答复。"
            messages.success(request, said, extra_tags="pine")
        elif move == "refuse":
            actions.refuse_place(ref=exchange, words=request.POST.get("why", ""), by=request.user, at=at, clock=clock())
            messages.success(request, "记下不予答复，正在告诉对方。", extra_tags="pine")
        else:
            return _one(request, exchange, "请选一种答复。")
    except (NotAMove, NotAllowed, NotALetter) as why:
        return _one(request, exchange, str(why))
    return redirect("desk:peers-one", exchange)


@permit("place.list")
@require_POST
def compare(request: HttpRequest, exchange: str) -> HttpResponse:
    """Ask the other side what its journal says of this exchange."""
    try:
        exchanges.exchange_page(exchange, request.viewer)  # type: ignore[attr-defined]
        actions.compare_exchange(ref=exchange, by=request.user, at=now(), clock=clock())
    except NotAllowed:
        raise Http404 from None
    except NotALetter as why:
        return _one(request, exchange, str(why))
    messages.success(request, "已经去问对方，回来就写在下面。", extra_tags="pine")
    return redirect("desk:peers-one", exchange)
