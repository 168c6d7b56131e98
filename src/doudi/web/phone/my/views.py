"""Signing in by a code on the phone; one's own cases and who looked at one's data."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doudi.casework import actions as casework
from doudi.casework import core
from doudi.casework import queries as cases
from doudi.casework.queries import MyCase
from doudi.office import actions as office
from doudi.office import queries
from doudi.office.core import NotAllowed, Party, TooMany, mask_phone
from doudi.payment import queries as payment
from doudi.registry import queries as registry
from doudi.web.parts import roads
from doudi.web.parts.permits import open_page, resident
from doudi.web.phone.my.forms import CodeForm, SignInForm
from doudi.web.phone.my.questions import unsaid
from doudi.web.phone.my.signing import to_sign


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next") or request.POST.get("next") or "/my/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/my/"


@open_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, number and phone; send a code if they fit. The next page is the same whether they fit or not."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        pid = registry.sign_in(said["name"], said["number"])
        known = registry.me(pid).phone if pid else ""
        fits = known == said["phone"] if known else settings.FIRST_PHONE_TYPED
        if pid and fits:  # a phone kept before is the only one a code goes to
            try:
                office.send_code(pid=pid, phone=said["phone"], at=queries.now())
            except TooMany as why:
                form.add_error(None, str(why))
                return render(request, "phone/my/sign_in.html", {"form": form}, status=422)
        request.session["waiting"] = {"pid": pid or "", "phone": said["phone"], "next": _next(request)}
        return redirect("phone:code")
    return render(
        request,
        "phone/my/sign_in.html",
        {"form": form, "returning": "next" in request.GET and "resident" in request.COOKIES},
        status=422 if form.errors else 200,
    )


@open_page
def code(request: HttpRequest) -> HttpResponse:
    """Take the code; who typed it right is signed in on this phone until they leave."""
    waiting = request.session.get("waiting")
    if not waiting:
        return redirect("phone:sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        pid = waiting["pid"]
        if pid and office.check_code(pid=pid, code=form.cleaned_data["code"], at=queries.now()):
            request.session.cycle_key()
            request.session.pop("waiting")
            request.session["pid"], request.session["phone"] = pid, waiting["phone"]
            response = redirect(waiting["next"])
            response.set_cookie("resident", "1", max_age=90 * 24 * 3600, samesite="Lax", httponly=True)
            return response
        form.add_error("code", _("验证码不对，或者过了 10 分钟。可以重新发一个"))
    shown = {"form": form, "phone": mask_phone(waiting["phone"])}
    return render(request, "phone/my/code.html", shown, status=422 if form.errors else 200)


@resident
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget who used this phone; what they filled in stays for them."""
    request.session.flush()
    return redirect("/")


# ---- my own cases -------------------------------------------------------------------------------------------------------


def _mine(request: HttpRequest, ref: str) -> MyCase:
    """A case of the one signed in; anybody else's looks like none at all.

    :raises Http404: no such case, or not theirs
    """
    try:
        return cases.my_case(ref, request.pid, at=queries.now())
    except NotAllowed:
        raise Http404 from None


def code_for(request: HttpRequest, receipt: str) -> SafeString:
    """The picture of a receipt's address: whoever scans it sees how far the case is, and nothing else."""
    address = request.build_absolute_uri(f"/progress/{receipt}/")
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=1)
    return mark_safe(drawn)  # drawn here from our own address


@resident
def home(request: HttpRequest) -> HttpResponse:
    """Everything of mine: what I began, what is being done, who looked."""
    at = queries.now()
    drafts = [
        {
            "href": f"/apply/{one.ref}/{roads.first_open(one)}/",
            "words": _("接着填%(name)s的申请") % {"name": "" if one.applicant == request.pid else one.applicant_name},
        }
        for one in cases.drafts_of(by=Party.resident(request.pid))
    ]
    shown = {
        "me": registry.me(request.pid),
        "drafts": drafts,
        "cases": cases.my_cases(request.pid, at=at),
        "asked": cases.asked_to_agree(request.pid, at=at),
        "to_sign": [one for one in to_sign(request.pid, at) if one["own"]],
        **unsaid(cases.my_questions(request.pid, at=at)),
        "looks": queries.looks(registry.pids_of(request.pid), limit=20),
    }
    return render(request, "phone/my/home.html", shown)


@resident
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """How far it is, by when, who, what I must do; the money; who looked."""
    one = _mine(request, ref)
    own = not one.for_name
    shown = {
        "case": one,
        "lines": roads.lines(one),
        "stages": roads.stages(one),
        "payments": payment.my_payments(request.pid) if own and one.benefit else (),
        "looks": queries.looks(registry.pids_of(request.pid), limit=20) if own else [],
        "own": own,
        **unsaid([each for each in cases.my_questions(request.pid, at=queries.now()) if each.case_ref == ref] if own else ()),
    }
    return render(request, "phone/my/case.html", shown)


@resident
def receipt(request: HttpRequest, ref: str) -> HttpResponse:
    """We have it: the number, the picture to scan, and who gets in touch by when."""
    one = _mine(request, ref)
    return render(request, "phone/apply/done.html", {"case": one, "code": code_for(request, one.slip.replace("-", ""))})


@resident
def sheet(request: HttpRequest, ref: str) -> HttpResponse:
    """The application on one sheet of paper, to sign."""
    one = _mine(request, ref)
    return render(request, "public/sheet.html", sheet_of(request, one))


def sheet_of(request: HttpRequest, one: MyCase) -> dict[str, Any]:
    """What the paper sheet shows of a case that was handed in."""
    me = registry.me(request.pid)
    own = not one.for_name
    filled = {
        "receipt": one.receipt_shown,
        "name": me.name if own else one.for_name,
        "phone": me.masked_phone if own else "",
        "number": me.masked_number if own else "",
        "place": me.area_label if own else "",
        "proxy": "" if own else me.name,
        "proxy_phone": "" if own else me.masked_phone,
        "members": one.members,
        "story": one.story,
        "incomes": [{"what": line.what, "fen": line.said_fen if line.is_other else line.fen} for line in one.incomes]
        if own
        else [],
        "account": one.account_label,
    }
    tiles = [
        {"words": words, "checked": code in one.hardships or words in one.hardships} for code, words in core.HARDSHIPS.items()
    ]
    return {
        "case": filled,
        "tiles": tiles,
        "digits": range(18),
        "empty_rows": range(max(0, 4 - len(one.members))),
        "code": code_for(request, "".join(filter(str.isdigit, one.slip))),
    }


@resident
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take my application back; I can come again any day."""
    one = _mine(request, ref)
    problem = ""
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:200] or "本人撤回，没有写原因"
        try:
            casework.withdraw(ref=ref, reason=reason, by=Party.resident(request.pid), at=queries.now())
            return redirect(f"/my/cases/{ref}/")
        except NotAllowed as why:
            problem = str(why)
    back = f"/my/cases/{ref}/"
    return render(
        request, "phone/my/withdraw.html", {"case": one, "back": back, "problem": problem}, status=422 if problem else 200
    )


@resident
def supplement(request: HttpRequest, ref: str) -> HttpResponse:
    """Say what was brought after the township asked, once and all together, for what is missing."""
    one = _mine(request, ref)
    back, problem, said = f"/my/cases/{ref}/", "", request.POST.get("said", "").strip()[:500]
    if not one.asked_for:
        return redirect(back)
    if request.method == "POST":
        try:
            casework.supplement(ref=ref, said=said, by=Party.resident(request.pid), at=queries.now())
            return redirect(back)
        except core.Missing:
            problem = _("请写一句补了什么")
        except NotAllowed as why:
            problem = str(why)
    shown = {"case": one, "back": back, "problem": problem, "said": said}
    return render(request, "phone/my/supplement.html", shown, status=422 if problem else 200)
