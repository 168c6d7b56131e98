"""Reading the rules: lists, one rule, one number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from doudi.office import queries as time
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.policy.rules import Indicator, Programme
from doudi.rulebook import queries
from doudi.rulebook.core import State, browse
from doudi.web.desk.rules import words
from doudi.web.parts.permits import permit

WAYS = {"programme": "项目", "indicator": "预警", "overlap": "不能同领", "number": "各地定的数", "fact": "事实"}


def law() -> tuple[Pack, list[queries.Broken]]:
    """The law that counts; where a change made here is not understood any more, the law as it came and what is wrong."""
    try:
        return queries.pack(), []
    except RuleError:
        return queries.shipped(), queries.broken()


def day_asked(request: HttpRequest) -> date:
    """The day the rules are looked at on, by default today.

    :raises Http404: not a day
    """
    text = request.GET.get("on", "")
    if not text:
        return time.today(time.now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


@permit("rules.read")
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All rules, by programme, class of warnings, number or fact; found by article, fact, number or word."""
    pack, broken = law()
    on, asked, way = day_asked(request), request.GET.get("q", "").strip()[:80], request.GET.get("by", "programme")
    fact = request.GET.get("fact", "")
    if way not in WAYS or (fact and fact not in pack.names.facts):
        raise Http404
    viewer = request.viewer
    every = browse.every(pack)
    groups: list[dict[str, Any]] = []
    if asked:
        groups = [{"label": "找到的规则", "entries": browse.search(pack, asked, on)}]
    elif fact:
        reading = [browse.entry(one, on) for one in every.values() if fact in browse.facts(browse.current(one, on))]
        groups = [{"label": f"读“{pack.names.facts[fact].label}”的规则", "entries": reading}]
    elif way in ("programme", "overlap"):
        kept = [browse.entry(one, on) for one in every.values() if browse.kind_of(one[0]) == way]
        groups = [{"label": "救助和补贴项目" if way == "programme" else "不能同时领的", "entries": kept}]
    elif way == "indicator":
        kept = [browse.entry(one, on) for one in every.values() if browse.kind_of(one[0]) == way]
        groups = [
            {"label": f"{letter} 类：{label}", "entries": [one for one in kept if one.code[0] == letter]}
            for letter, label in browse.CLASSES.items()
        ]
    context = {
        "groups": [group for group in groups if group["entries"]],
        "levels": words.LEVELS,
        "kinds": words.KINDS,
        "ways": [{"words": label, "href": f"?{urlencode({'by': code})}", "here": code == way and not asked and not fact}
                 for code, label in WAYS.items()],
        "numbers": _numbers(pack, viewer.area, on, asked) if (way == "number" and not fact) or asked else [],
        "facts": _facts(pack, asked) if (way == "fact" and not fact) or asked else [],
        "asked": asked,
        "on": on,
        "waiting": queries.waiting(viewer) if viewer.may("rules.approve") else 0,
        "drafts": len(queries.changes(viewer, state=State.DRAFT)) if viewer.may("rules.change") else 0,
        "broken": broken,
        "version": pack.version,
    }  # fmt: skip
    return render(request, "desk/rules/page.html", context)


def _numbers(pack: Pack, area: str, on: date, asked: str) -> list[dict[str, Any]]:
    found = []
    for name, parameter in sorted(pack.parameters.items()):
        number = None if parameter.rule else words.number_of(pack, name, on)
        if number is None or (asked and asked.lower() not in name and asked not in number.label):
            continue
        value, source = words.value_at(number, area, on, pack)
        found.append({"name": name, "label": number.label, "value": value, "source": source, "who": number.who})
    return found


def _facts(pack: Pack, asked: str) -> list[dict[str, Any]]:
    readers: dict[str, int] = {}
    for rules in browse.every(pack).values():
        for name in browse.facts(rules[0]):
            readers[name] = readers.get(name, 0) + 1
    return [
        {
            "fact": fact,
            "type": words.UNITS.get(fact.unit) or words.TYPES[fact.type],
            "sources": "、".join(pack.sources[one].label if one in pack.sources else one for one in fact.sources),
            "readers": readers.get(name, 0),
        }
        for name, fact in pack.names.facts.items()
        if not asked or asked.lower() in name or asked in fact.label
    ]


@permit("rules.read")
@require_safe
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: its conditions in words, its numbers, its articles, its examples with what comes out, its history.

    :raises Http404: no such rule
    """
    pack, broken = law()
    versions = browse.versions(pack, code)
    if not versions:
        raise Http404
    on, viewer = day_asked(request), request.viewer
    shown = browse.current(versions, on)
    numbers = [words.number_of(pack, name, on) for name in browse.parameters(shown) if "." not in name]
    tunables = [words.number_of(pack, one.name, on) for one in shown.tunables] if isinstance(shown, Indicator) else []
    cases = words.case_rows(pack, [case for case in pack.cases if case.rule == code])
    context = {
        "rule": shown,
        "kind": words.KINDS[browse.kind_of(shown)],
        "subject": words.SUBJECTS[shown.subject] if browse.kind_of(shown) != "overlap" else "按人",
        "mode": words.MODES[shown.mode] if isinstance(shown, Indicator) else "",
        "level": words.LEVELS[shown.level] if isinstance(shown, Indicator) else None,
        "among": words.spoken_or_text(shown.among.text, pack.names) if isinstance(shown, Indicator) and shown.among else "",
        "articles": dict.fromkeys(one.text for one in browse.articles(shown) if one.from_on <= on <= one.to_on),
        "in_force": shown.from_on <= on <= shown.to_on,
        "versions": versions,
        "last_day": words.LAST_DAY,
        "lines": words.lines(shown, pack.names, on),
        "steps": words.steps(shown, pack.names) if isinstance(shown, Programme) else [],
        "numbers": [_shown(one, pack, viewer.area, on) for one in numbers if one],
        "tunables": [_shown(one, pack, viewer.area, on) for one in tunables if one],
        "facts": sorted((pack.names.facts[name] for name in browse.facts(shown)), key=lambda fact: (fact.subject, fact.name)),
        "cases": cases,
        "wrong": sum(not case.right for case in cases),
        "changes": queries.changes(viewer, rule=code),
        "states": words.STATES,
        "local": _local(viewer, code),
        "broken": broken,
        "on": on,
    }
    return render(request, "desk/rules/rule.html", context)


def _shown(number: words.Number, pack: Pack, area: str, on: date) -> dict[str, Any]:
    value, source = words.value_at(number, area, on, pack)
    return {"number": number, "value": value, "source": source}


def _local(viewer: Any, code: str) -> bool:
    """Whether the warning was written here, and this viewer may write it anew."""
    return viewer.may("rules.change") and any(
        one.kind == "indicator" and viewer.sees(one.place) for one in queries.changes(viewer, rule=code, state=State.APPROVED)
    )


@permit("rules.read")
@require_safe
def number(request: HttpRequest, name: str) -> HttpResponse:
    """One number: who sets it, what counts where and when, which rules read it, its history.

    :raises Http404: no such number
    """
    pack, broken = law()
    on, viewer = day_asked(request), request.viewer
    found = words.number_of(pack, name, on)
    if found is None:
        raise Http404
    places = {s.place for s in found.parameter.settings} if found.parameter else set()
    labels = time.area_labels([code for place in places for code in (place, place.ljust(6, "0"))])
    labels |= {place: labels[place.ljust(6, "0")] for place in places if place.ljust(6, "0") in labels}
    value, source = words.value_at(found, viewer.area, on, pack)
    readers = [
        browse.entry(one, on)
        for one in browse.every(pack).values()
        if name in browse.parameters(browse.current(one, on)) or one[0].code == found.rule
    ]
    context = {
        "number": found,
        "type": words.UNITS.get(found.kind.unit) or words.TYPES[found.kind.type],
        "value": value,
        "source": source,
        "written": words.written_words(found, pack.names) if found.written is not None else "",
        "rows": words.value_rows(found, pack.names, labels, on),
        "readers": readers,
        "kinds": words.KINDS,
        "changes": queries.changes(viewer, parameter=name),
        "states": words.STATES,
        "broken": broken,
    }
    return render(request, "desk/rules/number.html", context)
