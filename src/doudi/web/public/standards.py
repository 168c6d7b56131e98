"""Rules and amounts in plain words, from the very pack that computes: each number with its place, first day and document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.policy.language.names import Kind
from doudi.policy.pack import Pack
from doudi.policy.parameters import FIRST_DAY
from doudi.policy.rules import Programme
from doudi.rulebook import queries as rulebook
from doudi.web.parts.templatetags.parts import full_day, yuan

UNITS = {"heads": "人", "years": "岁", "months": "个月", "days": "天", "grade": "级", "count": "", "points": "分"}


PLAIN = {  # what a programme is called among people; the name of the law stands beside it
    "dibao": gettext_lazy("最低生活保障（低保）"),
    "near_dibao": gettext_lazy("比低保线高一点的家庭"),
    "rigid_expenditure": gettext_lazy("看病、上学花费太大的家庭"),
    "tekun": gettext_lazy("没有劳动能力、没有收入、没有人养的人（特困）"),
    "single_person_dibao": gettext_lazy("家里只有一个人重残、重病的（单人保）"),
    "temporary_emergency": gettext_lazy("突然遭了难，一时过不下去（临时救助）"),
    "temporary_expenditure": gettext_lazy("看病、上学花太多，一时过不下去（临时救助）"),
    "medical": gettext_lazy("医保报了以后，自己还付不起的看病钱"),
    "medical_premium": gettext_lazy("帮交医保"),
    "unattended_child": gettext_lazy("父母都不能照顾的孩子"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number a place set: in words, where, since when, by which document."""

    label: str
    value: str
    since: str
    source: str


@dataclass(frozen=True, slots=True)
class Standard:
    """One programme as people read it."""

    code: str
    label: str
    plain: str
    note: str
    conditions: tuple[str, ...]
    amounts: tuple[Amount, ...]
    limits: tuple[Amount, ...]
    articles: tuple[str, ...]


def standards(area: str, on: date) -> list[Standard]:
    """Every programme in force on a day, with the numbers that hold in an area; a number told once is not told again."""
    pack, found, told = rulebook.pack(), [], set[str]()
    for programme in pack.programmes_on(on):
        found.append(_standard(pack, programme, area, on, told))
    return found


def _standard(pack: Pack, programme: Programme, area: str, on: date, told: set[str]) -> Standard:
    expressions = [condition.test for condition in programme.conditions] + [step.amount for step in programme.steps]
    names = dict.fromkeys(name.partition(":")[0] for expression in expressions for name in expression.parameters)
    new = [name for name in names if name not in told and pack.parameters[name].kind.type != "flag"]
    told.update(new)
    money = [name for name in new if pack.parameters[name].kind.type == "money"]
    articles = [article.text for article in programme.articles if article.from_on <= on <= article.to_on]
    return Standard(
        code=programme.code,
        label=programme.label,
        plain=str(PLAIN.get(programme.code, programme.label)),
        note=programme.note,
        conditions=tuple(condition.label for condition in programme.conditions),
        amounts=tuple(amount for name in money for amount in _amounts(pack, name, area, on)),
        limits=tuple(amount for name in new if name not in money for amount in _amounts(pack, name, area, on)),
        articles=tuple(dict.fromkeys(articles)),
    )


def _amounts(pack: Pack, name: str, area: str, on: date) -> list[Amount]:
    parameter = pack.parameters[name]
    setting = parameter.at(area, on)
    if setting is None:
        return [Amount(parameter.kind.label, _("这里还没有定"), "", "")]
    since = full_day(setting.from_on) if setting.from_on > FIRST_DAY else ""
    if not isinstance(setting.value, dict):
        return [Amount(parameter.kind.label, written(parameter.kind, setting.value), since, setting.source)]
    codes = pack.names.facts[parameter.kind.by].codes
    return [
        Amount(f"{parameter.kind.label}（{codes.get(code, code)}）", written(parameter.kind, value), since, setting.source)
        for code, value in setting.value.items()
    ]


def written(kind: Kind, value: Any) -> str:
    """A parameter's value as people write it."""
    if kind.type == "money":
        return yuan(value)
    if kind.type == "date":
        return full_day(value)
    if kind.type == "ratio":
        return f"{value / kind.scale:g}" + _(" 倍")
    return f"{value} {_(UNITS[kind.unit])}" if UNITS.get(kind.unit) else str(value)
