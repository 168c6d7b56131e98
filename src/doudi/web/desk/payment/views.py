"""The month's payment: build, approve by another person, send, take in what the bank answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.payment import actions, queries
from doudi.web.desk.frame import acted
from doudi.web.desk.payment.forms import BuildForm, ReturnForm
from doudi.web.parts.permits import permit

TONES = {"built": "amber", "approved": "blue", "sent": "blue", "answered": "pine"}
LINE_TONES = {
    "ready": "plain",
    "held": "amber",
    "no_account": "amber",
    "sent": "blue",
    "paid": "pine",
    "failed": "red",
    "void": "plain",
}


@permit("payment.list")
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The runs of the viewer's area; a county officer may build the month's."""
    may_build = request.viewer.may("payment.build")
    today = time.today(time.now())
    form = BuildForm(request.POST or None, initial={"month": f"{today:%Y-%m}"}) if may_build else None
    problem = ""
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            try:
                run = actions.build(
                    county=request.viewer.area[:6], month=form.cleaned_data["month"], by=request.user, at=time.now()
                )
            except NotAllowed as why:
                problem = str(why)
            else:
                return redirect("desk:run", run.ref)
    context = {"runs": queries.runs(request.viewer), "build_form": form, "problem": problem, "tones": TONES}
    return render(request, "desk/payment/page.html", context, status=422 if request.method == "POST" else 200)


def _built(request: HttpRequest, build: Callable[[datetime], object]) -> HttpResponse:
    """Build a run of another kind and show it; why not is said on the page of all runs."""
    try:
        made = build(time.now())
    except NotAllowed as why:
        form = BuildForm(initial={"month": f"{time.today(time.now()):%Y-%m}"})
        context = {"runs": queries.runs(request.viewer), "build_form": form, "problem": str(why), "tones": TONES}
        return render(request, "desk/payment/page.html", context, status=422)
    return redirect("desk:run", made.ref)


@permit("payment.build")
@require_POST
def once(request: HttpRequest) -> HttpResponse:
    """The one-off help that waits."""
    return _built(request, lambda at: actions.build_once(county=request.viewer.area[:6], by=request.user, at=at))


@permit("payment.build")
@require_POST
def price(request: HttpRequest) -> HttpResponse:
    """This month's price subsidy."""
    return _built(
        request, lambda at: actions.build_price(county=request.viewer.area[:6], month=time.today(at), by=request.user, at=at)
    )


@permit("payment.build")
@require_POST
def draw(request: HttpRequest, ref: str) -> HttpResponse:
    """Draw payees to be asked whether the money arrived."""
    return act(request, ref, lambda at: actions.draw_arrivals(ref=ref, by=request.user, at=at), "抽好了，短信发出去了。")


@permit("payment.send")
@require_POST
def unmatched(request: HttpRequest, ref: str, row: str) -> HttpResponse:
    """What an answer that fitted no line turned out to be."""
    finding = request.POST.get("finding", "")
    return act(request, ref, lambda at: actions.settle_unmatched(ref=row, finding=finding, by=request.user, at=at), "记下了。")


@permit("payment.read")
@require_safe
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """One run: where it stands, its lines, what is to be done next and by whom."""
    return page(request, ref)


def page(
    request: HttpRequest, ref: str, *, problem: str = "", return_form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """Draw a run's page.

    :raises Http404: no such run for this viewer
    """
    try:
        found = queries.run(ref, request.viewer, after=request.GET.get("after", ""))
    except NotAllowed:
        raise Http404 from None
    run, viewer = found.run, request.viewer
    waits = run.state in ("sent", "answered") and viewer.may("payment.send")
    stages = [
        ("生成", run.built_at, run.built_by),
        ("审批", run.approved_at, run.approved_by),
        ("送银行", run.sent_at, run.sent_by),
        ("到账", None, ""),
    ]
    reached = {"built": 1, "approved": 2, "sent": 3, "answered": 3}[run.state]
    context = {
        "page": found,
        "run": run,
        "stages": [
            {
                "label": label,
                "on": at,
                "who": who,
                "state": "done" if index < reached else "current" if index == reached else "ahead",
            }
            for index, (label, at, who) in enumerate(stages)
        ],
        "line_tones": LINE_TONES,
        "may_approve": run.state == "built" and viewer.may("payment.approve"),
        "may_send": run.may_send and viewer.may("payment.send"),
        "may_reissue": viewer.may("payment.send"),
        "may_draw": viewer.may("payment.build"),
        "return_form": (return_form or ReturnForm()) if waits else None,
        "problem": problem,
    }
    return render(request, "desk/payment/one.html", context, status=status)


def act(request: HttpRequest, ref: str, do: Callable[[datetime], object], said: str) -> HttpResponse:
    """Do one step of a run and come back to its page; a refusal is said there.

    :raises Http404: no such run for this viewer
    """
    try:
        queries.run(ref, request.viewer, limit=1)
    except NotAllowed:
        raise Http404 from None
    return acted(request, do, said, back=("desk:run", ref), again=partial(page, request, ref, status=422))


@permit("payment.approve")
@require_POST
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    """Approve a run somebody else built."""
    return act(request, ref, lambda at: actions.approve(ref=ref, by=request.user, at=at), "审批好了，可以送银行。")


@permit("payment.send")
@require_POST
def send(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the bank's file."""
    return act(
        request, ref, lambda at: actions.send(ref=ref, by=request.user, at=at), "银行文件生成了，请下载并和银行核对校验码。"
    )


@permit("payment.send")
@require_GET
def bank_file(request: HttpRequest, ref: str) -> HttpResponse:
    """A bank's file, byte for byte; `?bank=` says which where there are several."""
    return _download(request, ref, lambda file: (file.name, file.content))


@permit("payment.send")
@require_GET
def checksum(request: HttpRequest, ref: str) -> HttpResponse:
    """The line that proves a bank's file, as sha256sum reads it."""
    return _download(request, ref, lambda file: (file.checksum_name, file.checksum))


def _download(request: HttpRequest, ref: str, pick: Callable[[queries.BankFile], tuple[str, bytes]]) -> HttpResponse:
    try:
        name, content = pick(queries.bank_file(ref, request.viewer, bank=request.GET.get("bank", "")))
    except NotAllowed:
        raise Http404 from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@permit("payment.send")
@require_POST
def returns(request: HttpRequest, ref: str) -> HttpResponse:
    """Take in the bank's answers; a file that does not fit changes nothing."""
    form = ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        return page(request, ref, return_form=form, status=422)
    content = form.cleaned_data["file"].read()
    return act(
        request, ref, lambda at: actions.read_returns(ref=ref, content=content, by=request.user, at=at), "银行结果收下了。"
    )


@permit("payment.send")
@require_POST
def reissue(request: HttpRequest, ref: str, line: str) -> HttpResponse:
    """Put a line that did not arrive into the next run."""
    return act(request, ref, lambda at: actions.reissue(line=line, by=request.user, at=at), "下一批会再发一次。")
