"""The file that goes to a department with its letter."""

from __future__ import annotations

from pathlib import Path

from doudi.engine.readable import write_book
from doudi.exchange import queries

HEAD = (
    *("编号", "数据", "第几次送的", "第几行", "哪一项", "现在写的是", "我们认为应该是", "依据", "请在这天以前答复"),
    *("答复（已改正 / 没有错 / 要延长）", "改正后的值", "理由"),
)


def write_letter(letter: queries.Letter, folder: Path) -> Path:
    """Write the requests of a letter as a workbook with columns left to answer in."""
    path = folder / "letter.xlsx"
    rows = [
        [
            *(one.line.ref, one.line.label, one.line.batch, one.line.row_no, one.line.field_label),
            *(one.held, one.believed, one.evidence, one.line.due_on.isoformat(), "", "", ""),
        ]
        for one in letter.lines
    ]
    write_book(path, HEAD, rows)
    return path
