"""One delivered file, from bytes to good and rejected rows; nothing here decides, nothing here knows the database."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine import csv_text, sheets
from doudi.engine.apart import BROKEN, Landed, as_different, kept_columns, read_at_once, set_apart, write_good
from doudi.engine.contract import Column, Contract, plain_header
from doudi.engine.recognise import HEADING_ROWS, Match, Refused, heading_row, recognise

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def land_csv(
    path: Path,
    contracts: Mapping[str, Contract],
    workshop: Path,
    *,
    dataset: str = "",
    file_name: str = "",
    complete: bool = False,
    may_be_empty: bool = False,
) -> list[Landed]:
    """Land a delimited text file.

    complete: a manifest proves that it is whole. may_be_empty: a manifest says that there is no row.

    :raises Refused: it is not text, no contract fits, or it breaks off
    """
    match, shape = _shape(path, contracts, workshop, dataset, file_name, {})
    try:
        tables = csv_text.regular_tables(*shape)
        return [set_apart(match, tables, workshop, may_be_empty=may_be_empty)]
    except csv_text.Irregular:
        tables = csv_text.careful_tables(*shape, complete=complete)
        return [set_apart(match, tables, workshop, may_be_empty=may_be_empty)]


_Shape = tuple[Path, str, str, int, int, set[int]]


def _shape(
    path: Path, contracts: Mapping[str, Contract], workshop: Path, dataset: str, file_name: str, renamed: Mapping[str, str]
) -> tuple[Match, _Shape]:
    """What a text file answers to, and how it is to be read."""
    encoding = csv_text.encoding_of(path)
    readable = path
    if encoding == "utf-16":
        readable, encoding = workshop / "as-utf8.csv", "utf-8"
        if not csv_text.to_utf8(path, "utf-16", readable):
            raise Refused("not_text", "这不是完整的 UTF-16 文本。", "请另存为 CSV(UTF-8 或 GB18030)或 XLSX 再发。")
    splits = [_called(rows, renamed) for rows in csv_text.head_rows(readable, encoding)]
    match, delimiter, sample = _best_split(splits, contracts, dataset, file_name)
    return match, (readable, encoding, delimiter, len(match.headings), match.heading_row + 1, as_different(match, sample))


def _called(rows: list[list[str]], renamed: Mapping[str, str]) -> list[list[str]]:
    """The first rows of a file with some headings called otherwise."""
    return [[renamed.get((cell or "").strip(), cell) for cell in row] for row in rows] if renamed else rows


def read_texts(
    path: Path,
    contracts: Mapping[str, Contract],
    workshop: Path,
    *,
    dataset: str,
    file_name: str,
    is_book: bool,
    renamed: Mapping[str, str],
) -> tuple[Match, pa.Table]:
    """The rows of one dataset in a delivered file as texts, held in memory: c0, c1, … and `broken` where lines can be.

    renamed: heading as delivered → heading it shall be read as.

    :raises Refused: as when it is landed
    """
    if not is_book:
        match, shape = _shape(path, contracts, workshop, dataset, file_name, renamed)
        try:
            tables = list(csv_text.regular_tables(*shape))
        except csv_text.Irregular:
            tables = list(csv_text.careful_tables(*shape, complete=True))
        if not tables:
            raise Refused("no_rows", "文件里只有表头，没有数据。", "请检查导出是否成功。")
        return match, pa.concat_tables(tables).unify_dictionaries().combine_chunks()
    found = []
    for sheet in sheets.read_book(path)[0]:
        head = _called(sheet.head(HEADING_ROWS), renamed)
        try:
            found.append((recognise(head, contracts, dataset=dataset, file_name=file_name), sheet))
        except Refused as why:
            if why.reason != "unknown_file":
                raise
    found = [one for one in found if one[0].contract.code == dataset]
    if not found:
        raise Refused("unknown_file", "表格里没有这个数据集的工作表。", "请确认发的是约定的表。")
    match, table = _one_table(found)
    return match, _encoded(table, match)


def headings_of(path: Path, contracts: Mapping[str, Contract]) -> list[str]:
    """The headings of a delivered file as they stand there, whatever contract it may answer to; empty where none is found.

    :raises Refused: it is neither text nor a workbook
    """
    with path.open("rb") as file:
        is_book = file.read(4) in (b"PK\x03\x04", _OLE[:4])
    if is_book:
        heads = [sheet.head(HEADING_ROWS) for sheet in sheets.read_book(path)[0]]
    else:
        encoding = csv_text.encoding_of(path)
        heads = [] if encoding == "utf-16" else [rows[:HEADING_ROWS] for rows in csv_text.head_rows(path, encoding)]
    found = [(known, rows[at]) for rows in heads for at, known in [heading_row(rows, contracts)] if rows]
    return (
        list(dict.fromkeys(cell.strip() for cell in max(found, key=lambda one: one[0])[1] if cell and cell.strip()))
        if found
        else []
    )


@dataclass(frozen=True)
class FirstLook:
    """What the beginning of a file turns out to be, before anything is taken in."""

    match: Match
    landed: list[Landed]
    whole: bool  # the beginning is all there is


def first_look(
    path: Path, contracts: Mapping[str, Contract], workshop: Path, *, dataset: str = "", file_name: str = "", head: int = 1 << 20
) -> FirstLook:
    """Land the first megabyte of a text file, or a workbook as it is, to see what would become of it.

    :raises Refused: as landing it would be
    """
    with path.open("rb") as file:
        raw = file.read(head)
    whole = len(raw) == path.stat().st_size
    if raw.startswith((b"PK", _OLE)):
        book = land_book(path, contracts, workshop, dataset=dataset, file_name=file_name)
        sheet = next(one for one in sheets.read_book(path)[0] if _fits(one, contracts, dataset or book[0].dataset, file_name))
        return FirstLook(recognise(sheet.head(HEADING_ROWS), contracts, dataset=dataset, file_name=file_name), book, True)
    encoding = csv_text.encoding_of(path)
    beginning = workshop / "beginning.csv"
    if encoding == "utf-16":
        raw = codecs.getincrementaldecoder("utf-16")("replace").decode(raw, whole).encode()
        encoding = "utf-8"
    beginning.write_bytes(raw if whole else raw[: raw.rfind(b"\n") + 1])
    match = _best_split(csv_text.head_rows(beginning, encoding), contracts, dataset, file_name)[0]
    landed = land_csv(beginning, contracts, workshop, dataset=dataset, file_name=file_name, complete=not whole)
    return FirstLook(match, landed, whole)


def _fits(sheet: sheets.Sheet, contracts: Mapping[str, Contract], dataset: str, file_name: str) -> bool:
    try:
        return recognise(sheet.head(HEADING_ROWS), contracts, file_name=file_name).contract.code == dataset
    except Refused:
        return False


def _best_split(
    splits: Sequence[list[list[str]]], contracts: Mapping[str, Contract], dataset: str, file_name: str
) -> tuple[Match, str, list[list[str]]]:
    """The delimiter under which the headings make sense, and the first rows below them split by it."""
    refusals: list[Refused] = []
    for delimiter, rows in zip(csv_text.DELIMITERS, splits, strict=True):
        widest = max((len(row) for row in rows), default=0)
        if widest < 2:
            continue
        try:
            match = recognise(rows, contracts, dataset=dataset, file_name=file_name)
        except Refused as why:
            refusals.append(why)
            continue
        return match, delimiter, rows[match.heading_row + 1 :]
    if refusals:
        raise min(refusals, key=lambda why: why.reason == "unknown_file")
    raise Refused(
        "unknown_file", "没有找到用逗号、分号、竖线或制表符分开的列。", "请确认发的是约定的表，另存为 CSV(逗号分隔)或 XLSX。"
    )


def land_book(
    path: Path,
    contracts: Mapping[str, Contract],
    workshop: Path,
    *,
    dataset: str = "",
    file_name: str = "",
    may_be_empty: bool = False,
) -> list[Landed]:
    """Land every sheet of a workbook that answers to a contract; sheets of one dataset count as one table.

    :raises Refused: it is not a workbook, or a sheet looks like a dataset and does not fit
    """
    with path.open("rb") as file:
        if file.read(8) == _OLE:
            raise Refused("has_password", "这是加了密码的表格，或旧的 .xls 格式。", "请去掉密码，另存为 .xlsx 或 CSV 再发。")
    book, hidden = sheets.read_book(path)
    notes = tuple(f"隐藏的工作表没有读：{name}" for name in hidden)
    found: list[tuple[Match, sheets.Sheet]] = []
    refusals: list[Refused] = []
    for sheet in book:
        try:
            found.append((recognise(sheet.head(HEADING_ROWS), contracts, dataset=dataset, file_name=file_name), sheet))
        except Refused as why:
            refusals.append(why)
            if why.reason != "unknown_file":
                raise
            notes += (f"工作表“{sheet.name}”不是约定的表，没有读",)
    if not found:
        raise refusals[0] if refusals else Refused("no_rows", "表格是空的。", "请检查导出是否成功。")
    landed = []
    for code in dict.fromkeys(match.contract.code for match, _ in found):
        match, table = _one_table([one for one in found if one[0].contract.code == code])
        landed.append(set_apart(match, [_encoded(table, match)], workshop, may_be_empty=may_be_empty, notes=notes))
    return landed


def _one_table(found: Sequence[tuple[Match, sheets.Sheet]]) -> tuple[Match, pa.Table]:
    """The rows of all sheets of one dataset below each other, in the columns of the first."""
    first = found[0][0]
    tables = []
    for match, sheet in found:
        if set(match.positions) != set(first.positions) or match.factors != first.factors:
            raise Refused(
                "sheets_differ",
                f"{first.contract.label}分在几个工作表里，列却不一样。",
                "请让每个工作表的列相同，或分成几个文件。",
            )
        below = [column.slice(match.heading_row + 1) for column in sheet.columns]
        if match is not first:
            at = {first.positions[name]: here for name, here in match.positions.items()}
            below = [below[at[n]] if n in at else pa.nulls(len(below[0]), pa.string()) for n in range(len(first.headings))]
        tables.append(pa.table(below, names=[f"c{n}" for n in range(len(below))]))
    return first, pa.concat_tables(tables).combine_chunks()


def _encoded(table: pa.Table, match: Match) -> pa.Table:
    """The same table, each text of a column in it once."""
    sample = list(zip(*(column.slice(0, 400).to_pylist() for column in table.columns), strict=True))
    different = as_different(match, sample)
    columns = [
        column.combine_chunks().dictionary_encode() if at in different else column for at, column in enumerate(table.columns)
    ]
    return pa.table(columns, names=table.column_names)


def land_rows(
    contract: Contract, rows: Sequence[Mapping[str, Any]], workshop: Path, *, broken: Sequence[str | None] | None = None
) -> tuple[Landed, list[dict[str, Any]]]:
    """Land rows pushed by a machine, and answer for each of them: accepted, rejected (with problems) or repeated.

    broken: of each row, the reason why it is none at all, if so

    :raises Refused: the rows' names do not fit the contract
    """
    match, table = _pushed(contract, rows)
    if broken and any(broken):
        table = table.append_column(BROKEN, pa.array(broken, pa.string()))
    landed = set_apart(match, [table], workshop)
    told = {row["row_no"]: row["problems"] for row in read_rejects(landed.bad)} if landed.bad else {}
    kept = set(pq.read_table(landed.good, columns=["row_no"])["row_no"].to_pylist())
    answers = []
    for no in range(1, len(rows) + 1):
        state = "rejected" if no in told else "accepted" if no in kept else "repeated"
        answers.append({"row": no, "state": state, "problems": told.get(no, [])})
    return landed, answers


def _pushed(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> tuple[Match, pa.Table]:
    headings = list(dict.fromkeys(str(name) for row in rows for name in row))
    match = recognise([headings], {contract.code: contract}, dataset=contract.code)
    columns = [pa.array([_pushed_text(row.get(name)) for row in rows], pa.string()) for name in headings]
    table = pa.table(columns, names=[f"c{at}" for at in range(len(headings))])
    return match, _encoded(table, match)


def read_rows(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> list[tuple[dict[str, Any] | None, list[dict[str, Any]]]]:
    """Type and check rows that name the same columns, writing nothing: each as `kept_table` keeps it, or None and why not.

    A blank row is None without a problem.

    :raises Refused: the rows' names do not fit the contract
    """
    match, table = _pushed(contract, rows)
    good, problems = read_at_once(match, table)
    kept = {row.pop("row_no"): {name: _plain(value) for name, value in row.items()} for row in good.to_pylist()}
    return [(kept.get(no), problems.get(no, [])) for no in range(1, len(rows) + 1)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def kept_table(contract: Contract, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows that `read_rows` read, as a landed table; numbered from 1 in their order."""
    columns = []
    for name, kind in kept_columns(contract):
        values = [row.get(name) for row in rows] if name != "row_no" else list(range(1, len(rows) + 1))
        if pa.types.is_date(kind):
            values = [None if value is None else date.fromisoformat(value) for value in values]
        columns.append(pa.array(values, kind))
    return pa.table(columns, names=[name for name, _ in kept_columns(contract)])


def rows_as_texts(contract: Contract, rows: Sequence[Mapping[str, Any]], renamed: Mapping[str, str]) -> tuple[Match, pa.Table]:
    """Pushed rows as texts: c0, c1, … renamed: name as pushed → heading it shall be read as.

    :raises Refused: the rows' names do not fit the contract
    """
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    match = recognise(_called([names], renamed), {contract.code: contract}, dataset=contract.code)
    columns = [pa.array([_pushed_text(row.get(name)) for row in rows], pa.string()) for name in names]
    return match, _encoded(pa.table(columns, names=[f"c{at}" for at in range(len(names))]), match)


def kept_row(contract: Contract, row: Mapping[str, Any]) -> dict[str, Any]:
    """One row that `read_rows` read, as it is read back from a landed table; row_no is 1."""
    told: dict[str, Any] = {}
    for name, kind in kept_columns(contract):
        value = row.get(name)
        told[name] = date.fromisoformat(value) if value is not None and pa.types.is_date(kind) else value
    return told | {"row_no": 1}


def land_kept(contract: Contract, rows: Sequence[Mapping[str, Any]], workshop: Path) -> Landed:
    """Land rows that `read_rows` read, all of them and in their order."""
    table, path = kept_table(contract, rows), workshop / f"{uuid4().hex}.parquet"
    states = write_good(contract, table, path)
    return Landed(
        dataset=contract.code, rows=len(rows), accepted=len(rows), rejected=0, repeated=0, skipped=0, without_number=states,
        reasons={}, good=path, bad=None, heading_row=1, absent=(), extra=(),
    )  # fmt: skip


def _pushed_text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return sheets.number_text(value)
    return str(value)


def read_rejects(
    path: Path, *, first: int = 0, count: int | None = None, within: tuple[Column, str] | None = None
) -> list[dict[str, Any]]:
    """Rejected rows in the order of the file: row_no, problems (field, value, reason), raw (heading → text).

    within: a column and a beginning; only rows whose cell there begins so.
    """
    table = pq.read_table(path)
    if within is None:
        table = table.slice(first, count)
    rows = [row | {"raw": json.loads(row["raw"])} for row in table.to_pylist()]
    if within is None:
        return rows
    column, beginning = within
    here = [
        row
        for row in rows
        if any(plain_header(h) in column.headings and (cell or "").startswith(beginning) for h, cell in row["raw"].items())
    ]
    return here[first : None if count is None else first + count]
