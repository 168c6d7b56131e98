"""A file looked at before it is taken in: whose it is, column by column, its first rows, what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from doudi.engine import landing, sheets
from doudi.engine.apart import Landed
from doudi.engine.contract import Column, Contract
from doudi.engine.recognise import Match, Refused
from doudi.exchange import queries
from doudi.exchange.jobs.receiving import kind_of_file
from doudi.office.core import mask_account, mask_name, mask_number

_SHOWN = 10  # rows
_SHORT = 4  # characters: no longer than a name
TYPES = {
    "citizen_no": "公民身份号码",
    "name": "姓名",
    "text": "文字",
    "account": "银行账号",
    "area": "区划代码",
    "date": "日期",
    "month": "年月",
    "money": "金额",
    "integer": "整数",
    "number": "数",
    "code": "约定的词",
    "flag": "是或否",
}


@dataclass(frozen=True)
class ColumnSeen:
    """A column of the file: its heading, and what it is taken for, or nothing."""

    heading: str
    label: str
    type: str
    required: bool


@dataclass(frozen=True)
class Wrong:
    """One kind of error among the rows looked at: how many cells, and the first of them."""

    message: str
    fix: str
    count: int
    example: str


@dataclass(frozen=True)
class Look:
    """What would become of a file. Only its beginning was read when it is long; then `whole` is False."""

    label: str = ""
    department: str = ""
    columns: list[ColumnSeen] = field(default_factory=list)
    absent: tuple[str, ...] = ()
    shown: list[str] = field(default_factory=list)  # labels of the columns of `rows`
    rows: list[list[str]] = field(default_factory=list)  # persons masked
    counts: dict[str, int] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    whole: bool = True
    inside: list[str] = field(default_factory=list)  # of a zip: the files in it, which are looked at when taken in
    refused: Refused | None = None


def look_at(path: Path, *, file_name: str) -> Look:
    """Look at a file without taking anything in."""
    contracts = queries.contracts()
    try:
        if not path.stat().st_size:
            raise Refused("no_rows", "文件是空的。", "请检查导出是否成功。")
        if kind_of_file(path) == "zip":
            return Look(inside=[entry.filename for entry in sheets.open_zip(path)])
        with queries.lake().workshop() as workshop:
            found = landing.first_look(path, contracts, workshop, file_name=file_name)
            return _look(found.match, found.landed, found.whole)
    except Refused as why:
        return Look(refused=why)


def _look(match: Match, landed: list[Landed], whole: bool) -> Look:
    contract = match.contract
    at = {position: contract.by_name[name] for name, position in match.positions.items()}
    columns = []
    for place, heading in enumerate(match.headings):
        column = at.get(place)
        if heading and column:
            columns.append(ColumnSeen(heading, column.label, TYPES[column.type], column.required))
        elif heading:
            columns.append(ColumnSeen(heading, "", "", False))
    seen = [contract.by_name[name] for name in sorted(match.positions, key=lambda name: match.positions[name])]
    return Look(
        label="、".join(queries.contracts()[one.dataset].label for one in landed),
        department=contract.department,
        columns=columns,
        absent=match.absent,
        shown=[column.label for column in seen],
        rows=_rows(next((one for one in landed if one.dataset == contract.code), landed[0]), seen),
        counts={name: sum(getattr(one, name) for one in landed) for name in ("rows", "accepted", "rejected", "repeated")},
        wrong=[problem for one in landed for problem in _wrong(one)],
        whole=whole,
    )


def _rows(landed: Landed, columns: list[Column]) -> list[list[str]]:
    table = pq.read_table(landed.good).slice(0, _SHOWN).to_pylist()
    return [[_told(column, row) for column in columns] for row in table]


def _told(column: Column, row: dict[str, Any]) -> str:
    """A cell as it was read; who it is about is not written out."""
    value = row[column.name]
    if column.type == "citizen_no":
        return mask_number(value or row[f"{column.name}_raw"] or "")
    if value is None:
        return ""
    if column.type == "name":
        return mask_name(value)
    if column.type == "account":
        return mask_account(value)
    if column.type == "text" and column.sensitivity in ("personal", "sensitive"):
        return mask_name(value) if len(value) <= _SHORT else f"{value[:_SHORT]}…"
    if column.type == "money":
        return f"{value // 100}.{value % 100:02} 元"
    if column.type == "flag":
        return "是" if value else "否"
    if column.type == "code":
        return column.codes.get(value, (value,))[0]
    return value.isoformat() if isinstance(value, date) else str(value)


def _wrong(landed: Landed) -> list[Wrong]:
    contract: Contract = queries.contracts()[landed.dataset]
    examples: dict[str, str] = {}
    if landed.bad:
        for row in landing.read_rejects(landed.bad, count=5_000):
            for told in row["problems"]:
                one = queries.problem(contract, told)
                value = (
                    "（空）"
                    if one.value is None
                    else one.value
                    if told["field"] and _plain(contract, told["field"])
                    else "（不显示）"
                )
                examples.setdefault(told["reason"], f"第 {row['row_no']} 行，{one.label}：{value[:40]}")
    return [
        Wrong(words.message, words.fix, count, examples.get(reason, ""))
        for reason, count in sorted(landed.reasons.items(), key=lambda one: -one[1])
        for words in [queries.problem(contract, {"field": "", "value": None, "reason": reason})]
    ]


def _plain(contract: Contract, name: str) -> bool:
    """Whether a cell of this column may be written out: it does not say who it is about."""
    return name in contract.by_name and contract.by_name[name].type not in ("citizen_no", "name", "account", "text")
