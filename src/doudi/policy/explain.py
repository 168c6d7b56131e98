"""Rules and answers in plain Chinese: values as people read them, sentences as they were written beside the rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from doudi.policy.language.check import Code
from doudi.policy.language.names import MONEY_UNIT, Fact, Names
from doudi.policy.rules import Expression, Indicator, Response, Source, Words

if TYPE_CHECKING:
    from doudi.policy.assess import ConditionResult, Overlapping, Sign
    from doudi.policy.pack import Pack

NOT_KNOWN = "（还不知道）"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_UNITS = {"heads": "人", "years": "岁", "months": "个月", "days": "天", "grade": "级", "points": "分"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A finding in words: what it is called, why it is here, how soon it is answered, what may innocently be behind it."""

    code: str
    label: str
    level: str
    sentence: str
    reasons: tuple[str, ...]
    innocent: tuple[str, ...]
    article: str
    advice: str
    response: Response | None


def value(found: Any, expression: Expression, names: Names) -> str:
    """One value as people read it: yuan, a day, a label; what is unknown says so."""
    if isinstance(found, str) and expression.unit == "day":
        found = date.fromisoformat(found)
    if found is None:
        return NOT_KNOWN
    if isinstance(found, bool):
        return "是" if found else "否"
    if isinstance(found, date):
        return f"{found.year} 年 {found.month} 月 {found.day} 日"
    if isinstance(expression.value, Code):
        labels = (names.facts[name].codes for name in expression.facts if names.facts[name].type == "code")
        return next((known[found] for known in labels if found in known), str(found))
    if expression.down != 1:
        found = Decimal(found) / expression.down
        if expression.unit != MONEY_UNIT:
            return f"{found.normalize():f}" if expression.unit else _share(found)
        found = int(found.to_integral_value())
    return names.money.spoken(found) if expression.unit == MONEY_UNIT else str(found)


def basis(found: Any) -> str:
    """A value as it stands in the key of an alert, the same text as the SQL writes."""
    if found is None:
        return "?"
    return str(found).lower() if isinstance(found, bool) else str(found)


def _share(ratio: Decimal) -> str:
    """A ratio as written in rules: 1.5 倍 stays a number, what is below one becomes per cent."""
    return f"{(ratio * 100).normalize():f}%" if 0 < ratio < 1 else f"{ratio.normalize():f}"


def render(words: Words, values: Mapping[str, Any], expressions: Mapping[str, Expression], names: Names) -> str:
    """A sentence with its values filled in."""
    return _PLACEHOLDER.sub(lambda match: value(values.get(match[1]), expressions[match[1]], names), words.text)


def condition(result: ConditionResult) -> str:
    """Why a condition is met, not met or unknown."""
    rule, names = result.condition, result.subject.pack.names
    if result.state != "unknown":
        words = _words(result)
        return render(words, result.values, rule.values, names) if words else f"{result.label}：{_STATE_WORDS[result.state]}"
    if rule.ask is not None and rule.asks and result.subject.run(rule.ask):
        return render(rule.asks, result.values, rule.values, names)
    if rule.unknown:
        return render(rule.unknown, result.values, rule.values, names)
    missing = "、".join(unknown.label for unknown in result.unknowns)
    return f"{result.label}：还不知道{missing}，要查一查" if missing else f"{result.label}：还说不准"


def _words(result: ConditionResult) -> Words:
    """The sentence of a condition: the one that came with the formula of the place, else the one beside the rule."""
    rule = result.condition
    met, words = result.state == "met", rule.met if result.state == "met" else rule.not_met
    if rule.by_variant is None:
        return words
    chosen = result.subject.around.parameters.get(rule.by_variant.formula)
    if chosen is None:
        return words
    return (rule.by_variant.met if met else rule.by_variant.not_met)[chosen] or words


_STATE_WORDS = {"met": "符合", "not_met": "不符合"}


def settle(fact: Fact, sources: Mapping[str, Source]) -> str:
    """What would make a fact known, said to a clerk."""
    if fact.settle:
        return fact.settle
    held = [f"{sources[code].department}的“{sources[code].label}”" for code in fact.sources if code in sources]
    return f"查一查{'、'.join(held)}" if held else f"请问本人或者上门看一看：{fact.label}"


def finding(pack: Pack, indicator: str, on: date, mask: int, values: Mapping[str, Any], *, level: str = "") -> Explanation:
    """A row of `sweep.findings_sql` in words. on: the day of the cycle, so that the rule of that day speaks.

    level: that of the row, which may be another one than the rule's own where a place has set it.

    :raises RuleError: no such indicator in force on that day
    """
    rule = pack.indicator(indicator, on)
    return _explained(pack, rule, on, mask, values, level or rule.level)


def sign(found: Sign, on: date) -> Explanation:
    """The answer of an indicator for one household in words."""
    return _explained(found.subject.pack, found.indicator, on, found.mask, found.values, found.level)


def _explained(pack: Pack, rule: Indicator, on: date, mask: int, values: Mapping[str, Any], level: str) -> Explanation:
    reasons = tuple(
        render(clause.words, values, rule.values, pack.names)
        for number, clause in enumerate(rule.clauses)
        if mask >> number & 1 and clause.words
    )
    sentence = render(rule.words, values, rule.values, pack.names) if rule.words else "；".join(reasons) or rule.label
    article = "；".join(article.text for article in rule.articles if article.from_on <= on <= article.to_on)
    return Explanation(
        rule.code, rule.label, level, sentence, reasons, rule.innocent, article, rule.advice, pack.responses.get(level)
    )


def overlapping(found: Overlapping) -> str:
    """An overlap in words."""
    return render(found.rule.words, found.values, found.rule.values, found.subject.pack.names)


def sentences(found: ConditionResult | Sign | Overlapping, on: date | None = None) -> list[str]:
    """Any answer as a list of sentences."""
    if hasattr(found, "condition"):
        return [found.sentence]
    if hasattr(found, "indicator"):
        explained = sign(found, on or found.subject.around.on)
        return [explained.sentence, *(reason for reason in explained.reasons if reason != explained.sentence)]
    return [overlapping(found)]
