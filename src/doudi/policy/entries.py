"""Reading the entries of a TOML table: each key known, each text a text, each day a day; else refused with what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from doudi.policy.language.errors import RuleError, did_you_mean
from doudi.policy.parameters import FIRST_DAY, LAST_DAY
from doudi.policy.rules import Article

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


def keys(raw: Mapping[str, Any], allowed: str, needed: str = "") -> None:
    """Refuse a table with a key nobody reads, or without one that is needed.

    :raises RuleError: with the key that was probably meant
    """
    known = allowed.split() + needed.split()
    for key in raw:
        if key not in known:
            raise RuleError(f"不认识的一项“{key}”", hint=did_you_mean(key, known) or f"；能写的有 {'、'.join(known)}")
    for key in needed.split():
        if key not in raw:
            raise RuleError(f"少了“{key}”这一项")


def text_of(raw: Mapping[str, Any], key: str) -> str:
    """The text under a key; empty when it is not written.

    :raises RuleError: something else than text
    """
    written = raw.get(key, "")
    if not isinstance(written, str):
        raise RuleError(f"“{key}”要写文字", hint=f"，现在是 {written!r}")
    return written


def day_of(raw: Mapping[str, Any], key: str, default: date) -> date:
    """The day under a key.

    :raises RuleError: something else than a day
    """
    written = raw.get(key, default)
    if type(written) is not date:
        raise RuleError(f"“{key}”要写日期", hint=f"，例如 {key} = 2026-07-01")
    return written


def articles_of(raw: Mapping[str, Any]) -> tuple[Article, ...]:
    """`article = "…"`, or `articles = [{ is = "…", from = …, to = … }]` where the law changed."""
    found = [Article(text_of(raw, "article"), FIRST_DAY, LAST_DAY)] if raw.get("article") else []
    for entry in tables_of(raw, "articles"):
        keys(entry, "from to", "is")
        found.append(Article(text_of(entry, "is"), day_of(entry, "from", FIRST_DAY), day_of(entry, "to", LAST_DAY)))
    return tuple(found)


def tables_of(raw: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    written = raw.get(key, [])
    if not isinstance(written, list) or not all(isinstance(entry, dict) for entry in written):
        raise RuleError(f"“{key}”要写成 [[{key}]] 的表")
    return written


def texts_of(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    written = raw.get(key, [])
    if isinstance(written, str):
        written = [written]
    if not isinstance(written, list) or not all(isinstance(entry, str) for entry in written):
        raise RuleError(f"“{key}”要写文字的清单")
    return tuple(written)


def line_of(raw: Mapping[str, Any], key: str = "") -> int:
    """The line of the file a table, or a key of it, stands on; 0 where that is not known."""
    lines = getattr(raw, "lines", {})
    return lines.get(key, lines.get("", 0))


def at(raw: Mapping[str, Any], key: str, make: Any, said: str = "") -> Any:
    """Read what stands under one key; an error in it says under which, and on which line."""
    try:
        return make()
    except RuleError as why:
        raise why.inside(said or key, line_of(raw, key)) from None


def each(entries: list[dict[str, Any]], make: Callable[[dict[str, Any]], None], what: str) -> list[RuleError]:
    """Read every entry of a table, and return the mistakes of all of them."""
    mistakes = []
    for entry in entries:
        try:
            make(entry)
        except RuleError as why:
            mistakes.append(why.inside(f"{what} {entry.get('name', '?')}", line_of(entry)))
        except (TypeError, AttributeError, KeyError, ValueError) as why:
            where = f"{what} {entry.get('name', '?')}"
            mistakes.append(RuleError(f"有一项的写法不对（{why}）", where=where, file_line=line_of(entry)))
    return mistakes


def level_of(raw: Mapping[str, Any]) -> Any:
    if raw["level"] not in ("R", "O", "Y"):
        raise RuleError(f"level 写的是 {raw['level']!r}", hint='：要写 "R"、"O" 或 "Y"')
    return raw["level"]


def code_of(raw: Mapping[str, Any], key: str = "code") -> str:
    code = text_of(raw, key)
    if not _CODE.fullmatch(code):
        raise RuleError(f"“{key}”写的是 {code!r}", hint="：要写英文字母开头的短名称")
    return code


def subject_of(raw: Mapping[str, Any], key: str) -> Any:
    if raw[key] not in ("person", "household"):
        raise RuleError(f"{key} 写的是 {raw[key]!r}", hint='：要写 "person"（个人）或 "household"（家庭）')
    return raw[key]


def period_of(raw: Mapping[str, Any]) -> tuple[date, date, date]:
    """From, to, and since when it was known that it would hold: from the first day on, unless that is written."""
    from_on, to_on = day_of(raw, "from", FIRST_DAY), day_of(raw, "to", LAST_DAY)
    if to_on < from_on:
        raise RuleError(f"从 {from_on} 到 {to_on}：结束比开始还早")
    return from_on, to_on, day_of(raw, "known_since", from_on)


def once(names: list[str], what: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RuleError(f"{what} {name} 写了两遍")
