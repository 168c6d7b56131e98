"""Files for people start no formula and lose no digits."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.engine.cells import closed
from doudi.engine.readable import safe, write_table


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("王秀英", "王秀英"),
        ("990101199001011234", "\t990101199001011234"),
        ("12345", "12345"),
        (3, 3),
        (None, ""),
    ],
)
def test_cells(cell: object, written: object) -> None:
    assert safe(cell) == written


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\n"), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_no_cell_begins_a_formula_and_all_come_back(tmp_path: Path, cells: list[str]) -> None:
    path = tmp_path / "x.csv"
    write_table(path, ["头"] * len(cells), [cells])
    with path.open(encoding="utf-8-sig", newline="") as file:
        _, back = csv.reader(file)
    for cell, written in zip(cells, back, strict=True):
        assert not written.startswith(("=", "+", "-", "@", "\r", "\n"))
        assert not written.startswith("\t") or written[1:].isdigit()
        assert closed(written) == closed(cell)
