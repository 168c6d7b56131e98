"""Tables for people: CSV that no spreadsheet takes for formulas and whose long digits it leaves alone."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONG = 12  # digits a spreadsheet shows as 6.1E+17; beyond fifteen it loses them


def safe(cell: Any) -> Any:
    """A cell as it may stand in a file for people: text never begins a formula, long digits stay text."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    if cell.isdigit() and cell.isascii() and len(cell) >= _LONG:
        return f"\t{cell}"
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as CSV in UTF-8 with a mark spreadsheets know."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(cell) for cell in head])
        writer.writerows([safe(cell) for cell in row] for row in rows)
