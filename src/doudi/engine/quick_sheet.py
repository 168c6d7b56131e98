"""A plain XLSX sheet read as arrays: about six times as fast as cell by cell. Whatever is not plain is left to Calamine."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LT, _GT, _SLASH, _SPACE = 60, 62, 47, 32
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 26 * 27
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


AsNumber = Callable[[float], str]
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # ECMA-376 18.8.30, with the Chinese ones


class NotPlain(Exception):
    """Something in the sheet is not as most programs write it."""


def _slices(data: Bytes, starts: Places, ends: Places) -> pa.Array:
    """The texts between starts and ends as one Arrow array, copied in one go, entities put right."""
    lengths = ends - starts
    offsets = np.zeros(len(starts) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    if offsets[-1] >= 2**31:
        raise NotPlain
    taken = data[np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])]
    array = pa.Array.from_buffers(pa.string(), len(starts), [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(taken)])
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        raise NotPlain from None
    odd = pc.or_(pc.match_substring(array, "&"), pc.match_substring(array, "_x"))
    if not pc.any(odd).as_py():
        return array
    told = array.to_pylist()
    for at in np.flatnonzero(odd.to_numpy(zero_copy_only=False)):
        told[at] = _unescaped(told[at])
    return pa.array(told, pa.string())


def _unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), html.unescape(text))


def _tags(data: Bytes) -> tuple[Places, Bytes, Bytes, Bytes]:
    """Where each tag begins, and the three bytes after its `<`.

    :raises NotPlain: a comment, a character data section or a declaration of one's own: then `<` may not begin a tag
    """
    lt = np.flatnonzero(data == _LT)
    if len(lt) and lt[-1] + 3 >= len(data):
        lt = lt[lt + 3 < len(data)]
    one, two, three = data[lt + 1], data[lt + 2], data[lt + 3]
    odd = (one == ord("!")) | (one == ord("?"))
    if odd[1:].any() or (len(odd) and odd[0] and one[0] == ord("!")):
        raise NotPlain
    return lt, one, two, three


_KEPT = b'<t xml:space="preserve">'


def _texts(data: Bytes, lt: Places, at: Places) -> tuple[Places, Places]:
    """Where the text of the one-letter tags at lt[at] begins and ends; the next `<` must be their end tag."""
    if not len(at):
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    if at[-1] + 1 >= len(lt):
        raise NotPlain
    starts, ends = lt[at] + 3, lt[at + 1]
    after = data[lt[at] + 2]
    if (spaced := after == _SPACE).any():
        kept = lt[at][spaced]
        last = len(_KEPT)
        if kept[-1] + last >= len(data) or any((data[kept + at] != _KEPT[at]).any() for at in (3, 6, 7, last - 2, last - 1)):
            raise NotPlain
        starts = starts + (last - 3) * spaced
    empty = (after == _SLASH) & (data[starts] == _GT)
    ends = np.where(empty, starts, ends)
    if (starts > ends).any() or (~empty & (data[ends + 1] != _SLASH)).any() or (~empty & ~spaced & (after != _GT)).any():
        raise NotPlain
    return starts, ends


def shared_strings(xml: bytes) -> pa.Array:
    """The workbook's table of texts.

    :raises NotPlain: some of them are formatted in pieces
    """
    if not xml:
        return pa.array([], pa.string())
    data = np.frombuffer(xml, dtype=np.uint8)
    lt, one, two, three = _tags(data)
    text = (one == ord("t")) & ((two == _GT) | (two == _SPACE) | (two == _SLASH))
    item = (one == ord("s")) & (two == ord("i")) & ((three == _GT) | (three == _SPACE) | (three == _SLASH))
    if text.sum() != item.sum() or b"<r>" in xml or b"<rPh" in xml:
        raise NotPlain
    return _slices(data, *_texts(data, lt, np.flatnonzero(text)))


def _digits(data: Bytes, starts: Places, most: int) -> tuple[Places, Places]:
    """Whole numbers that begin at `starts`, and where each ends."""
    value, at, going = np.zeros(len(starts), dtype=np.int64), starts.copy(), np.ones(len(starts), dtype=bool)
    for _ in range(most + 1):
        digit = data[np.minimum(at, len(data) - 1)].astype(np.int64) - 48
        going = going & (digit >= 0) & (digit <= 9)
        if not going.any():
            return value, at
        value = np.where(going, value * 10 + digit, value)
        at = at + going
    raise NotPlain


def date_styles(xml: bytes) -> frozenset[int]:
    """Which cell styles show a number as a day."""
    custom = {
        int(number)
        for number, code in re.findall(rb'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', xml)
        if re.search(rb"[ymdhs]", re.sub(rb"&quot;.*?&quot;|\[[^\]]*\]|\\.", b"", code), re.IGNORECASE)
    }
    styles = re.search(rb"<cellXfs.*?</cellXfs>", xml, re.DOTALL)
    used = re.findall(rb"<xf\b[^>]*>", styles[0]) if styles else []
    formats = [re.search(rb'numFmtId="(\d+)"', one) for one in used]
    return frozenset(at for at, found in enumerate(formats) if found and int(found[1]) in _DATE_FORMATS | custom)


def sheet(xml: bytes, shared: pa.Array, as_number: AsNumber, days: frozenset[int] = frozenset()) -> list[pa.Array]:
    """The columns of a sheet, from row 1 to its last used row.

    as_number: how a number is written as text. days: styles that show a number as a day, see `date_styles`.

    :raises NotPlain: a cell, a reference or a type is not as most programs write it
    """
    begin, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if begin < 0 or end < 0:
        return []
    data = np.frombuffer(xml, dtype=np.uint8)[begin : end + 12]
    lt, one, two, _ = _tags(data)
    is_cell = (one == ord("c")) & (two == _SPACE)
    cells = lt[is_cell]
    if not len(cells):
        return []
    reference = (data[cells + 3] == ord("r")) & (data[cells + 4] == ord("=")) & (data[cells + 5] == ord('"'))
    if ((one == ord("c")) & ~is_cell).any() or not reference.all():
        raise NotPlain
    letters = [data[cells + n].astype(np.int64) - 64 for n in (6, 7, 8)]
    two_letters, three_letters = letters[1] > 0, (letters[1] > 0) & (letters[2] > 0)
    if three_letters.any() or ((letters[0] < 1) | (letters[0] > 26) | (letters[1] > 26)).any():
        raise NotPlain
    column = np.where(two_letters, letters[0] * 26 + letters[1], letters[0]) - 1
    row, after = _digits(data, cells + np.where(two_letters, 8, 7), 7)
    if (data[after] != ord('"')).any() or row.min() < 1 or row.max() > _MOST_ROWS:
        raise NotPlain
    kinds, styles = _kinds(data, after + 1)
    tags = _Tags(
        lt, np.cumsum(is_cell) - 1, (one == ord("v")) & (two == _GT), (one == ord("t")) & ((two == _GT) | (two == _SPACE))
    )
    indices, extras = _values(data, tags, kinds, np.isin(styles, list(days)), len(shared), as_number)
    known = pa.concat_arrays([shared, *extras])
    height, width = int(row.max()), int(column.max()) + 1
    if height * width > max(4_000_000, 40 * len(cells)):
        raise NotPlain  # a few cells far out: not worth a full table
    grid = np.full((width, height), -1, dtype=np.int64)
    grid[column, row - 1] = indices
    if indices.max(initial=-1) >= len(known):
        raise NotPlain
    for top, left, bottom, right in merged(xml[end:]):
        if bottom <= height and right <= width:
            grid[left - 1 : right, top - 1 : bottom] = grid[left - 1, top - 1]
    known = pc.if_else(pc.equal(known, ""), pa.scalar(None, pa.string()), known)
    return [known.take(pa.array(one_column, mask=one_column < 0)) for one_column in grid]


def merged(xml: bytes) -> list[tuple[int, int, int, int]]:
    """Merged cells as (top, left, bottom, right), counted from 1: what stands in the first stands in all of them."""
    found = []
    for left, top, right, bottom in re.findall(rb'<mergeCell ref="([A-Z]{1,2})(\d{1,7}):([A-Z]{1,2})(\d{1,7})"', xml):
        found.append((int(top), _column(left), int(bottom), _column(right)))
    return found


def _column(letters: bytes) -> int:
    return (letters[0] - 64) * 26 + letters[1] - 64 if len(letters) == 2 else letters[0] - 64


@dataclass(frozen=True)
class _Tags:
    """Where the tags of a sheet begin, which cell each belongs to, and which of them hold a value or a text."""

    begin: Places
    cell: Places
    is_value: npt.NDArray[np.bool_]
    is_text: npt.NDArray[np.bool_]


def _values(
    data: Bytes, tags: _Tags, kinds: Bytes, is_day: npt.NDArray[np.bool_], shared: int, as_number: AsNumber
) -> tuple[Places, list[pa.Array]]:
    """For each cell the index of its text, −1 when empty, and the texts that are not in the shared table."""
    indices = np.full(len(kinds), -1, dtype=np.int64)
    values = np.flatnonzero(tags.is_value)
    owner = tags.cell[values]
    if (np.diff(owner) == 0).any():
        raise NotPlain
    starts, ends = _texts(data, tags.begin, values)
    in_table = kinds[owner] == ord("s")
    number, after = _digits(data, starts[in_table], 9)
    if (after != ends[in_table]).any() or (number >= max(shared, 1)).any():
        raise NotPlain
    indices[owner[in_table]] = number
    extras: list[pa.Array] = []
    written = ~in_table
    if written.any():
        texts = _slices(data, starts[written], ends[written]).dictionary_encode()
        as_what = kinds[owner[written]].astype(np.int64) * 2 + is_day[owner[written]]
        different, which = np.unique(texts.indices.to_numpy() * np.int64(512) + as_what, return_inverse=True)
        words = texts.dictionary.to_pylist()
        told = [_told(words[one // 512], one % 512 // 2, _as_day if one % 2 else as_number) for one in different.tolist()]
        extras.append(pa.array(told, pa.string()))
        indices[owner[written]] = shared + which
    inline = np.flatnonzero(tags.is_text)
    if len(inline):
        owner = tags.cell[inline]
        if (np.diff(owner) == 0).any() or (kinds[owner] != ord("i")).any():
            raise NotPlain
        starts, ends = _texts(data, tags.begin, inline)
        indices[owner] = shared + sum(len(extra) for extra in extras) + np.arange(len(inline))
        extras.append(_slices(data, starts, ends))
    return indices, extras


def _kinds(data: Bytes, at: Places) -> tuple[Bytes, Places]:
    """What each cell holds, by one letter, and its style; `at` is where its other attributes begin.

    s shared text, i text in place, t a formula's text, n number, b yes or no, e error, d day.
    """
    kinds = np.full(len(at), ord("n"), dtype=np.uint8)
    styles = np.zeros(len(at), dtype=np.int64)
    styled = (data[at] == _SPACE) & (data[at + 1] == ord("s")) & (data[at + 2] == ord("="))
    styles[styled], after = _digits(data, at[styled] + 4, 5)
    at = at.copy()
    at[styled] = after + 1
    typed = (data[at] == _SPACE) & (data[at + 1] == ord("t")) & (data[at + 2] == ord("="))
    first, second = data[at[typed] + 4], data[at[typed] + 5]
    kinds[typed] = np.where((first == ord("s")) & (second == ord("t")), ord("t"), first)
    others = data[at[~typed]]
    if not np.isin(first, np.frombuffer(b"sinbed", np.uint8)).all() or not ((others == _GT) | (others == _SLASH)).all():
        raise NotPlain
    return kinds, styles


def _as_day(serial: float) -> str:
    """A day the way a sheet counts them; the sheet believes in a 29 February 1900."""
    if not 61 <= serial < 2_958_466:
        raise NotPlain
    moment = datetime(1899, 12, 30) + timedelta(seconds=round(serial * 86400))  # noqa: DTZ001 – a sheet knows no zones
    return moment.date().isoformat() if not (moment.hour or moment.minute or moment.second) else moment.isoformat(sep=" ")


def _told(text: str, kind: int, as_number: AsNumber) -> str | None:
    """The text of a cell that is not in the shared table."""
    if kind == ord("b"):
        return "是" if text == "1" else "否"
    if kind == ord("n"):
        try:
            return as_number(float(text))
        except ValueError:
            raise NotPlain from None
    return text or None
