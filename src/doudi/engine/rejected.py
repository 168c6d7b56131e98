"""Rejected rows put together: what is wrong by kind, column and pattern, how often, with examples; and what might mend it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from doudi.engine.cells import day_first
from doudi.engine.contract import Column, Contract, plain_word
from doudi.engine.sql import quote

MOST_GROUPS, MOST_VALUES = 60, 60
# A value as its shape: runs of digits, Latin letters and Chinese characters become one sign each.
_SHAPE = "regexp_replace(regexp_replace(regexp_replace(value, '[0-9]+', '9', 'g'), '[A-Za-z]+', 'a', 'g'), '[一-鿿]+', '字', 'g')"
_MOST_CHARACTERS = 6  # more than that is no unit or sign around a number, but something else
_BY_WORD = ("unknown_code", "not_a_flag")  # here the words themselves tell, not their shape
_AS_TEXT = ("not_money", "not_a_number", "negative", "too_precise", "not_an_account", "not_an_area")
_AS_DAY = ("not_a_date", "no_such_day", "ambiguous_date", "placeholder_date", "date_out_of_range", "not_a_month")


@dataclass(frozen=True)
class Value:
    """A text that could not be taken: how often, and one row where it stands."""

    text: str
    count: int
    row: int


@dataclass(frozen=True)
class Group:
    """Cells that could not be taken for one reason, in one column, of one shape."""

    field: str
    reason: str
    shape: str
    cells: int
    different: int
    values: tuple[Value, ...]  # the most frequent first


@dataclass(frozen=True)
class Offer:
    """What might mend a group at once. Nothing is done until somebody says so.

    kind: of the mend. guesses: for a table of values, what each text most likely means. characters: what could go.
    counted: for days, how many cells each order would make readable.
    """

    kind: str
    column: str
    guesses: tuple[tuple[str, str, int], ...] = ()  # text, guessed stored value or empty, how often
    characters: str = ""
    counted: Mapping[str, int] | None = None


def groups(rejects: Path) -> list[Group]:
    """What is wrong with the rejected rows of a load, the most frequent first."""
    by_word = ", ".join(map(quote, _BY_WORD))
    with duckdb.connect(":memory:") as con:
        found = con.execute(
            f"""WITH one AS (SELECT row_no, unnest(problems) AS p FROM read_parquet({quote(str(rejects))})),
            each AS (SELECT p.field AS field, p.reason AS reason, coalesce(p.value, '') AS value, count(*) AS n,
                min(row_no) AS row FROM one GROUP BY ALL),
            shaped AS (SELECT *, CASE WHEN reason IN ({by_word}) THEN '' ELSE left({_SHAPE}, 60) END AS shape FROM each)
            SELECT field, reason, shape, sum(n)::BIGINT AS cells, count(*) AS different,
                list({{'t': value, 'n': n, 'r': row}} ORDER BY n DESC, row)[1:{MOST_VALUES}]
            FROM shaped GROUP BY ALL ORDER BY cells DESC, field, reason, shape LIMIT {MOST_GROUPS}"""
        ).fetchall()
    return [
        Group(field, reason, shape, cells, different, tuple(Value(one["t"], one["n"], one["r"]) for one in values))
        for field, reason, shape, cells, different, values in found
    ]


def offers(group: Group, contract: Contract) -> list[Offer]:
    """What might mend a group at once, the likeliest first; none where only the sender can know."""
    column = contract.by_name.get(group.field)
    if column is None:
        return []
    found: list[Offer] = []
    from_number = column.name in ("birth_date", "sex") and any(
        one.type == "citizen_no" and one.person for one in contract.columns
    )
    if group.reason in ("unknown_code", "not_a_flag"):
        found.append(Offer("values", column.name, guesses=_guesses(group, column)))
    if group.reason == "ambiguous_date":
        texts = [value.text for value in group.values]
        first = day_first(texts)
        cells = {"dmy": group.cells, "mdy": group.cells} if first is None else {"dmy" if first else "mdy": group.cells}
        found.append(Offer("dates", column.name, counted=cells))
    if group.reason in _AS_TEXT and (characters := _foreign(group)):
        found.append(Offer("strip", column.name, characters=characters))
    if group.reason == "too_precise":
        found.append(Offer("unit", column.name))
    if from_number and group.reason in (*_AS_DAY, "empty", "unknown_code", "spreadsheet_damage"):
        found.append(Offer("fill", column.name))
    if group.different <= MOST_VALUES and group.reason not in ("unknown_code", "not_a_flag", "empty", "ambiguous_date"):
        found.append(Offer("values", column.name, guesses=tuple((one.text, "", one.count) for one in group.values)))
    if not column.required and group.reason != "empty":
        known_to_be_nothing = group.reason in ("placeholder_date", "spreadsheet_damage")
        found.insert(0 if known_to_be_nothing else len(found), Offer("clear", column.name))
    return found


def _guesses(group: Group, column: Column) -> tuple[tuple[str, str, int], ...]:
    words = column.words if column.type == "code" else {"是": "是", "否": "否"}
    return tuple((one.text, _guess(one.text, words), one.count) for one in group.values)


def _guess(text: str, words: Mapping[str, str]) -> str:
    """The stored value a text most likely means; empty where two are as likely, or none is."""
    plain = plain_word(text)
    within = {value for word, value in words.items() if len(word) > 1 and (word in plain or (len(plain) > 1 and plain in word))}
    if len(within) == 1:
        return within.pop()
    near = difflib.get_close_matches(plain, list(words), n=1, cutoff=0.66)
    return words[near[0]] if near and not within else ""


def _foreign(group: Group) -> str:
    """Characters that stand in most of these texts and are no part of a number."""
    seen: Counter[str] = Counter()
    total = 0
    for one in group.values:
        total += one.count
        for character in set(one.text):
            if not character.isdigit() and character not in ".-":
                seen[character] += one.count
    often = sorted(character for character, count in seen.items() if count * 2 >= total)
    return "".join(often) if len(often) <= _MOST_CHARACTERS else ""


def rows_of(rejects: Path, field: str, reason: str, *, first: int, count: int) -> Sequence[int]:
    """Numbers of the rows with this problem in this column."""
    with duckdb.connect(":memory:") as con:
        found = con.execute(
            f"""SELECT row_no FROM read_parquet({quote(str(rejects))})
            WHERE len(list_filter(problems, lambda p: p.field = ? AND p.reason = ?)) > 0 ORDER BY row_no LIMIT ? OFFSET ?""",
            [field, reason, count, first],
        ).fetchall()
    return [row for (row,) in found]
