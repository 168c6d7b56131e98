"""Delivered rows and facts as people read them: labels of the contract and the catalogue, numbers and accounts masked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from doudi.office.core import mask_account, mask_number
from doudi.policy.pack import Pack
from doudi.registry.queries import SourceRow
from doudi.web.parts.templatetags.parts import full_day, month, yuan

WHO = ("citizen_no", "name", "area")


def row_words(row: SourceRow, contract: Any, read: frozenset[str] | None = None) -> dict[str, Any]:
    """A delivered row with the labels of its contract; what is empty stays away.

    :param read: only these cells; with none named, all but those that only say who and where somebody is
    """
    pairs = []
    for column in contract.columns if contract else ():
        value = row.values.get(column.name)
        if value is not None and value != "" and (read is None or (column.name in read if read else column.type not in WHO)):
            pairs.append((column.label, _value(value, column)))
    label = f"{contract.department} · {contract.label}" if contract else row.dataset
    return {"label": label, "as_of": row.as_of, "batch": row.batch, "row_no": row.row_no, "pairs": pairs}


def _value(value: Any, column: Any) -> str:
    if column.type == "money":
        return yuan(value)
    if column.type == "month":
        return month(value) if isinstance(value, date) else str(value)
    if column.type == "citizen_no":
        return mask_number(str(value))
    if column.type == "account":
        return mask_account(str(value))
    if column.codes:
        return column.codes.get(str(value), [str(value)])[0]
    return worded(value)


def facts_words(values: dict[str, Any], rules: Pack, *, whole: bool = False) -> list[dict[str, Any]]:
    """Known facts in the order of the catalogue; what is unknown is not listed. `is_not`: looked for and not there.

    :param whole: they are those of the household
    """
    found = []
    for name, fact in rules.names.facts.items():
        value = values.get(name)
        if value is None:
            continue
        if fact.type == "money":
            said = yuan(value)
        elif fact.type == "code":
            said = fact.codes.get(str(value), str(value))
        else:
            said = worded(value)
        found.append({"label": fact.label, "value": said, "is_not": value is False or value == 0, "whole": whole})
    return found


def worded(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return full_day(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
