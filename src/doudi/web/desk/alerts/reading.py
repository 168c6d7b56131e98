"""An alert in words: the rule's sentence with its values, the rows behind it, what may innocently be the cause."""

from __future__ import annotations

from datetime import date
from typing import Any

from doudi.exchange import queries as exchange
from doudi.monitoring.core import ASKED
from doudi.office.core import NotAllowed, Viewer
from doudi.policy import explain
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.registry import queries as registry
from doudi.web.parts.known import row_words

WHO = ("hukou", "division")  # registers that mostly say who and where somebody is
LEVELS = {"R": ("马上去看", "red"), "O": ("尽快去看", "amber"), "Y": ("抽空去看", "blue")}


def explanation(row: Any, on: date, rules: Pack) -> explain.Explanation:
    """What the rule of that day says about this alert; a rule no longer in the pack still shows its code."""
    if row.indicator == ASKED:
        why, advice = str(row.figures.get("why", "")), "看看人在不在、过得怎么样。"
        return explain.Explanation(ASKED, "请去看看", str(row.level), why, (), (), "LAW Art. 39", advice, None)
    try:
        return explain.finding(rules, row.indicator, on, row.mask, row.figures, level=str(row.level))
    except RuleError:
        return explain.Explanation(row.indicator, row.indicator, str(row.level), "这条规则已经不用了。", (), (), "", "", None)


def rows_behind(alert: Any, on: date, viewer: Viewer, rules: Pack) -> list[dict[str, Any]]:
    """The delivered rows the rule's facts were worked out from, with the cells that were read; none for who may not see them."""
    try:
        facts = rules.indicator(alert.row.indicator, on).facts
    except RuleError:
        return []
    asked = {name: rules.names.facts[name].sources for name in sorted(facts) if name in rules.names.facts}
    try:
        rows = registry.rows_behind(alert.subject, asked, viewer)
    except (NotAllowed, registry.NotKnown):  # NotKnown: gone from the register since
        return []
    contracts = exchange.contracts()
    return [row_words(row, contracts.get(row.dataset), read) for row, read in rows]


def _telling(datasets: tuple[str, ...]) -> tuple[str, ...]:
    """The datasets that say more than who somebody is, where there are any."""
    return tuple(one for one in datasets if one not in WHO) or datasets
