"""XLSX as offices really send it: titles above, totals below, several sheets, hidden ones, numbers that were typed as text."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from doudi.engine.recognise import Refused

LARGEST_INSIDE = 1 << 30  # bytes a zip may unfold to
LARGEST_RATIO = 200  # times its own size; ordinary sheets stay below 30
_SMALL = 64 << 20  # below this unfolded size a ratio means nothing
LONGEST_CELL = 32_767  # Excel's own limit


def safe_zip(path: Path) -> list[zipfile.ZipInfo]:
    """The entries of a zip, after unfolding each once into nothing to see how large it really is.

    :raises Refused: it is broken, protected by a password, leads out of its folder, or unfolds beyond all measure
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if any(entry.flag_bits & 1 for entry in entries):
                raise Refused("has_password", "压缩包或表格有密码，打不开。", "请去掉密码再发；要加密传输请用约定的加密通道。")
            for entry in entries:
                if re.match(r"^([/\\]|[A-Za-z]:)", entry.filename) or ".." in re.split(r"[/\\]", entry.filename):
                    raise Refused(
                        "unsafe_path",
                        f"压缩包里的文件名 {entry.filename[:80]!r} 指向文件夹外面。",
                        "请重新打包，文件名不要带路径。",
                    )
            budget = min(LARGEST_INSIDE, max(_SMALL, LARGEST_RATIO * path.stat().st_size))
            _measure(path, archive, entries, budget)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as why:
        raise Refused("broken_zip", f"压缩包或表格坏了，可能没有传完({why})。", "请重新导出并完整发送。") from None
    return entries


def _measure(path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], budget: int) -> None:
    """Unfold every entry by its own data, whatever its heading claims, and stop at the budget."""
    bomb = Refused(
        "zip_bomb",
        f"压缩包展开后超过 {budget >> 20} MB，不像正常的表，已停止。",
        "请检查文件；确实很大的请拆成几个，或改发 CSV。",
    )
    if sum(entry.file_size for entry in entries) > budget or len(entries) > 10_000:
        raise bomb
    if sum(entry.compress_size for entry in entries) > path.stat().st_size:
        raise bomb  # entries that share the same bytes
    with path.open("rb") as file:
        for entry in entries:
            file.seek(entry.header_offset)
            local = file.read(30)
            if local[:4] != b"PK\x03\x04":
                raise zipfile.BadZipFile(entry.filename[:80])
            file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
            if entry.compress_type == zipfile.ZIP_STORED:
                continue
            if entry.compress_type != zipfile.ZIP_DEFLATED:
                raise zipfile.BadZipFile("compression not known here")
            unfolding = zlib.decompressobj(-15)
            left, unfolded = entry.compress_size, 0
            while left and not unfolding.eof:
                block = unfolding.unconsumed_tail or file.read(min(1 << 16, left))
                if not unfolding.unconsumed_tail:
                    left -= len(block)
                if not block:
                    raise EOFError("ends early")
                unfolded += len(unfolding.decompress(block, 1 << 22))
                while unfolding.unconsumed_tail and unfolded <= entry.file_size:
                    unfolded += len(unfolding.decompress(unfolding.unconsumed_tail, 1 << 22))
                if unfolded > entry.file_size:
                    raise bomb  # larger than it says it is
            if unfolded != entry.file_size:
                raise zipfile.BadZipFile(f"{entry.filename[:80]} ends early")


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name and its rows as text."""

    name: str
    rows: list[list[str | None]]


def read_book(path: Path) -> tuple[list[Sheet], list[str]]:
    """Every visible sheet with at least one row, and the names of hidden ones, which are not read.

    :raises Refused: the file is not a workbook, is protected, holds macros, or is a bomb
    """
    entries = safe_zip(path)
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("has_macros", "表格里有宏。", "请另存为不含宏的 .xlsx 再发。")
    if "xl/workbook.xml" not in names:
        raise Refused("not_a_workbook", "这个文件不是 XLSX 表格。", "请另存为 .xlsx 或 CSV 再发。")
    try:
        book = CalamineWorkbook.from_path(str(path))
        hidden = [meta.name for meta in book.sheets_metadata if meta.visible != SheetVisibleEnum.Visible]
        sheets = []
        for meta in book.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows = [[_as_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
            if rows:
                sheets.append(Sheet(meta.name, rows))
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
