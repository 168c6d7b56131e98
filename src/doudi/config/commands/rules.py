"""`doudi rules`: what rules there are, in words; and whether a pack is understood and its cases come out right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not
from doudi.policy import cases
from doudi.policy import pack as packs
from doudi.policy.language.errors import RuleError
from doudi.policy.parameters import FIRST_DAY, LAST_DAY, Parameter
from doudi.policy.rules import SUPERVISED, Article, Indicator, Programme, Supervision


def register(cli: click.Group) -> None:
    """Add the commands."""
    cli.add_command(rules)


@click.group()
def rules() -> None:
    """Programmes, indicators, overlaps and parameters of the packs in use."""


@rules.command("list")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to use; may be given several times")
@click.option("--facts", is_flag=True, help="list the fact catalogue instead")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def list_rules(names: tuple[str, ...], facts: bool, as_json: bool) -> None:
    """List everything the packs say, by code."""
    pack = _load(names, as_json)
    if facts:
        listed = [
            {"name": f.name, "label": f.label, "subject": f.subject, "type": f.type, "unit": f.unit, "codes": dict(f.codes)}
            for f in pack.names.facts.values()
        ]
        answer({"facts": listed}, as_json=as_json, lines=lambda: [f"{f['name']}\t{f['label']}\t{f['type']}" for f in listed])
    result = {
        "packs": list(pack.folders),
        "version": pack.version,
        "programmes": [_programme(rule) for versions in pack.programmes.values() for rule in versions],
        "indicators": [_indicator(rule) for code in sorted(pack.indicators) for rule in pack.indicators[code]],
        "overlaps": [
            {"code": r.code, "label": r.label, "if": r.test.text, **_dates(r.from_on, r.to_on), "articles": _articles(r.articles)}
            for versions in pack.overlaps.values()
            for r in versions
        ],
        "supervision": [_supervision(rule) for code in sorted(pack.supervision) for rule in pack.supervision[code]],
        "parameters": [_parameter(parameter) for parameter in pack.parameters.values() if not parameter.rule],
        "changed_rules": [_parameter(parameter) for parameter in pack.parameters.values() if parameter.rule],
        "money": {"code": pack.names.money.code, "unit": pack.names.money.unit, "decimals": pack.names.money.decimals},
    }
    answer(result, as_json=as_json, lines=lambda: _lines(result))


@rules.command("check")
@click.option("--pack", "names", multiple=True, metavar="NAME_OR_DIR", help="rules to check; may be given several times")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def check_rules(names: tuple[str, ...], as_json: bool) -> None:
    """Read packs and run the cases written beside the rules; exit code 1 when a case comes out otherwise."""
    pack = _load(names, as_json)
    try:
        outcomes = cases.run(pack)
    except RuleError as why:
        could_not(str(why), as_json=as_json)
    wrong = [str(outcome) for outcome in outcomes if not outcome.right]
    covered = {outcome.case.rule for outcome in outcomes}
    uncovered = sorted({*pack.programmes, *pack.indicators, *pack.overlaps, *pack.supervision} - covered)
    off = [
        f"{one.code} {one.label} 在 {one.place or '全国'} 关掉了，{_dates(one.from_on, one.to_on)['from'] or '一直'} 起"
        for one in pack.switched_off()
    ]
    result = {
        "version": pack.version, "cases": len(outcomes), "wrong": wrong, "without_cases": uncovered, "switched_off": off,
    }  # fmt: skip
    answer(
        result,
        as_json=as_json,
        lines=lambda: [
            f"{len(outcomes)} 个案例，{len(wrong)} 个不对",
            *wrong,
            *(f"没有案例：{code}" for code in uncovered),
            *off,
        ],
        code=FOUND_WRONG if wrong else DONE,
    )


def _load(names: tuple[str, ...], as_json: bool) -> packs.Pack:
    try:
        return packs.load(names or packs.DEFAULT)
    except RuleError as why:
        mistakes = [mistake.alone() for mistake in why.every()]
        could_not("\n".join(mistakes), as_json=as_json, mistakes=[_mistake(mistake) for mistake in why.every()])
    except OSError as why:
        could_not(f"读不了 {why.filename}：{why.strerror}", as_json=as_json)


def _mistake(why: RuleError) -> dict[str, Any]:
    return {
        "file": why.where.partition(" ")[0], "file_line": why.file_line or None, "rule": why.where.partition(" ")[2],
        "line": why.line, "column": why.column, "says": why.message + why.hint,
    }  # fmt: skip


def _dates(from_on: date, to_on: date) -> dict[str, str | None]:
    return {
        "from": None if from_on == FIRST_DAY else from_on.isoformat(),
        "to": None if to_on == LAST_DAY else to_on.isoformat(),
    }


def _articles(articles: tuple[Article, ...]) -> list[dict[str, Any]]:
    return [{"is": article.text, **_dates(article.from_on, article.to_on)} for article in articles]


def _programme(rule: Programme) -> dict[str, Any]:
    return {
        "code": rule.code,
        "label": rule.label,
        "subject": rule.subject,
        **_dates(rule.from_on, rule.to_on),
        "articles": _articles(rule.articles),
        "conditions": [{"name": c.name, "if": c.test.text, "articles": _articles(c.articles)} for c in rule.conditions],
        "amount": [{"name": step.name, "is": step.amount.text} for step in rule.steps],
    }


def _indicator(rule: Indicator) -> dict[str, Any]:
    return {
        "code": rule.code,
        "label": rule.label,
        "subject": rule.subject,
        "mode": rule.mode,
        "level": rule.level,
        **_dates(rule.from_on, rule.to_on),
        "articles": _articles(rule.articles),
        "clauses": [{"name": clause.name, "if": clause.test.text} for clause in rule.clauses],
    }


def _supervision(rule: Supervision) -> dict[str, Any]:
    return {
        "code": rule.code,
        "pack": rule.pack,
        "label": rule.label,
        "subject": rule.subject,
        "level": rule.level,
        **_dates(rule.from_on, rule.to_on),
        "articles": _articles(rule.articles),
        "clauses": [{"name": clause.name, "if": clause.test.text} for clause in rule.clauses],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    kind = parameter.kind

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {code: shown(one) for code, one in value.items()}
        if kind.type == "money":
            return parameter.money.plain(value)
        if kind.type == "formula":
            return kind.variants[value].text
        return f"{(Decimal(value) / kind.scale).normalize():f}" if kind.type == "ratio" else value

    return {
        "name": kind.name,
        "label": kind.label,
        "type": kind.type,
        "unit": kind.unit,
        "set_by": list(parameter.set_by),
        "values": [
            {"place": s.place, **_dates(s.from_on, s.to_on), "is": shown(s.value), "source": s.source} for s in parameter.settings
        ],
    }


def _lines(result: dict[str, Any]) -> list[str]:
    lines = [f"规则 {result['version']}：{'、'.join(result['packs'])}", "", "项目"]
    lines += [f"  {r['code']}\t{r['label']}\t{'；'.join(a['is'] for a in r['articles'])}" for r in result["programmes"]]
    lines += ["", "预警"]
    lines += [f"  {r['code']}\t{r['level']} {r['mode']}\t{r['label']}" for r in result["indicators"]]
    lines += ["", "不能同时领"] + [f"  {r['code']}\t{r['label']}" for r in result["overlaps"]]
    lines += ["", "监督"]
    lines += [f"  {r['code']}\t{r['level']} {SUPERVISED[r['pack']]}\t{r['label']}" for r in result["supervision"]]
    lines += ["", "参数"]
    for parameter in result["parameters"]:
        values = "；".join(f"{value['place'] or '全国'} {value['is']}" for value in parameter["values"]) or "还没有定"
        lines.append(f"  P.{parameter['name']}\t{parameter['label']}\t{values}")
    lines += ["", "改过的规则"] if result["changed_rules"] else []
    for parameter in result["changed_rules"]:
        values = "；".join(f"{value['place'] or '全国'} {value['is']}" for value in parameter["values"])
        lines.append(f"  {parameter['name']}\t{values}")
    return lines
