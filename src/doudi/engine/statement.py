"""The one SQL statement that types a whole file: values, states of numbers, problems of each bad row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from doudi.engine import numbers
from doudi.engine.contract import Contract
from doudi.engine.typing import name_of, quote, typing_of

GOOD, BAD, SKIPPED = 0, 1, 2
_TOTAL = "^[\\s　]*(合|总|小|共)[\\s　]*计"


@dataclass(frozen=True)
class Layout:
    """Where each column of a contract stands in what was read.

    fields: column name → SQL name of the text as read. headings: SQL name → heading as delivered, in delivered order.
    factors: what one unit of a money column is worth in yuan, where the heading says so. broken: SQL name of the column that
    holds the reason why a line could not be split into cells, if the reader gives one.
    """

    fields: Mapping[str, str]
    headings: Mapping[str, str]
    factors: Mapping[str, int]
    broken: str | None = None


def kept_columns(contract: Contract) -> list[str]:
    """Names of the columns of a landed object, in order."""
    names = ["row_no"]
    for column in contract.columns:
        names.append(column.name)
        if column.type == "citizen_no":
            names += [f"{column.name}_raw", f"{column.name}_state"]
    return names


def _stage(source: str, extra: list[tuple[str, str]]) -> str:
    return f"SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in extra)} FROM ({source})" if extra else source


def typed(contract: Contract, layout: Layout, source: str) -> str:
    """The statement: for each row read, every column typed, `_kind` (good, bad, skipped), `_problems` and `_raw` of bad rows."""
    first: list[tuple[str, str]] = []
    second: list[tuple[str, str]] = []
    fast: list[tuple[str, str]] = []
    plain: list[tuple[str, str]] = []
    value: list[tuple[str, str]] = []
    judged: list[tuple[str, str]] = []
    chosen: list[str] = []
    problems: list[tuple[str, str, str]] = []
    for i, column in enumerate(contract.columns):
        raw = layout.fields.get(column.name)
        f, t, v, p = f"f{i}", f"t{i}", f"v{i}", f"p{i}"
        out = name_of(column.name)
        if raw is None:
            kind = typing_of(column, "NULL", f, t, v).duck if column.type != "citizen_no" else "VARCHAR"
            chosen.append(f"NULL::{kind} AS {out}")
            if column.type == "citizen_no":
                chosen += [f"NULL::VARCHAR AS {name_of(column.name + '_raw')}", f"'missing' AS {name_of(column.name + '_state')}"]
            continue
        if column.type == "citizen_no":
            x, hi, lo = f"x{i}", f"hi{i}", f"lo{i}"
            high, low = numbers.halves(x)
            first.append((x, numbers.whole(raw)))
            second += [(hi, high), (lo, low)]
            fast.append((f, numbers.usual(raw, x, hi, lo)))
            plain.append((t, f"CASE WHEN {f} IS NULL AND {raw} IS NOT NULL THEN {numbers.cleaned(raw)} END"))
            value.append((v, numbers.value(f, t)))
            judged.append((f"s{i}", numbers.state(raw, t, v)))
            chosen += [
                f"{v} AS {out}",
                f"CASE WHEN {raw} <> {v} OR {v} IS NULL THEN {raw} END AS {name_of(column.name + '_raw')}",
                f"s{i} AS {name_of(column.name + '_state')}",
            ]
            continue
        how = typing_of(column, raw, f, t, v, factor=layout.factors.get(column.name, 1))
        fast.append((f, how.fast))
        plain.append((t, f"CASE WHEN {f} IS NULL AND {raw} IS NOT NULL THEN {how.plain} END"))
        value.append((v, f"CASE WHEN {f} IS NOT NULL THEN {f} WHEN {t} IS NOT NULL THEN {how.value} END"))
        absent = quote("empty") if column.required else "NULL"
        judged.append(
            (p, f"CASE WHEN {v} IS NOT NULL THEN NULL WHEN {t} IS NULL OR {how.empty} THEN {absent} ELSE {how.problem} END")
        )
        chosen.append(f"{v}::{how.duck} AS {out}")
        problems.append((column.name, raw, p))
    return _last(contract, layout, [first, second, fast, plain, value, judged], chosen, problems, source)


def _last(
    contract: Contract,
    layout: Layout,
    stages: list[list[tuple[str, str]]],
    chosen: list[str],
    problems: list[tuple[str, str, str]],
    source: str,
) -> str:
    """Put the stages on top of each other and judge each row as a whole."""
    cells = ", ".join(layout.headings)
    needed = [(layout.fields[name], layout.headings[layout.fields[name]]) for name in sorted(contract.required or layout.fields)]
    repeated_header = " AND ".join(f"{cell} = {quote(heading)}" for cell, heading in needed)
    some_empty = " OR ".join(f"{cell} IS NULL" for cell, _ in needed)
    begins = f"coalesce({cells})"
    skipped = (
        f"CASE WHEN {begins} IS NULL THEN true WHEN {repeated_header} THEN true "
        f"WHEN left(trim({begins}), 1) IN ('合', '总', '小', '共') THEN regexp_matches({begins}, '{_TOTAL}') AND ({some_empty}) "
        f"ELSE false END"
    )
    wrong = " OR ".join(f"{p} IS NOT NULL" for _, _, p in problems)
    if layout.broken:
        skipped = f"{layout.broken} IS NULL AND ({skipped})"
        wrong = f"{layout.broken} IS NOT NULL OR {wrong}"
    stages[0].append(("skipped", skipped))
    sql = source
    for stage in stages:
        sql = _stage(sql, stage)
    sql = _stage(sql, [("_kind", f"CASE WHEN skipped THEN {SKIPPED} WHEN {wrong} THEN {BAD} ELSE {GOOD} END::UTINYINT")])
    listed = [
        f"CASE WHEN {p} IS NOT NULL THEN {{'field': {quote(name)}, 'value': {raw}, 'reason': {p}}} END"
        for name, raw, p in problems
    ]
    told = f"list_filter([{', '.join(listed)}], lambda one: one IS NOT NULL)"
    if layout.broken:
        whole = f"[{{'field': '', 'value': NULL::VARCHAR, 'reason': {layout.broken}}}]"
        told = f"CASE WHEN {layout.broken} IS NOT NULL THEN {whole} ELSE {told} END"
    seen: dict[str, str] = {}
    for cell, heading in layout.headings.items():
        label = heading if heading not in seen.values() and heading else f"{heading}#{cell}"
        seen[cell] = label
    row = "to_json({" + ", ".join(f"{quote(label)}: {cell}" for cell, label in seen.items()) + "})::VARCHAR"
    return (
        f"SELECT {', '.join(chosen)}, _kind, CASE WHEN _kind = {BAD} THEN {told} END AS _problems, "
        f"CASE WHEN _kind = {BAD} THEN {row} END AS _raw FROM ({sql})"
    )
