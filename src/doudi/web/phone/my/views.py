"""Signing in by a code on the phone; one's own cases and who looked at one's data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doudi.office import actions as office
from doudi.office import queries
from doudi.office.core import TooMany, mask_phone
from doudi.registry import queries as registry
from doudi.web.parts.permits import open_page, resident
from doudi.web.phone.my.forms import CodeForm, SignInForm


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next") or request.POST.get("next") or "/my/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/my/"


@open_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name, number and phone; send a code if they fit. The next page is the same whether they fit or not."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        pid = registry.sign_in(said["name"], said["number"])
        known = registry.me(pid).phone if pid else ""
        if pid and known in ("", said["phone"]):  # a phone kept before is the only one a code goes to
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
    form = CodeForm(request.POST or None)
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
