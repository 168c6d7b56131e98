"""Mends, problems and offers in words for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doudi.exchange import queries

FACTORS = (
    ("0.01", "除以 100（写成了分）"),
    ("100", "乘以 100"),
    ("10000", "乘以 10,000（写成了万元）"),
    ("0.0001", "除以 10,000"),
    ("1000", "乘以 1,000（写成了千元）"),
    ("0.001", "除以 1,000"),
)
ORDERS = {"dmy": "先日后月（05/06/2026 是 6 月 5 日）", "mdy": "先月后日（05/06/2026 是 5 月 6 日）"}


def unknown(heading: str, contract: Any) -> bool:
    """Whether a heading of the file is none of the contract's."""
    return queries.column_of(contract, heading) is None


def reason(contract: Any, field: str, code: str) -> Any:
    """A problem of a column in words."""
    return queries.problem(contract, {"field": field, "value": None, "reason": code})


def listed(told: Sequence[Mapping[str, Any]], contract: Any, changed: Sequence[int]) -> list[dict[str, Any]]:
    """Each mend of a list in a sentence, with how many cells it changes where that is known."""
    return [
        {"at": at, "words": _words(one, contract), "cells": changed[at] if at < len(changed) else None}
        for at, one in enumerate(told)
    ]


def _words(mend: Mapping[str, Any], contract: Any) -> str:
    column = contract.by_name.get(mend.get("column", ""))
    label = column.label if column else ""
    match mend["kind"]:
        case "values":
            pairs = [
                f"“{queries.shown_value(contract, column.name, old) or '空'}”→{_value(column, new)}" for old, new in _pairs(mend)
            ]
            return f"{label}：" + "，".join(pairs[:6]) + (f" 等 {len(pairs)} 个" if len(pairs) > 6 else "")
        case "strip":
            return f"{label}：去掉字符“{mend['characters']}”"
        case "dates":
            return f"{label}：{ORDERS[mend['order']]}"
        case "unit":
            over = f"，只改大于 {mend['over']} 的" if mend.get("over") else ""
            return f"{label}：{dict(FACTORS)[mend['factor']]}{over}"
        case "clear":
            return f"{label}：{reason(contract, column.name, mend['reason']).message}的清空，算不知道"
        case "fill":
            return f"{label}：空着或读不出的，按身份证号填"
        case "drop":
            return "去掉合计、小计行" if mend.get("totals") else f"去掉 {len(mend['rows'])} 行"
        case "heading":
            return f"文件里的“{mend['heading']}”列就是{label}"
        case _:
            shown = queries.shown_value(contract, column.name, mend["value"]) or "空"
            return f"第 {mend['row']} 行 {label} 改成“{shown}”"


def _pairs(mend: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = mend["map"]
    return list(pairs.items()) if isinstance(pairs, Mapping) else [(old, new) for old, new in pairs]


def _value(column: Any, new: str) -> str:
    if not new:
        return "空"
    words = column.codes.get(new)
    return words[0] if words else new


def grouped(found: Sequence[tuple[Any, Sequence[Any]]], contract: Any) -> list[dict[str, Any]]:
    """What is wrong, by kind, column and shape, each with examples and forms that might mend it."""
    rows = []
    for at, (group, offers) in enumerate(found):
        column = contract.by_name.get(group.field)
        rows.append(
            {
                "id": f"g{at}",
                "group": group,
                "told": reason(contract, group.field, group.reason),
                "examples": [
                    (queries.shown_value(contract, group.field, one.text) or "（空）", one.count, one.row)
                    for one in group.values[:4]
                ],
                "offers": [_offer(one, column, contract) for one in offers],
            }
        )
    return rows


def _offer(offer: Any, column: Any, contract: Any) -> dict[str, Any]:
    choices = [(value, words[0]) for value, words in column.codes.items()] if column.type == "code" else []
    if column.type == "flag":
        choices = [("是", "是"), ("否", "否")]
    words = {
        "values": "把这些写法改成",
        "dates": "日和月哪个在前",
        "strip": "去掉多余的字符",
        "unit": "换单位",
        "fill": "按身份证号填",
        "clear": "清空，算不知道",
    }
    return {
        "kind": offer.kind,
        "words": words[offer.kind],
        "offer": offer,
        "column": column,
        "choices": choices,
        "may_be_empty": not column.required,
        "guesses": [
            {"old": old, "shown": queries.shown_value(contract, column.name, old) or "（空）", "guess": guess, "count": count}
            for old, guess, count in offer.guesses
        ],
        "factors": FACTORS,
        "orders": [(order, ORDERS[order], count) for order, count in (offer.counted or {}).items()],
    }
