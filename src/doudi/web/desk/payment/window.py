"""Money at the window: another account somebody came to ask for, and cash handed out at once from the township's fund."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.office import actions as office
from doudi.office import queries as time
from doudi.office.core import BadPaper, NotAllowed
from doudi.payment import actions, queries
from doudi.web.desk.looking.forms import photo_of
from doudi.web.desk.payment.money_forms import ReceiptForm, WindowAccountForm
from doudi.web.parts.permits import permit


def _payee(request: HttpRequest, ref: str, act: str, what: str) -> queries.Payee:
    """Whose money it is; the look is noted.

    :raises Http404: no such help, or another place
    """
    at = time.now()
    try:
        found = queries.payee(ref, request.viewer, act, on=time.today(at))
    except NotAllowed:
        raise Http404 from None
    office.look(subject=found.pid, viewer=request.viewer, at=at, why=act, what=what)
    return found


def _drawn(request: HttpRequest, page: str, found: queries.Payee, form: forms.Form | None, problem: str = "") -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, f"desk/payment/{page}.html", {"one": found, "form": form, "problem": problem}, status=status)


@permit("account.change")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for another account for somebody who came to the window, or sent a helper with a signed mandate."""
    found, problem = _payee(request, ref, "account.change", "收款账户"), ""
    form = WindowAccountForm(request.POST or None, request.FILES or None, holders=queries.holders(ref))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.ask_account(
                benefit=ref, bank=said["bank"], number=said["number"], holder=said["holder"], channel=said["channel"],
                mandate=photo_of(form, "mandate") or "", agreement=photo_of(form, "agreement") or "",
                by=request.user, at=time.now(),
            )  # fmt: skip
        except (NotAllowed, BadPaper) as why:
            problem = str(why)
        else:
            messages.success(request, "登记好了。先打原来的电话问本人，再由另一位同志同意。", extra_tags="pine")
            return redirect("desk:account", row.ref) if request.viewer.may("account.agree") else redirect("desk:arrivals")
    return _drawn(request, "account_new", found, form, problem)


@permit("fund.hand_out")
@require_http_methods(["GET", "HEAD", "POST"])
def cash(request: HttpRequest, ref: str) -> HttpResponse:
    """Hand out help that is paid once from the township's reserve fund, against the receipt the person signed."""
    found, problem = _payee(request, ref, "fund.hand_out", "一次性救助和备用金"), ""
    if not found.is_one_off:
        raise Http404
    form = ReceiptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.hand_out(benefit=ref, receipt=photo_of(form, "receipt") or "", by=request.user, at=time.now())
        except (NotAllowed, BadPaper) as why:
            problem = str(why)
        else:
            messages.success(request, "发给本人了，记在备用金账上。", extra_tags="pine")
            return redirect("desk:benefit-cash", ref)
    waits = found.handed_out_at is None and not found.by_bank
    return _drawn(request, "cash", found, form if waits else None, problem)
