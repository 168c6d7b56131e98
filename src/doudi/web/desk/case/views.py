"""The case page: all that is known, what needs judgement, and one small view for each act. A refusal is said in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.casework import actions, core, queries
from doudi.casework.queries import CasePage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role
from doudi.payment import queries as payment
from doudi.verification import queries as verification
from doudi.verification.core.kinds import CHANNELS
from doudi.web.desk.case import forms as shapes
from doudi.web.desk.frame import due
from doudi.web.parts import letters
from doudi.web.parts.permits import permit
from doudi.web.parts.saying import SayForm
from doudi.web.parts.sheets import office_of

TAKERS = (Role.VILLAGE, Role.TOWNSHIP)
WAYS = {way: CHANNELS[way] for way in ("telephone", "window")}


def read(request: HttpRequest, ref: str, at: datetime) -> CasePage:
    """The case, for this viewer.

    :raises Http404: no such case, or not for this post and area; the answer does not tell which
    """
    try:
        return queries.case(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None


@permit("case.read")
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """One case on one page."""
    return page(request, ref)


def page(
    request: HttpRequest, ref: str, *, problem: str = "", held: dict[str, forms.Form] | None = None, stale: bool = False,
    letter: letters.Letter | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Draw the case page; `held` are forms with the words typed so far, so that nothing is lost.

    :raises Http404: no such case for this viewer
    """
    at, held = time.now(), held or {}
    this = read(request, ref, at)
    for member in this.members:
        if member.pid:
            why = f"办理{this.programme_label}申请"
            office.look(subject=member.pid, viewer=request.viewer, at=at, why=why, what="案卷")
    today = time.today(at)
    clock = next((one for one in this.clocks if one.done_on is None and one.code != core.Clock.WHOLE), None)
    whole = next((one for one in this.clocks if one.code == core.Clock.WHOLE), None)
    words, tone = due(clock.due_on if clock else None, today)
    lines = sorted(this.acts, key=lambda one: one.at, reverse=True)
    context = {
        "case": this,
        "receipt": core.show_receipt(this.receipt),
        "report": _report(this, request, at),
        "reports": verification.reports(this.check_ref) if this.check_ref and request.viewer.may("check.read") else (),
        "objections": verification.objections_to(this.check_ref, request.viewer, today)
        if this.check_ref and request.viewer.may("objection.list")
        else [],
        "may_issue": bool(this.check_ref) and request.viewer.may("check.issue"),
        "due_words": f"{clock.label}：{words}" if clock else "",
        "due_tone": tone,
        "whole": whole,
        "heads": sum(one.counts for one in this.members),
        "needs": sorted(this.needs, key=lambda one: list(core.NEED_AREAS).index(one.area)),
        "hardships": [core.HARDSHIPS.get(code, code) for code in this.hardships],
        "lines": lines,
        "seen": len(lines),
        "problem": problem,
        "changed": lines[: max(len(lines) - _seen(request), 0)] if stale else [],
        "wrong": [form for form in held.values() if form.errors],
        "letter": letter,
        "payments": payment.payments_of(ref, request.viewer) if this.benefit and request.viewer.may("payment.read") else (),
        **_forms(request, this, held, at),
    }
    return render(request, "desk/case/page.html", context, status=status)


def _report(this: CasePage, request: HttpRequest, at: datetime) -> verification.CheckPage | None:
    if not this.check_ref or not request.viewer.may("check.read"):
        return None
    return verification.check(this.check_ref, request.viewer, on=time.today(at))


def _forms(request: HttpRequest, this: CasePage, held: dict[str, forms.Form], at: datetime) -> dict[str, Any]:
    """The forms this viewer needs at this step; none where the step or the post does not call for it."""
    viewer, state = request.viewer, core.State(this.state)
    near = cache(lambda: _near(request, at))
    found: dict[str, Any] = {}
    if state in (core.State.SUBMITTED, core.State.ASKED) and viewer.may("case.accept"):
        found["accept_form"] = held.get("accept") or shapes.AcceptForm(_of(near(), *TAKERS))
        found["ask_form"] = held.get("ask") or (shapes.AskForm(prefix="ask") if this.may("ask_once") else None)
        found["reply_form"] = held.get("reply") or shapes.ReplyForm(prefix="reply") if state == core.State.ASKED else None
    judging = state in core.WORKING and viewer.may("case.propose")
    asking = state.is_open and viewer.may("question.ask")
    found["doubts"] = [
        (
            one,
            (held.get(one.ref) or shapes.JudgeForm(one)) if judging and not one.is_settled else None,
            (held.get(f"say-{one.ref}") or _say_form(one)) if asking and one.answers and not one.is_settled else None,
        )
        for one in this.questions
    ]
    visiting = viewer.may("case.survey") and (
        state in core.WORKING if viewer.role == Role.TOWNSHIP else state == core.State.AT_COUNTY and viewer.role == Role.COUNTY
    )
    if visiting:
        found["survey_form"] = held.get("survey") or _survey_form(near(), this)
    if state in (core.State.INVESTIGATING, core.State.RETURNED) and viewer.may("case.propose"):
        found["opinion_form"] = held.get("opinion") or shapes.OpinionForm(this)
        found["unsigned"] = next((one.unsigned for one in reversed(this.surveys) if one.level == "township"), ())
    if state == core.State.RETURNED and viewer.may("case.propose"):
        found["resend_form"] = held.get("resend") or shapes.ReplyForm(prefix="resend")
    if state == core.State.OBJECTED and viewer.may("case.propose"):
        found["found_form"] = held.get("found") or shapes.FoundForm(prefix="found")
    if state == core.State.AT_COUNTY and viewer.may(this.decide_permit):
        found["decide_form"] = (held.get("decide") or shapes.DecideForm(this)).drawn()
        refused = [move.why_not for move in this.moves if move.act in core.DECISIONS and not move.allowed]
        found["not_decide"] = refused[0] if len(refused) == len(core.DECISIONS) else ""
        found["not_confirm"] = next((move.why_not for move in this.moves if move.act == "confirm" and not move.allowed), "")
    found["signing"] = this.signing
    naming = state.takes_signatures and viewer.may("consent.record")
    found["family"] = [
        (one, (held.get(one.ref) or shapes.IdentityForm(one)) if naming and one.lacks_identity else None) for one in this.members
    ]
    found["may_check"] = state in core.WORKING and viewer.may("check.request")
    found["may_object"] = viewer.may("case.object")
    found["may_serve"] = viewer.may("letter.serve")
    if this.may("withdraw") and viewer.may("case.accept"):
        found["withdraw_form"] = held.get("withdraw") or shapes.WithdrawForm(prefix="withdraw")
    if state in core.WORKING and viewer.may("case.propose"):
        found["assign_form"] = held.get("hand") or shapes.HandForm(_of(near(), Role.TOWNSHIP))
        if not this.extended_reason:
            found["extend_form"] = held.get("extend") or shapes.ExtendForm(prefix="extend")
    return found


def _survey_form(near: list[time.StaffRow], this: CasePage, data: Any = None) -> shapes.SurveyForm:
    return shapes.SurveyForm(_of(near, *TAKERS, Role.COUNTY), [one for one in this.questions if one.choice == "visit"], data)


def _near(request: HttpRequest, at: datetime) -> list[time.StaffRow]:
    """Others who work in the viewer's area."""
    return [one for one in time.staff(at, area=request.viewer.area) if one.username != request.viewer.username]


def _of(near: list[time.StaffRow], *roles: Role) -> list[tuple[str, str]]:
    """Those in one of these roles, to choose from."""
    return [(one.username, f"{one.name}（{one.area_label}）") for one in near if one.role in roles]


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() else None


def act(
    request: HttpRequest, ref: str, do: Callable[[datetime], object], said: str, held: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """Do one act on a case: back to its page when done; otherwise the page says in words why not, with what was typed.

    :raises Http404: no such case for this viewer
    """
    at = time.now()
    read(request, ref, at)
    for form in (held or {}).values():
        if not form.is_valid():
            return page(request, ref, held=held, status=422)
    try:
        do(at)
    except NotAllowed as why:
        return page(request, ref, problem=str(why), held=held, stale=isinstance(why, core.Changed), status=422)
    messages.success(request, said, extra_tags="pine")
    return redirect("desk:case", ref)


@permit("case.accept")
@require_POST
def accept(request: HttpRequest, ref: str) -> HttpResponse:
    """Take an application in; the sources are asked at once."""
    form = shapes.AcceptForm(_of(_near(request, time.now()), *TAKERS), request.POST)

    def do(at: datetime) -> None:
        actions.accept(ref=ref, by=request.user, at=at, version=_version(request), **form.cleaned_data)

    return act(request, ref, do, "受理了，期限从今天算。同意过的人，已经去查。", {"accept": form})


@permit("case.ask")
@require_POST
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Tell the family once what is missing."""
    form = shapes.AskForm(request.POST, prefix="ask")

    def do(at: datetime) -> None:
        actions.ask_once(ref=ref, missing=form.cleaned_data["missing"], by=request.user, at=at, version=_version(request))

    return act(request, ref, do, "已经告诉申请人还差什么。", {"ask": form})


@permit("case.accept")
@require_POST
def supplement(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that what was missing has come."""
    form = shapes.ReplyForm(request.POST, prefix="reply")

    def do(at: datetime) -> None:
        actions.supplement(ref=ref, said=form.cleaned_data["words"], by=request.user, at=at)

    return act(request, ref, do, "补上的记好了。", {"reply": form})


@permit("check.request")
@require_POST
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask the sources again."""
    return act(request, ref, lambda at: actions.request_check(ref=ref, by=request.user, at=at), "查过了，结果在下面。")


@permit("case.propose")
@require_POST
def judge(request: HttpRequest, ref: str, question: str) -> HttpResponse:
    """Settle one difference."""
    this = read(request, ref, time.now())
    asked = next((one for one in this.questions if one.ref == question), None)
    if asked is None:
        raise Http404
    form = shapes.JudgeForm(asked, request.POST)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.judge(
            ref=ref, question=question, choice=said["choice"], reason=said["reason"], amount_fen=said.get("amount"),
            by=request.user, at=at,
        )  # fmt: skip

    return act(request, ref, do, "这一处记下了。", {question: form})


@permit("consent.record")
@require_POST
def identify(request: HttpRequest, ref: str, member: str) -> HttpResponse:
    """Write down who a member is whom the family only named."""
    this = read(request, ref, time.now())
    one = next((one for one in this.members if one.ref == member and one.lacks_identity), None)
    if one is None:
        raise Http404
    form = shapes.IdentityForm(one, request.POST)

    def do(at: datetime) -> None:
        actions.identify_member(ref=ref, member=member, by=request.user, at=at, **form.cleaned_data)

    return act(request, ref, do, "身份信息补上了，接着请他签核对授权书。", {member: form})


def _say_form(question: queries.QuestionRow, *args: Any) -> SayForm:
    return SayForm(question.answers, *args, prefix=f"say{question.ref[:8]}", paper=question.paper, ways=WAYS)


@permit("question.ask")
@require_POST
def say(request: HttpRequest, ref: str, question: str) -> HttpResponse:
    """Write down what the family said to one difference, on the telephone or at the window; it settles nothing."""
    this = read(request, ref, time.now())
    asked = next((one for one in this.questions if one.ref == question), None)
    if asked is None:
        raise Http404
    form = _say_form(asked, request.POST, request.FILES)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.answer_question(
            ref=ref, question=question, choice=said["choice"], words=said["words"], channel=said["way"], once=said["once"],
            photo=form.photo(), by=request.user, at=at,
        )  # fmt: skip

    return act(request, ref, do, "家里人说的记下了，和查到的并排放着。", {f"say-{question}": form})


@permit("case.survey")
@require_POST
def survey(request: HttpRequest, ref: str) -> HttpResponse:
    """Record the household visit of two people."""
    at = time.now()
    form = _survey_form(_near(request, at), read(request, ref, at), request.POST)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.survey(
            ref=ref, on=said["on"], second=said["second"], signed_by=said["signed_by"], answers=form.answers_said(),
            needs=form.needs_said(), note=said["note"], way=said["way"] or "visit", way_reason=said["way_reason"],
            by=request.user, at=at,
        )  # fmt: skip

    return act(request, ref, do, "入户调查记好了。接着请两位调查人和家里人签字。", {"survey": form})


@permit("case.propose")
@require_POST
def propose(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the first opinion; or fill the reason from the figures first."""
    this = read(request, ref, time.now())
    if "draft" in request.POST:
        data = request.POST.copy()
        data["opinion-reason"] = this.draft_reason
        return page(request, ref, held={"opinion": _unjudged(shapes.OpinionForm(this, data))})
    form = shapes.OpinionForm(this, request.POST)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.propose(
            ref=ref, kind=said["kind"], reason=said["reason"], amount_fen=said["amount"], differs_reason=said["differs_reason"],
            version=_version(request), by=request.user, at=at,
        )  # fmt: skip

    return act(request, ref, do, "初步意见写好了。", {"opinion": form})


def _unjudged(form: forms.Form) -> forms.Form:
    """A form that keeps what was typed without saying yet what is missing."""
    form._errors = forms.utils.ErrorDict()
    return form


@permit("case.propose")
@require_POST
def resend(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand a returned case back to the county with the one thing it asked for."""
    form = shapes.ReplyForm(request.POST, prefix="resend")

    def do(at: datetime) -> None:
        actions.resend(ref=ref, said=form.cleaned_data["words"], by=request.user, at=at)

    return act(request, ref, do, "补好了，又送到县里。", {"resend": form})


@permit("case.propose")
@require_POST
def reinvestigate(request: HttpRequest, ref: str) -> HttpResponse:
    """Take up an objection."""
    form = shapes.FoundForm(request.POST, prefix="found")

    def do(at: datetime) -> None:
        actions.reinvestigate(
            ref=ref, answer=form.cleaned_data["words"], reply=form.cleaned_data["reply"], by=request.user, at=at
        )

    return act(request, ref, do, "不同意见了解过了，请再写初步意见。", {"found": form})


@permit("case.decide")
@require_POST
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm, send back for one named thing, or refuse; or see the letter first."""
    return _decided(request, ref)


@permit("case.decide_here")
@require_POST
def decide_here(request: HttpRequest, ref: str) -> HttpResponse:
    """The same where the township confirms: by another person than who proposed."""
    return _decided(request, ref)


def _decided(request: HttpRequest, ref: str) -> HttpResponse:
    at = time.now()
    this = read(request, ref, at)
    form = shapes.DecideForm(this, request.POST)
    if "preview" in request.POST:
        form.is_valid()
        letter = letters.of_form(this, form.cleaned_data, time.today(at), office_of(this.area))
        return page(request, ref, held={"decide": _unjudged(form)}, letter=letter)

    def do(at: datetime) -> None:
        said, common = form.cleaned_data, {"ref": ref, "by": request.user, "at": at, "version": _version(request)}
        if said["kind"] == "confirm":
            actions.confirm(reason=said["reason"], amount_fen=said["amount"], differs_reason=said["differs_reason"], **common)
        elif said["kind"] == "return_one":
            actions.return_one(one_thing=said["one_thing"], **common)
        else:
            actions.refuse(article=said["article"], reason=said["reason"], differs_reason=said["differs_reason"], **common)

    done = {
        "confirm": "定下来了，已经告诉申请人。",
        "return_one": "退回去补一样。",
        "refuse": "这次没有批，已经告诉申请人。",
    }
    return act(request, ref, do, done.get(form["kind"].value() or "", ""), {"decide": form})


@permit("case.accept")
@require_POST
def hand(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand the case to a colleague."""
    form = shapes.HandForm(_of(_near(request, time.now()), Role.TOWNSHIP), request.POST)

    def do(at: datetime) -> None:
        actions.assign(ref=ref, to=form.cleaned_data["to"], by=request.user, at=at)

    return act(request, ref, do, "转给同事了。", {"hand": form})


@permit("case.propose")
@require_POST
def extend(request: HttpRequest, ref: str) -> HttpResponse:
    """Lengthen the whole clock once, with its reason."""
    form = shapes.ExtendForm(request.POST, prefix="extend")

    def do(at: datetime) -> None:
        actions.extend(ref=ref, reason=form.cleaned_data["reason"], by=request.user, at=at)

    return act(request, ref, do, "期限延长了。", {"extend": form})


@permit("case.register")
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that the family takes its application back."""
    form = shapes.WithdrawForm(request.POST, prefix="withdraw")

    def do(at: datetime) -> None:
        actions.withdraw(ref=ref, reason=form.cleaned_data["reason"], by=request.user, at=at)

    return act(request, ref, do, "申请撤回了。", {"withdraw": form})
