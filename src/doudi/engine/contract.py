"""Contracts of datasets: what a department agreed to send, read from TOML."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

Type = Literal["citizen_no", "name", "text", "account", "area", "date", "month", "money", "integer", "number", "code", "flag"]
TYPES: tuple[Type, ...] = (
    "citizen_no", "name", "text", "account", "area", "date", "month", "money", "integer", "number", "code", "flag",
)  # fmt: skip
_IN_HEADERS = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff*\"'“”:：]+")


class BadContract(ValueError):
    """A contract that cannot be used; says which file, which column, what is wrong."""


@lru_cache(maxsize=4096)
def plain_header(text: str) -> str:
    """A column heading as it is compared: half-width, small letters, no blanks, quotes, stars or invisible characters."""
    return _IN_HEADERS.sub("", unicodedata.normalize("NFKC", text)).lower()


def plain_word(text: str) -> str:
    """A word of a code list as it is compared: half-width, small letters, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True)
class Column:
    """One column of a contract: its name in the lake, its headings in files, what may stand in it."""

    name: str
    label: str
    type: Type
    aliases: tuple[str, ...] = ()
    required: bool = False
    sensitivity: str = "internal"
    person: bool = True  # a citizen number that says whose row this is (false: guardian, spouse)
    negative: bool = False  # money below zero is meant
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # stored value → words of the source, first is the label

    @cached_property
    def headings(self) -> frozenset[str]:
        """Every heading this column is recognised by."""
        return frozenset(plain_header(word) for word in (self.label, self.name, *self.aliases))

    @cached_property
    def words(self) -> dict[str, str]:
        """Word of the source → stored value; the stored value itself counts as a word."""
        found = {plain_word(value): value for value in self.codes}
        found |= {plain_word(word): value for value, words in self.codes.items() for word in words}
        return found


@dataclass(frozen=True)
class Contract:
    """What one dataset consists of, who sends it, how often, and on which legal basis."""

    code: str
    label: str
    department: str
    department_code: str
    rhythm: str
    arrives: str
    sensitivity: str
    basis: str
    key: tuple[str, ...]
    version: int
    columns: tuple[Column, ...]
    no: str = ""
    note: str = ""
    live: bool = False  # rows may also come one at a time, the moment something happens
    quiet_hours: int = 0  # after so many hours without an event the sender is asked; 0: silence means nothing

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def by_heading(self) -> dict[str, Column]:
        return {heading: column for column in self.columns for heading in column.headings}

    @property
    def required(self) -> frozenset[str]:
        """Names of the columns a file must have."""
        return frozenset(column.name for column in self.columns if column.required)

    @property
    def in_parts(self) -> bool:
        """Whether several files together are one delivery (one a county)."""
        return "by county" in self.arrives


def _column(raw: dict[str, Any], where: str) -> Column:
    unknown = set(raw) - {"name", "label", "aliases", "type", "required", "sensitivity", "person", "negative", "codes"}
    if unknown:
        raise BadContract(f"{where}: unknown {sorted(unknown)} in column {raw.get('name')!r}")
    if raw.get("type") not in TYPES:
        raise BadContract(f"{where}: column {raw.get('name')!r} has type {raw.get('type')!r}; known: {', '.join(TYPES)}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", raw.get("name", "")):
        raise BadContract(f"{where}: column name {raw.get('name')!r} is not a lower-case word")
    if (raw["type"] == "code") != bool(raw.get("codes")):
        raise BadContract(f"{where}: column {raw['name']!r}: codes belong to columns of type code, and to all of them")
    codes = {value: tuple(words) for value, words in raw.get("codes", {}).items()}
    column = Column(**{**raw, "aliases": tuple(raw.get("aliases", ())), "codes": codes})
    meanings: dict[str, str] = {}
    for value, words in codes.items():
        for word in (value, *words):
            if meanings.setdefault(plain_word(word), value) != value:
                raise BadContract(
                    f"{where}: column {column.name!r}: {word!r} means both {meanings[plain_word(word)]!r} and {value!r}"
                )
    return column


def read_contract(path: Path) -> Contract:
    """Read one contract.

    :raises BadContract: it names an unknown type, a column twice, a heading that means two columns, or a key it does not have
    """
    with path.open("rb") as file:
        raw = tomllib.load(file)
    where = path.name
    columns = tuple(_column(column, where) for column in raw.pop("column", ()))
    try:
        contract = Contract(**{**raw, "key": tuple(raw.get("key", ())), "columns": columns})
    except TypeError as why:
        raise BadContract(f"{where}: {why}") from None
    if contract.code != path.stem:
        raise BadContract(f"{where}: the file is named {path.stem!r}, its code is {contract.code!r}")
    names = [column.name for column in columns]
    if len(set(names)) != len(names) or not names:
        raise BadContract(f"{where}: no column, or one column twice")
    headings = [heading for column in columns for heading in column.headings]
    if twice := {heading for heading in headings if headings.count(heading) > 1}:
        raise BadContract(f"{where}: headings {sorted(twice)} mean two columns")
    if missing := set(contract.key) - set(names):
        raise BadContract(f"{where}: the key names {sorted(missing)}, which are not columns")
    return contract


def read_contracts(folder: Path) -> dict[str, Contract]:
    """Read every contract of a folder, by dataset code.

    :raises BadContract: one of them cannot be used
    """
    return {path.stem: read_contract(path) for path in sorted(folder.glob("*.toml"))}
