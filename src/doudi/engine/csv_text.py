"""Delimited text as it really arrives: UTF-8, UTF-16 or GB18030, comma, semicolon or tab, with broken lines."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from doudi.engine.apart import BROKEN
from doudi.engine.recognise import Refused

DELIMITERS = (",", "\t", ";", "|")
HELD_BYTES = 96 << 20  # a file up to this size is read at once, a larger one piece by piece
_HEAD = 1 << 17
_BLOCK = 1 << 22
_PIECE = 16 << 20
_ROWS_AT_ONCE = 200_000
_JOINED = 40  # a quoted cell may run over this many lines; more means a stray quote
LONGEST_LINE = 1 << 20
LONGEST_CELL = 1 << 15


class Irregular(Exception):
    """Some line is not as it should be: take them one by one."""


def _decodes(head: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head, whole)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(path: Path) -> str:
    """The encoding of a text file, judged by its beginning: strict UTF-8 first, then GB18030, never a guess that accepts all.

    :raises Refused: it is not text
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        whole = len(head) < _HEAD
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    lines = head.split(b"\n")[: None if whole else -1] or [head]
    if head.count(b"\0") * 100 <= len(head):
        for encoding in ("utf-8", "gb18030"):
            if _decodes(head, encoding, whole=whole):
                return encoding
        telling = next((line for line in lines[:20] if not line.isascii()), b"")
        for encoding in ("utf-8", "gb18030"):  # some later line is broken; the heading tells
            if telling and b"\0" not in telling and _decodes(telling, encoding, whole=True):
                return encoding
    raise Refused("not_text", "这不是文本：不是 UTF-8、UTF-16，也不是 GB18030。", "请另存为 CSV(UTF-8 或 GB18030)或 XLSX 再发。")


def head_rows(path: Path, encoding: str, rows: int = 400) -> list[list[list[str]]]:
    """The first rows of a file, split by each delimiter in turn."""
    with path.open("rb") as file:
        raw = file.read(_HEAD)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(raw, False).removeprefix("\ufeff")
    lines = text.splitlines(keepends=True)
    if len(raw) == _HEAD:
        lines = lines[:-1]
    split = []
    for delimiter in DELIMITERS:
        try:
            split.append([row for row, _ in zip(csv.reader(lines, delimiter=delimiter), range(rows), strict=False)])
        except csv.Error:
            split.append([])
    return split


def to_utf8(path: Path, encoding: str, target: Path) -> bool:
    """Write a file again in UTF-8, strictly; False when some byte does not belong to its encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as source, target.open("wb") as into:
        try:
            while block := source.read(_BLOCK):
                into.write(decoder.decode(block).encode("utf-8", "strict"))
            into.write(decoder.decode(b"", True).encode("utf-8", "strict"))
        except UnicodeError:
            return False
    return True


def regular_tables(
    path: Path, encoding: str, delimiter: str, width: int, skip: int, different: Collection[int]
) -> Iterator[pa.Table]:
    """The records below the heading as tables of texts c0, c1, …; `different` are best read as dictionaries.

    skip: lines up to and including the heading.

    :raises Irregular: a line has more or fewer cells, a quote is open, a byte is no character, a cell runs over lines
    """
    quotes, lines = _counted(path)
    if quotes % 2:
        raise Irregular
    names = [f"c{at}" for at in range(width)]
    kinds = {name: pa.dictionary(pa.int32(), pa.string()) if at in different else pa.string() for at, name in enumerate(names)}
    how = {
        "parse_options": pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=bool(quotes)),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=kinds, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    }
    first = pyarrow.csv.ReadOptions(column_names=names, skip_rows=skip, encoding=encoding)
    try:
        if path.stat().st_size <= HELD_BYTES:
            table = pyarrow.csv.read_csv(path, read_options=first, **how).unify_dictionaries().combine_chunks()
            if quotes and table.num_rows != lines - skip:  # blank lines, or cells that run over lines
                _one_line_each(table)
            yield table
            return
        later = pyarrow.csv.ReadOptions(column_names=names, encoding=encoding)
        for number, piece in enumerate(_pieces(path)):
            options = later if number else first
            table = (
                pyarrow.csv.read_csv(pa.BufferReader(piece), read_options=options, **how).unify_dictionaries().combine_chunks()
            )
            if quotes:
                _one_line_each(table)
            yield table
    except (pa.ArrowInvalid, UnicodeError):
        raise Irregular from None


def _pieces(path: Path) -> Iterator[bytes]:
    """A file in pieces that end with a line; arrow's own streaming reads hundreds of megabytes ahead.

    :raises Irregular: a piece ends within quotes, or a line is longer than a piece
    """
    with path.open("rb", buffering=0) as file:
        left = b""
        while block := file.read(_PIECE):
            cut = block.rfind(b"\n") + 1
            if not cut and len(left) > _PIECE:
                raise Irregular
            piece, left = (left + block[:cut], block[cut:]) if cut else (b"", left + block)
            if piece.count(b'"') % 2:
                raise Irregular
            if piece:
                yield piece
        if left:
            yield left


def _counted(path: Path) -> tuple[int, int]:
    """How many quotes and how many lines a file holds; no character of UTF-8 or GB18030 has these bytes within."""
    quotes = lines = 0
    last = b"\n"
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            content = np.frombuffer(block, dtype=np.uint8)
            quotes += int(np.count_nonzero(content == ord('"')))
            lines += int(np.count_nonzero(content == ord("\n")))
            last = block[-1:]
    return quotes, lines + (last != b"\n")


def _one_line_each(table: pa.Table) -> None:
    """A cell that runs over lines may be meant, or two stray quotes far apart: the careful way tells.

    :raises Irregular: there is such a cell
    """
    for column in table.columns:
        for chunk in column.chunks:
            texts = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
            if pc.any(pc.match_substring_regex(texts, "[\r\n]")).as_py():
                raise Irregular


@dataclass(frozen=True)
class Line:
    """One record: its cells, or why the line could not be split (then the line itself is its first cell)."""

    cells: list[str | None]
    broken: str = ""


def _split(text: str, delimiter: str, *, strict: bool = False) -> list[str] | None:
    """The cells of one record, or None when a quote in it is not closed (strict: or something follows a closing quote)."""
    if '"' not in text:
        return text.split(delimiter)
    if text.count('"') % 2:
        return None
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=strict))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def careful_tables(
    path: Path, encoding: str, delimiter: str, width: int, skip: int, different: Collection[int], *, complete: bool
) -> Iterator[pa.Table]:
    """The same as `regular_tables`, line by line: a broken line is a row of its own that says why in `broken`.

    complete: a manifest proves that nothing is missing, so a short last line is only a bad line.

    :raises Refused: the file breaks off within a record
    """
    lines = careful_lines(path, encoding, delimiter, width, skip, complete=complete)
    names = [*(f"c{at}" for at in range(width)), BROKEN]
    while some := list(islice(lines, _ROWS_AT_ONCE)):
        rows = ([*line.cells, *[None] * (width - len(line.cells)), line.broken or None] for line in some)
        arrays = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        yield pa.table([one.dictionary_encode() if at in different else one for at, one in enumerate(arrays)], names=names)


def careful_lines(path: Path, encoding: str, delimiter: str, width: int, skip: int, *, complete: bool) -> Iterator[Line]:
    """Every record below the heading, line by line, so that one broken line cannot swallow the next.

    width: number of cells the heading has. skip: records up to and including the heading. complete: a manifest proves
    that nothing is missing, so a short last line is only a bad line.

    :raises Refused: the file breaks off within a record
    """
    waiting: deque[tuple[bytes, str | None]] = deque()
    seen = 0
    with path.open("rb") as file:
        for raw, last in _looking_ahead(_raw_lines(file, encoding)):
            waiting.append((raw, _decoded(raw, encoding, first=not seen and not waiting)))
            while waiting:
                record = _record(waiting, delimiter, width if seen >= skip else None, last=last)
                if record is None and not last:
                    break
                line, used = record or (Line([], "stray_quote"), len(waiting))
                whole = complete or waiting[-1][0].endswith((b"\n", b"\r"))
                if line.broken and used == len(waiting) and last and (record is None or not whole):
                    raise Refused(
                        "cut_short",
                        f"文件在第 {seen - skip + 1} 行数据中间断了：{'最后一行列数不够' if record else '引号没有收尾'}。",
                        "文件没有传完，请重新导出并完整发送。已收到的原件留着，一行也没有入库。",
                    )
                for _ in range(used):
                    waiting.popleft()
                seen += 1
                if seen > skip and line.cells:
                    yield line


def _looking_ahead(lines: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    held = next(lines, None)
    while held is not None:
        following = next(lines, None)
        yield held, following is None
        held = following


def _raw_lines(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Physical lines as bytes, none longer than a megabyte."""
    if encoding == "utf-16":
        reader = codecs.getreader("utf-16")(file, "replace")
        for text in reader:
            yield text.encode("utf-8", "replace")
        return
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n") and len(line) == LONGEST_LINE:
            while (more := file.readline(LONGEST_LINE)) and not more.endswith(b"\n"):
                pass
            line = line[:1000] + b"\xff\n"  # an invalid byte: the line is told as broken, its beginning kept
        yield line


def _decoded(raw: bytes, encoding: str, *, first: bool) -> str | None:
    try:
        text = raw.decode("utf-8" if encoding == "utf-16" else encoding)
    except UnicodeDecodeError:
        return None
    return text.removeprefix("\ufeff") if first else text


def _record(
    waiting: deque[tuple[bytes, str | None]], delimiter: str, width: int | None, *, last: bool
) -> tuple[Line, int] | None:
    """Take one record off the waiting lines: the record and the lines it used, or None when only more lines can tell."""
    raw, text = waiting[0]
    if text is None:
        return Line([raw.decode("utf-8", "replace").rstrip("\r\n")[:1000]], "broken_text"), 1
    if not text.strip("\r\n"):
        return Line([]), 1
    told = text.rstrip("\r\n")[:1000]
    joined = ""
    for used, (_, more) in enumerate(waiting, start=1):
        if more is None or used > _JOINED:
            return Line([told], "stray_quote"), 1
        joined += more
        cells = _split(joined.rstrip("\r\n"), delimiter, strict=used > 1)
        if cells is None:
            continue
        if width is None:
            return Line(list(cells)), used
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) == width and all(len(cell) <= LONGEST_CELL for cell in cells):
            return Line([cell or None for cell in cells]), used
        if used == 1:
            return Line([told], "too_long" if len(cells) == width else "wrong_columns"), 1
        return Line([told], "stray_quote"), 1
    later = (_split(line.rstrip("\r\n"), delimiter) for _, line in list(waiting)[1:] if line)
    if last and any(cells is not None and len(cells) == width for cells in later):
        return Line([told], "stray_quote"), 1
    return None
