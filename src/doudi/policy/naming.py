"""Reading the tables that give names: facts and parameters, with everything a rule that names them has to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from doudi.policy.entries import keys, text_of
from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.language.names import (
    COUNT_UNITS,
    FACT_TYPES,
    MONEY_UNIT,
    PARAMETER_TYPES,
    SUBJECTS,
    Currency,
    Fact,
    Kind,
    Variant,
)
from doudi.policy.parameters import LEVELS, Parameter

MOST_ROWS, MOST_DECIMALS = 200, 12


def read_fact(raw: dict[str, Any]) -> Fact:
    """One [[fact]] table.

    :raises RuleError: anything in it is not understood
    """
    keys(raw, "sources sensitivity codes note settle unit", "name subject type label")
    types = {"flag": "flag", "code": "code", "date": "date", "money": MONEY_UNIT}
    if raw["type"] not in FACT_TYPES:
        raise RuleError(f"类型 {raw['type']!r} 不认识", hint=f"：要写 {'、'.join(FACT_TYPES)}")
    unit = raw.get("unit", types.get(raw["type"], "count"))
    if (raw["type"] == "count" and unit not in COUNT_UNITS) or (raw["type"] != "count" and unit != types[raw["type"]]):
        raise RuleError(f"单位 {unit!r} 和类型 {raw['type']} 不配", hint=f"；个数的单位有 {'、'.join(COUNT_UNITS)}")
    if raw["subject"] not in SUBJECTS:
        raise RuleError(f"subject 要写 {'、'.join(SUBJECTS)}")
    codes = raw.get("codes", {})
    if (raw["type"] == "code") != bool(codes) or not all(str(c).replace("_", "").isalnum() and str(c).isascii() for c in codes):
        raise RuleError("只有 code 类型要写 codes，代码用英文字母、数字和下划线")
    if not _is_name(raw["name"]) or raw["name"] in ("on", "P", "S"):
        raise RuleError(f"名称 {raw['name']!r} 不能用", hint="：小写英文字母、数字和下划线")
    for key in ("label", "note", "settle", "sensitivity"):
        text_of(raw, key)
    return Fact(**{**raw, "unit": unit, "sources": tuple(raw.get("sources", ())), "codes": dict(codes)})


def read_parameter(raw: dict[str, Any], facts: Mapping[str, Fact], values: list[dict[str, Any]], held: Currency) -> Parameter:
    """One [[parameter]] table. values: the [[value]] tables of its name, which say how many decimals, rows and texts there are.

    :raises RuleError: anything in it is not understood
    """
    keys(raw, "unit decimals by set_by note answers subject", "name type label")
    kind, name = raw["type"], raw["name"]
    if kind not in PARAMETER_TYPES:
        raise RuleError(f"类型 {kind!r} 不认识", hint=f"：要写 {'、'.join(PARAMETER_TYPES)}")
    if not _is_name(name):
        raise RuleError(f"名称 {name!r} 不能用", hint="：小写英文字母、数字和下划线")
    unit = {"money": MONEY_UNIT, "ratio": ""}.get(kind, raw.get("unit", "count" if kind == "count" else ""))
    if kind == "count" and unit not in COUNT_UNITS:
        raise RuleError(f"单位 {unit!r} 不认识", hint=f"：要写 {'、'.join(COUNT_UNITS)}")
    by, rows, more = text_of(raw, "by"), (), False
    if by and (by not in facts or facts[by].type != "code"):
        if by in facts and facts[by].type != "count":
            codes = [name for name, fact in facts.items() if fact.type in ("code", "count")]
            raise RuleError(f"by 写的“{by}”不是代码，也不是个数", hint=did_you_mean(by, codes))
        rows, more = _rows(values)
    decimals = raw.get("decimals", max([2, *map(_decimals, values)]) if kind == "ratio" else 0)
    if type(decimals) is not int or not 0 <= decimals <= MOST_DECIMALS:
        raise RuleError(f"decimals 要写 0 到 {MOST_DECIMALS}")
    set_by = tuple(raw.get("set_by", LEVELS))
    if unknown := [level for level in set_by if level not in LEVELS]:
        raise RuleError(f"set_by 里的 {unknown[0]!r} 不认识", hint=f"：要写 {'、'.join(LEVELS)}")
    answers, subject, variants = text_of(raw, "answers"), text_of(raw, "subject"), ()
    if kind == "formula":
        if answers not in ("condition", "money"):
            raise RuleError("formula 要写 answers", hint='："condition"（回答是不是）或 "money"（算出钱）')
        if subject not in SUBJECTS:
            raise RuleError("formula 要写 subject", hint=f"：{'、'.join(SUBJECTS)}")
        if by:
            raise RuleError("formula 不写 by", hint="：要区分就在式子里写 case when …")
        variants = tuple(dict.fromkeys(variant_of(value) for value in values if isinstance(value.get("is"), str)))
    elif answers or subject:
        raise RuleError("只有 formula 类型写 answers 和 subject")
    found = Kind(name, kind, unit, text_of(raw, "label"), decimals, by, rows, more, answers, subject, variants)
    return Parameter(found, set_by, text_of(raw, "note"), money=held)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.isidentifier() and name.isascii()


def variant_of(raw: Mapping[str, Any]) -> Variant:
    """The text of a formula a [[value]] table writes, with its sentences."""
    return Variant(str(raw.get("is")), text_of(raw, "says"), text_of(raw, "says_not"))


def _decimals(raw: Mapping[str, Any]) -> int:
    """How many decimals a ratio is written with, in any of its rows; 12 at most, a value with more is refused itself."""
    written = raw.get("is")
    most = 0
    for one in written.values() if isinstance(written, dict) else [written]:
        try:
            exponent = Decimal(str(one)).as_tuple().exponent
        except InvalidOperation:
            continue
        most = max(most, -exponent if isinstance(exponent, int) else 0)
    return min(most, MOST_DECIMALS)


def _rows(values: Sequence[Mapping[str, Any]]) -> tuple[tuple[int, ...], bool]:
    """The whole numbers a table has rows for anywhere, and whether any of its values goes on beyond them."""
    numbers: set[int] = set()
    more = False
    for raw in values:
        written = raw.get("is")
        if isinstance(written, dict):
            more = more or "more" in written
            numbers |= {int(key) for key in written if str(key).isascii() and str(key).isdigit() and len(str(key)) < 5}
        else:
            more = True
    if not numbers and more:
        numbers = {1}
    if numbers and max(numbers) - min(numbers) >= MOST_ROWS:
        raise RuleError(f"表里最多 {MOST_ROWS} 行")
    return tuple(range(min(numbers), max(numbers) + 1)) if numbers else (), more


def check_split(kind: Kind, written: Mapping[str, Any], facts: Mapping[str, Fact]) -> None:
    """Refuse a row nobody can be in."""
    fact = facts.get(kind.by)
    for key in written:
        if fact is not None and fact.type == "code":
            if key not in fact.codes:
                hint = did_you_mean(str(key), fact.codes) or f"；有的是 {'、'.join(fact.codes)}"
                raise RuleError(f"没有 {key!r} 这一类", hint=hint)
        elif key == "more":
            if kind.type in ("flag", "date"):
                raise RuleError(f"{kind.type} 类型的表不能写 more")
        elif not (str(key).isascii() and str(key).isdigit() and len(str(key)) < 5):
            raise RuleError(f"表里的 {key!r} 不是整数", hint="：行写整数，例如 { 1 = 298, 2 = 546, more = 218 }")
