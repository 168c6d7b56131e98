"""The money of one's own: what came for which month, whether it arrived, another account, what is to be given back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.casework import queries as casework
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Party
from doudi.payment import actions, queries
from doudi.web.parts.permits import resident


class AccountForm(forms.Form):
    """Another account: which bank, which number, whose."""

    bank = forms.CharField(
        label=gettext_lazy("哪家银行"), max_length=60, error_messages={"required": gettext_lazy("请写是哪家银行")}
    )
    number = forms.CharField(
        label=gettext_lazy("新的账号"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请照着卡写账号")},
    )
    holder = forms.ChoiceField(
        label=gettext_lazy("是谁的账户"), widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选是谁的账户")}
    )

    def __init__(self, *args: object, holders: dict[str, str], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["holder"].choices = list(holders.items())


@resident
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """Every payment to the one signed in, and what waits for an answer."""
    today = time.today(time.now())
    context = {
        "today": today,
        "payments": queries.my_payments(request.pid),
        "arrivals": queries.my_arrivals(request.pid),
        "changes": queries.my_changes(request.pid),
        "claims": queries.my_claims(request.pid),
        "benefits": casework.my_benefits(request.pid, on=today),
    }
    return render(request, "phone/my/money.html", context)


@resident
@require_POST
def arrived(request: HttpRequest, ref: str) -> HttpResponse:
    """Say whether a payment arrived."""
    answer = request.POST.get("answer", "")
    if answer not in ("yes", "no", "unsure"):
        raise Http404
    try:
        actions.answer_arrival(ref=ref, answer=answer, channel="self", by=Party.resident(request.pid), at=time.now())
    except NotAllowed as why:
        messages.warning(request, str(why))
    else:
        said = _("知道了。今天就有人去查。") if answer == "no" else _("知道了，谢谢您告诉我们。")
        messages.success(request, said, extra_tags="pine")
    return redirect("phone:money")


@resident
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for another account for one's help."""
    mine = {one.ref for one in casework.my_benefits(request.pid, on=time.today(time.now()))}
    if ref not in mine:
        raise Http404
    form = AccountForm(request.POST or None, holders=queries.holders(ref))
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_account(benefit=ref, channel="phone", by=Party.resident(request.pid), at=time.now(), **form.cleaned_data)
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, _("收到了。我们会打您原来的电话问一声，再换。"), extra_tags="pine")
            return redirect("phone:money")
    status = 422 if request.method == "POST" else 200
    return render(request, "phone/my/account.html", {"form": form, "problem": problem}, status=status)


@resident
@require_POST
def account_stop(request: HttpRequest, ref: str) -> HttpResponse:
    """Stop a change of account before it counts."""
    try:
        actions.stop_account(ref=ref, why="", by=Party.resident(request.pid), at=time.now())
    except NotAllowed as why:
        messages.warning(request, str(why))
    else:
        messages.success(request, _("停了，钱还打到原来的账户。"), extra_tags="pine")
    return redirect("phone:money")
