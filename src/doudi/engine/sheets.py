"""XLSX as offices really send it: titles above, totals below, several sheets, hidden ones, numbers that were typed as text."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from doudi.engine import quick_sheet
from doudi.engine.recognise import Refused

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

LARGEST_INSIDE = 1 << 30  # bytes a zip may unfold to
LARGEST_RATIO = 200  # times its own size; ordinary sheets stay below 30
_SMALL = 64 << 20  # below this unfolded size a ratio means nothing
LONGEST_CELL = 32_767  # Excel's own limit


_BOMB = "压缩包展开后大得不像正常的表，已停止。", "请检查文件；确实很大的请拆成几个，或改发 CSV。"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError)


def _broken(why: Exception) -> Refused:
    return Refused("broken_zip", f"压缩包或表格坏了，可能没有传完({why})。", "请重新导出并完整发送。")


def open_zip(path: Path) -> list[zipfile.ZipInfo]:
    """The files in a zip, once its table of contents is found sound; nothing is unfolded yet.

    :raises Refused: it is broken, protected by a password, leads out of its folder, or claims to unfold beyond all measure
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _BROKEN as why:
        raise _broken(why) from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("has_password", "压缩包或表格有密码，打不开。", "请去掉密码再发；要加密传输请用约定的加密通道。")
    for entry in entries:
        if re.match(r"^([/\\]|[A-Za-z]:)", entry.filename) or ".." in re.split(r"[/\\]", entry.filename):
            raise Refused(
                "unsafe_path", f"压缩包里的文件名 {entry.filename[:80]!r} 指向文件夹外面。", "请重新打包，文件名不要带路径。"
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("broken_zip", "压缩包用了这里不认得的压缩方法。", "请用普通的 zip 格式重新打包。")
    size = path.stat().st_size
    budget = min(LARGEST_INSIDE, max(_SMALL, LARGEST_RATIO * size))
    overlapping = sum(entry.compress_size for entry in entries) > size
    if sum(entry.file_size for entry in entries) > budget or len(entries) > 10_000 or overlapping:
        raise Refused("zip_bomb", *_BOMB)
    return entries


def unfold(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of one file in a zip, by its own data and not by what the table of contents claims.

    :raises Refused: it is larger or smaller than it claims, or broken
    """
    left, unfolded = entry.compress_size, 0
    stored = entry.compress_type == zipfile.ZIP_STORED
    unfolding = zlib.decompressobj(-15)
    try:
        with path.open("rb") as file:
            file.seek(entry.header_offset)
            local = file.read(30)
            if local[:4] != b"PK\x03\x04":
                raise zipfile.BadZipFile(entry.filename[:80])
            file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
            checksum = 0
            while left and not unfolding.eof:
                block = file.read(min(1 << 20, left))
                if not block:
                    raise EOFError("ends early")
                left -= len(block)
                while block:
                    piece = block if stored else unfolding.decompress(block, 1 << 24)
                    block = b"" if stored else unfolding.unconsumed_tail
                    unfolded += len(piece)
                    checksum = zlib.crc32(piece, checksum)
                    if unfolded > entry.file_size:
                        raise Refused("zip_bomb", *_BOMB)
                    yield piece
            if unfolded != entry.file_size or checksum != entry.CRC:
                raise zipfile.BadZipFile(f"{entry.filename[:80]} ends early or was changed")
    except _BROKEN as why:
        raise _broken(why) from None


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name and its cells as text, by column; every column is as long as the sheet."""

    name: str
    columns: list[pa.Array]

    @property
    def height(self) -> int:
        return len(self.columns[0])

    def head(self, rows: int) -> list[list[str]]:
        """The first rows, empty cells as empty text."""
        return [
            list(row) for row in zip(*([cell or "" for cell in c.slice(0, rows).to_pylist()] for c in self.columns), strict=True)
        ]


def read_book(path: Path) -> tuple[list[Sheet], list[str]]:
    """Every visible sheet with at least one cell, and the names of hidden ones, which are not read.

    :raises Refused: the file is not a workbook, is protected, holds macros, or is a bomb
    """
    entries = {entry.filename: entry for entry in open_zip(path)}
    if any(name.lower().endswith("vbaproject.bin") for name in entries):
        raise Refused("has_macros", "表格里有宏。", "请另存为不含宏的 .xlsx 再发。")
    if "xl/workbook.xml" not in entries:
        raise Refused("not_a_workbook", "这个文件不是 XLSX 表格。", "请另存为 .xlsx 或 CSV 再发。")
    try:
        sheets, hidden = _quickly(path, entries)
    except (quick_sheet.NotPlain, IndexError):
        for entry in entries.values():
            for _ in unfold(path, entry):
                pass  # only to be sure of its size before another reader trusts it
        sheets, hidden = _cell_by_cell(path)
    return [sheet for sheet in sheets if sheet.columns and sheet.height], hidden


def _content(path: Path, entries: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    return b"".join(unfold(path, entries[name])) if name in entries else b""


def _quickly(path: Path, entries: dict[str, zipfile.ZipInfo]) -> tuple[list[Sheet], list[str]]:
    """Read the workbook as arrays.

    :raises NotPlain: it is not as most programs write it
    """
    book, links = _content(path, entries, "xl/workbook.xml"), _content(path, entries, "xl/_rels/workbook.xml.rels")
    if b"<!" in book or b"<!" in links or b"date1904" in book:
        raise quick_sheet.NotPlain
    try:
        listed = [dict(one.attrib) for one in ElementTree.fromstring(book).iter(f"{_MAIN}sheet")]
        targets = {one.attrib["Id"]: one.attrib["Target"] for one in ElementTree.fromstring(links)}
        places = {one["name"]: _inside(targets[one[f"{_LINK}id"]]) for one in listed}
    except (ElementTree.ParseError, KeyError):
        raise quick_sheet.NotPlain from None
    shared = quick_sheet.shared_strings(_content(path, entries, "xl/sharedStrings.xml"))
    days = quick_sheet.date_styles(_content(path, entries, "xl/styles.xml"))
    hidden = [one["name"] for one in listed if one.get("state", "visible") != "visible"]
    sheets = []
    for name, place in places.items():
        if name in hidden:
            continue
        if place not in entries or not place.startswith("xl/worksheets/"):
            raise quick_sheet.NotPlain
        sheets.append(Sheet(name, quick_sheet.sheet(_content(path, entries, place), shared, number_text, days)))
    return sheets, hidden


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _cell_by_cell(path: Path) -> tuple[list[Sheet], list[str]]:
    """Read the workbook with Calamine, which knows every oddity."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        hidden = [meta.name for meta in book.sheets_metadata if meta.visible != SheetVisibleEnum.Visible]
        sheets = []
        for meta in book.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
                for row in rows[top : bottom + 1]:
                    row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
            columns = [pa.array([_as_text(cell) for cell in column], pa.string()) for column in zip(*rows, strict=True)]
            sheets.append(Sheet(meta.name, columns))
    except CalamineError as why:
        raise Refused("broken_zip", f"表格坏了，读不出来({why})。", "请用表格软件打开另存一次再发。") from None
    return sheets, hidden


def _as_text(cell: Any) -> str | None:
    """A cell as a person would read it; a number keeps only the digits the sheet really holds."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, str):
        return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL + 1]
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return number_text(float(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell)


def number_text(value: float) -> str:
    """A spreadsheet's number: whole numbers without a point; beyond 15 digits the rest is lost, and the text shows it."""
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    if value == int(value):
        return str(int(value))
    return f"{value:.8f}".rstrip("0").rstrip(".")
