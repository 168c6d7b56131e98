"""Plain workbooks read as arrays say what Calamine says; the rest is left to Calamine; none is trusted."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine import quick_sheet, sheets
from doudi.engine.recognise import Refused

CELL = (
    st.none()
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8)
    | st.sampled_from(["a & b", "<x>", '"', " 前后 ", "990101199001011234", "=1+1", "_x0041_", "𠮷", "'0123"])
    | st.integers(-(10**14), 10**14)
    | st.floats(0, 10**6).map(lambda one: round(one, 3))
    | st.dates(date(1900, 3, 1), date(2099, 12, 31))
    | st.booleans()
)


def write(path: Path, rows: list[list[object]], **options: object) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False, **options}) as book:
        sheet = book.add_worksheet("甲")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, column, cell)
    return path


def grid(book: list[sheets.Sheet]) -> list[list[str | None]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in book[0].columns), strict=True)] if book else []


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6), st.booleans())
def test_both_readers_say_the_same(tmp_path: Path, rows: list[list[object]], constant_memory: bool) -> None:
    path = write(tmp_path / "x.xlsx", [["标题"], *rows], constant_memory=constant_memory)
    entries = {entry.filename: entry for entry in sheets.open_zip(path)}
    quick, hidden = sheets._quickly(path, entries)
    slow, also_hidden = sheets._cell_by_cell(path)
    assert hidden == also_hidden == []
    a, b = grid(quick), grid(slow)
    width = max(len(row) for row in (*a, *b))
    assert [row + [None] * (width - len(row)) for row in a] == [row + [None] * (width - len(row)) for row in b]


def test_a_number_shows_what_a_sheet_really_holds(tmp_path: Path) -> None:
    rows = [["a", "b"], [990101199001011234, 0.1 + 0.2], [2026, 988.5], [datetime(2026, 6, 30, 8, 30), date(1926, 5, 1)]]  # noqa: DTZ001
    assert grid(sheets.read_book(write(tmp_path / "x.xlsx", rows))[0])[1:] == [
        ["9.90101199001011E+17", "0.3"],
        ["2026", "988.5"],
        ["2026-06-30 08:30:00", "1926-05-01"],
    ]


def test_merged_cells_count_for_all_they_cover(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:B1", "名单")
        sheet.merge_range("A2:A3", "一户")
        sheet.write("B2", "甲")
        sheet.write("B3", "乙")
    assert grid(sheets.read_book(path)[0]) == [["名单", "名单"], ["一户", "甲"], ["一户", "乙"]]
    assert grid(sheets._cell_by_cell(path)[0]) == [["名单", "名单"], ["一户", "甲"], ["一户", "乙"]]


def test_what_is_not_plain_is_left_to_calamine(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_rich_string("A1", bold, "姓", "名")
        sheet.write("A2", "王秀英")
    entries = {entry.filename: entry for entry in sheets.open_zip(path)}
    with pytest.raises(quick_sheet.NotPlain):
        sheets._quickly(path, entries)
    assert grid(sheets.read_book(path)[0]) == [["姓名"], ["王秀英"]]


def altered(path: Path, name: str, old: bytes, new: bytes) -> Path:
    """The same workbook with one part changed."""
    other = path.with_name("altered.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as into:
        for entry in source.infolist():
            content = source.read(entry)
            into.writestr(entry, content.replace(old, new) if entry.filename == name else content)
    return other


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</sheetData>", b""),
        (b"<v>1</v>", b"<v>99</v>"),
        (b"<v>1</v>", b"<v>x</v>"),
        (b'r="A2"', b'r="AAAA2"'),
        (b'r="A2"', b'r="A"'),
        (b't="s"', b't="q"'),
        (b"<sheetData>", b"<!-- <c --><sheetData>"),
        (b"</v></c>", b"</v>"),
        (b'<c r="A2" t="s"', b'<c t="s" r="A2"'),
    ],
)
def test_a_workbook_written_wrongly_never_breaks_the_reader(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = altered(write(tmp_path / "x.xlsx", [["甲", "乙"], ["丙", "丁"]]), "xl/worksheets/sheet1.xml", old, new)
    try:
        book, _ = sheets.read_book(path)
    except Refused as why:
        assert why.reason == "broken_zip"
    else:
        assert all(cell is None or isinstance(cell, str) for row in grid(book) for cell in row)


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><sst '
    path = altered(write(tmp_path / "x.xlsx", [["甲"], ["乙"]]), "xl/sharedStrings.xml", b"<sst ", laughs)
    try:
        book, _ = sheets.read_book(path)
    except Refused:
        return
    assert all("aaaa" not in (cell or "") for row in grid(book) for cell in row)
