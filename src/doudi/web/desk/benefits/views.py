"""Lists of help in force that waits for something, and one benefit: told, proposed, heard, decided, reviewed, asked after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions, queries
from doudi.casework.queries import BenefitPage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.payment import queries as payment
from doudi.web.desk.benefits import forms as shapes
from doudi.web.desk.frame import acted, due, page_number
from doudi.web.parts.permits import permit

SIZE = 50
PILES = (
    ("review", "到期看一看"),
    ("told", "家里有变化"),
    ("hearing", "等听意见"),
    ("deciding", "等定下来"),
    ("expiring", "快到期的"),
    ("follow", "停了以后问一问"),
    ("all", "正在领的"),
)


@permit("benefit.list")
@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """Help in force inside the viewer's area that waits for something, the most pressing first.

    :raises Http404: no such list
    """
    at, page, pile = time.now(), page_number(request), request.GET.get("pile", "review")
    if pile not in dict(PILES):
        raise Http404
    rows = queries.benefits(request.viewer, at=at, pile=pile, first=page * SIZE, count=SIZE + 1)
    counts = queries.benefit_counts(request.viewer, at=at)
    context = {
        "lines": [{"row": row, "due": due(row.due_on, time.today(at))} for row in rows[:SIZE]],
        "pile": pile,
        "piles": [{"code": code, "words": words, "here": code == pile, "count": counts.get(code)} for code, words in PILES],
        "counts": counts,
        "next": f"?pile={pile}&page={page + 1}" if len(rows) > SIZE else "",
        "may_close": pile == "review" and request.viewer.may("case.review"),
    }
    return render(request, "desk/benefits/page.html", context)


@permit("case.review")
@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Close the ticked reviews as unchanged: each by itself, only where data show it, after those drawn were opened."""
    done, left = 0, ""
    for ref in request.POST.getlist("review")[:SIZE]:
        try:
            actions.close_review(ref=ref, together=True, by=request.user, at=time.now())
            done += 1
        except NotAllowed as why:
            left = str(why)
    if done:
        messages.success(request, f"{done} 户没有变化，记下了。", extra_tags="pine")
    if left or not done:
        messages.warning(request, left or "没有勾选哪一户。", extra_tags="amber")
    return redirect("desk:benefits")


def _read(request: HttpRequest, ref: str) -> BenefitPage:
    """The benefit, for this viewer.

    :raises Http404: none in the viewer's area
    """
    try:
        return queries.benefit_page(ref, request.viewer, at=time.now())
    except NotAllowed:
        raise Http404 from None


@permit("benefit.list")
@require_safe
def benefit(request: HttpRequest, ref: str) -> HttpResponse:
    """One benefit on one page. A review that waits counts as opened by who may close it."""
    this = _read(request, ref)
    if this.review is not None and request.viewer.may("case.review"):
        actions.open_review(ref=this.review.ref, by=request.user, at=time.now())
    return _page(request, ref, this=this)


def _page(
    request: HttpRequest,
    ref: str,
    *,
    problem: str = "",
    held: dict[str, forms.Form] | None = None,
    this: BenefitPage | None = None,
) -> HttpResponse:
    at, held, this, may = time.now(), held or {}, this or _read(request, ref), request.viewer.may
    office.look(subject=this.payee, viewer=request.viewer, at=at, why="benefit.list", what="正在领的救助和它的变化")
    open_ = this.proposal
    stops = [one for one in this.adjustments if one.state == "decided"]
    proposing_may = may("adjustment.propose")
    proposing = proposing_may and open_ is None and not this.is_one_off
    hearing = open_ is not None and open_.is_less and not open_.heard and may("adjustment.hear")
    overlaps = payment.overlaps(this.payee, until=time.today(at).replace(day=1)) if may("payment.read") else ()
    begun = {"happening": request.GET.get("happening", "")}
    context = {
        "one": this,
        "today": time.today(at),
        "propose": held.get("propose") or (shapes.ProposeForm(this.members, stops, initial=begun) if proposing else None),
        "tell": held.get("tell") or (shapes.TellForm(this.members) if may("benefit.tell") else None),
        "offer": held.get("offer") or (shapes.OfferForm(this.members) if may("benefit.tell") and not this.to_month else None),
        "invite": held.get("invite") or _if(hearing, shapes.InviteForm),
        "hear": held.get("hear") or _if(hearing, shapes.HearForm),
        "decide": held.get("decide") or _reason(open_ and may("adjustment.decide"), "给家里人的话", "decide", required=False),
        "drop": held.get("drop") or _reason(open_ and may("adjustment.propose"), "为什么不改了", "drop"),
        "review": held.get("review")
        or _reason(this.review and may("case.review"), "怎么知道没有变化", "review", required=False),
        "told": [
            {"row": row, "leave": held.get(f"leave-{row.ref}") or _reason(proposing_may, "为什么不用改", f"leave-{row.ref}")}
            for row in this.happenings
            if row.state == "open"
        ],
        "due_follow": next((row for row in this.follow_ups if row.is_due), None),
        "follow": held.get("follow") or _if(may("benefit.follow"), shapes.FollowForm),
        "may_serve": may("letter.serve"),
        "payments": payment.payments_of(this.case_ref, request.viewer) if may("payment.read") else (),
        "overlaps": overlaps,
        "ends": sorted({(row.stops, row.stops_label) for row in overlaps if row.stops not in ("", ref)}),
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
        "begun": begun["happening"],
    }  # fmt: skip
    return render(request, "desk/benefits/one.html", context, status=422 if problem or context["wrong"] else 200)


def _if(shown: object, form: type[forms.Form]) -> forms.Form | None:
    return form() if shown else None


def _reason(shown: object, label: str, prefix: str, *, required: bool = True) -> forms.Form | None:
    return shapes.ReasonForm(label, prefix=prefix, required=required) if shown else None


def _act(
    request: HttpRequest, ref: str, name: str, form: forms.Form | None, do: Callable[[datetime, dict[str, Any]], Any], said: str
) -> HttpResponse:
    """Do one act on a benefit of the viewer's area: back to its page; refused, the page says why with what was typed."""
    _read(request, ref)
    held = {name: form} if form is not None else {}
    if form is not None and not form.is_valid():
        return _page(request, ref, held=held)
    data = form.cleaned_data if form is not None else {}
    return acted(
        request, lambda at: do(at, data), said, back=("desk:benefit", ref), again=partial(_page, request, ref, held=held)
    )


@permit("benefit.tell")
@require_POST
def tell(request: HttpRequest, ref: str) -> HttpResponse:
    """Note what happened to the family."""
    form = shapes.TellForm(_read(request, ref).members, request.POST)
    return _act(
        request, ref, "tell", form,
        lambda at, said: actions.tell_happening(benefit=ref, by=request.user, at=at, **said), "记下了。钱还没有变，要有人看过。",
    )  # fmt: skip


@permit("adjustment.propose")
@require_POST
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Propose a change; every month is laid open before anybody decides."""
    this = _read(request, ref)
    form = shapes.ProposeForm(this.members, [one for one in this.adjustments if one.state == "decided"], request.POST)

    def do(at: datetime, said: dict[str, Any]) -> None:
        actions.propose_adjustment(benefit=ref, asked=form.asked(), happening=said["happening"], by=request.user, at=at)

    return _act(request, ref, "propose", form, do, "提出来了，每个月怎么变写在下面。")


@permit("benefit.tell")
@require_POST
def offer(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep that work was offered."""
    form = shapes.OfferForm(_read(request, ref).members, request.POST)
    return _act(
        request,
        ref,
        "offer",
        form,
        lambda at, said: actions.record_offer(benefit=ref, by=request.user, at=at, **said),
        "记下了。",
    )


@permit("case.review")
@require_POST
def close(request: HttpRequest, ref: str, review: str) -> HttpResponse:
    """Close a review as unchanged."""
    form = shapes.ReasonForm("怎么知道没有变化", request.POST, prefix="review", required=False)

    def do(at: datetime, said: dict[str, Any]) -> None:
        actions.close_review(ref=review, note=said["reason"], by=request.user, at=at)

    return _act(request, ref, "review", form, do, "没有变化，记下了。")


@permit("adjustment.propose")
@require_POST
def leave(request: HttpRequest, ref: str, happening: str) -> HttpResponse:
    """Say that something told changes nothing."""
    form = shapes.ReasonForm("为什么不用改", request.POST, prefix=f"leave-{happening}")

    def do(at: datetime, said: dict[str, Any]) -> None:
        actions.leave_happening(ref=happening, reason=said["reason"], by=request.user, at=at)

    return _act(request, ref, f"leave-{happening}", form, do, "记下了，钱不变。")


@permit("benefit.follow")
@require_POST
def follow(request: HttpRequest, ref: str, follow: str) -> HttpResponse:
    """Keep how the family is."""
    form = shapes.FollowForm(request.POST)
    return _act(
        request, ref, "follow", form, lambda at, said: actions.follow_up(ref=follow, by=request.user, at=at, **said), "记下了。"
    )


@permit("adjustment.hear")
@require_POST
def invite(request: HttpRequest, ref: str, adjustment: str) -> HttpResponse:
    """Invite the family."""
    form = shapes.InviteForm(request.POST)
    return _act(
        request, ref, "invite", form, lambda at, said: actions.invite(ref=adjustment, by=request.user, at=at, **said),
        "请了，家里人会收到短信。",
    )  # fmt: skip


@permit("adjustment.hear")
@require_POST
def hear(request: HttpRequest, ref: str, adjustment: str) -> HttpResponse:
    """Record what the family said."""
    form = shapes.HearForm(request.POST)
    return _act(
        request, ref, "hear", form, lambda at, said: actions.record_hearing(ref=adjustment, by=request.user, at=at, **said),
        "意见记下了，可以请县里定。",
    )  # fmt: skip


@permit("adjustment.decide")
@require_POST
def decide(request: HttpRequest, ref: str, adjustment: str) -> HttpResponse:
    """Decide; the awards are written."""
    form = shapes.ReasonForm("给家里人的话", request.POST, prefix="decide", required=False)

    def do(at: datetime, said: dict[str, Any]) -> None:
        version = request.POST.get("version", "")
        kept = int(version) if version.isascii() and version.isdigit() else None
        actions.decide_adjustment(ref=adjustment, reason=said["reason"], version=kept, by=request.user, at=at)

    return _act(request, ref, "decide", form, do, "定下来了，信要送到家里人手上。")


@permit("adjustment.propose")
@require_POST
def drop(request: HttpRequest, ref: str, adjustment: str) -> HttpResponse:
    """Not take a proposal further."""
    form = shapes.ReasonForm("为什么不改了", request.POST, prefix="drop")

    def do(at: datetime, said: dict[str, Any]) -> None:
        actions.drop_adjustment(ref=adjustment, reason=said["reason"], by=request.user, at=at)

    return _act(request, ref, "drop", form, do, "不改了，钱照旧。")


@permit("case.register")
@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Begin an application for this help anew, or go on with the one begun; it is looked through as any other."""
    _read(request, ref)
    try:
        draft = actions.renew(benefit=ref, channel="window", by=request.user, at=time.now())
    except NotAllowed as why:
        return _page(request, ref, problem=str(why))
    return redirect("desk:window", draft.ref)
