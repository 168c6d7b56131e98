"""Pages every audience shares: staff sign-in and out, how the reader wants to read, the gallery of components."""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from doudi.web.parts.permits import open_page

YEAR = 365 * 24 * 3600
TRIES, WAIT = 5, 600  # wrong passwords for one name, and seconds to wait then
ICONS = tuple(re.findall(r'id="([a-z]+)"', (Path(__file__).parent.parent / "static/img/sprite.svg").read_text()))


def back(request: HttpRequest) -> str:
    """Where a reader came from, if that is a page of this site; otherwise the home page."""
    came = request.POST.get("next", "/")
    return came if url_has_allowed_host_and_scheme(came, allowed_hosts=None) else "/"


@open_page
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Remember larger type, another language or the reader's village on this phone; nothing is kept here."""
    response = HttpResponseRedirect(back(request))
    if request.POST.get("elder") in ("0", "1"):
        response.set_cookie("elder", request.POST["elder"], max_age=YEAR, samesite="Lax", httponly=True)
    if request.POST.get("language") in {code for code, _ in settings.LANGUAGES}:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, request.POST["language"], max_age=YEAR, samesite="Lax", httponly=True)
    area = request.POST.get("area", "")
    if area.isdigit() and len(area) <= 12:
        response.set_cookie("area", area, max_age=YEAR, samesite="Lax", httponly=True)
    return response


class SignInForm(AuthenticationForm):
    """Name and password, in Chinese."""

    error_messages: ClassVar = {
        "invalid_login": "用户名和密码对不上，请再看看。",
        "inactive": "这个账号已经停用，请找管理员。",
    }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["username"].label = "用户名"
        self.fields["username"].error_messages["required"] = "请写用户名"
        self.fields["password"].error_messages["required"] = "请写密码"


class SignIn(auth.LoginView):
    """Staff sign in by name and password; five wrong ones for a name make everybody wait ten minutes for it."""

    template_name = "parts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if self._tries(form) >= TRIES:
            return self.form_invalid(form)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        key = self._key(form)
        cache.set(key, self._tries(form) + 1, WAIT)
        if self._tries(form) > TRIES:
            form.errors.clear()
            form.add_error(None, "试的次数太多了，请过十分钟再试，或请管理员帮忙。")
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def _key(self, form: AuthenticationForm) -> str:
        return "sign-in:" + sha256(form.data.get("username", "").encode()).hexdigest()

    def _tries(self, form: AuthenticationForm) -> int:
        return int(cache.get(self._key(form), 0))


sign_in = open_page(SignIn.as_view())
sign_out = open_page(auth.LogoutView.as_view(next_page="/desk/login/"))


class Example(forms.Form):
    """A form with something missing, to show how that is said."""

    name = forms.CharField(label="名字", error_messages={"required": "请写名字"})
    number = forms.CharField(label="身份证号", help_text="一共 18 位")
    phone = forms.CharField(label="手机号", required=False)


@open_page
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, in each of its states; what a builder copies and what the tests look at."""
    form = Example({"number": "990101194803050220"})
    form.is_valid()
    steps = [
        {"name": "收到您的申请", "state": "done", "hint": "7 月 1 日"},
        {"name": "上门看看", "state": "now", "hint": "最晚 7 月 8 日"},
        {"name": "村里公示 7 天", "state": "next", "hint": ""},
    ]
    who = {"name": "王桂兰", "born_on": date(1948, 3, 5), "place": "石磨村", "heads": 2}
    shown = {"on": date(2026, 7, 1), "nothing": None, "form": form, "steps": steps, "who": SimpleNamespace(**who), "icons": ICONS}
    return render(request, "parts/gallery.html", shown)
