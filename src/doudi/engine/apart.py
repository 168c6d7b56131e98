"""Rows set apart: the good into one Parquet file, the rejected with their reasons into another, the repeated counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine.columns import Flags, Texts, is_total, kind_of, read_column, read_numbers
from doudi.engine.contract import Column, Contract
from doudi.engine.recognise import Match, Refused

_ROW_GROUP = 8_192  # small, so that one person's rows are read without the rest
_ROUNDS = 20
_LIKENESS = "likeness"  # beside the columns of rows that wait on the disk
_MEMORY, _AT_ONCE = "400MB", 100_000  # for finding repeated rows in a file too large to hold
BROKEN = "broken"  # the column in which a reader tells why a line could not be split into cells
_MANY = 0.3  # of the rows with a text of their own, and a dictionary costs more than it saves
_PROBLEM = pa.struct([("field", pa.string()), ("value", pa.string()), ("reason", pa.string())])
_REJECTS = pa.schema([("row_no", pa.int32()), ("problems", pa.list_(_PROBLEM)), ("raw", pa.string())])


@dataclass(frozen=True)
class Landed:
    """What became of the rows of one dataset in one file. rows = accepted + rejected + repeated."""

    dataset: str
    rows: int
    accepted: int
    rejected: int
    repeated: int
    skipped: int  # blank rows, repeated headings and totals, which are not rows
    without_number: Mapping[str, int]
    reasons: Mapping[str, int]
    good: Path  # Parquet in the workshop, not yet in the lake
    bad: Path | None
    heading_row: int
    absent: tuple[str, ...]
    extra: tuple[str, ...]
    notes: tuple[str, ...] = ()


def kept_columns(contract: Contract) -> list[tuple[str, pa.DataType]]:
    """The columns of a landed object and their types, in order."""
    kept: list[tuple[str, pa.DataType]] = [("row_no", pa.int32())]
    for column in contract.columns:
        kept.append((column.name, kind_of(column)))
        if column.type == "citizen_no":
            kept += [(f"{column.name}_raw", pa.string()), (f"{column.name}_state", pa.string())]
    return kept


def as_different(match: Match, sample: Sequence[Sequence[str]]) -> set[int]:
    """Positions of columns best delivered as dictionaries: all but those in which many rows have a text of their own.

    sample: some of the first rows.
    """
    own = set()
    for name, position in match.positions.items():
        kind = match.contract.by_name[name].type
        if kind in ("text", "name"):
            texts = [row[position] for row in sample if position < len(row)]
            if len(set(texts)) > _MANY * len(texts):
                own.add(position)
        elif kind in ("citizen_no", "account"):
            own.add(position)
    return set(range(len(match.headings))) - own


@dataclass
class _Sorted:
    """One slice of a table, read: the good rows, and what is wrong with the others."""

    good: pa.Table
    likeness: npt.NDArray[np.uint64]  # of each good row: equal rows have equal ones
    bad: list[tuple[int, list[dict[str, str | None]], str]]
    skipped: int


def _read_slice(match: Match, table: pa.Table, first_row: int) -> _Sorted:
    """Read every column of a slice and judge each row as a whole."""
    contract, count = match.contract, table.num_rows
    texts = {at: Texts.of(table[f"c{at}"]) for at in range(len(match.headings))}
    broken = table[BROKEN].combine_chunks() if BROKEN in table.column_names else None
    bad = np.zeros(count, dtype=bool) if broken is None else broken.is_valid().to_numpy(zero_copy_only=False)
    likeness = np.zeros(count, dtype=np.uint64)
    columns: list[pa.Array] = [pa.array(np.arange(first_row, first_row + count, dtype=np.int32))]
    problems: list[tuple[Column, Texts, npt.NDArray[np.uint8], tuple[str, ...]]] = []

    def tell_apart(identity: npt.NDArray[np.uint64] | None) -> None:
        if identity is not None:
            np.multiply(likeness, np.uint64(0x9E3779B97F4A7C15), out=likeness)
            np.add(likeness, identity, out=likeness)
            np.bitwise_xor(likeness, likeness >> np.uint64(29), out=likeness)

    for column in contract.columns:
        position = match.positions.get(column.name)
        if position is None:
            columns.append(pa.nulls(count, kind_of(column)))
            if column.type == "citizen_no":
                columns += [pa.nulls(count, pa.string()), pa.array(["missing"] * count)]
            continue
        if column.type == "citizen_no":
            numbers = read_numbers(texts[position])
            columns += [numbers.values, numbers.raw, numbers.states]
            tell_apart(numbers.identity)
            continue
        read = read_column(column, texts[position], match.factors.get(column.name, 1))
        columns.append(read.values)
        tell_apart(read.identity)
        if read.reasons is not None:
            bad |= read.reasons > 0
            problems.append((column, texts[position], read.reasons, read.told))
    skipped = _skipped(match, texts, bad, broken)
    keep = ~(bad | skipped)
    good = pa.Table.from_arrays(columns, names=[name for name, _ in kept_columns(contract)])
    rejected = np.flatnonzero(bad & ~skipped)
    told = _tell(match, texts, rejected, problems, broken, first_row)
    if not keep.all():
        good, likeness = good.filter(pa.array(keep)), likeness[keep]
    return _Sorted(good, likeness, told, int(skipped.sum()))


def _skipped(match: Match, texts: Mapping[int, Texts], bad: Flags, broken: pa.Array | None) -> Flags:
    """Rows that are no rows: blank ones, the headings again, and totals (which leave a required cell empty)."""
    needed = [match.positions[name] for name in match.contract.required or match.positions]
    skipped = np.zeros(len(bad), dtype=bool)
    again = np.ones(len(bad), dtype=bool)
    for position in needed:
        different = texts[position].different
        here = pc.equal(different, match.headings[position]).fill_null(False).to_numpy(zero_copy_only=False)
        if not here.any():
            again[:] = False
            break
        again &= texts[position].spread(here, 0).astype(bool)
    skipped |= again
    whole = np.flatnonzero(bad if broken is None else bad & broken.is_null().to_numpy(zero_copy_only=False))
    if not len(whole):
        return skipped
    begins: list[str | None] = [None] * len(whole)
    for at in range(len(match.headings)):
        if None not in begins:
            break
        begins = [text or other for text, other in zip(begins, texts[at].at(whole), strict=True)]
    incomplete = np.zeros(len(whole), dtype=bool)
    for position in needed:
        incomplete |= np.array([not text for text in texts[position].at(whole)], dtype=bool)
    skipped[whole] |= [text is None or (lacks and is_total(text)) for text, lacks in zip(begins, incomplete, strict=True)]
    return skipped


def _tell(
    match: Match,
    texts: Mapping[int, Texts],
    rejected: npt.NDArray[np.int64],
    problems: Sequence[tuple[Column, Texts, npt.NDArray[np.uint8], tuple[str, ...]]],
    broken: pa.Array | None,
    first_row: int,
) -> list[tuple[int, list[dict[str, str | None]], str]]:
    """Every rejected row with all that is wrong with it, and the row as it came."""
    if not len(rejected):
        return []
    found: list[list[dict[str, str | None]]] = [[] for _ in rejected]
    split_badly = broken.take(pa.array(rejected)).to_pylist() if broken is not None else [None] * len(rejected)
    for column, of, reasons, told in problems:
        here = np.flatnonzero(reasons[rejected])
        for at, text in zip(here.tolist(), of.at(rejected[here]), strict=True):
            if split_badly[at] is None:
                found[at].append({"field": column.name, "value": text, "reason": told[reasons[rejected[at]]]})
    labels = [
        heading if heading and heading not in match.headings[:at] else f"{heading}#{at + 1}"
        for at, heading in enumerate(match.headings)
    ]
    cells = [texts[at].at(rejected) for at in range(len(labels))]
    rows = []
    for at, (row, why) in enumerate(zip(rejected.tolist(), split_badly, strict=True)):
        if why is not None:
            found[at] = [{"field": "", "value": None, "reason": why}]
        raw = json.dumps({label: column[at] for label, column in zip(labels, cells, strict=True)}, ensure_ascii=False)
        rows.append((first_row + row, found[at], raw))
    return rows


@dataclass
class _Count:
    """What adds up over the slices of a table."""

    good: int = 0
    skipped: int = 0
    bad: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def read_at_once(match: Match, table: pa.Table) -> tuple[pa.Table, dict[int, list[dict[str, str | None]]]]:
    """Read a few rows held in memory: the good ones as they would be kept, the problems of the bad ones by row number (from 1).

    A blank row is in neither. Rows equal to one another are all kept.
    """
    read = _read_slice(match, table, 1)
    return read.good, {row: problems for row, problems, _ in read.bad}


def set_apart(
    match: Match, slices: Iterable[pa.Table], workshop: Path, *, may_be_empty: bool = False, notes: tuple[str, ...] = ()
) -> Landed:
    """Read the rows of a table, a slice at a time, and set them apart.

    slices: tables with columns c0, c1, … in the order of the headings, and `broken` if lines can be.

    :raises Refused: there is no row
    """
    contract, count = match.contract, _Count()
    good_file, bad_file = workshop / f"{uuid4().hex}.parquet", workshop / f"{uuid4().hex}.parquet"
    with _Rejects(bad_file) as rejects:
        pieces = _counted(match, slices, count, rejects)
        first, second = next(pieces, None), next(pieces, None)
        if not count.good and not count.bad and not may_be_empty:
            raise Refused(
                "no_rows",
                f"{contract.label}：只有表头，没有数据。",
                "请检查导出是否成功；确实没有数据的月份，请在清单里写 rows = 0。",
            )
        if first is None:
            first = _read_slice(match, _nothing(match), 1)
        if second is None:
            repeated, states = _write_held(contract, first, good_file)
        else:
            repeated, states = _write_streamed(contract, _chain(first, second, pieces), good_file, workshop)
    return Landed(
        dataset=contract.code,
        rows=count.good + count.bad,
        accepted=count.good - repeated,
        rejected=count.bad,
        repeated=repeated,
        skipped=count.skipped,
        without_number=states,
        reasons=dict(sorted(count.reasons.items())),
        good=good_file,
        bad=bad_file if count.bad else None,
        heading_row=match.heading_row + 1,
        absent=match.absent,
        extra=match.extra,
        notes=notes,
    )


def _nothing(match: Match) -> pa.Table:
    return pa.table({f"c{at}": pa.array([], pa.string()) for at in range(len(match.headings))})


def _chain(first: _Sorted, second: _Sorted, others: Iterator[_Sorted]) -> Iterator[_Sorted]:
    yield first
    yield second
    yield from others


def _counted(match: Match, slices: Iterable[pa.Table], count: _Count, rejects: _Rejects) -> Iterator[_Sorted]:
    """Read slice after slice, counting, and writing the rejected rows as they come."""
    first_row = 1
    for table in slices:
        read = _read_slice(match, table, first_row)
        first_row += table.num_rows
        count.good += read.good.num_rows
        count.skipped += read.skipped
        count.bad += len(read.bad)
        for _, problems, _ in read.bad:
            count.reasons.update({str(problem["reason"]) for problem in problems})
        rejects.add(read.bad)
        yield read


class _Rejects:
    """The Parquet file of rejected rows; none is written where no row is."""

    def __init__(self, path: Path) -> None:
        self.path, self.writer = path, None  # type: Path, pq.ParquetWriter | None

    def __enter__(self) -> _Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self.writer:
            self.writer.close()

    def add(self, rows: Sequence[tuple[int, list[dict[str, str | None]], str]]) -> None:
        if not rows:
            return
        self.writer = self.writer or _writer(self.path, _REJECTS)
        columns = zip(*rows, strict=True)
        arrays = [pa.array(values, kind.type) for values, kind in zip(columns, _REJECTS, strict=True)]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=_REJECTS), row_group_size=_ROW_GROUP)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Quick to write, quick to find a row in: only row numbers are worth statistics, only few different values a dictionary."""
    few = [one.name for one in schema if pa.types.is_dictionary(one.type) or pa.types.is_date(one.type)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="snappy",
        store_schema=False,
        use_dictionary=few,
        write_statistics=["row_no"],
    )


def write_good(contract: Contract, good: pa.Table, path: Path) -> dict[str, int]:
    """Write rows that are good as they are; returns how many have no number to trust, by its state."""
    with _writer(path, good.schema) as writer:
        writer.write_table(good, row_group_size=_ROW_GROUP)
    return dict(sorted(_states(contract, good).items()))


def _states(contract: Contract, good: pa.Table) -> Counter[str]:
    """How many rows have no number to trust, by state of the number of the person the row is about."""
    own = next((column.name for column in contract.columns if column.type == "citizen_no" and column.person), None)
    if own is None:
        return Counter()
    without = good[f"{own}_state"].filter(pc.is_null(good[own]))
    return Counter({one["values"]: one["counts"] for one in pc.value_counts(without).to_pylist()})


def _alike(likeness: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Rows whose likeness another row has too, in order."""
    if len(likeness) < 2:
        return np.array([], dtype=np.int64)
    order = np.argsort(likeness, kind="stable")
    same = likeness[order[1:]] == likeness[order[:-1]]
    return np.sort(order[np.append(same, False) | np.append(False, same)])


def _repeats(rows: pa.Table, likeness: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Which rows say in every column but their number what an earlier row says; the earlier one stays.

    likeness: of each row. Rows alike are compared with the first of them; those that differ from it with each other, and so
    on; where many differ and are still alike, one by one.
    """
    columns = [column.combine_chunks() for column in rows.columns[1:]]
    columns = [column.indices if pa.types.is_dictionary(column.type) else column for column in columns]
    alive = np.argsort(likeness, kind="stable")
    repeated: list[npt.NDArray[np.int64]] = []
    for _ in range(_ROUNDS):
        if not len(alive):
            break
        heads = np.append(True, likeness[alive[1:]] != likeness[alive[:-1]])
        first = alive[np.maximum.accumulate(np.where(heads, np.arange(len(alive)), 0))]
        others = ~heads
        alive, first = alive[others], first[others]
        same = np.ones(len(alive), dtype=bool)
        for column in columns:
            same[same] = _equal(column, alive[same], first[same])
        repeated.append(alive[same])
        alive = alive[~same]
    seen = set()
    alive = np.sort(alive)
    for at, row in zip(alive.tolist(), rows.take(pa.array(alive)).drop_columns("row_no").to_pylist(), strict=True):
        told = tuple(row.values())
        if told in seen:
            repeated.append(np.array([at]))
        seen.add(told)
    return np.sort(np.concatenate(repeated)) if repeated else np.array([], dtype=np.int64)


def _equal(column: pa.Array, these: npt.NDArray[np.int64], those: npt.NDArray[np.int64]) -> Flags:
    """Whether a column says the same in two rows each; nothing equals nothing."""
    one, other = column.take(pa.array(these)), column.take(pa.array(those))
    equal = pc.equal(one, other).fill_null(False)
    return pc.or_(equal, pc.and_(one.is_null(), other.is_null())).to_numpy(zero_copy_only=False)


def _write_held(contract: Contract, read: _Sorted, path: Path) -> tuple[int, dict[str, int]]:
    """Write the good rows of a table held in memory without the repeated ones: how many those were, the states."""
    good, repeated = read.good, np.array([], dtype=np.int64)
    if len(alike := _alike(read.likeness)):
        repeated = alike[_repeats(good.take(pa.array(alike)), read.likeness[alike])]
    if len(repeated):
        keep = np.ones(good.num_rows, dtype=bool)
        keep[repeated] = False
        good = good.filter(pa.array(keep))
    return len(repeated), write_good(contract, good, path)


def _write_streamed(contract: Contract, pieces: Iterable[_Sorted], path: Path, workshop: Path) -> tuple[int, dict[str, int]]:
    """The same for a table too large to hold: written as it comes, and once more without the repeated rows."""
    schema = pa.schema(kept_columns(contract))
    held = workshop / f"{uuid4().hex}.parquet"
    last = 0
    with _writer(held, schema.append(pa.field(_LIKENESS, pa.uint64()))) as writer:
        for piece in pieces:
            written = piece.good.cast(schema).append_column(_LIKENESS, pa.array(piece.likeness))
            writer.write_table(written, row_group_size=_ROW_GROUP)
            last = max(last, pc.max(piece.good["row_no"]).as_py() or 0)
    marked, repeated = _mark_repeated(held, schema.names[1:], last, workshop)
    states: Counter[str] = Counter()
    with _writer(path, schema) as writer:
        for batch in pq.ParquetFile(held).iter_batches(_ROW_GROUP * 16, columns=schema.names):
            numbers = batch["row_no"].to_numpy()
            stays = (marked[numbers >> 3] >> (numbers & 7).astype(np.uint8)) & 1 == 0
            kept = pa.Table.from_batches([batch]).filter(pa.array(stays))
            writer.write_table(kept, row_group_size=_ROW_GROUP)
            states += _states(contract, kept)
    held.unlink()
    return repeated, dict(sorted(states.items()))


def _mark_repeated(held: Path, columns: Sequence[str], last: int, workshop: Path) -> tuple[npt.NDArray[np.uint8], int]:
    """One bit for each row number, set where an earlier row says the same in every column; and how many those are.

    Only rows whose likeness another row has are compared, by a second hash over all their columns: together 128 bits. What
    does not fit into the memory allowed lies on the disk meanwhile, so that a file of one row a million times is no danger.
    """
    marked, repeated = np.zeros(last // 8 + 1, dtype=np.uint8), 0
    with duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(workshop / "spilled"), "threads": 2}) as con:
        names = ", ".join(f'"{name}"' for name in columns)
        found = con.sql(
            f"""
            WITH alike AS (SELECT {_LIKENESS} FROM read_parquet($1) GROUP BY 1 HAVING count(*) > 1),
                 rows AS (SELECT row_no, {_LIKENESS} a, hash({names}) b FROM read_parquet($1) SEMI JOIN alike USING ({_LIKENESS}))
            SELECT row_no FROM rows LEFT JOIN (SELECT a, b, min(row_no) first FROM rows GROUP BY ALL) USING (a, b)
            WHERE row_no > first
            """,
            params=[str(held)],
        )
        for batch in found.to_arrow_reader(_AT_ONCE):
            numbers = batch["row_no"].to_numpy()
            np.bitwise_or.at(marked, numbers >> 3, np.left_shift(1, numbers & 7).astype(np.uint8))
            repeated += len(numbers)
    return marked, repeated
