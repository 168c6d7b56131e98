"""Setting a month against itself, and money paid too much."""

from __future__ import annotations

import csv
import io
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST, require_safe

from doudi.facts import money
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.payment import actions, queries
from doudi.payment.core import CLAIM_STATES
from doudi.web.desk.frame import acted, page_number
from doudi.web.desk.payment.money_forms import ClaimForm, EaseForm, PaidBackForm, WhyForm, month_of
from doudi.web.parts.permits import permit

TONES = {"proposed": "amber", "open": "blue", "waiving": "amber", "waived": "plain", "settled": "pine"}


# ---- a month set against itself -----------------------------------------------------------------------------------------


def _month(request: HttpRequest, county: str, month: str) -> queries.Reconciled:
    """:raises Http404: no such month, or another county"""
    first = month_of(month)
    try:
        if first is None:
            raise Http404
        return queries.reconciled(county, first, viewer=request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("payment.read")
@require_safe
def month(request: HttpRequest, county: str, month: str) -> HttpResponse:
    """The reconciliation of a county's month, for the office and the finance bureau."""
    return _drawn(request, county, month)


def _drawn(request: HttpRequest, county: str, month: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    found = _month(request, county, month)
    context = {
        "found": found,
        "problem": problem,
        "may_close": request.viewer.may("payment.close") and not found.is_closed,
        "text": month,
    }
    return render(request, "desk/payment/month.html", context, status=status)


@permit("payment.close")
@require_POST
def close(request: HttpRequest, county: str, month: str) -> HttpResponse:
    """Close a month that adds up."""
    found = _month(request, county, month)
    return acted(
        request,
        lambda at: actions.close_month(county=county, month=found.month, by=request.user, at=at),
        "封账了。以后到的，都算在下一个月。",
        back=("desk:month", county, month),
        again=partial(_drawn, request, county, month, status=422),
    )


@permit("payment.read")
@require_GET
def month_csv(request: HttpRequest, county: str, month: str) -> HttpResponse:
    """The same as a table for the finance bureau; amounts in yuan, no text that a spreadsheet would run."""
    found, out = _month(request, county, month), io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(["部分", "名称", "期初", "增加", "减少", "期末"])
    for one in found.accounts:
        rows.writerow(["科目", one.label, *map(_plain, (one.opening_fen, one.in_fen, one.out_fen, one.closing_fen))])
    rows.writerow(["部分", "名称", "笔数", "应发", "抵扣", "到账", "没到账"])
    for what, parts in (("项目", found.by_programme), ("乡镇", found.by_township)):
        for part in parts:
            sums = (part.granted_fen, part.withheld_fen, part.paid_fen, part.not_arrived_fen)
            rows.writerow([what, part.label, part.lines, *map(_plain, sums)])
    rows.writerow(["核对", "名称", "左边", "右边", "对不对"])
    for check in found.checks:
        told = map(_plain, (check.left, check.right)) if check.is_money else (check.left, check.right)
        rows.writerow(["核对", check.label, *told, "对得上" if check.holds else "对不上"])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="doudi-{county}-{month}.csv"'
    return response


def _plain(fen: int) -> str:
    """An amount for a table: one below 0 stands in brackets, as book-keepers write it; a minus sign could be run."""
    return f"({money.yuan(-fen)})" if fen < 0 else money.yuan(fen)


# ---- paid too much ------------------------------------------------------------------------------------------------------


@permit("payment.read")
@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """What was paid too much in the viewer's area."""
    page, state = page_number(request), request.GET.get("state", "")
    rows, more = queries.claims(request.viewer, state=state, page=page)
    context = {"rows": rows, "next": page + 1 if more else None, "state": state, "states": CLAIM_STATES.items(), "tones": TONES}
    return render(request, "desk/payment/claims.html", context)


@permit("claim.decide")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Replay the months somebody put right since."""
    return acted(
        request,
        lambda at: actions.replay_county(county=request.viewer.area[:6], by=request.user, at=at),
        "按月重新算过了。",
        back=("desk:claims",),
        again=lambda **more: claims(request),
    )


@permit("payment.read")
@require_safe
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """One claim, and what is to be decided about it now."""
    return _claim(request, ref)


def _claim(request: HttpRequest, ref: str, *, problem: str = "", form: object = None, status: int = 200) -> HttpResponse:
    try:
        found = queries.claim(ref, request.viewer, on=time.today(time.now()))
    except NotAllowed:
        raise Http404 from None
    state, viewer = found.row.state, request.viewer
    decides = viewer.may("claim.decide")
    made = {
        "decide_form": ClaimForm(payers=found.payers) if state == "proposed" and decides else None,
        "agree_form": WhyForm() if state == "waiving" and viewer.may("claim.waive") and not found.is_own else None,
        "ease_form": EaseForm(prefix="ease") if state == "open" and decides else None,
        "paid_form": PaidBackForm(prefix="paid") if state == "open" and decides else None,
    }
    for name, one in made.items():
        if one is not None and type(one) is type(form):
            made[name] = form
    context = {"claim": found, "row": found.row, "problem": problem, "tones": TONES, "form": form, **made}
    return render(request, "desk/payment/claim.html", context, status=status)


def _press(request: HttpRequest, ref: str, form: object, do: object, said: str) -> HttpResponse:
    """Do what a form of a claim asks for; a form with something missing is drawn again with what was typed."""
    if not form.is_valid():
        return _claim(request, ref, form=form, status=422)
    try:
        queries.claim(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    again = partial(_claim, request, ref, form=form, status=422)
    return acted(request, lambda at: do(form.cleaned_data, at), said, back=("desk:claim", ref), again=again)


@permit("claim.decide")
@require_POST
def claim_decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide what becomes of it."""
    try:
        payers = queries.claim(ref, request.viewer, on=time.today(time.now())).payers
    except NotAllowed:
        raise Http404 from None
    return _press(
        request, ref, ClaimForm(request.POST, payers=payers),
        lambda said, at: actions.decide_claim(
            ref=ref, way=said["way"], why=said["why"], share=said["share"] or 0, against=said["against"],
            is_hardship=said["is_hardship"], by=request.user, at=at,
        ),
        "定下来了，请把通知给家里。",
    )  # fmt: skip


@permit("claim.waive")
@require_POST
def claim_agree(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree that it is given up, or not; another person than who asked for it."""
    return _press(
        request, ref, WhyForm(request.POST),
        lambda said, at: actions.waive_claim(ref=ref, agree=said["agree"] == "yes", why=said["why"], by=request.user, at=at),
        "记下了。",
    )  # fmt: skip


@permit("claim.decide")
@require_POST
def claim_ease(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask to give up what is left, because the household cannot bear it."""
    try:
        queries.claim(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None
    form = EaseForm(request.POST, prefix="ease")
    if not form.is_valid():
        return _claim(request, ref, form=form, status=422)
    try:
        rest = actions.ease_claim(ref=ref, why=form.cleaned_data["why"], by=request.user, at=time.now())
    except NotAllowed as why:
        return _claim(request, ref, form=form, problem=str(why), status=422)
    return acted(
        request,
        lambda at: rest,
        "提出来了，等另一位同志来定。",
        back=("desk:claim", rest.ref),
        again=partial(_claim, request, ref),
    )


@permit("claim.decide")
@require_POST
def claim_paid(request: HttpRequest, ref: str) -> HttpResponse:
    """Note money the household paid back."""
    return _press(
        request, ref, PaidBackForm(request.POST, prefix="paid"),
        lambda said, at: actions.pay_back(ref=ref, amount_fen=said["amount"], voucher=said["voucher"], by=request.user, at=at),
        "记下了。",
    )  # fmt: skip
