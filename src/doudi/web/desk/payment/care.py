"""Reserve funds of townships, other accounts, and whether money arrived."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.office import queries as office
from doudi.office.core import NotAllowed
from doudi.payment import actions, queries
from doudi.web.desk.frame import acted, page_number
from doudi.web.desk.payment.money_forms import ArrivedForm, CountForm, FoundForm, HeardForm, PayInForm, ReplenishForm
from doudi.web.parts.permits import permit

# ---- reserve funds ------------------------------------------------------------------------------------------------------


@permit("fund.read")
@require_http_methods(["GET", "HEAD", "POST"])
def funds(request: HttpRequest) -> HttpResponse:
    """The funds of the viewer's area; the county pays into one."""
    viewer = request.viewer
    townships = [(one.code, one.label) for one in office.areas(kind="township") if viewer.sees(one.code)]
    form = PayInForm(request.POST or None, townships=townships) if viewer.may("fund.pay_in") else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            said = form.cleaned_data
            return acted(
                request,
                lambda at: actions.pay_in(
                    township=said["township"], amount_fen=said["amount"], voucher=said["voucher"], by=request.user, at=at
                ),
                "记下了，备用金增加了。",
                back=("desk:fund", said["township"]),
                again=partial(_funds, request, form, status=422),
            )
        return _funds(request, form, status=422)
    return _funds(request, form)


def _funds(request: HttpRequest, form: forms.Form | None, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"rows": queries.funds(request.viewer), "form": form, "problem": problem}
    return render(request, "desk/payment/funds.html", context, status=status)


@permit("fund.read")
@require_safe
def fund(request: HttpRequest, area: str) -> HttpResponse:
    """One township's fund: what came, what went, when it was counted."""
    return _fund(request, area)


def _fund(request: HttpRequest, area: str, *, problem: str = "", form: Any = None, status: int = 200) -> HttpResponse:
    found = next((one for one in queries.funds(request.viewer) if one.area == area), None)
    if found is None:
        raise Http404
    viewer = request.viewer
    count = form if isinstance(form, CountForm) else CountForm(prefix="count") if viewer.may("fund.count") else None
    more = form if isinstance(form, ReplenishForm) else ReplenishForm(prefix="more") if viewer.may("fund.pay_in") else None
    context = {
        "fund": found,
        "moves": queries.moves(area, viewer),
        "problem": problem,
        "form": form,
        "count_form": count,
        "more_form": more,
    }
    return render(request, "desk/payment/fund.html", context, status=status)


@permit("fund.count")
@require_POST
def fund_count(request: HttpRequest, area: str) -> HttpResponse:
    """Two people counted it."""
    form = CountForm(request.POST, prefix="count")
    if not form.is_valid():
        return _fund(request, area, form=form, status=422)
    said = form.cleaned_data
    return acted(
        request,
        lambda at: actions.count_fund(
            township=area, counted_fen=said["amount"], second=said["second"], why=said["why"], by=request.user, at=at
        ),
        "记下了。",
        back=("desk:fund", area),
        again=partial(_fund, request, area, form=form, status=422),
    )


@permit("fund.pay_in")
@require_POST
def fund_replenish(request: HttpRequest, area: str) -> HttpResponse:
    """The county puts back what was handed out."""
    form = ReplenishForm(request.POST, prefix="more")
    if not form.is_valid():
        return _fund(request, area, form=form, status=422)
    voucher = form.cleaned_data["voucher"]
    return acted(
        request,
        lambda at: actions.replenish(township=area, voucher=voucher, by=request.user, at=at),
        "补足了。",
        back=("desk:fund", area),
        again=partial(_fund, request, area, form=form, status=422),
    )


# ---- other accounts -----------------------------------------------------------------------------------------------------


@permit("account.agree")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Changes of account that wait for a call or for a second person."""
    page, is_open = page_number(request), "done" not in request.GET
    rows, more = queries.account_changes(request.viewer, is_open=is_open, page=page)
    return render(request, "desk/payment/accounts.html", {"rows": rows, "next": page + 1 if more else None, "is_open": is_open})


@permit("account.agree")
@require_safe
def account(request: HttpRequest, ref: str) -> HttpResponse:
    """One change: old and new by their last four, whose account, who else is paid there."""
    return _account(request, ref)


def _account(request: HttpRequest, ref: str, *, problem: str = "", form: Any = None, status: int = 200) -> HttpResponse:
    try:
        row = queries.account_change(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    calls = row.state == "asked" and request.viewer.may("account.change")
    context = {
        "row": row,
        "problem": problem,
        "heard_form": (form or HeardForm()) if calls else None,
        "phone": queries.old_phone(ref) if calls else "",
        "may_agree": row.state == "heard" and not row.is_own,
    }
    return render(request, "desk/payment/account.html", context, status=status)


@permit("account.change")
@require_POST
def account_heard(request: HttpRequest, ref: str) -> HttpResponse:
    """What the person said, called on the telephone known before."""
    form = HeardForm(request.POST)
    if not form.is_valid():
        return _account(request, ref, form=form, status=422)
    theirs, why = form.cleaned_data["theirs"] == "yes", form.cleaned_data["why"]
    return acted(
        request,
        lambda at: actions.hear_account(ref=ref, is_theirs=theirs, why=why, by=request.user, at=at),
        "记下了，等另一位同志同意。" if theirs else "停了，钱还打到原来的账户。",
        back=("desk:account", ref),
        again=partial(_account, request, ref, form=form, status=422),
    )


@permit("account.agree")
@require_POST
def account_agree(request: HttpRequest, ref: str) -> HttpResponse:
    """A second person agrees."""
    return acted(
        request,
        lambda at: actions.agree_account(ref=ref, by=request.user, at=at),
        "同意了。过了等待的几天，新账户才用上。",
        back=("desk:account", ref),
        again=partial(_account, request, ref, status=422),
    )


# ---- whether it arrived -------------------------------------------------------------------------------------------------


@permit("arrival.ask")
@require_safe
def arrivals(request: HttpRequest) -> HttpResponse:
    """Whom to ask, who says nothing came, and what the samples say."""
    return _arrivals(request)


def _arrivals(request: HttpRequest, *, problem: str = "", wrong: Any = None, ref: str = "", status: int = 200) -> HttpResponse:
    rows = queries.arrivals(request.viewer)
    lines = []
    for row in rows:
        made = FoundForm if row.answer in ("no", "unsure") else ArrivedForm
        lines.append((row, wrong if row.ref == ref and isinstance(wrong, made) else made(prefix=row.ref)))
    figures = queries.arrival_figures(request.viewer) if request.viewer.may("payment.read") else ()
    return render(
        request,
        "desk/payment/arrivals.html",
        {"lines": lines, "figures": figures, "problem": problem, "wrong": wrong},
        status=status,
    )


@permit("arrival.ask")
@require_POST
def arrived(request: HttpRequest, ref: str) -> HttpResponse:
    """What a payee says."""
    if not queries.has_arrival(ref, request.viewer):
        raise Http404
    form = ArrivedForm(request.POST, prefix=ref)
    if not form.is_valid():
        return _arrivals(request, wrong=form, ref=ref, status=422)
    said = form.cleaned_data
    return acted(
        request,
        lambda at: actions.answer_arrival(ref=ref, answer=said["answer"], channel=said["channel"], by=request.user, at=at),
        "记下了。没收到的，今天就查。" if said["answer"] == "no" else "记下了。",
        back=("desk:arrivals",),
        again=partial(_arrivals, request, wrong=form, ref=ref, status=422),
    )


@permit("arrival.ask")
@require_POST
def arrival_found(request: HttpRequest, ref: str) -> HttpResponse:
    """What became of money that did not arrive."""
    if not queries.has_arrival(ref, request.viewer):
        raise Http404
    form = FoundForm(request.POST, prefix=ref)
    if not form.is_valid():
        return _arrivals(request, wrong=form, ref=ref, status=422)
    return acted(
        request,
        lambda at: actions.settle_arrival(ref=ref, finding=form.cleaned_data["finding"], by=request.user, at=at),
        "记下了。",
        back=("desk:arrivals",),
        again=partial(_arrivals, request, wrong=form, ref=ref, status=422),
    )
