"""Finding one's way in the rules: by programme, by class of warnings, by article, by fact, by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from doudi.policy.pack import Pack
from doudi.policy.rules import Article, Expression, Indicator, Overlap, Programme

CLASSES = {
    "A": "突发困难", "B": "边缘易变", "C": "特殊照料", "D": "在享核查", "L": "本地写的",
}  # fmt: skip
Rule = Programme | Indicator | Overlap
_SPACES = re.compile(r"[\s　]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule as lists show it."""

    code: str
    label: str
    kind: str  # programme, indicator, overlap
    level: str
    articles: tuple[str, ...]
    from_on: date
    here: bool  # in force on the day looked at


def kind_of(rule: Rule) -> str:
    """programme, indicator or overlap."""
    return {Programme: "programme", Indicator: "indicator"}.get(type(rule), "overlap")


def every(pack: Pack) -> dict[str, tuple[Rule, ...]]:
    """Every rule with its versions, by code: programmes first, then warnings, then what may not be held together."""
    return {**pack.programmes, **dict(sorted(pack.indicators.items())), **pack.overlaps}


def versions(pack: Pack, code: str) -> tuple[Rule, ...]:
    """The versions of a rule, newest first; none when there is no such rule."""
    return tuple(sorted(every(pack).get(code, ()), key=lambda rule: rule.from_on, reverse=True))


def current(rules: Iterable[Rule], on: date) -> Rule:
    """The version in force on a day, else the one nearest to it."""
    listed = list(rules)
    return next((rule for rule in listed if rule.from_on <= on <= rule.to_on), listed[0])


def entry(rules: tuple[Rule, ...], on: date) -> Entry:
    """A rule as a line of a list."""
    rule = current(rules, on)
    own = [one for one in rule.articles if one.from_on <= on <= one.to_on]
    cited = dict.fromkeys(one.text for one in own or articles(rule) if one.from_on <= on <= one.to_on)
    level = rule.level if isinstance(rule, Indicator) else ""
    return Entry(rule.code, rule.label, kind_of(rule), level, tuple(cited), rule.from_on, rule.from_on <= on <= rule.to_on)


def articles(rule: Rule) -> Iterator[Article]:
    """Every article a rule cites, those of its conditions included."""
    yield from rule.articles
    if isinstance(rule, Programme):
        for condition in rule.conditions:
            yield from condition.articles


def expressions(rule: Rule) -> Iterator[Expression]:
    """Everything a rule computes."""
    if isinstance(rule, Programme):
        for condition in rule.conditions:
            yield condition.test
            yield from condition.values.values()
            if condition.ask:
                yield condition.ask
        for step in rule.steps:
            yield step.amount
    elif isinstance(rule, Indicator):
        yield rule.fires
        yield from rule.basis
        yield from rule.values.values()
        if rule.among:
            yield rule.among
        for clause in rule.clauses:
            yield clause.test
            if clause.points:
                yield clause.points
    else:
        yield from (rule.test, rule.since, rule.counts, *rule.values.values())


def facts(rule: Rule) -> set[str]:
    """Every fact a rule reads."""
    return {name for one in expressions(rule) for name in one.facts}


def parameters(rule: Rule) -> list[str]:
    """Every number of a place a rule reads, in the order it reads them."""
    return list(dict.fromkeys(name for one in expressions(rule) for name in one.parameters))


def cites(rule: Rule, asked: str) -> bool:
    """Whether a rule cites an article: "D57 Art. 13" also finds "D57 Art. 13、14", and "D57" alone finds all of it."""
    wanted = _SPACES.sub("", asked).upper()
    name, _, number = wanted.partition("ART.")
    for one in articles(rule):
        text = _SPACES.sub("", one.text).upper()
        for part in re.split(r"[；;，]", text):
            cited, _, numbers = part.partition("ART.")
            if cited != name and not (not number and name in part):
                continue
            if not number or number in _numbers(numbers):
                return True
    return False


def _numbers(text: str) -> set[str]:
    """The articles of "13、15–17": 13, 15, 16, 17."""
    found: set[str] = set()
    for part in re.split(r"[、,]", text):
        ends = re.findall(r"\d+", part)
        if len(ends) == 2 and re.search(r"\d[–-]\d", part):
            found |= {str(number) for number in range(int(ends[0]), min(int(ends[1]), int(ends[0]) + 200) + 1)}
        else:
            found |= set(ends[:1])
    return found


def search(pack: Pack, words: str, on: date) -> list[Entry]:
    """Rules by code, name, article, a fact or a number they read, or a word of their sentences."""
    asked = words.strip()
    if not asked:
        return []
    low = asked.lower()
    named = {name for name, fact in pack.names.facts.items() if low in name or asked in fact.label}
    named |= {name for name, kind in pack.names.parameters.items() if low in name.lower() or asked in kind.label}
    found = []
    for rules in every(pack).values():
        rule = current(rules, on)
        read = {one for part in expressions(rule) for one in (*part.facts, *part.parameters)}
        if low == rule.code.lower() or asked in rule.label or cites(rule, asked) or named & read or asked in _said(rule):
            found.append(entry(rules, on))
    return found


def _said(rule: Rule) -> str:
    if isinstance(rule, Programme):
        parts = [rule.note, *(c.label + c.met.text + c.not_met.text for c in rule.conditions), *(s.label for s in rule.steps)]
        return " ".join(parts)
    more = (rule.advice, *(clause.words.text for clause in rule.clauses)) if isinstance(rule, Indicator) else ()
    return " ".join((rule.words.text, *rule.innocent, *more))
