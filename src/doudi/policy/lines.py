"""Where the tables and keys of a TOML file stand, so that a mistake in a rule is named with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_HEADER = re.compile(r"\s*\[\[?\s*([\w\-.\" ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*\"?([\w\-]+)\"?\s*=")
_LONG = ('"""', "'''")


class Table(dict[str, Any]):
    """A table of a file that remembers its lines: of each key, and under "" of its head."""

    lines: Mapping[str, int]


def located(text: str, raw: dict[str, Any]) -> dict[str, Any]:
    """The tables of a file, [[rule]] and [[rule.condition]] alike, with the lines they stand on."""
    heads = _heads(text)
    return {name: _within(value, (name,), heads, {}) for name, value in raw.items()}


def _within(value: Any, path: tuple[str, ...], heads: dict[tuple[str, ...], list[dict[str, int]]], at: dict[Any, int]) -> Any:
    if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
        return value
    found = []
    for entry in value:
        number = at.get(path, 0)
        at[path] = number + 1
        written = heads.get(path, [])
        table = Table({name: _within(one, (*path, name), heads, at) for name, one in entry.items()})
        table.lines = written[number] if number < len(written) else {}
        found.append(table)
    return found


def _heads(text: str) -> dict[tuple[str, ...], list[dict[str, int]]]:
    """For each path of [[…]] heads, in order: the lines of the table's keys."""
    heads: dict[tuple[str, ...], list[dict[str, int]]] = {}
    keys: dict[str, int] = {}
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:  # inside a text of several lines nothing is a head or a key
            closing = "" if closing in line else closing
            continue
        if line.lstrip().startswith("#"):
            continue
        head = _HEADER.match(line)
        if head:
            keys = {"": number}
            if line.lstrip().startswith("[["):
                heads.setdefault(tuple(part.strip(' "') for part in head[1].split(".")), []).append(keys)
            continue
        key = _KEY.match(line)
        if key:
            opened = next((mark for mark in _LONG if line.count(mark) % 2), "")
            # a text that begins on the line after its quotes: its own first line is that one
            keys.setdefault(key[1], number + (1 if opened and line.rstrip().endswith(opened) else 0))
            closing = opened
    return heads
