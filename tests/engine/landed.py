"""Landed loads made by hand, in the shape departments' files land in: for tests of what is computed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doudi.engine.contract import Contract, read_contracts
from doudi.engine.lake import Lake
from doudi.facts import number

ON = date(2026, 6, 30)
KEY = "ab" * 32
VILLAGE, OTHER_VILLAGE, FAR_VILLAGE = "990101001201", "990101001202", "990107003204"
_TYPES = {
    "money": pa.int64(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "month": pa.date32(),
    "flag": pa.bool_(),
}


@dataclass(frozen=True)
class Load:
    """A landed load, as the exchange hands it over."""

    dataset: str
    batch: int
    object: Path
    as_of: date = ON


@cache
def contracts() -> dict[str, Contract]:
    import doudi.exchange

    return read_contracts(Path(doudi.exchange.__file__).parent / "contracts")


def no(born: str, order: int, area: str = "990101") -> str:
    """A good citizen number: born YYYYMMDD, order 1–999 (odd is a man)."""
    body = f"{area}{born}{order:03d}"
    return body + number.check_character(body)


def land(lake: Lake, dataset: str, rows: Sequence[Mapping[str, Any]], *, batch: int | None = None, as_of: date = ON) -> Load:
    """Rows of a dataset as one load. Columns left out are empty; numbers are read as the feeds read them."""
    contract = contracts()[dataset]
    columns: dict[str, pa.Array] = {"row_no": pa.array(range(1, len(rows) + 1), pa.int32())}
    for column in contract.columns:
        cells = [row.get(column.name) for row in rows]
        if column.type == "citizen_no":
            read = [number.parse(cell) for cell in cells]
            columns[column.name] = pa.array([one.value for one in read], pa.string())
            raw = [None if one.value == cell else cell for one, cell in zip(read, cells, strict=True)]
            columns[f"{column.name}_raw"] = pa.array(raw, pa.string())
            columns[f"{column.name}_state"] = pa.array([one.state for one in read], pa.string())
        else:
            columns[column.name] = pa.array(cells, _TYPES.get(column.type, pa.string()))
    with lake.workshop() as workshop:
        draft = workshop / "landed.parquet"
        pq.write_table(pa.table(columns), draft)
        return Load(dataset, batch or list(contracts()).index(dataset) + 1, lake.object(lake.keep_object(draft)), as_of)


def person(name: str, born: str, order: int, booklet: str, relation: str = "self", **more: Any) -> dict[str, Any]:
    """A row of the household register."""
    day = date(int(born[:4]), int(born[4:6]), int(born[6:]))
    said = {
        "citizen_no": no(born, order), "name": name, "birth_date": day, "sex": "1" if order % 2 else "2", "booklet_no": booklet,
        "relation": relation, "area_code": VILLAGE, "hukou_kind": "rural", "status": "normal",
    }  # fmt: skip
    return said | more
