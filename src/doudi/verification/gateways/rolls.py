"""A whole roll against other lists, computed in the lake; the anomalies as Parquet and as a table people can open."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from doudi.engine import cycle, rolls
from doudi.engine.contract import Contract
from doudi.engine.lake import Lake, digest, rename, settle
from doudi.engine.linkage import Landed
from doudi.engine.readable import write_table
from doudi.engine.sql import connect, name_of
from doudi.policy.checks import RollCheck, pick

_HEAD = (
    *("序号", "名单行号", "姓名", "公民身份号码", "区划代码", "问题", "说明", "对方名单", "对方批次", "对方行号"),
    *("依据", "怎么认出是同一个人", "也可能是"),
)
_HOW = {
    "number": "号码相同",
    "number15": "15 位号码换算后相同",
    "certificate": "残疾人证号里的号码",
    "number_near": "号码差一两位，姓名相同",
    "name_birth": "姓名和出生日期相同",
    "name_household": "姓名相同，同一户",
    "name_area": "姓名相同，同一村里只有一人",
    "sound": "姓名同音或差一个字，其他相同",
    "decided": "经办人认定",
    "review": "号码和姓名对不上，要人看",
    "number_other_name": "号码相同，姓名不同，要人看",
}


def choose(contracts: Mapping[str, Contract], checks: Sequence[RollCheck], roll: str, words: Sequence[str]) -> list[RollCheck]:
    """The checks the words ask for, in the order asked.

    :raises RuleError: a word names no check and no list
    """
    lists = rolls.lists_of(contracts)
    return list(dict.fromkeys(check for word in words for check in pick(checks, roll, word, lists)))


def ref_of(
    lake: Lake, checks: Sequence[RollCheck], loads: Mapping[str, Sequence[Landed]], roll: str, on: date, snapshot: str
) -> str:
    """The name of a comparison: from the rows compared, the text of the checks, the day, and who links people how."""
    compared = sorted((code, load.object.stem) for code, of in loads.items() for load in of)
    linked = cycle.current(lake) if _published(lake, loads) else None
    by = [cycle.engine_version(), linked.id if linked else ""]
    told = json.dumps([roll, on.isoformat(), snapshot, compared, [repr(check) for check in checks], by], ensure_ascii=False)
    return "b" + hashlib.sha256(told.encode()).hexdigest()[:16]


def _published(lake: Lake, loads: Mapping[str, Sequence[Landed]]) -> rolls.Published | None:
    return rolls.published_for(cycle.current(lake), lake, (load for of in loads.values() for load in of))


def paths(lake: Lake, ref: str) -> tuple[Path, Path]:
    """Where the anomalies of a comparison lie: Parquet, and CSV for people."""
    folder = lake.root / "checks"
    return folder / f"{ref}.parquet", folder / f"{ref}.csv"


def run(
    lake: Lake,
    contracts: Mapping[str, Contract],
    loads: Mapping[str, Sequence[Landed]],
    roll: str,
    checks: Sequence[RollCheck],
    on: date,
    *,
    ref: str,
    key: str,
) -> tuple[rolls.Comparison, str]:
    """Compare, write both files under their names in one step each, and give the Parquet file's SHA-256.

    :raises RuleError: a check is not understood, or a list is not about people
    """
    parquet, readable = paths(lake, ref)
    parquet.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with lake.workshop() as workshop, connect(workshop) as con:
        found = rolls.compare(con, contracts, loads, roll, checks, on, key=key, published=_published(lake, loads))
        made = workshop / "anomalies.parquet"
        pq.write_table(found.table, made, compression="zstd")
        sheet = workshop / "anomalies.csv"
        con.register("anomalies", found.table)
        columns = contracts[roll].by_name
        area = "s.area_code" if "area_code" in columns else "NULL"
        rows = con.execute(
            f"SELECT a.roll_row, s.name, coalesce(s.citizen_no, s.citizen_no_raw), {area}, a.kind, a.said, a.other_dataset, "
            f"a.other_batch, a.other_row, a.article, a.how FROM anomalies a JOIN {name_of('said_' + roll)} s "
            "ON s.batch = a.roll_batch AND s.row_no = a.roll_row ORDER BY a.roll_batch, a.roll_row, a.kind, a.other_row"
        ).fetchall()
        write_table(sheet, _HEAD, _lines(rows, contracts, {check.code: check for check in checks}))
        for source, target in ((sheet, readable), (made, parquet)):
            settle(source)
            rename(source, target)
    return found, digest(parquet)


def _lines(
    rows: Sequence[tuple[Any, ...]], contracts: Mapping[str, Contract], checks: Mapping[str, RollCheck]
) -> Iterator[list[Any]]:
    """The anomalies in words, a line each."""
    for at, (row_no, name, number, area, kind, said, other, batch, other_row, article, how) in enumerate(rows, start=1):
        check = checks[kind]
        of_roll = [at, row_no, name, number, area, check.label, said]
        yield [*of_roll, contracts[other].label, batch, other_row, article, _HOW.get(how, how), "；".join(check.innocent)]


def read(lake: Lake, ref: str, *, area: str = "", kind: str = "", first: int = 0, count: int = 50) -> list[dict[str, str]]:
    """A page of a comparison's table, by the headings of its file; only rows of places inside an area, or of one problem.

    :raises FileNotFoundError: the table was not kept
    """
    with paths(lake, ref)[1].open(encoding="utf-8-sig", newline="") as file:
        rows = ({name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(file))
        mine = (row for row in rows if row["区划代码"].startswith(area) and kind in ("", row["问题"]))
        return list(islice(mine, first, first + count))
