"""Files as departments send them, for tests: good rows, and every way of spoiling them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from doudi.facts.number import check_character

TEKUN = ("供养证号", "公民身份号码", "姓名", "村(社区)代码", "自理能力", "供养方式", "月金额", "起始日期", "终止日期")


def number(order: int, born: str = "19500101") -> str:
    body = f"990101{born}{order % 1000:03}"
    return body + check_character(body)


def tekun_row(order: int) -> list[str]:
    return [
        f"TK{order:06}",
        number(order, f"19{50 + order // 1000 % 40}0{1 + order % 9}1{order % 9}"),
        "王李张刘陈"[order % 5] + "秀英桂兰"[order % 4] + "芳",
        f"9901010012{order % 9:02}",
        "全自理",
        "分散",
        "988.5",
        "2020-01-01",
        "",
    ]


def tekun_rows(count: int) -> list[list[str]]:
    return [tekun_row(order) for order in range(count)]


def text(rows: Sequence[Sequence[str]], *, delimiter: str = ",", end: str = "\r\n", heading: Sequence[str] = TEKUN) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows([heading, *rows])
    return out.getvalue()


def write(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode(encoding))
    return path


def book(path: Path, sheets: dict[str, Sequence[Sequence[object]]], *, hidden: Sequence[str] = (), **options: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", **options}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(at, column, cell)
            if name in hidden:
                sheet.hide()
    return path
