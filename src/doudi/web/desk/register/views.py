"""Taking an application at the window, or in the village: the same acts, clocks and receipt as from a phone."""

from __future__ import annotations

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from doudi.casework import actions, core, queries
from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Role
from doudi.registry import queries as registry
from doudi.web.desk.register.forms import HelpForm, WhoForm, WindowForm
from doudi.web.parts.permits import permit


@permit("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Whose application it is; an application begun before goes on where it stood.

    Who is not found by number, or has none, may be in the register under another: it is shown before anybody is added twice.
    """
    form, at = WhoForm(request.POST or None), time.now()
    placed, asked = None, False
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        found = registry.find_by_number(said["number"], request.viewer) if said["number"] else None
        pid = found.pid if found is not None else ""
        if not pid and said["name"]:
            asked = True
            placed = registry.perhaps(request.viewer, name=said["name"], number=said["number"], born_on=said["born_on"])
            pid = next((one.pid for one in placed.here if one.pid == said["chosen"]), "")
        if pid:
            channel = "village" if request.viewer.role == Role.VILLAGE else "window"
            try:
                draft = actions.start_draft(pid=pid, by=request.user, at=at, channel=channel)
                return redirect("desk:window", draft.ref)
            except NotAllowed as why:
                form.add_error(None, str(why))
        elif not asked:
            form.add_error("number", "没有找到这个人。可能住在别处，请核对号码，或打给住的那个镇；也可以写上姓名再找一次。")
    status = 422 if form.errors or asked else 200
    return render(request, "desk/register/who.html", {"form": form, "placed": placed, "asked": asked}, status=status)


@permit("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest, ref: str) -> HttpResponse:
    """All questions on one page, prefilled; then which help to ask for, and his yes.

    :raises Http404: no such application for this clerk
    """
    at = time.now()
    try:
        draft = queries.draft(ref, by=request.user, at=at)
    except NotAllowed:
        raise Http404 from None
    if draft.case_ref:
        return redirect("desk:who")
    office.look(subject=draft.applicant, viewer=request.viewer, at=at, why="登记来访申请", what="填申请用的信息")
    form, problem = WindowForm(draft, request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, ref, form)
            return redirect("desk:window-help", ref)
        except NotAllowed as why:
            problem = str(why)
    context = {"draft": draft, "form": form, "problem": problem}
    return render(request, "desk/register/window.html", context, status=422 if request.method == "POST" else 200)


def _keep(request: HttpRequest, ref: str, form: WindowForm) -> None:
    """Keep each answer; what was kept before a refusal stays kept."""
    said, common = form.cleaned_data, {"ref": ref, "by": request.user, "at": time.now()}
    actions.save_hardships(kinds=said["hardships"], story=said["story"], **common)
    others = [(said["new_name"], said["new_relation"])] if said["new_name"] else []
    actions.save_members(together=form.together(), others=others, **common)
    incomes = [(said["kind"], said["amount"])] if said["kind"] else []
    actions.save_incomes(said=form.said_of_incomes(), others=incomes, **common)
    actions.save_account(way=said["way"], bank=said["bank"], number=said["account"], **common)


@permit("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, ref: str) -> HttpResponse:
    """Which help to ask for, proposed from what was said; his yes to the check; then it is handed in, with a receipt to print.

    :raises Http404: no such application for this clerk
    """
    at = time.now()
    try:
        draft = queries.draft(ref, by=request.user, at=at)
    except NotAllowed:
        raise Http404 from None
    if draft.case_ref:
        return redirect("desk:who")
    form, problem = HelpForm(queries.proposed(ref, at=at), request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said, common = form.cleaned_data, {"ref": ref, "by": request.user, "at": at}
        try:
            actions.save_programmes(programmes=said["programmes"], reason=said["reason"], **common)
            case = actions.submit(consent=True, consent_channel=said["consent"], **common)
            return redirect("desk:receipt", case.receipt)
        except NotAllowed as why:
            problem = str(why)
    context = {"draft": draft, "form": form, "problem": problem}
    return render(request, "desk/register/help.html", context, status=422 if request.method == "POST" else 200)


@permit("case.register")
@require_safe
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """The receipt to print and hand over: number, who rings by when, a code to follow it.

    :raises Http404: not a number of ours
    """
    at = time.now()
    known = queries.progress(receipt, at=at)
    if known is None:
        raise Http404
    context = {
        "shown": core.show_receipt(known.receipt),
        "by_on": known.by_on,
        "helps": [known.programme_label, *(label for _, label, _ in known.also)],
        "code": code_of(request, known.receipt),
        "on": at,
        "back": reverse("desk:today"),
    }
    return render(request, "desk/register/receipt.html", context)


def code_of(request: HttpRequest, receipt: str) -> str:
    """The picture that leads to how far an application is."""
    address = request.build_absolute_uri(f"/progress/{receipt}/")
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=1, title="扫码看办到哪一步")
    return mark_safe(drawn)
