"""Changes as the text of a pack: the same tables anybody may write by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

INDICATOR_KEYS = ("code", "label", "subject", "mode", "level", "threshold", "among", "says", "advice", "innocent", "article")
CLAUSE_KEYS = ("name", "if", "says", "weight", "since", "half_life")
CASE_KEYS = ("name", "rule", "on", "area", "facts", "members", "parameters", "expect")


def written(value: Any) -> str:
    """One value as TOML writes it.

    :raises TypeError: nothing TOML knows
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{json.dumps(str(key), ensure_ascii=False)} = {written(one)}" for key, one in value.items()) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(one) for one in value) + "]"
    raise TypeError(f"TOML cannot hold {value!r}")


def table(name: str, entries: Mapping[str, Any], keys: tuple[str, ...] | None = None, indent: str = "") -> str:
    """One [[table]] with its keys in order; empty ones are left out."""
    order = keys or tuple(entries)
    lines = [
        f"{indent}{key} = {written(entries[key])}"
        for key in order
        if entries.get(key) is not None and not (isinstance(entries[key], str | list | tuple | dict) and not entries[key])
    ]
    return "\n".join([f"{indent}[[{name}]]", *lines]) + "\n"


def setting(
    name: str, place: str, value: Any, *, starts_on: date, known_since: date, source: str, to_on: date | None = None
) -> str:  # fmt: skip
    """A number of a place from a day."""
    entries = {"parameter": name, "place": place, "is": value, "from": starts_on, "to": to_on}
    return table("value", {**entries, "known_since": known_since, "source": source})


def indicator(
    what: Mapping[str, Any], place: str, *, starts_on: date, known_since: date, source: str, to_on: date | None = None
) -> str:  # fmt: skip
    """A warning of a place's own: nobody's but in that place, where it is switched on."""
    days = {"from": starts_on, "to": to_on, "known_since": known_since}
    said = {key: what.get(key) for key in INDICATOR_KEYS} | {"article": what.get("article") or source}
    parts = [table("indicator", said | days, (*INDICATOR_KEYS, *days))]
    parts += [table("indicator.clause", clause, CLAUSE_KEYS, "  ") for clause in what["clauses"]]
    switch = f"{what['code']}.on"
    for where, on in (("", False), (place, True)):
        parts.append(setting(switch, where, on, starts_on=starts_on, known_since=known_since, source=source, to_on=to_on))
    return "\n".join(parts)


def case(raw: Mapping[str, Any]) -> str:
    """An example beside a rule."""
    return table("case", raw, CASE_KEYS)


def ended(starts_on: date, stops_on: date) -> date | None:
    """The last day of a change that is undone from a day; None when it never counts."""
    last = stops_on - timedelta(days=1)
    return last if last >= starts_on else None
