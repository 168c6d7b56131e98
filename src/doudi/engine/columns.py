"""A whole column at once: what is written the usual way is read as arrays, every other text once, however often it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.engine.cells import (
    BLANKS,
    CONTROL,
    DOTS,
    FIRST_DAY,
    LAST_DAY,
    LETTERS,
    LINES,
    LONGEST_NAME,
    LONGEST_TEXT,
    QUOTES,
    UNSEEN,
    reader,
)  # fmt: skip
from doudi.engine.contract import Column
from doudi.facts.number import FIRST_YEAR, LAST_YEAR, STATES, WEIGHTS, parse

Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]
Whole = npt.NDArray[np.signedinteger]
KINDS: dict[str, pa.DataType] = {
    "date": pa.date32(), "month": pa.date32(), "money": pa.int64(), "integer": pa.int64(), "number": pa.float64(),
    "flag": pa.bool_(),
}  # fmt: skip


def kind_of(column: Column) -> pa.DataType:
    """The type a column has in the lake."""
    return KINDS.get(column.type, pa.string())


@dataclass(frozen=True)
class Texts:
    """A column as delivered: its different texts, and for each row which of them stands there (−1: none).

    Where nearly every row has a text of its own, `rows` is None: the texts are the rows, NULL where none stands.
    """

    different: pa.Array
    rows: npt.NDArray[np.int32] | None

    @classmethod
    def of(cls, column: pa.ChunkedArray | pa.Array) -> Texts:
        array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not pa.types.is_dictionary(array.type):
            return cls(array, None)
        rows = array.indices.to_numpy(zero_copy_only=False) if not array.indices.null_count else None
        if rows is None:
            rows = array.indices.fill_null(-1).to_numpy()
        return cls(array.dictionary, rows.astype(np.int32, copy=False))

    def spread(self, per_text: npt.NDArray[np.generic], otherwise: int) -> npt.NDArray[np.generic]:
        """What is known of each text, for each row."""
        return per_text if self.rows is None else np.append(per_text, per_text.dtype.type(otherwise))[self.rows]

    def absent(self) -> Flags:
        """Rows where nothing stands."""
        return self.rows < 0 if self.rows is not None else self.different.is_null().to_numpy(zero_copy_only=False)

    def at(self, rows: npt.NDArray[np.int64]) -> list[str | None]:
        """The texts of some rows."""
        if self.rows is None:
            return self.different.take(pa.array(rows)).to_pylist()
        picked = self.rows[rows]
        return self.different.take(pa.array(picked, mask=picked < 0)).to_pylist()


@dataclass(frozen=True)
class Read:
    """A column read: its values row by row, and for each row what is wrong with it.

    reasons: index into `told`, 0 where nothing is wrong; None when nothing is wrong anywhere.
    """

    values: pa.Array
    reasons: npt.NDArray[np.uint8] | None
    told: tuple[str, ...]
    identity: npt.NDArray[np.uint64] | None  # a number for each row, equal where the values are; None: not worth having


def _matches(texts: pa.Array, pattern: str) -> Flags:
    """Which texts a pattern is found in; NULL counts as not."""
    return pc.match_substring_regex(texts, pattern).fill_null(False).to_numpy(zero_copy_only=False)


def _class(characters: str) -> str:
    return "[" + "".join(rf"\x{{{ord(one):X}}}" for one in characters) + "]"


_ODD_IN_TEXT = f"{_class(LETTERS + BLANKS + UNSEEN + CONTROL + LINES)}|^[ {QUOTES}]| $"
_ODD_IN_NAME = _class(LETTERS + BLANKS + UNSEEN + CONTROL + LINES + DOTS + QUOTES + " ")


def _of_width(texts: pa.Array, width: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], Bytes]:
    """Which texts are exactly `width` bytes long, where each begins, and the bytes of all."""
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    fitting = np.diff(offsets) == width
    if texts.null_count:
        fitting &= texts.is_valid().to_numpy(zero_copy_only=False)
    here = np.flatnonzero(fitting)
    data = texts.buffers()[2]
    content = np.frombuffer(data, dtype=np.uint8) if data is not None and len(here) else np.zeros(0, dtype=np.uint8)
    return here, offsets[:-1][here], content


def _lines(content: Bytes, starts: npt.NDArray[np.int32], width: int) -> Bytes:
    """The bytes that begin at `starts`, a line for each place."""
    return content[starts[None, :] + np.arange(width, dtype=np.int32)[:, None]]


_LAST_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int16)


def _exists(year: Whole, month: Whole, day: Whole) -> Flags:
    """Whether there is such a day in the calendar."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _LAST_DAYS[np.clip(month, 0, 12)] + ((month == 2) & leap)
    return (month >= 1) & (month <= 12) & (day >= 1) & (day <= last)


def usual_days(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Days written as 2026-06-30: which texts, and how many days after 1970-01-01."""
    here, starts, content = _of_width(texts, 10)
    cells = _lines(content, starts, 10)
    digits = cells[[0, 1, 2, 3, 5, 6, 8, 9]] - np.uint8(48)
    ok = (cells[4] == 45) & (cells[7] == 45) & (digits.max(axis=0) <= 9)
    year, month, day = (np.array(ten, dtype=np.int32) @ digits[at].astype(np.int32) for at, ten in _YMD)
    ok &= _exists(year, month, day) & (year >= FIRST_DAY.year) & (year <= LAST_DAY.year)
    months = (year[ok] - 1970) * 12 + month[ok] - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return here[ok], (first + day[ok] - 1).astype(np.int32)


_YMD = ((slice(0, 4), (1000, 100, 10, 1)), (slice(4, 6), (10, 1)), (slice(6, 8), (10, 1)))
_AT_ONCE = 4096  # rows whose bytes fit the processor's own memory
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))


def usual_numbers(texts: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Citizen numbers of 18 characters, plainly written, that agree with themselves: which texts, and a hash of each."""
    here, starts, content = _of_width(texts, 18)
    good, hashes = np.zeros(len(here), dtype=bool), np.zeros(len(here), dtype=np.uint64)
    for at in range(0, len(here), _AT_ONCE):
        lines = _lines(content, starts[at : at + _AT_ONCE], 18)
        good[at : at + _AT_ONCE] = _agree(lines - np.uint8(48))
        packed = np.ascontiguousarray(lines.T)
        first, last = (np.ascontiguousarray(packed[:, begin : begin + 8]).view(np.uint64)[:, 0] for begin in (2, 10))
        region = lines[0] + (lines[1].astype(np.uint64) << np.uint64(8))
        hashes[at : at + _AT_ONCE] = first * _MIX[0] ^ last * _MIX[1] ^ region
    return here[good], hashes[good]


def _agree(digits: Bytes) -> Flags:
    """Whether good citizen numbers stand in 18 lines, a line for each place; X is 40."""
    is_x = digits[17] == ord("X") - 48
    plain = (digits[:17].max(axis=0) <= 9) & (is_x | (digits[17] <= 9)) & (digits != digits[0]).any(axis=0)
    wide = digits.astype(np.int16)
    total = np.where(is_x, np.int16(10), wide[17])
    for place, weight in enumerate(WEIGHTS):
        total += wide[place] * np.int16(weight)
    year = wide[6] * np.int16(1000) + wide[7] * np.int16(100) + wide[8] * np.int16(10) + wide[9]
    month, day = wide[10] * np.int16(10) + wide[11], wide[12] * np.int16(10) + wide[13]
    return plain & (total % 11 == 1) & (year >= FIRST_YEAR) & (year <= LAST_YEAR) & _exists(year, month, day)


def _usual_money(texts: pa.Array, factor: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Amounts written with digits and at most two decimals: which texts, and their fen."""
    here = np.flatnonzero(_matches(texts, r"^[0-9]{1,9}(\.[0-9]{1,2})?$"))
    yuan = texts.take(pa.array(here)).cast(pa.decimal128(14, 2))
    return here, pc.multiply(yuan, pa.scalar(100 * factor)).cast(pa.int64()).to_numpy()


def _usual(column: Column, texts: pa.Array, factor: int) -> tuple[Flags, pa.Array | None]:
    """Which texts are written the usual way, and all their values (of the others they do not count); None: as written."""
    usual = np.zeros(len(texts), dtype=bool)
    if column.type in ("text", "name"):
        longest, odd = (LONGEST_NAME, _ODD_IN_NAME) if column.type == "name" else (LONGEST_TEXT, _ODD_IN_TEXT)
        lengths = pc.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
        return (lengths > 0) & (lengths <= longest) & ~_matches(texts, odd), None
    if column.type == "account":
        return _matches(texts, "^[0-9]{8,32}$"), None
    if column.type == "date":
        here, days = usual_days(texts)
        values = np.zeros(len(texts), dtype=np.int32)
        values[here], usual[here] = days, True
        return usual, pa.array(values, mask=~usual).cast(pa.date32())
    if column.type == "money":
        here, fen = _usual_money(texts, factor)
        amounts = np.zeros(len(texts), dtype=np.int64)
        amounts[here], usual[here] = fen, True
        return usual, pa.array(amounts, mask=~usual)
    return usual, None


_HABIT = 20  # usual dates for each different day of the month, before these days are taken to be the column's habit


def _days_of_month(days: pa.Array | None) -> frozenset[int]:
    """Which few days of the month a column keeps to; none where it keeps to no few, or is too short to tell."""
    found = pc.day(days).drop_null() if days is not None else pa.array([], pa.int64())
    different = pc.unique(found)
    return frozenset(different.to_pylist()) if len(different) * _HABIT <= len(found) else frozenset()


def read_column(column: Column, texts: Texts, factor: int = 1) -> Read:
    """Read a column that is not a citizen number."""
    different = texts.different
    usual, values = _usual(column, different, factor)
    odd = np.flatnonzero(~usual & different.is_valid().to_numpy(zero_copy_only=False))
    unusual = different.take(pa.array(odd)).to_pylist()
    read = reader(column, factor, unusual, _days_of_month(values) if column.type == "date" and unusual else frozenset())
    cells = [read(text) for text in unusual]
    kind = kind_of(column)
    told = ("", "empty", *sorted({reason for _, reason in cells if reason}))
    reason_of = {reason: at for at, reason in enumerate(told)}
    per_text = np.zeros(len(different), dtype=np.uint8)
    if len(odd):
        corrected = pa.array([value for value, _ in cells], kind)
        mask = np.zeros(len(different), dtype=bool)
        mask[odd] = True
        base = values if values is not None else different if pa.types.is_string(kind) else pa.nulls(len(different), kind)
        values = pc.replace_with_mask(base, pa.array(mask), corrected)
        empty = 1 if column.required else 0
        per_text[odd] = [reason_of[reason] if reason else (empty if value is None else 0) for value, reason in cells]
    elif values is None:
        values = different if pa.types.is_string(kind) else pa.nulls(len(different), kind)
    reasons = None
    if per_text.any():
        reasons = texts.spread(per_text, 0)
    if column.required and (absent := texts.absent()).any():
        reasons = np.where(absent, np.uint8(1), reasons if reasons is not None else np.uint8(0))
    spread, identity = _spread(values, texts)
    return Read(spread, reasons, told, identity)


_ALL = 2**64 - 1
_FEW = 4096  # different texts; a dictionary of more is written again with every few thousand rows


def _spread(values: pa.Array, texts: Texts) -> tuple[pa.Array, npt.NDArray[np.uint64] | None]:
    """Values per text → values per row; texts stay a dictionary, each value in it once."""
    if texts.rows is None:
        return values, None
    coded = values.dictionary_encode()
    remap = np.append(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), -1).astype(np.int32)
    rows = remap[texts.rows]
    indices = pa.array(rows, mask=rows < 0) if (rows < 0).any() else pa.array(rows)
    identity = np.append(_hashes(coded.dictionary), np.uint64(0))[rows]
    if pa.types.is_string(values.type) and len(coded.dictionary) <= _FEW:
        return pa.DictionaryArray.from_arrays(indices, coded.dictionary), identity
    return coded.dictionary.take(indices), identity


def _hashes(different: pa.Array) -> npt.NDArray[np.uint64]:
    """A number for each value, the same wherever in this process it comes again, never 0."""
    if pa.types.is_date(different.type):
        different = different.cast(pa.int32())
    return np.array([(hash(value) + 1) & _ALL for value in different.to_pylist()], dtype=np.uint64)


@dataclass(frozen=True)
class ReadNumbers:
    """A column of citizen numbers read: the 18 characters or NULL, the text where it says something else, the state."""

    values: pa.Array
    raw: pa.Array
    states: pa.Array
    identity: npt.NDArray[np.uint64]


_STATE_NAMES = pa.array(STATES, pa.string())


def read_numbers(texts: Texts) -> ReadNumbers:
    """Read a column of citizen numbers, each row for itself."""
    rows = texts.different if texts.rows is None else texts.different.take(pa.array(texts.rows, mask=texts.rows < 0))
    usual, hashes = usual_numbers(rows)
    identity = np.zeros(len(rows), dtype=np.uint64)
    identity[usual] = hashes
    states = np.full(len(rows), STATES.index("ok"), dtype=np.int8)
    values, raw = rows, pa.nulls(len(rows), pa.string())
    if len(usual) < len(rows):
        is_odd = np.ones(len(rows), dtype=bool)
        is_odd[usual] = False
        odd = np.flatnonzero(is_odd)
        written = rows.take(pa.array(odd)).dictionary_encode()
        parsed = [parse(text) for text in written.dictionary.to_pylist()]
        parsed.append(parse(None))
        which = written.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        states[odd] = np.array([STATES.index(one.state) for one in parsed], dtype=np.int8)[which]
        identity[odd] = np.append(_hashes(written.dictionary), np.uint64(0))[which]
        known = pa.array([one.value for one in parsed], pa.string()).take(pa.array(np.where(which < 0, len(parsed) - 1, which)))
        values = pc.replace_with_mask(rows, pa.array(is_odd), known)
        raw = pc.replace_with_mask(raw, pa.array(is_odd), written.dictionary_decode())
    return ReadNumbers(values, raw, pa.DictionaryArray.from_arrays(pa.array(states), _STATE_NAMES), identity)


_TOTAL = re.compile(r"\s*(合|总|小|共)\s*计")


def is_total(text: str) -> bool:
    """Whether a first cell says that its row adds up the others."""
    return bool(_TOTAL.match(text.replace("\u3000", " ")))
