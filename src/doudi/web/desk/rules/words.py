"""Rules and numbers in words for pages: each condition read back in Chinese, each value with its unit, each place by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.policy import cases as examples
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Kind, Names
from doudi.policy.pack import Pack
from doudi.policy.parameters import FIRST_DAY, LAST_DAY, Parameter
from doudi.policy.rules import Case, Clause, Indicator, Overlap, Programme, Tunable
from doudi.rulebook.core import LEVEL_LABELS, browse
from doudi.rulebook.core.spoken import spoken_or_text
from doudi.web.parts.templatetags.parts import full_day, yuan

LEVELS = {"R": ("马上去看", "red"), "O": ("尽快去看", "amber"), "Y": ("抽空去看", "blue")}
KINDS = {"programme": "项目", "indicator": "预警", "overlap": "不能同领"}
UNITS = {
    "count": "个", "heads": "人", "years": "岁（年）", "months": "个月", "days": "天", "grade": "级", "points": "分", "fen": "元",
}  # fmt: skip
TYPES = {
    "flag": "是或不是", "code": "代码", "count": "数", "money": "钱", "date": "日期", "ratio": "倍数",
    "formula": "式子", "level": "级别",
}  # fmt: skip
TUNED = {"weight": "分数", "threshold": "到几分提醒", "level": "急不急", "on": "开着没有"}
SUBJECTS = {"person": "按人", "household": "按家庭"}
MODES = {"trigger": "条件都成立就提醒", "points": "按分数，够线才提醒"}
STATES = {"draft": "plain", "proposed": "amber", "approved": "pine", "rejected": "red", "withdrawn": "plain"}


@dataclass(frozen=True, slots=True)
class Number:
    """Something that can be set: a number of the law, or the weight, threshold, level or switch of a warning."""

    name: str
    label: str
    kind: Kind
    set_by: tuple[str, ...]
    note: str
    rule: str
    parameter: Parameter | None  # with the values set so far
    written: Any = None  # what the rule itself says

    @property
    def what(self) -> str:
        """What it is called beside its own rule."""
        return self.label.partition("，")[2] if self.rule else self.label

    @property
    def who(self) -> str:
        return "、".join(LEVEL_LABELS[one] for one in self.set_by)


def number_of(pack: Pack, name: str, on: date) -> Number | None:
    """A number by its name; None when there is none."""
    parameter = pack.parameters.get(name)
    if parameter is not None and not parameter.rule:
        kind = parameter.kind
        return Number(name, kind.label or name, kind, parameter.set_by, parameter.note, "", parameter)
    code = name.partition(".")[0]
    if code not in pack.indicators:
        return None
    rule = browse.current(browse.versions(pack, code), on)
    assert isinstance(rule, Indicator)
    found = next((one for one in rule.tunables if one.name == name), None)
    return _tuned(rule, found, parameter, pack.names) if found else None


def _tuned(rule: Indicator, tunable: Tunable, parameter: Parameter | None, names: Names) -> Number:
    types = {"weight": ("count", "points"), "threshold": ("count", "points"), "level": ("level", ""), "on": ("flag", "flag")}
    what = TUNED[tunable.kind]
    if tunable.kind == "weight":
        clause = next(one for one in rule.clauses if one.name == tunable.name.split(".")[1])
        what = f"“{_clause_label(clause, names)}”的分数"
    kind = Kind(tunable.name, *types[tunable.kind], label=f"{rule.code} {rule.label}，{what}")
    written = tunable.written
    return Number(tunable.name, kind.label, kind, tuple(LEVEL_LABELS), "", rule.code, parameter, written)


def _clause_label(clause: Clause, names: Names) -> str:
    """What a clause is called where there is little room: its own sentence, or what it asks in words."""
    said = clause.words.text if clause.words and "{" not in clause.words.text else spoken_or_text(clause.test.text, names)
    return said if len(said) <= 24 else f"{said[:23]}…"


def value_words(kind: Kind, value: Any, names: Names) -> str:
    """A value as people write it; of a split one, each part."""
    if isinstance(value, dict):
        fact = names.facts.get(kind.by)
        codes = fact.codes if fact else {}
        return "；".join(f"{_row(kind, str(key), codes)} {value_words(kind, one, names)}" for key, one in value.items())
    if value is None:
        return "没有定"
    match kind.type:
        case "money":
            return yuan(value)
        case "date":
            return full_day(value)
        case "flag":
            return "是" if value else "不是"
        case "level":
            return LEVELS[value][0]
        case "ratio":
            return f"{(Decimal(value) / kind.scale).normalize():f}"
        case "formula":
            return spoken_or_text(kind.variants[value].text, names) if isinstance(value, int) else str(value)
    return f"{value} {UNITS.get(kind.unit, '')}".strip()


def _row(kind: Kind, key: str, codes: Mapping[str, str]) -> str:
    if key in codes:
        return codes[key]
    return "再多一个加" if key == "more" else f"{key} 个时"


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value with its place and time."""

    place: str
    words: str
    from_on: date | None
    to_on: date | None
    known_since: date
    source: str
    now: bool


def value_rows(number: Number, names: Names, labels: Mapping[str, str], on: date) -> list[ValueRow]:
    """Every value set so far, the latest first within each place."""
    settings = number.parameter.settings if number.parameter else []
    return [
        ValueRow(
            place=labels.get(s.place, s.place) if s.place else "全国",
            words=value_words(number.parameter.kind if number.parameter else number.kind, s.value, names),
            from_on=s.from_on if s.from_on > FIRST_DAY else None,
            to_on=s.to_on if s.to_on < LAST_DAY else None,
            known_since=s.known_since,
            source=s.source,
            now=s.from_on <= on <= s.to_on,
        )
        for s in sorted(settings, key=lambda s: (s.place, -s.from_on.toordinal(), -s.known_since.toordinal()))
    ]


def value_at(number: Number, area: str, on: date, pack: Pack) -> tuple[str, str]:
    """What counts in an area on a day, and who said so; a threshold may itself be a number of the place."""
    names = pack.names
    setting = number.parameter.at(area, on) if number.parameter else None
    if setting is not None:
        assert number.parameter is not None
        return value_words(number.parameter.kind, setting.value, names), setting.source
    if number.written is None:
        return "没有定", ""
    behind = pack.parameters.get(str(number.written).removeprefix("P."))
    if number.kind.type == "count" and behind is not None and (there := behind.at(area, on)) is not None:
        return value_words(behind.kind, there.value, names), f"跟着“{behind.kind.label}”"
    return written_words(number, names), "规则里写的"


def written_words(number: Number, names: Names) -> str:
    """What the rule itself says where nobody has set anything; a threshold may be a number of the place."""
    if isinstance(number.written, str) and number.kind.type != "level":
        return spoken_or_text(number.written, names)
    return value_words(number.kind, number.written, names)


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, clause or step of a rule."""

    name: str
    label: str
    spoken: str
    text: str
    says: tuple[tuple[str, str], ...]  # when, sentence
    articles: tuple[str, ...]
    more: str = ""
    weight: str = ""  # the name under which its weight can be set


def lines(rule: Programme | Indicator | Overlap, names: Names, on: date) -> list[Line]:
    """The conditions of a rule in words, each with its text."""
    if isinstance(rule, Programme):
        return [_condition(one, names, on) for one in rule.conditions]
    if isinstance(rule, Indicator):
        weighed = {one.name.split(".")[1]: one.name for one in rule.tunables if one.kind == "weight"}
        return [
            Line(
                one.name,
                "",
                spoken_or_text(one.test.text, names),
                one.test.text,
                (("成立时", one.words.text),) if one.words else (),
                (),
                weight=weighed.get(one.name, ""),
            )
            for one in rule.clauses
        ]
    return [Line("if", "", spoken_or_text(rule.test.text, names), rule.test.text, (), ())]


def _condition(one: Any, names: Names, on: date) -> Line:
    said = (("够得上", one.met.text), ("够不上", one.not_met.text), ("说不准", one.unknown.text), ("请人判断", one.asks.text))
    cited = dict.fromkeys(a.text for a in one.articles if a.from_on <= on <= a.to_on)
    return Line(
        one.name, one.label, spoken_or_text(one.test.text, names), one.test.text, tuple(pair for pair in said if pair[1]),
        tuple(cited), one.settle,
    )  # fmt: skip


def steps(rule: Programme, names: Names) -> list[Line]:
    """How the money is worked out, step by step."""
    labels = {one.name: one.label or one.name for one in rule.steps}
    return [
        Line(
            one.name,
            one.label,
            spoken_or_text(one.amount.text, names, labels),
            one.amount.text,
            (("写给人看", one.words.text),) if one.words else (),
            (),
        )
        for one in rule.steps
    ]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An example with what comes out."""

    name: str
    on: date
    facts: str
    expect: str
    right: bool
    got: str


ANSWERS = {True: "是", False: "不是", "unknown": "说不准", "yes": "够得上", "no": "够不上"}


def case_rows(pack: Pack, cases: list[Case]) -> list[CaseRow]:
    """Examples, each run now."""
    found = []
    for case in cases:
        try:
            outcome = examples.run_one(pack, case)
            right, got = outcome.right, _expected(outcome.got, list(case.expect))
        except RuleError as why:
            right, got = False, str(why)
        found.append(CaseRow(case.name, case.on, facts_words(case, pack.names), _expected(case.expect), right, got))
    return found


def _expected(answers: Mapping[str, Any], only: list[str] | None = None) -> str:
    heads = {"state": "提醒", "eligible": "结论", "amount": "每月"}
    said = []
    for name in only or list(answers):
        value = answers.get(name)
        known = isinstance(value, bool | str) and value in ANSWERS
        said.append(f"{heads.get(name, name)} {ANSWERS[value] if known else value}")
    return "，".join(said)


def facts_words(case: Case, names: Names) -> str:
    """What an example says of the home and its people."""
    home = "，".join(_fact(name, value, names) for name, value in case.facts.items())
    people = [
        f"第 {n} 人：{'，'.join(_fact(name, value, names) for name, value in one.items())}"
        for n, one in enumerate(case.members, start=1)
    ]
    return "；".join([*([home] if home else []), *people]) or "什么都不知道"


def _fact(name: str, value: Any, names: Names) -> str:
    fact = names.facts.get(name)
    if fact is None:
        return f"{name} {value}"
    if isinstance(value, bool):
        return fact.label if value else f"不是“{fact.label}”"
    shown = fact.codes.get(str(value), str(value))
    return f"{fact.label} {shown}{' 元' if fact.type == 'money' else ''}"
