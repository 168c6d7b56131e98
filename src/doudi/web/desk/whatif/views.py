"""Try other numbers on everybody: what a month would cost, who would be entitled and no longer. In counts; nothing is kept."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.monitoring import whatif
from doudi.monitoring.whatif import NotPublished
from doudi.policy.language.errors import RuleError
from doudi.web.desk.whatif import charts
from doudi.web.desk.whatif.asking import Asking, read
from doudi.web.parts.permits import permit


@permit("rules.try")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The numbers to try and, when some are typed in, what they would change."""
    try:
        asked = read(request)
    except NotPublished as why:
        return render(request, "desk/whatif/page.html", {"empty": str(why)})
    context: dict[str, Any] = {"asked": asked, "readings": whatif.READINGS}
    if not asked.scenarios:
        return render(request, "desk/whatif/page.html", context)
    try:
        answers = _answers(asked, with_rates=False)
        context |= _worded(asked, answers)
    except (RuleError, NotPublished) as why:
        return render(request, "desk/whatif/page.html", context | {"problem": str(why)}, status=422)
    return render(request, "desk/whatif/page.html", context)


@permit("rules.try")
@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """What help leaves of the next 100 yuan earned: everybody is asked once more, so it comes after the rest."""
    asked = _tried(request)
    try:
        answers = _answers(asked, with_rates=True)
    except RuleError as why:
        return HttpResponse(str(why), status=422)
    whole = request.headers.get("HX-Request") != "true"
    context = {"asked": asked, "answers": answers, "rates": charts.rates(answers)}
    return render(request, "desk/whatif/rates.html" if whole else "desk/whatif/_rates.html", context)


@permit("rules.try")
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The figures as a table for spreadsheets."""
    return _file(request, "csv")


@permit("rules.try")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """The figures for other programs."""
    return _file(request, "json")


def _file(request: HttpRequest, kind: str) -> HttpResponse:
    asked = _tried(request)
    try:
        answers = _answers(asked, with_rates=kind == "json")
    except RuleError as why:
        return HttpResponse(str(why), status=422, content_type="text/plain; charset=utf-8")
    if kind == "csv":
        response = HttpResponse(whatif.as_csv(answers), content_type="text/csv; charset=utf-8")
    else:
        text = json.dumps({"scenarios": answers}, ensure_ascii=False, indent=1)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="whatif-{asked.place.code}-{asked.on}.{kind}"'
    return response


def _tried(request: HttpRequest) -> Asking:
    """What the address asks for, where it tries anything.

    :raises Http404: nothing is tried, or there is no cycle to try it on; the form says so in words
    """
    try:
        asked = read(request)
    except NotPublished:
        raise Http404 from None
    if not asked.scenarios:
        raise Http404
    return asked


def _answers(asked: Asking, *, with_rates: bool) -> list[dict[str, Any]]:
    return whatif.compare(asked.place.code, asked.scenarios, on=asked.on, reading=asked.reading, with_rates=with_rates)


def _worded(asked: Asking, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers put side by side: now once, each scenario beside it."""
    first = answers[0]
    programmes = [{"now": one, "then": [_then(told, at) for told in answers]} for at, one in enumerate(first["programmes"])]
    moved = [one for one in programmes if any(then["affected"] for then in one["then"])]
    chosen = next((one for one in programmes if one["now"]["code"] == asked.show), None) or (moved or programmes)[0]
    climb = whatif.climb(asked.place.code, asked.scenarios, on=asked.on, members=asked.members, kind=asked.kind)
    said = {entry.key: entry.name for entry in asked.entries}
    for told, scenario in zip(answers, asked.scenarios, strict=True):
        keys = [f"{one.parameter}.{one.code}" if one.code else one.parameter for one in scenario.changes]
        told["changes_said"] = [f"{said[key]}改成 {one.written}" for key, one in zip(keys, scenario.changes, strict=True)]
    return {
        "answers": answers,
        "first": first,
        "programmes": programmes,
        "moved": moved,
        "still": [one for one in programmes if one not in moved],
        "chosen": chosen,
        "costs": charts.costs(moved),
        "cuts": [
            {"code": code, "title": title, "first": head, **charts.cut(chosen["then"], code)}
            for code, title, head in (
                ("places", "按地方", "地方"), ("bands", "按家里人均收入和低保标准比", "人均收入"), ("kinds", "按家庭", "家庭"),
            )
        ],
        "climb": charts.climb(climb),
        "rolls": [one for one in programmes if one["now"]["roll"]],
    }  # fmt: skip


def _then(told: dict[str, Any], at: int) -> dict[str, Any]:
    """One programme by one scenario, with what the page says of it."""
    one = told["programmes"][at]
    return one | {"scenario": told["scenario"], "more": charts.more(one["total"])}
