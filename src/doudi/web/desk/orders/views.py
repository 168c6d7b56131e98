"""Task orders: the list, a new one, one with its approval by another person, the sheet that is printed and signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.exchange import queries as exchange
from doudi.office import queries as time
from doudi.office.core import NotAllowed, Viewer
from doudi.verification import actions, queries
from doudi.verification.core.orders import OrderState
from doudi.web.desk.frame import acted, page_number
from doudi.web.desk.orders.forms import DraftForm, WhyForm
from doudi.web.parts.permits import permit

PAGE = 50
TONES = {"可以用": "pine", OrderState.DRAFTED.label: "amber", "过期了": "plain"}
# Rolls people are helped from, or ask to be: what a check of a roll is made for.
ROLLS = (
    *("dibao", "tekun", "near_dibao", "rigid_expenditure", "disability_subsidy", "child_benefit", "old_age_allowance"),
    *("temporary_assistance", "applicant", "housing_application"),
)


def _labels(codes: tuple[str, ...]) -> list[str]:
    contracts = exchange.contracts()
    return [contracts[code].label if code in contracts else code for code in codes]


@permit("order.read")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Task orders of this place, newest first."""
    number, today = page_number(request), time.today(time.now())
    rows = queries.orders(request.viewer, on=today, first=number * PAGE, count=PAGE + 1)
    lines = [
        {"row": row, "rolls": _labels(row.rolls), "lists": len(row.datasets), "tone": TONES.get(row.state_label, "plain")}
        for row in rows[:PAGE]
    ]
    context = {"lines": lines, "next": f"?page={number + 1}" if len(rows) > PAGE else ""}
    return render(request, "desk/orders/page.html", context)


def _form(viewer: Viewer, data: Any = None) -> DraftForm:
    lists = [(code, f"{label}（{department}）") for code, label, department in queries.lists_of_people()]
    rolls = [one for one in lists if one[0] in ROLLS]
    places = [(code, label) for code, label in time.places_within(viewer.within) if len(code) <= 9]
    return DraftForm(data, lists=lists, rolls=rolls, places=places)


@permit("order.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """Write a task order; nothing is checked before another person approved it."""
    form, problem = _form(request.viewer, request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_order(**form.cleaned_data, by=request.user, at=time.now())
        except NotAllowed as why:
            problem = str(why)
        else:
            messages.success(request, f"任务单 {made.number} 写好了，要由另一位同志批。")
            return redirect("desk:order", made.number)
    wrong = bool(form.errors or problem)
    return render(request, "desk/orders/new.html", {"form": form, "problem": problem}, status=422 if wrong else 200)


def _found(request: HttpRequest, number: str) -> queries.OrderRow:
    try:
        return queries.order(number, request.viewer, on=time.today(time.now()))
    except NotAllowed:
        raise Http404 from None


@permit("order.read")
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """One task order: what it allows, who approved it, the checks made under it."""
    return _page(request, _found(request, number))


def _page(request: HttpRequest, row: queries.OrderRow, why_form: WhyForm | None = None, problem: str = "") -> HttpResponse:
    viewer, own = request.viewer, row.drafter == request.viewer.ref
    here = viewer.sees(row.area)
    decides = row.state == OrderState.DRAFTED and viewer.may("order.approve") and here
    context = {
        "order": row,
        "tone": TONES.get(row.state_label, "plain"),
        "rolls": _labels(row.rolls),
        "lists": _labels(row.datasets),
        "may_approve": decides and not own,
        "own": decides and own,
        "may_stop": row.state in (OrderState.DRAFTED, OrderState.APPROVED) and viewer.may("order.draft") and here,
        "may_check": row.in_force and viewer.may("check.batch") and here and row.rolls,
        "why_form": why_form or WhyForm(),
        "problem": problem,
        "runs": queries.runs(viewer, order=row.number, count=20) if viewer.may("check.batch") else [],
    }
    wrong = problem or (why_form and why_form.errors)
    return render(request, "desk/orders/one.html", context, status=422 if wrong else 200)


@permit("order.approve")
@require_POST
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """Approve a task order somebody else wrote."""
    row = _found(request, number)
    return _acted(
        request, row, lambda at: actions.approve_order(number=number, by=request.user, at=at), "批准了，到日子就能凭它核对。"
    )


@permit("order.approve")
@require_POST
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """Say that a task order is not approved, and why."""
    return _with_reason(request, number, actions.decline_order, "记下了：没有批准。")


@permit("order.draft")
@require_POST
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Stop a task order from now on."""
    return _with_reason(request, number, actions.stop_order, "停用了，从现在起不能再凭它核对。")


def _with_reason(request: HttpRequest, number: str, act: Any, said: str) -> HttpResponse:
    row, form = _found(request, number), WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, row, why_form=form)
    return _acted(request, row, lambda at: act(number=number, why=form.cleaned_data["why"], by=request.user, at=at), said)


def _acted(request: HttpRequest, row: queries.OrderRow, do: Callable[[datetime], Any], said: str) -> HttpResponse:
    return acted(request, do, said, back=("desk:order", row.number), again=partial(_page, request, row))


@permit("order.read")
@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """A task order on paper, with places to sign."""
    row = _found(request, number)
    context = {"order": row, "rolls": _labels(row.rolls), "lists": _labels(row.datasets)}
    return render(request, "desk/orders/sheet.html", context)
