"""Writing a change: a number for a place, or a local warning with help while it is typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from doudi.office import queries as time
from doudi.office.core import NotAllowed
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.rulebook import actions, queries
from doudi.rulebook.core import Kind, State, check_setter, level_of, value_of
from doudi.web.desk.rules import help, words
from doudi.web.desk.rules.browse import law
from doudi.web.desk.rules.forms import CLAUSES, IndicatorForm, NumberForm, typed, typed_number
from doudi.web.parts.permits import permit


def places_of(viewer: Any) -> list[tuple[str, str]]:
    """Where a post may set something: its own county or city, and the counties inside."""
    area = viewer.area[:6].ljust(6, "0")
    found = [(area, time.area_label(area))]
    if level_of(area) == "county":
        return found
    return found + [(row.code, row.label) for row in time.areas(kind="county") if viewer.sees(row.code) and row.code != area]


# ---- a number -----------------------------------------------------------------------------------------------------------


@permit("rules.change")
@require_http_methods(["GET", "HEAD", "POST"])
def set_number(request: HttpRequest, name: str) -> HttpResponse:
    """Write down a number for a place from a day.

    :raises Http404: no such number
    """
    return _number_page(request, name, None)


def _number_page(request: HttpRequest, name: str, change: queries.ChangeRow | None) -> HttpResponse:
    at = time.now()
    pack, broken = law()
    on = time.today(at)
    number = words.number_of(pack, name, on)
    if number is None:
        raise Http404
    places = places_of(request.viewer)
    problem = refused = _who_may(number, places)
    begin = {"starts_on": on + timedelta(days=1), "place": places[0][0] if len(places) == 1 else ""}
    if change:
        begin = {"place": change.place, "starts_on": change.starts_on, "source": change.source, "note": change.note}
        begin |= typed_number(change.what)
    form = NumberForm(number, pack.names, places, request.POST or None, initial=begin)
    if request.method == "POST" and form.is_valid():
        said, what = form.cleaned_data, form.what()
        given = {key: said[key] for key in ("place", "starts_on", "source", "note")}
        title = _number_title(number, what, dict(places)[said["place"]], pack)
        try:
            if change:
                kept = actions.edit(ref=change.ref, title=title, what=what, **given, by=request.user, at=at)
            else:
                kind = Kind.TUNE if number.rule else Kind.VALUE
                kept = actions.draft(
                    kind=kind, title=title, what=what, rule=number.rule, parameter=name, **given, by=request.user, at=at
                )
        except NotAllowed as why:
            problem = str(why)
        else:
            return redirect("desk:rules-change", kept.ref)
    value, source = words.value_at(number, request.viewer.area, on, pack)
    context = {
        "number": number, "form": form, "problem": problem, "refused": refused, "value": value, "source": source,
        "change": change, "broken": broken, "type": words.UNITS.get(number.kind.unit) or words.TYPES[number.kind.type],
    }  # fmt: skip
    return render(request, "desk/rules/set.html", context, status=422 if request.method == "POST" else 200)


def _who_may(number: words.Number, places: list[tuple[str, str]]) -> str:
    """Why nobody of this post may set the number anywhere; empty when they may somewhere."""
    why = ""
    for place, _ in places:
        if number.parameter is None or number.rule:
            return ""
        try:
            check_setter(number.parameter, place)
        except NotAllowed as refused:
            why = why or str(refused)
        else:
            return ""
    return why


def _number_title(number: words.Number, what: dict[str, Any], place: str, pack: Pack) -> str:
    try:
        parameter = number.parameter
        value = parameter.value_of(value_of(what)) if parameter else what["is"]
        said = words.value_words(number.kind, value, pack.names)
    except RuleError:
        said = str(what["is"])
    title = f"{place}：{number.label}改成 {said}"
    return title if len(title) <= 120 else f"{title[:119]}…"


# ---- a warning of the place's own ---------------------------------------------------------------------------------------


@permit("rules.change")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a local warning; `?code=` writes one anew that counts already."""
    viewer, code, before = request.viewer, request.GET.get("code", ""), None
    if code:
        counting = queries.changes(viewer, rule=code, state=State.APPROVED)
        before = next((one for one in counting if one.kind == Kind.INDICATOR and viewer.sees(one.place)), None)
        if before is None:
            raise Http404
    return _indicator_page(request, None, before)


def _indicator_page(request: HttpRequest, change: queries.ChangeRow | None, before: queries.ChangeRow | None) -> HttpResponse:
    at = time.now()
    pack, broken = law()
    on, places, problem = time.today(at), places_of(request.viewer), ""
    begin: dict[str, Any] = {"starts_on": on + timedelta(days=1), "place": places[0][0] if len(places) == 1 else ""}
    if before:
        begin |= typed(before.what, before.cases) | {"place": before.place}
    if change:
        begin = typed(change.what, change.cases)
        begin |= {"place": change.place, "starts_on": change.starts_on, "source": change.source, "note": change.note}
    elif not before:
        begin |= {"code": _next_code(pack)}
    form = IndicatorForm(places, request.POST or None, initial=begin)
    looking = request.method == "POST" and "check" in request.POST
    valid = request.method == "POST" and form.is_valid()
    if valid and not looking:
        said = form.cleaned_data
        given = {key: said[key] for key in ("place", "starts_on", "source", "note")}
        title = f"{dict(places)[said['place']]}：{'改写' if before else '新写'}预警 {said['code']} {said['label']}"
        try:
            _not_taken(pack, said["code"], before or change, request.viewer)
            if change:
                kept = actions.edit(
                    ref=change.ref, title=title, what=form.what(), cases=form.cases(), **given, by=request.user, at=at
                )
            else:
                kept = actions.draft(
                    kind=Kind.INDICATOR, title=title, what=form.what(), cases=form.cases(), rule=said["code"], **given,
                    by=request.user, at=at,
                )  # fmt: skip
        except NotAllowed as why:
            problem = str(why)
        else:
            return redirect("desk:rules-change", kept.ref)
    subject = form["subject"].value() or "household"
    bound = request.method == "POST"
    context = {
        "form": form, "problem": problem, "change": change, "before": before, "broken": broken,
        "helps": _helps(form, subject, pack) if bound else {},
        "looked": looking,
        "outcome": _tried(pack, form, on) if looking and valid else None,
    }  # fmt: skip
    return render(request, "desk/rules/new.html", context, status=422 if bound and not (looking and valid) else 200)


def _helps(form: IndicatorForm, subject: str, pack: Pack) -> dict[str, help.Help]:
    """What every condition typed so far says: the button's answer where there is no script."""
    asked = {name: form[name].value() or "" for name in ("among", *(f"if-{n}" for n in range(CLAUSES)))}
    return {name: help.read(text, subject, pack.names) for name, text in asked.items() if text.strip()}


def _next_code(pack: Pack) -> str:
    taken = {int(code[1:]) for code in pack.indicators if code[0] == "L" and code[1:].isdigit()}
    return f"L{next(n for n in range(1, 1000) if n not in taken):02d}"


def _not_taken(pack: Pack, code: str, before: queries.ChangeRow | None, viewer: Any) -> None:
    """Stop two warnings of one number.

    :raises NotAllowed: somebody else's has it already
    """
    if code in pack.indicators and not (before and before.rule == code):
        raise NotAllowed(f"{code} 已经有人用了，请换一个编号，例如 {_next_code(pack)}。")


def _tried(pack: Pack, form: IndicatorForm, on: Any) -> dict[str, Any]:
    """What the warning as typed makes of its examples; nothing is kept."""
    try:
        outcomes = queries.try_out(form.what(), form.cases(), form.cleaned_data["place"], form.cleaned_data["source"], on)
    except RuleError as why:
        return {"problem": str(why)}
    return {"cases": [{"name": one.case.name, "right": one.right, "got": words.ANSWERS[one.got["state"]]} for one in outcomes]}


@permit("rules.change")
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What a condition says as far as it is typed; asked while somebody types."""
    field = request.POST.get("field", "")
    if field not in ("among", *(f"if-{n}" for n in range(CLAUSES))):
        raise Http404
    subject = request.POST.get("subject") or "household"
    pack, _ = law()
    found = help.read(request.POST.get(field, "")[:4100], subject if subject in words.SUBJECTS else "household", pack.names)
    return render(request, "desk/rules/_help.html", {"help": found, "field": field})


@permit("rules.change")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Write a draft anew.

    :raises Http404: no such draft for this viewer
    """
    found = queries.change(ref, request.viewer)
    if found is None or found.state != State.DRAFT or not request.viewer.sees(found.place):
        raise Http404
    if found.kind == Kind.INDICATOR:
        return _indicator_page(request, found, None)
    return _number_page(request, found.parameter, found)
