"""An alert in words: the rule's sentence with its values, the rows behind it, what may innocently be the cause."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings

from doudi.exchange import queries as exchange
from doudi.office.core import NotAllowed, Viewer
from doudi.policy import explain, pack
from doudi.policy.language.errors import RuleError
from doudi.registry import queries as registry
from doudi.web.desk.person.reading import row_words

LEVELS = {"R": ("马上去看", "red"), "O": ("尽快去看", "amber"), "Y": ("抽空去看", "blue")}
MEMBERS = 8  # of a household, read for the rows behind an alert


def explanation(row: Any, on: date) -> explain.Explanation:
    """What the rule of that day says about this alert; a rule no longer in the pack still shows its code."""
    rules = pack.load(settings.PACKS)
    try:
        return explain.finding(rules, row.indicator, on, row.mask, row.figures)
    except RuleError:
        return explain.Explanation(row.indicator, row.indicator, str(row.level), "这条规则已经不用了。", (), (), "", "", None)


def rows_behind(alert: Any, on: date, viewer: Viewer) -> list[dict[str, Any]]:
    """The delivered rows the rule could read: of the datasets its facts come from, of the person or the household."""
    rules = pack.load(settings.PACKS)
    try:
        facts = rules.indicator(alert.row.indicator, on).facts
    except RuleError:
        return []
    datasets = {source for name in facts if name in rules.names.facts for source in rules.names.facts[name].sources}
    people = [alert.pid]
    try:
        page = registry.person_page(alert.pid, viewer)
        if alert.row.subject_kind == "household" and page.household is not None:
            people += [one.pid for one in page.household.members if one.pid and one.pid != alert.pid][: MEMBERS - 1]
    except (NotAllowed, registry.NotKnown):
        return []
    found = [row for row in page.rows if row.dataset in datasets]
    for pid in people[1:]:
        try:
            found += [row for row in registry.person_page(pid, viewer).rows if row.dataset in datasets]
        except (NotAllowed, registry.NotKnown):
            continue
    contracts = exchange.contracts()
    return [
        row_words(row, contracts.get(row.dataset)) for row in sorted(found, key=lambda row: (row.dataset, row.batch, row.row_no))
    ]
