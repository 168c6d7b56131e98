"""Mends: a small list of what to change in a delivery as it came. The delivery stays; the list, applied to it, gives other texts.

A mend says what it changes and nothing else changes. Row numbers count the lines below the headings and stay what they were.
The same mend twice in a list counts once, so a list applied twice is the list applied once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import landing
from doudi.engine.apart import BROKEN, Landed, as_different, set_apart
from doudi.engine.cells import closed
from doudi.engine.columns import Flags, Texts, is_total, read_column, read_numbers
from doudi.engine.contract import Column, Contract
from doudi.engine.recognise import Match

FACTORS = ("0.01", "0.0001", "0.001", "100", "1000", "10000")
MOST_ROWS = 2_000_000  # a larger file is mended where it was made
MOST_MENDS, MOST_VALUES = 2_000, 2_000
_DAY_MONTH = re.compile(r"\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})\s*")
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,8})?")


class BadMend(ValueError):
    """A mend that cannot be meant; says which and why, to the person who wrote it."""


# ---- what a mend can be ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A heading as delivered is read as a column of the contract."""

    kind: ClassVar = "heading"
    heading: str
    column: str


@dataclass(frozen=True)
class Values:
    """In one column, whole cells of these texts become those; an empty text stands for an empty cell."""

    kind: ClassVar = "values"
    column: str
    map: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Strip:
    """In one column these characters go wherever they stand."""

    kind: ClassVar = "strip"
    column: str
    characters: str


@dataclass(frozen=True)
class Dates:
    """In one column 05/06/2026 means the fifth of June (dmy) or the sixth of May (mdy)."""

    kind: ClassVar = "dates"
    column: str
    order: Literal["dmy", "mdy"]


@dataclass(frozen=True)
class Unit:
    """In one column every plain number is so many times as large; with `over`, only those above it."""

    kind: ClassVar = "unit"
    column: str
    factor: str
    over: str = ""


@dataclass(frozen=True)
class Clear:
    """In one column what cannot be read for this reason says nothing: not known, instead of wrong."""

    kind: ClassVar = "clear"
    column: str
    reason: str


@dataclass(frozen=True)
class Fill:
    """Where a birth date or sex is empty or cannot be read, it is taken from the row's trusted citizen number."""

    kind: ClassVar = "fill"
    column: str


@dataclass(frozen=True)
class Drop:
    """Some rows are no rows: those that add up others (totals), or those of these numbers."""

    kind: ClassVar = "drop"
    totals: bool = False
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One cell says this."""

    kind: ClassVar = "cell"
    row: int
    column: str
    value: str


Mend = Heading | Values | Strip | Dates | Unit | Clear | Fill | Drop | Cell
_KINDS: dict[str, type[Any]] = {one.kind: one for one in (Heading, Values, Strip, Dates, Unit, Clear, Fill, Drop, Cell)}
_OF_ONE_FILE = (Cell,)  # worth nothing for the next file


def written(mends: Iterable[Mend]) -> list[dict[str, Any]]:
    """Mends as they are kept: plain JSON, each with its kind."""
    return [{"kind": mend.kind, **json.loads(json.dumps(asdict(mend)))} for mend in mends]


def read_mends(told: Sequence[Mapping[str, Any]], contract: Contract) -> tuple[Mend, ...]:
    """Read a kept or sent list; the same mend twice counts once.

    :raises BadMend: a kind, column, order, factor or value that cannot be
    """
    if len(told) > MOST_MENDS:
        raise BadMend(f"一次最多 {MOST_MENDS} 条，这里有 {len(told)} 条。请改好原表再送。")
    return tuple(dict.fromkeys(_read(one, contract) for one in told))


def _read(told: Mapping[str, Any], contract: Contract) -> Mend:
    kind = _KINDS.get(str(told.get("kind")))
    given = {name: value for name, value in told.items() if name != "kind"}
    if kind is None:
        raise BadMend(f"没有这种改法：{told.get('kind')!r}。")
    try:
        if kind is Values:
            pairs = given["map"].items() if isinstance(given["map"], Mapping) else given["map"]
            given["map"] = tuple((str(old), str(new)) for old, new in pairs)
        if kind is Drop:
            given["rows"] = tuple(sorted({int(row) for row in given.get("rows", ())}))
        if kind is Cell:
            given["row"] = int(given["row"])
        mend: Mend = kind(**given)
    except (TypeError, ValueError, KeyError):
        raise BadMend(f"“{told.get('kind')}”这条改法写得不完整。") from None
    _check(mend, contract)
    return mend


def _check(mend: Mend, contract: Contract) -> None:
    column = None
    if not isinstance(mend, Drop):
        column = contract.by_name.get(mend.column)
        if column is None:
            raise BadMend(f"{contract.label}里没有 {mend.column!r} 这一列。")
    match mend:
        case Values(map=pairs) if not pairs or len(pairs) > MOST_VALUES or len({old for old, _ in pairs}) != len(pairs):
            raise BadMend(f"对照表要有 1 到 {MOST_VALUES} 个不同的写法。")
        case Strip(characters=characters) if not characters or len(characters) > 40:
            raise BadMend("请写要去掉的字符，最多 40 个。")
        case Dates(order=order) if column and (column.type not in ("date", "month") or order not in ("dmy", "mdy")):
            raise BadMend("只有日期列能定日和月的先后，先日后月或先月后日。")
        case Unit(factor=factor, over=over) if column and (
            column.type not in ("money", "number", "integer") or factor not in FACTORS or (over and not _AMOUNT.fullmatch(over))
        ):
            raise BadMend(f"只有金额和数字列能换单位，倍数是 {'、'.join(FACTORS)} 之一。")
        case Clear() if column and column.required:
            raise BadMend(f"“{column.label}”是必填的，不能清空；请改正，或退回部门。")
        case Fill() if column and _source(contract, column) is None:
            raise BadMend("只有本人的出生日期和性别能从身份证号里取。")
        case Drop(totals=totals, rows=rows) if not totals and not rows:
            raise BadMend("请写明去掉哪些行。")
        case Cell(row=row) if row < 1:
            raise BadMend("行号从 1 开始。")
        case Heading(heading=heading) if not heading.strip():
            raise BadMend("请写明文件里的列名。")


def _source(contract: Contract, column: Column) -> str | None:
    """The number of the person the row is about, if this column can be taken from it."""
    if not (column.name == "birth_date" and column.type == "date") and not (column.name == "sex" and column.type == "code"):
        return None
    return next((one.name for one in contract.columns if one.type == "citizen_no" and one.person), None)


def lasting(mends: Iterable[Mend]) -> tuple[Mend, ...]:
    """Those that may help with the next file as well: not single cells, not single rows."""
    kept = [mend for mend in mends if not isinstance(mend, _OF_ONE_FILE)]
    kept = [replace(mend, rows=()) if isinstance(mend, Drop) else mend for mend in kept]
    return tuple(mend for mend in kept if not isinstance(mend, Drop) or mend.totals)


# ---- opening a delivery and applying a list ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A delivery's rows of one dataset as texts: c0, c1, … and what they answer to."""

    match: Match
    table: pa.Table


@dataclass(frozen=True)
class Changes:
    """What a list changed: cells of each mend in order, and rows dropped."""

    cells: tuple[int, ...]
    dropped: int

    @property
    def total(self) -> int:
        return sum(self.cells)


def open_delivery(
    path: Path,
    contract: Contract,
    contracts: Mapping[str, Contract],
    workshop: Path,
    *,
    file_name: str,
    mends: Sequence[Mend] = (),
    beside: Path | None = None,
) -> Opened:
    """Read a kept delivery again, with headings read as the mends say.

    :param beside: a folder where the texts may lie from the last time and are left for the next; the lake clears it within days
    :raises Refused: it cannot be read as this dataset, or is too large to be mended here
    """
    renamed = {one.heading.strip(): contract.by_name[one.column].label for one in mends if isinstance(one, Heading)}
    if beside and (known := _from_beside(beside, contract, contracts, renamed, file_name)):
        return known
    with path.open("rb") as file:
        head = file.read(64)
    if head.lstrip().startswith(b"{"):
        return _pushed(path, contract, renamed)
    is_book = head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    match, table = landing.read_texts(
        path, contracts, workshop, dataset=contract.code, file_name=file_name, is_book=is_book, renamed=renamed
    )
    if table.num_rows > MOST_ROWS:
        raise landing.Refused("too_large", f"有 {table.num_rows} 行，太大了，不能在这里改。", "请在原来的系统里改好再送。")
    if beside and not renamed:
        _leave_beside(beside, match, table, workshop)
    return Opened(match, table)


_HEAD = b"doudi.head"


def _leave_beside(folder: Path, match: Match, table: pa.Table, workshop: Path) -> None:
    """Keep the texts for the next look: reading a large workbook takes seconds, reading this does not."""
    told = json.dumps({"headings": match.headings, "heading_row": match.heading_row}).encode()
    draft = workshop / "texts.parquet"
    pq.write_table(table.replace_schema_metadata({_HEAD: told}), draft, compression="snappy")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft.replace(folder / "texts.parquet")


def headings_beside(folder: Path) -> list[str]:
    """The headings of a delivery whose texts lie there from the last time; none where they do not."""
    path = folder / "texts.parquet"
    return json.loads(pq.read_schema(path).metadata[_HEAD])["headings"] if path.exists() else []


def _from_beside(
    folder: Path, contract: Contract, contracts: Mapping[str, Contract], renamed: Mapping[str, str], file_name: str
) -> Opened | None:
    path = folder / "texts.parquet"
    if not path.exists():
        return None
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[_HEAD])
    head = [renamed.get(heading, heading) for heading in told["headings"]]
    match = landing.recognise([head], contracts, dataset=contract.code, file_name=file_name)
    return Opened(replace(match, heading_row=told["heading_row"]), table.replace_schema_metadata(None))


def _pushed(path: Path, contract: Contract, renamed: Mapping[str, str]) -> Opened:
    told = json.loads(path.read_bytes())
    rows = told.get("rows") if isinstance(told, dict) else None
    if not rows:
        raise landing.Refused("unknown_file", "这不是约定的表。", "请重新发送。")
    return Opened(*landing.rows_as_texts(contract, rows, renamed))


def apply(opened: Opened, mends: Sequence[Mend]) -> tuple[pa.Table, Changes]:
    """Apply a list, each mend to what those before it left.

    :raises BadMend: a mend names a column the file does not have, or a row beyond its end
    """
    work = _Work(opened)
    counted = tuple(work.apply(mend) for mend in mends)
    return work.table(), Changes(counted, int(work.dropped.sum()))


class _Work:
    """A table being mended, column by column."""

    def __init__(self, opened: Opened) -> None:
        self.match, self.count = opened.match, opened.table.num_rows
        self.columns = {name: opened.table[name].combine_chunks() for name in opened.table.column_names}
        self.dropped = np.zeros(self.count, dtype=bool)

    def table(self) -> pa.Table:
        """The table as it stands; a dropped row is an empty one, so that the others keep their numbers."""
        if not self.dropped.any():
            return pa.table(self.columns)
        gone = pa.array(self.dropped)
        return pa.table({name: pc.if_else(gone, None, _plain(one)) for name, one in self.columns.items()})

    def place(self, column: str) -> str:
        position = self.match.positions.get(column)
        if position is None:
            label = self.match.contract.by_name[column].label
            raise BadMend(f"文件里没有“{label}”这一列。")
        return f"c{position}"

    def apply(self, mend: Mend) -> int:
        match mend:
            case Heading():
                return 0
            case Values(column=column, map=pairs):
                told = dict(pairs)
                return self._texts(column, lambda text: told.get(text or "", text) or None, empty="" in told)
            case Strip(column=column, characters=characters):
                gone = dict.fromkeys(map(ord, characters))
                return self._texts(column, lambda text: (text or "").translate(gone) or None)
            case Dates(column=column, order=order):
                return self._texts(column, lambda text: _iso(text or "", order))
            case Unit(column=column, factor=factor, over=over):
                times, above = Decimal(factor), Decimal(over) if over else None
                return self._texts(column, lambda text: _times(text or "", times, above))
            case Clear(column=column, reason=reason):
                wrong, told_reasons = self._reasons(column)
                if wrong is None or reason not in told_reasons:
                    return 0
                return self._put(column, wrong == told_reasons.index(reason), None)
            case Fill(column=column):
                return self._fill(column)
            case Drop(totals=totals, rows=rows):
                return self._drop(totals, rows)
            case Cell(row=row, column=column, value=value):
                if row > self.count:
                    raise BadMend(f"没有第 {row} 行，文件一共 {self.count} 行。")
                here = np.zeros(self.count, dtype=bool)
                here[row - 1] = True
                return self._put(column, here, value or None)

    def _texts(self, column: str, change: Callable[[str | None], str | None], *, empty: bool = False) -> int:
        """Change a column text by text, however often each stands; `empty`: cells where nothing stands as well."""
        name = self.place(column)
        coded = _plain(self.columns[name]).dictionary_encode()
        old = coded.dictionary.to_pylist()
        new = [change(text) for text in old]
        nothing = change(None) if empty else None
        changed = np.array(
            [(one or None) != (other or None) for one, other in zip(old, new, strict=True)] + [nothing is not None], dtype=bool
        )
        if not changed.any():
            return 0
        rows = coded.indices.fill_null(len(old)).to_numpy(zero_copy_only=False)
        self.columns[name] = pa.array([*new, nothing], pa.string()).take(pa.array(rows)).dictionary_encode()
        return int(changed[rows].sum())

    def _put(self, column: str, here: Flags, value: str | None) -> int:
        name = self.place(column)
        old = _plain(self.columns[name])
        new = pc.if_else(pa.array(here), pa.scalar(value, pa.string()), old)
        changed = _differ(old, new)
        self.columns[name] = new.dictionary_encode()
        return changed

    def _reasons(self, column: str) -> tuple[npt.NDArray[np.uint8] | None, tuple[str, ...]]:
        read = read_column(
            self.match.contract.by_name[column],
            Texts.of(self.columns[self.place(column)]),
            self.match.factors.get(column, 1),
        )
        return read.reasons, read.told

    def _fill(self, column: str) -> int:
        contract = self.match.contract
        number = _source(contract, contract.by_name[column])
        assert number is not None
        numbers = read_numbers(Texts.of(_plain(self.columns[self.place(number)])))
        known = numbers.values.cast(pa.string())
        if column == "birth_date":
            parts = [pc.utf8_slice_codeunits(known, *at) for at in ((6, 10), (10, 12), (12, 14))]
            told = pc.binary_join_element_wise(*parts, "-")
        else:
            odd = pc.equal(pc.bit_wise_and(pc.utf8_slice_codeunits(known, 16, 17).cast(pa.int8()), 1), 1)
            told = pc.if_else(odd, "1", "2")
        old = _plain(self.columns[self.place(column)])
        wrong, _ = self._reasons(column)
        wants = pc.or_(old.is_null(), pc.equal(old, "").fill_null(True)).to_numpy(zero_copy_only=False)
        if wrong is not None:
            wants = wants | (wrong > 0)
        here = pc.and_(pa.array(wants), known.is_valid())
        new = pc.if_else(here, told, old)
        changed = _differ(old, new)
        self.columns[self.place(column)] = new.dictionary_encode()
        return changed

    def _drop(self, totals: bool, rows: tuple[int, ...]) -> int:
        before = self.dropped.sum()
        if rows and rows[-1] > self.count:
            raise BadMend(f"没有第 {rows[-1]} 行，文件一共 {self.count} 行。")
        self.dropped[np.array(rows, dtype=np.int64) - 1] = True
        if totals:
            first: pa.Array | None = None
            for at in range(len(self.match.headings)):
                texts = _plain(self.columns[f"c{at}"])
                first = texts if first is None else pc.coalesce(first, texts)
                if not first.null_count:
                    break
            if first is not None:
                coded = first.dictionary_encode()
                which = np.array([*(is_total(text) for text in coded.dictionary.to_pylist()), False])
                rows_of = coded.indices.fill_null(len(which) - 1).to_numpy(zero_copy_only=False)
                self.dropped |= which[rows_of]
        return int(self.dropped.sum() - before)


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _differ(old: pa.Array, new: pa.Array) -> int:
    same = pc.or_(pc.equal(old, new).fill_null(False), pc.and_(old.is_null(), new.is_null()))
    return len(old) - int(pc.sum(same).as_py() or 0)


def _iso(text: str, order: str) -> str | None:
    found = _DAY_MONTH.fullmatch(text)
    if not found:
        return text or None
    day, month = (found[1], found[2]) if order == "dmy" else (found[2], found[1])
    return f"{found[3]}-{month:0>2}-{day:0>2}"


def _times(text: str, factor: Decimal, over: Decimal | None) -> str | None:
    plain = closed(text).replace(",", "").removesuffix("元")
    if not _AMOUNT.fullmatch(plain) or (over is not None and Decimal(plain) <= over):
        return text or None
    value = format((Decimal(plain) * factor).normalize(), "f")
    return value


def land(opened: Opened, mends: Sequence[Mend], workshop: Path) -> tuple[Landed, Changes]:
    """Apply a list and set the rows apart as if the file had come so.

    :raises BadMend: a mend names a column the file does not have, or a row beyond its end
    """
    table, changes = apply(opened, mends)
    if changes.total and BROKEN in table.column_names:
        table = _whole_again(opened, table, mends)
    sample = list(
        zip(
            *(_plain(table[f"c{at}"].slice(0, 400).combine_chunks()).to_pylist() for at in range(len(opened.match.headings))),
            strict=True,
        )
    )
    different = as_different(opened.match, sample)
    columns = {
        name: table[name] if name == BROKEN else _as_read(table[name].combine_chunks(), int(name[1:]) in different)
        for name in table.column_names
    }
    return set_apart(opened.match, [pa.table(columns)], workshop, may_be_empty=True), changes


def _as_read(column: pa.Array, coded: bool) -> pa.Array:
    plain = _plain(column)
    return plain.dictionary_encode() if coded else plain


def _whole_again(opened: Opened, table: pa.Table, mends: Sequence[Mend]) -> pa.Table:
    """A line that could not be split counts as whole once every required cell of it was written by hand."""
    required = opened.match.contract.required
    by_hand: dict[int, set[str]] = {}
    for mend in mends:
        if isinstance(mend, Cell):
            by_hand.setdefault(mend.row, set()).add(mend.column)
    rows = [row - 1 for row, columns in by_hand.items() if required <= columns]
    if not rows:
        return table
    broken = table[BROKEN].combine_chunks()
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[rows] = True
    at = table.column_names.index(BROKEN)
    return table.set_column(at, BROKEN, pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), broken))
