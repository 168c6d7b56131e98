"""Examples written beside a change: from lines as people type them to a case the rules can answer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from doudi.policy.language.errors import RuleError
from doudi.policy.rules import Case

ANSWERS: dict[str, bool | str] = {"yes": True, "no": False, "unknown": "unknown"}
ANSWER_LABELS = {"yes": "会提醒", "no": "不提醒", "unknown": "说不准"}


def typed(facts: str, members: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Facts of the home, one a line, and its people, one person a line, as typed: `hh_members = 3`, `age = 78, sex = "2"`.

    :raises RuleError: a line that is not `name = value`
    """
    home = _read(facts.strip(), "家里的情况")
    people = [
        _read(line.replace(",", "\n").replace("，", "\n"), f"第 {n} 个人") for n, line in enumerate(_lines(members), start=1)
    ]
    return home, people


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read(text: str, where: str) -> dict[str, Any]:
    try:
        found = tomllib.loads("\n".join(_lines(text)), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise RuleError("要写成“名称 = 值”，例如 age = 78；日期写 2026-07-01，文字加英文引号", where=where) from None
    return {name: _plain(value, where) for name, value in found.items()}


def _plain(value: Any, where: str) -> Any:
    """A value the database can keep as it is."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if type(value) is date:
        return value.isoformat()
    raise RuleError("一个名称只能写一个值", where=where)


def shown(facts: Mapping[str, Any]) -> str:
    """Facts as they were typed, one a line."""
    return "\n".join(f"{name} = {_typed(value)}" for name, value in facts.items())


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f'"{value}"'


def case_of(raw: Mapping[str, Any], rule: str, on: date, area: str) -> Case:
    """An example as the rules take it."""
    return Case(
        name=str(raw.get("name") or "例子"),
        rule=rule,
        on=on,
        area=area,
        facts=dict(raw.get("facts", {})),
        members=tuple(dict(one) for one in raw.get("members", [])),
        parameters={},
        expect={"state": ANSWERS[raw["expect"]]},
        where="",
        record={},
    )
