"""What a programme's road asks for besides the common steps: one page under the case, an act each; and what others ask here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import actions, core, queries
from doudi.casework.queries import RoadPage
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role
from doudi.web.desk.frame import page_number
from doudi.web.desk.looking.forms import photo_of
from doudi.web.desk.road import forms as shapes
from doudi.web.parts.permits import permit

Held = dict[str, forms.Form]


def read(request: HttpRequest, ref: str, at: datetime) -> RoadPage:
    """What the road of a case asks for, for this viewer; the look is noted.

    :raises Http404: no such case, or not for this post and area
    """
    try:
        page = queries.case_road(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    why = f"办理{page.programme_label}申请"
    office.look(subject=page.applicant, viewer=request.viewer, at=at, why=why, what="按项目要办的")
    return page


@permit("case.read")
@require_safe
def road(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything this programme asks for, with what is lacking."""
    return drawn(request, ref)


def drawn(request: HttpRequest, ref: str, *, problem: str = "", held: Held | None = None, status: int = 200) -> HttpResponse:
    """Draw the page; `held` are forms with what was typed so far, by the name of their act."""
    at = time.now()
    page, held, viewer = read(request, ref, at), held or {}, request.viewer
    tekun = page.programme == "tekun" and page.state.takes_signatures
    near = _near(request, at) if page.state.takes_signatures else []
    keeps, writes = tekun and viewer.may("care.keep"), page.working and viewer.may("case.propose")
    context: dict[str, Any] = {
        "page": page,
        "problem": problem,
        "wrong": [form for form in held.values() if form.errors],
        "may_open": viewer.may("paper.read"),
        "first_form": _form(held, "first", shapes.FirstForm) if page.can_help_first and viewer.may("case.help_first") else None,
        "complete_form": _form(held, "complete", shapes.CompleteForm, near)
        if page.state == core.State.HELPED and viewer.may("case.complete")
        else None,
        "tekun": page.programme == "tekun",
        "care_form": _form(held, "care", shapes.CareForm, near) if tekun and viewer.may("care.assess") else None,
        "changed_form": _form(held, "changed", shapes.ChangedForm)
        if tekun and page.state == core.State.CONFIRMED and viewer.may("care.assess") and not page.reassess_by
        else None,
        "support_form": _form(held, "support", shapes.SupportForm) if keeps else None,
        "agreement_form": _form(held, "agreement", shapes.AgreementForm) if keeps else None,
        "agreements": [
            (one, _form(held, f"end-{one.ref}", shapes.EndForm) if keeps and one.ended_on is None else None)
            for one in page.agreements
        ],
        "support_label": core.SUPPORT_FORMS.get(page.support, ""),
        "facts": [held.get(one.name) or shapes.FactForm(one) for one in page.unknown] if writes else [],
        "elsewhere_form": _form(held, "elsewhere", shapes.ElsewhereForm, page.members, _places(page.area))
        if page.working and viewer.may("elsewhere.ask")
        else None,
    }
    return render(request, "desk/road/page.html", context, status=status)


def _form(held: Held, name: str, shape: Callable[..., forms.Form], *args: Any) -> forms.Form:
    return held.get(name) or shape(*args, prefix=name)


def _near(request: HttpRequest, at: datetime) -> list[tuple[str, str]]:
    """Colleagues of the viewer's area who can be the second."""
    staff = time.staff(at, area=request.viewer.area)
    roles = (Role.VILLAGE, Role.TOWNSHIP, Role.COUNTY)
    return [(row.username, f"{row.name}（{row.area_label}）") for row in staff
            if row.username != request.viewer.username and row.role in roles]  # fmt: skip


def _places(area: str) -> list[tuple[str, str]]:
    """The counties one can ask, but one's own."""
    return [(one.code, one.label) for one in time.areas(kind="county") if one.code != area[:6]]


def _act(request: HttpRequest, ref: str, do: Callable[[datetime], Any], said: str, name: str, form: forms.Form) -> HttpResponse:
    """Do one act; otherwise the page says why not, with what was typed."""
    at = time.now()
    read(request, ref, at)
    if not form.is_valid():
        return drawn(request, ref, held={name: form}, status=422)
    try:
        do(at)
    except NotAllowed as why:
        return drawn(request, ref, problem=str(why), held={name: form}, status=422)
    messages.success(request, said, extra_tags="pine")
    return redirect("desk:road", ref)


@permit("case.help_first")
@require_POST
def first(request: HttpRequest, ref: str) -> HttpResponse:
    """Help at once; the papers follow."""
    form = shapes.FirstForm(request.POST, prefix="first")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.help_first(
            ref=ref, kind=said["kind"], band=said["band"], happened_on=said["happened_on"], place=said["place"],
            cause=said["cause"], amount_fen=said["amount"] or 0, from_elsewhere=said["from_elsewhere"] == "yes",
            differs_reason=said["differs_reason"], by=request.user, at=at,
        )  # fmt: skip

    return _act(request, ref, do, "定下来了，马上发。材料由镇里后补。", "first", form)


@permit("case.complete")
@require_POST
def complete(request: HttpRequest, ref: str) -> HttpResponse:
    """Two people complete the papers of help given first."""
    form = shapes.CompleteForm(_near(request, time.now()), request.POST, prefix="complete")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.complete(
            ref=ref, second=said["second"], found=said["found"], holds=said["holds"] == "yes", by=request.user, at=at
        )

    return _act(request, ref, do, "材料补齐了。", "complete", form)


@permit("care.assess")
@require_POST
def care(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep what two people saw of the six items."""
    form = shapes.CareForm(_near(request, time.now()), request.POST, prefix="care")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.assess_self_care(
            ref=ref, on=said["on"], second=said["second"], fails=form.fails(), words=said["words"], by=request.user, at=at
        )

    return _act(request, ref, do, "自理能力评估记好了。", "care", form)


@permit("care.assess")
@require_POST
def changed(request: HttpRequest, ref: str) -> HttpResponse:
    """Note that self-care has changed; it is looked at again."""
    form = shapes.ChangedForm(request.POST, prefix="changed")

    def do(at: datetime) -> None:
        actions.ask_reassessment(ref=ref, said=form.cleaned_data["said"], by=request.user, at=at)

    return _act(request, ref, do, "记下了，10 个工作日里再去评估。", "changed", form)


@permit("care.keep")
@require_POST
def support(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep where the person wants to be looked after."""
    form = shapes.SupportForm(request.POST, prefix="support")

    def do(at: datetime) -> None:
        actions.choose_support(ref=ref, form=form.cleaned_data["form"], said=form.cleaned_data["said"], by=request.user, at=at)

    return _act(request, ref, do, "本人的选择记好了。", "support", form)


@permit("care.keep")
@require_POST
def agreement(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep an agreement about card or care."""
    form = shapes.AgreementForm(request.POST, request.FILES, prefix="agreement")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.keep_agreement(
            ref=ref, kind=said["kind"], party=said["party"], relation=said["relation"], phone=said["phone"],
            duties=said["duties"], from_on=said["from_on"], to_on=said["to_on"], photo=photo_of(form), by=request.user, at=at,
        )  # fmt: skip

    return _act(request, ref, do, "协议记好了。", "agreement", form)


@permit("care.keep")
@require_POST
def end(request: HttpRequest, ref: str, agreement: str) -> HttpResponse:
    """An agreement is over."""
    name = f"end-{agreement}"
    form = shapes.EndForm(request.POST, prefix=name)

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.end_agreement(ref=ref, agreement=agreement, on=said["on"], why=said["why"], by=request.user, at=at)

    return _act(request, ref, do, "写明不再算了。", name, form)


@permit("case.propose")
@require_POST
def settle(request: HttpRequest, ref: str, name: str) -> HttpResponse:
    """Say what is true where the rules lack it."""
    page = read(request, ref, time.now())
    fact = next((one for one in page.unknown if one.name == name), None)
    if fact is None:
        return drawn(request, ref, problem="这一样现在不缺了。", status=422)
    form = shapes.FactForm(fact, request.POST)

    def do(at: datetime) -> None:
        actions.settle_fact(
            ref=ref, name=name, value=form.value(), reason=form.cleaned_data["reason"], member=fact.member, by=request.user, at=at
        )

    return _act(request, ref, do, "记下了，规则重新算过。", name, form)


@permit("elsewhere.ask")
@require_POST
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask another place for one thing."""
    page = read(request, ref, time.now())
    form = shapes.ElsewhereForm(page.members, _places(page.area), request.POST, prefix="elsewhere")

    def do(at: datetime) -> None:
        said = form.cleaned_data
        actions.ask_elsewhere(
            ref=ref, area=said["area"], member=said["member"], kind=said["kind"], asks=said["asks"], by=request.user, at=at
        )

    return _act(request, ref, do, "请当地协助了，到期没有答复也接着办。", "elsewhere", form)


@permit("elsewhere.list")
@require_safe
def elsewhere(request: HttpRequest) -> HttpResponse:
    """What other places ask of this one."""
    number = page_number(request)
    asked = queries.asked_of_us(request.viewer, at=time.now(), page=number)
    context = {"rows": asked.rows, "number": number, "more": asked.more, "may": request.viewer.may("elsewhere.answer")}
    return render(request, "desk/road/elsewhere.html", context)


@permit("elsewhere.answer")
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """One thing another place asks: answer it, or say by which reason not."""
    at = time.now()
    try:
        one = queries.asked_one(ref, request.viewer, at=at)
    except NotAllowed:
        raise Http404 from None
    office.look(subject=one.pid, viewer=request.viewer, at=at, why="外地请求协助", what="外地的协助请求")
    form = shapes.AnswerForm(request.POST or None, prefix="answer")
    context: dict[str, Any] = {"one": one, "form": form, "problem": ""}
    if request.method != "POST":
        return render(request, "desk/road/answer.html", context)
    if not form.is_valid():
        return render(request, "desk/road/answer.html", context, status=422)
    try:
        said = form.cleaned_data
        actions.answer_elsewhere(request=ref, answer=said["answer"], refusal=said["refusal"], by=request.user, at=at)
    except NotAllowed as why:
        return render(request, "desk/road/answer.html", {**context, "problem": str(why)}, status=422)
    messages.success(request, "答复了。", extra_tags="pine")
    return redirect("desk:elsewhere")


@permit("case.draw")
@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Draw which waiting cases the county looks at itself."""
    try:
        pool, drawn_now = actions.draw_checks(county=request.viewer.area[:6], by=request.user, at=time.now())
    except NotAllowed as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, f"{pool} 件里抽中 {drawn_now} 件，抽中的县里要先自己入户看一次。", extra_tags="pine")
    return redirect("desk:cases")


@permit("kin.list")
@require_safe
def kin(request: HttpRequest) -> HttpResponse:
    """The register of near kin: whose, whether the county looked by itself, who decided."""
    number = page_number(request)
    rows, more = queries.near_kin(request.viewer, page=number)
    may_case = request.viewer.may("case.read")
    return render(request, "desk/road/kin.html", {"rows": rows, "number": number, "more": more, "may_case": may_case})
