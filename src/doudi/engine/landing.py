"""One delivered file, from bytes to typed and rejected rows; nothing here decides, nothing here knows the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from doudi.engine import csv_text, sheets
from doudi.engine.apart import HELD_BYTES, Landed, set_apart
from doudi.engine.contract import Contract
from doudi.engine.recognise import HEADING_ROWS, Match, Refused, recognise
from doudi.engine.typing import quote

_ROWS_A_BATCH = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def connect(workshop: Path, *, memory: str = "1200MB", threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one's own that spills into the workshop rather than growing."""
    settings: dict[str, Any] = {
        "memory_limit": memory,
        "temp_directory": str(workshop / "spill"),
        "preserve_insertion_order": True,
    }
    if threads:
        settings["threads"] = threads
    return duckdb.connect(":memory:", config=settings)


def land_csv(
    path: Path,
    contracts: Mapping[str, Contract],
    workshop: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    dataset: str = "",
    file_name: str = "",
    complete: bool = False,
    may_be_empty: bool = False,
) -> list[Landed]:
    """Land a delimited text file.

    :raises Refused: it is not text, no contract fits, or it breaks off
    """
    encoding = csv_text.encoding_of(path)
    _, splits = csv_text.head_rows(path, encoding)
    match, delimiter, skip = _best_split(splits, contracts, dataset, file_name)
    readable = path
    if encoding != "utf-8":
        readable = workshop / "as-utf8.csv"
        if not csv_text.to_utf8(path, encoding, readable):
            return [_careful(path, encoding, match, delimiter, skip, workshop, con, complete=complete, may_be_empty=may_be_empty)]
    large = readable.stat().st_size > HELD_BYTES
    text = _read_csv(readable, delimiter, len(match.headings), skip)
    try:
        return [set_apart(con, match, text, workshop, large=large, may_be_empty=may_be_empty)]
    except (duckdb.InvalidInputException, duckdb.ConversionException):  # some line is not as it should be: take them one by one
        return [_careful(path, encoding, match, delimiter, skip, workshop, con, complete=complete, may_be_empty=may_be_empty)]
    finally:
        if readable != path:
            readable.unlink(missing_ok=True)


def _best_split(
    splits: Sequence[list[list[str]]], contracts: Mapping[str, Contract], dataset: str, file_name: str
) -> tuple[Match, str, int]:
    """The delimiter under which the headings make sense; several known headings in one row decide."""
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
        return match, delimiter, match.heading_row + 1
    if refusals:
        raise min(refusals, key=lambda why: why.reason == "unknown_file")
    raise Refused("unknown_file", "没有找到用逗号、分号或制表符分开的列。", "请确认发的是约定的表，另存为 CSV(逗号分隔)或 XLSX。")


def _read_csv(path: Path, delimiter: str, width: int, skip: int) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    return (
        f"SELECT * FROM read_csv({quote(str(path))}, auto_detect=false, header=false, skip={skip}, delim={quote(delimiter)}, "
        f"quote='\"', escape='\"', strict_mode=true, max_line_size={csv_text.LONGEST_LINE}, columns={{{columns}}})"
    )


def _careful(
    path: Path,
    encoding: str,
    match: Match,
    delimiter: str,
    skip: int,
    workshop: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    complete: bool,
    may_be_empty: bool,
) -> Landed:
    """Land a file some of whose lines are broken: each such line is one rejected row."""
    width = len(match.headings)
    lines = csv_text.careful_lines(path, encoding, delimiter, width, skip, complete=complete)
    rows = ([*line.cells, *[None] * (width - len(line.cells)), line.broken or None] for line in lines)
    large = path.stat().st_size > HELD_BYTES
    return _from_rows(con, match, rows, workshop, broken=True, large=large, may_be_empty=may_be_empty)


def _from_rows(
    con: duckdb.DuckDBPyConnection,
    match: Match,
    rows: Iterable[Sequence[str | None]],
    workshop: Path,
    *,
    broken: bool,
    large: bool = False,
    may_be_empty: bool = False,
    notes: tuple[str, ...] = (),
) -> Landed:
    """Land rows held in Python, a batch at a time."""
    names = [f"c{i}" for i in range(len(match.headings))] + (["broken"] if broken else [])
    schema = pa.schema([(name, pa.string()) for name in names])
    rows = iter(rows)
    failed: list[Refused] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            while some := list(islice(rows, _ROWS_A_BATCH)):
                yield pa.RecordBatch.from_arrays(
                    [pa.array(column, pa.string()) for column in zip(*some, strict=True)], schema=schema
                )
        except Refused as why:  # told again below: DuckDB would wrap it
            failed.append(why)
            raise

    con.register("handed", pa.RecordBatchReader.from_batches(schema, batches()))
    try:
        return set_apart(
            con, match, "SELECT * FROM handed", workshop, broken=broken, large=large, may_be_empty=may_be_empty, notes=notes
        )
    except Exception:
        if failed:
            raise failed[0] from None
        raise
    finally:
        con.unregister("handed")


def land_book(
    path: Path,
    contracts: Mapping[str, Contract],
    workshop: Path,
    con: duckdb.DuckDBPyConnection,
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
        con.register("handed", table)
        try:
            landed.append(set_apart(con, match, "SELECT * FROM handed", workshop, may_be_empty=may_be_empty, notes=notes))
        finally:
            con.unregister("handed")
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
    return first, pa.concat_tables(tables)


def land_rows(
    contract: Contract,
    rows: Sequence[Mapping[str, Any]],
    workshop: Path,
    con: duckdb.DuckDBPyConnection,
) -> tuple[Landed, list[dict[str, Any]]]:
    """Land rows pushed by a machine, and answer for each of them.

    :raises Refused: the rows' names do not fit the contract
    """
    headings = list(dict.fromkeys(str(name) for row in rows for name in row))
    match = recognise([headings], {contract.code: contract}, dataset=contract.code)
    texts = [[_pushed_text(row.get(name)) for name in headings] for row in rows]
    landed = _from_rows(con, match, texts, workshop, broken=False)
    told: dict[int, list[dict[str, Any]]] = {}
    if landed.bad:
        for reject in read_rejects(con, landed.bad):
            told[reject["row_no"]] = reject["problems"]
    kept = {row for (row,) in con.execute(f"SELECT row_no FROM read_parquet({quote(str(landed.good))})").fetchall()}
    answers = []
    for no in range(1, len(rows) + 1):
        state = "rejected" if no in told else "accepted" if no in kept else "repeated"
        answers.append({"row": no, "state": state, "problems": told.get(no, [])})
    return landed, answers


def _pushed_text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return sheets.number_text(value)
    return str(value)


def read_rejects(
    con: duckdb.DuckDBPyConnection, path: Path, *, first: int = 0, count: int = 1_000_000, area: tuple[str, str] | None = None
) -> list[dict[str, Any]]:
    """Rejected rows in the order of the file: row_no, problems (field, value, reason), raw (heading → text).

    area: (heading, prefix) keeps only rows whose cell under that heading begins so.
    """
    where = f"WHERE starts_with(coalesce(raw->>{quote(area[0])}, ''), {quote(area[1])})" if area else ""
    page = f"ORDER BY row_no LIMIT {count:d} OFFSET {first:d}"
    rows = con.execute(f"SELECT row_no, problems, raw FROM read_parquet({quote(str(path))}) {where} {page}").fetchall()
    return [{"row_no": no, "problems": problems, "raw": json.loads(raw)} for no, problems, raw in rows]
