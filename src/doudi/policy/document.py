"""A pack as a page people read: programmes, numbers, what may be held together, warnings, each with its article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from doudi.facts import money
from doudi.policy.matrix import INCOMES, RELATIONS
from doudi.policy.pack import Pack
from doudi.policy.parameters import FIRST_DAY, LAST_DAY, Parameter
from doudi.policy.rules import SUPERVISED, Article, Indicator, Programme

SETTERS = {"nation": "全国", "province": "省", "city": "市", "county": "县"}
LEVEL = {"R": "急", "O": "要紧", "Y": "留意"}
SUBJECT = {"person": "个人", "household": "家庭"}


def markdown(pack: Pack) -> str:
    """The whole page. It changes only when the pack does, so a copy in docs/ can be checked."""
    return (
        "\n".join(
            [*_head(), *_programmes(pack), *_parameters(pack), *_matrix(pack), *_indicators(pack), *_supervision(pack)]
        ).rstrip()
        + "\n"
    )


def _head() -> list[str]:
    return [
        "# Programmes, numbers, stacking and warnings",
        "",
        "Written by `doudi rules document` from the packs; do not edit. What a rule says is a proposal, a person decides.",
        "Grades in the notes: V the article itself was read, S a notice that quotes it, K to be confirmed, D our own.",
        "",
    ]


def _programmes(pack: Pack) -> Iterator[str]:
    yield "## Programmes"
    for code in sorted(pack.programmes):
        for rule in pack.programmes[code]:
            yield from _programme(rule)


def _programme(rule: Programme) -> Iterator[str]:
    yield from ("", f"### {rule.label} `{rule.code}`", "")
    yield f"{SUBJECT[rule.subject]} · {_period(rule.from_on, rule.to_on)} · {_articles(rule.articles)}"
    if rule.note:
        yield from ("", rule.note)
    yield from (
        "",
        *_table(
            ["condition", "holds when", "article"],
            ([f"{one.label or one.name} `{one.name}`", _code(one.test.text), _articles(one.articles)] for one in rule.conditions),
        ),
    )
    asks = [f"{one.label or one.name}：{one.asks.text}" for one in rule.conditions if one.asks]
    if asks:
        yield from ("", "A person decides:", "", *(f"* {text}" for text in asks))
    if rule.steps:
        steps = ([f"{step.label or step.name} `S.{step.name}`", _code(step.amount.text)] for step in rule.steps)
        yield from ("", *_table(["step of the amount", "reckoned as"], steps))


def _parameters(pack: Pack) -> Iterator[str]:
    yield from ("", "## Numbers and formulas", "")
    yield "Where nothing is set for a place, the answer is unknown and names the number."
    yield ""
    rows = []
    for name in sorted(pack.parameters):
        parameter = pack.parameters[name]
        values = "<br>".join(_setting(parameter, one) for one in parameter.settings) or "还没有定"
        setters = "、".join(SETTERS.get(level, level) for level in parameter.set_by)
        rows.append([f"`P.{name}`", parameter.kind.label, setters, values, parameter.note])
    yield from _table(["name", "what", "set by", "values", "note"], rows)


def _setting(parameter: Parameter, one: Any) -> str:
    place, period = one.place or "全国", _period(one.from_on, one.to_on)
    source = f"（{one.source}）" if one.source else ""
    return f"{place} {period}：{_written(parameter, one.value)}{source}"


def _written(parameter: Parameter, value: Any) -> str:
    kind = parameter.kind
    if isinstance(value, dict):
        return "，".join(f"{code} {_written(parameter, one)}" for code, one in value.items())
    match kind.type:
        case "formula":
            return _code(kind.variants[value].text)
        case "money":
            return f"{money.yuan(value)} 元"
        case "ratio":
            return f"{value / kind.scale:g}"
        case "flag":
            return "是" if value else "否"
    return str(value)


def _matrix(pack: Pack) -> Iterator[str]:
    yield from ("", "## What may be held together", "", "Judged for each month of entitlement.", "")
    label = {code: benefit.label for code, benefit in pack.benefits.items()}
    rows = []
    for cell in sorted(pack.stacking, key=lambda one: (one.code, one.row, one.column, one.kind)):
        said = [RELATIONS[cell.relation], INCOMES[cell.income]]
        said += [f"留下{label[cell.keeps]}"] if cell.keeps else []
        said += [f"补差的是{label[cell.pays]}"] if cell.pays else []
        said += [f"未满 {cell.under_age} 岁"] if cell.under_age else []
        said += [{"full": "全额的", "difference": "补差的"}.get(cell.kind, cell.kind)] if cell.kind else []
        pair = f"{label[cell.row]} + {label[cell.column]}"
        rule = cell.label + (f"（{cell.note}）" if cell.note else "")
        rows.append(
            [
                cell.code,
                pair,
                "；".join(filter(None, said)),
                rule,
                _period(cell.from_on, cell.to_on),
                _articles(cell.articles),
                cell.grade,
            ]
        )
    yield from _table(["id", "benefits", "relation", "rule", "from", "article", "grade"], rows)


def _indicators(pack: Pack) -> Iterator[str]:
    yield from ("", "## Warnings", "", "A warning opens a visit or a check; it never changes anybody's money.", "")
    rules = [rule for code in sorted(pack.indicators) for rule in pack.indicators[code]]
    yield from _table(["code", "warning", "mode", "level", "fires when", "article"], (_indicator(rule) for rule in rules))


def _supervision(pack: Pack) -> Iterator[str]:
    yield from ("", "## Supervision of the work", "", "Asks the office, never the people.", "")
    rules = [rule for code in sorted(pack.supervision) for rule in pack.supervision[code]]
    rows = []
    for rule in rules:
        clauses = "<br>".join(_code(clause.test.text) for clause in rule.clauses)
        level = f"{rule.level} {LEVEL[rule.level]}"
        rows.append([rule.code, SUPERVISED[rule.pack], rule.label, level, clauses, _articles(rule.articles)])
    yield from _table(["code", "pack", "finding", "level", "found when", "article"], rows)


def _indicator(rule: Indicator) -> list[str]:
    clauses = "<br>".join(_code(clause.test.text) for clause in rule.clauses)
    mode = {"trigger": "触发", "points": "积分"}[rule.mode]
    return [rule.code, rule.label, mode, f"{rule.level} {LEVEL[rule.level]}", clauses, _articles(rule.articles)]


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]


def _code(text: str) -> str:
    return f"`{' '.join(text.split())}`"


def _period(from_on: date, to_on: date) -> str:
    begins = "" if from_on == FIRST_DAY else from_on.isoformat()
    return f"{begins} – {'' if to_on == LAST_DAY else to_on.isoformat()}".strip() if (begins or to_on != LAST_DAY) else "–"


def _articles(articles: Iterable[Article]) -> str:
    found = []
    for article in articles:
        dated = article.from_on != FIRST_DAY or article.to_on != LAST_DAY
        found.append(article.text + (f"（{_period(article.from_on, article.to_on)}）" if dated else ""))
    return "；".join(found)
