"""Checks of whole rolls: the list, a new one under an order, how far it is, what it gave."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.exchange import queries as exchange
from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.language.errors import RuleError
from doudi.verification import actions, jobs, queries
from doudi.verification.core.anomalies import SEEN_LABELS, causes
from doudi.web.desk.checks.forms import AskForm, DrawForm
from doudi.web.desk.frame import page_number
from doudi.web.parts.permits import permit

PAGE = 50
STEPS = {"link": "认出是不是同一个人", "write": "写下来", "keep": "和上一次比，放到桌上"}
EVERYTHING = ("*", "任务单写明的全部数据")


@permit("check.batch")
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Every check of a whole roll in this place, newest first, and how many anomalies wait."""
    number = page_number(request)
    found = queries.runs(request.viewer, first=number * PAGE, count=PAGE + 1)
    context = {
        "runs": found[:PAGE],
        "counts": queries.anomaly_counts(request.viewer, on=time.today(time.now())),
        "next": f"?page={number + 1}" if len(found) > PAGE else "",
    }
    return render(request, "desk/checks/page.html", context)


@permit("check.batch")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a check of a roll: first under which order, then which roll against what; a worker carries it out."""
    at = time.now()
    orders = queries.orders_in_force(request.viewer, on=time.today(at))
    rolls_of = [one for one in orders if one.rolls]
    order = next((one for one in rolls_of if one.number == request.GET.get("order", "")), None)
    if order is None and (request.method == "POST" or "order" in request.GET):
        raise Http404
    form = _ask_form(order, request.POST or None) if order else None
    problem = ""
    if form is not None and order is not None and request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        words = {"order": order.number, "snapshot": asked["snapshot"]}
        try:
            jobs.made_ready(asked["roll"], asked["against"], at=at, on=asked["on"], **words)
            run = actions.ask_run(
                roll=asked["roll"],
                words=asked["against"],
                datasets=jobs.lists_asked(asked["roll"], asked["against"], order=order.number),
                day=asked["on"],
                by=request.user,
                at=at,
                **words,
            )
        except (NotAllowed, RuleError, jobs.NotLoaded) as why:
            problem = str(why)
        else:
            return redirect("desk:check-one", run.ref)
    wrong = bool(problem or (form and form.errors))
    context = {"orders": rolls_of, "order": order, "form": form, "problem": problem}
    return render(request, "desk/checks/new.html", context, status=422 if wrong else 200)


def _ask_form(order: queries.OrderRow, data: Any) -> AskForm:
    contracts = exchange.contracts()
    rolls = [(code, contracts[code].label) for code in order.rolls if code in contracts]
    kinds = jobs.checks_for(order.number)
    told = [EVERYTHING, *((one.kind, one.label) for one in kinds)]
    named = {one.other for one in kinds}
    told += [(code, f"同月也在：{contracts[code].label}") for code in order.datasets if code not in named and code in contracts]
    return AskForm(data, rolls=rolls, against=list(dict(told).items()))


def _found(request: HttpRequest, ref: str) -> queries.RunRow:
    try:
        return queries.run(ref, request.viewer)
    except NotAllowed:
        raise Http404 from None


@permit("check.batch")
@require_safe
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """One check: how far it is, or what it gave: counts by problem, beside the check before, list by list."""
    return page(request, _found(request, ref))


def page(request: HttpRequest, run: queries.RunRow, draw_form: DrawForm | None = None, problem: str = "") -> HttpResponse:
    """The page of one check, after a sample could not be drawn as well."""
    viewer = request.viewer
    context: dict[str, Any] = {"run": run, **_state(request, run), "problem": problem}
    if run.batch is not None:
        contracts = exchange.contracts()
        of_run = reverse("desk:anomalies") + "?" + urlencode({"run": run.same_as or run.ref})
        told = {one.kind: one for one in jobs.problems_of(run.roll, tuple(run.batch.kinds))}
        given = queries.causes_given(viewer, run.same_as or run.ref)
        context |= {
            "kinds": [
                {
                    "label": told[kind].label if kind in told else kind,
                    "article": told[kind].article if kind in told else "",
                    "count": n,
                    "href": f"{of_run}&kind={kind}",
                }
                for kind, n in run.batch.kinds.items()
            ],
            "seen": [
                {"label": label, "count": run.seen[seen], "href": f"{of_run}&seen={seen}"}
                for seen, label in SEEN_LABELS.items()
                if run.seen.get(seen)
            ],
            "causes": [(causes()[code].label, n) for code, n in given.items()],
            "samples": queries.samples(run.same_as or run.ref, viewer),
            "draw_form": (draw_form or DrawForm()) if viewer.may("anomaly.work") and not run.same_as else None,
            "sources": [{**one, "label": contracts[one["dataset"]].label} for one in run.batch.sources],
        }
    wrong = problem or (draw_form and draw_form.errors)
    return render(request, "desk/checks/one.html", context, status=422 if wrong else 200)


def _state(request: HttpRequest, run: queries.RunRow) -> dict[str, Any]:
    progress = queries.run_progress(run.ref, request.viewer) if run.state == "waiting" else None
    step = ""
    if progress is not None:
        step = STEPS.get(progress.step) or next(
            (one.label for one in jobs.problems_of(run.roll, (progress.step,))), progress.step
        )
    at = progress.done + 1 if progress else 0
    return {"progress": progress, "step": step, "at": at, "run_href": reverse("desk:check-one", args=[run.ref])}


@permit("check.batch")
@require_safe
def progress(request: HttpRequest, ref: str) -> HttpResponse:
    """How far one check is, for the page that waits for it."""
    run = _found(request, ref)
    return render(request, "desk/checks/_state.html", {"run": run, "finished": run.state == "done", **_state(request, run)})


@permit("anomaly.work")
@require_POST
def draw(request: HttpRequest, ref: str) -> HttpResponse:
    """Draw a random sample of a check."""
    run, form = _found(request, ref), DrawForm(request.POST)
    if not form.is_valid():
        return page(request, run, draw_form=form)
    told = form.cleaned_data
    try:
        made = jobs.draw_sample(
            run=ref,
            hits=told["hits"] == "1",
            permille=round(told["percent"] * 10),
            seed=told["seed"],
            viewer=request.viewer,
            by=request.user,
            at=time.now(),
        )
    except NotAllowed as why:
        return page(request, run, draw_form=form, problem=str(why))
    return redirect("desk:check-sample", made.ref)
