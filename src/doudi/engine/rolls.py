"""A whole roll against other lists: who is on both who may not be, with the rows that say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from doudi.engine import register
from doudi.engine.contract import Contract
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake
from doudi.engine.linkage import HOWS, Landed, ids_sql, key_of, roles, source, whose_sql
from doudi.engine.names import plain_sql
from doudi.engine.sql import name_of, quote
from doudi.policy.checks import ROLL, Column, Compiled, Lists, RollCheck, compile_check
from doudi.policy.language.errors import RuleError

ANOMALY = (
    ("roll", "VARCHAR"), ("roll_batch", "INTEGER"), ("roll_row", "INTEGER"), ("pid", "VARCHAR"), ("kind", "VARCHAR"),
    ("other_dataset", "VARCHAR"), ("other_batch", "INTEGER"), ("other_row", "INTEGER"), ("article", "VARCHAR"),
    ("how", "VARCHAR"), ("said", "VARCHAR"),
)  # fmt: skip
_BASE = ("hukou",)  # on which linking is laid, when it is there


@dataclass(frozen=True)
class Comparison:
    """What a roll against other lists gave. A person counts once in `anomalies`, once for each kind in `kinds`.

    `found`: for each list looked at, how many people of the roll have a row in it, whatever it says.
    The pairs of rows themselves stay in the database it was made in: `write_pairs`, `write_people`, `whole_hits`.
    """

    persons: int
    anomalies: int
    kinds: Mapping[str, int]
    found: Mapping[str, int]
    pairs: int


def lists_of(contracts: Mapping[str, Contract]) -> dict[str, list[Column]]:
    """The lists as checks see them."""
    return {
        code: [Column(column.name, column.label, column.type, tuple(column.codes)) for column in contract.columns]
        for code, contract in contracts.items()
    }


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def compare(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    loads: Mapping[str, Sequence[Landed]],
    roll: str,
    checks: Sequence[RollCheck],
    on: date,
    *,
    key: str,
    published: Published | None = None,
    counted: Sequence[str] = (),
    within: str = "",
    tell: Callable[[str], None] = lambda step: None,
) -> Comparison:
    """Compare a roll with the lists its checks look at, as things stood in the month of `on`.

    The same person is who has the same trusted number, or whom linking found to be the same.

    :param key: keys the ids of people
    :param published: the links of a cycle built from these very loads; without it they are linked here
    :param counted: further lists, of which only is counted how many people of the roll they hold
    :param within: only rows of the roll whose place begins so
    :param tell: hears each step when it begins: link, the code of a check
    :raises KeyError: the roll, or a list a check looks at, is not among the loads
    :raises RuleError: a check is not understood, or the roll tells no places and `within` asks for some
    """
    lists = lists_of(contracts)
    compiled = [compile_check(check, roll, lists, on) for check in checks]
    asked = dict.fromkeys([roll, *(check.other(roll) for check in checks), *counted])
    for code in asked:
        if not roles(contracts[code]):
            raise RuleError(f"{contracts[code].label}不是人的名单，不能拿来核对")
    if within and "area_code" not in contracts[roll].by_name:
        raise RuleError(f"{contracts[roll].label}没有写每个人在哪里，只能凭全市的任务单核对")
    tell("link")
    if published:
        _as_published(con, published, asked)
    else:
        register.link(
            con, contracts, {code: loads[code] for code in {*asked, *(base for base in _BASE if base in loads)}}, on, key=key
        )
        con.execute(f"CREATE TEMP VIEW ids AS SELECT n, pid FROM ({ids_sql(key)})")
    for code in asked:
        here = f" WHERE starts_with(area_code, {quote(within)})" if within and code == roll else ""
        con.execute(f"CREATE TEMP VIEW said_{code} AS FROM ({source(loads[code])}){here}")
        con.execute(f"CREATE TEMP TABLE whose_{code} AS {_whose(contracts[code], linked=bool(published))}")
    con.execute(f"CREATE TEMP TABLE hits ({', '.join(f'{name} {kind}' for name, kind in ANOMALY if name != 'pid')}, k INTEGER)")
    for one in compiled:
        tell(one.check.code)
        _near(con, contracts, roll, one.check.other(roll))
        _hit(con, lists, roll, one, month_of(on))
    (persons,) = con.execute(f"SELECT count(DISTINCT k) FROM whose_{roll}").fetchone() or (0,)
    (anomalies,) = con.execute("SELECT count(DISTINCT k) FROM hits").fetchone() or (0,)
    ((pairs,),) = con.execute("SELECT count(*) FROM hits").fetchall()
    kinds = "SELECT kind, count(DISTINCT k) AS persons FROM hits GROUP BY kind ORDER BY persons DESC, kind"
    return Comparison(persons, anomalies, dict(con.execute(kinds).fetchall()), _found(con, roll, asked), pairs)


def _found(con: duckdb.DuckDBPyConnection, roll: str, asked: Iterable[str]) -> dict[str, int]:
    """How many people of the roll have a row in each list looked at."""
    found = {}
    for code in asked:
        if code != roll:
            held = f"SELECT count(*) FROM (SELECT DISTINCT k FROM whose_{roll}) SEMI JOIN whose_{code} USING (k)"
            ((found[code],),) = con.execute(held).fetchall()  # to its end: the connection writes files next
    return found


@dataclass(frozen=True)
class Published:
    """Where a published cycle keeps whose every row is."""

    link: Path
    index: Path
    person: Path


def published_for(cycle: Cycle | None, lake: Lake, loads: Iterable[Landed]) -> Published | None:
    """The links of a cycle, when every one of these loads is among what it was built from."""
    if cycle is None:
        return None
    inputs = {(one["dataset"], one["batch"], one["object"]) for one in cycle.manifest["inputs"]}
    if any((load.dataset, load.batch, load.object.stem) not in inputs for load in loads):
        return None
    objects = cycle.manifest["objects"]
    link, index, person = (lake.object(objects[name]["sha256"]) for name in ("link", "person_index", "person"))
    return Published(link, index, person)


def _as_published(con: duckdb.DuckDBPyConnection, published: Published, asked: Iterable[str]) -> None:
    """Take over whose every row is: `linked` (dataset, role, batch, row_no, n, how), in the order of people, and `ids`."""
    link = pq.read_table(published.link)
    ends = pq.read_table(published.index, columns=["links"])["links"].to_numpy()
    link = link.append_column("n", pa.array(np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(ends, prepend=0))))
    link = link.filter(pc.is_in(link["dataset"].cast(pa.string()), pa.array(list(asked))))
    con.register("linked", link)
    pids = pq.read_table(published.person, columns=["pid"]).combine_chunks()["pid"]
    con.register("ids", pa.table({"n": pa.array(np.arange(len(pids), dtype=np.int32)), "pid": pids}))


def _whose(contract: Contract, *, linked: bool) -> str:
    """SQL: whose each row is (k as linked, how) and the number it gives, for every person a row speaks of."""
    codes = " ".join(f"WHEN {quote(name)} THEN {code}" for code, name in HOWS.items())
    found = []
    for role in roles(contract):
        of_role = f"dataset = {quote(contract.code)} AND role = {quote(role.called)}"
        as_linked = f"SELECT batch, row_no, n, CASE how::VARCHAR {codes} END::UTINYINT AS how FROM linked WHERE {of_role}"
        number = f"CASE WHEN s.{name_of(role.number)} IS NOT NULL THEN {key_of('s.' + name_of(role.number))} END"
        found.append(
            f"SELECT r.batch, r.row_no, r.n AS k, r.how, {number} AS number "
            f"FROM ({as_linked if linked else whose_sql(contract, role)}) r "
            f"JOIN said_{contract.code} s ON s.batch = r.batch AND s.row_no = r.row_no"
        )
    return " UNION ALL ".join(found)


def _near(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], roll: str, other: str) -> None:
    """Pairs `near` of rows of two lists that linking left alone on one side, though side by side they tell one person.

    Same village and same name where one has no number, or same village and surname where the numbers differ in one digit or
    two neighbours changed places; and each fits only the other.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE near (roll_batch INTEGER, roll_row INTEGER, k INTEGER, other_batch INTEGER, "
        "other_row INTEGER, how UTINYINT)"
    )
    if roll == other or any("area_code" not in contracts[code].by_name for code in (roll, other)):
        return
    left, right = (
        f"SELECT w.*, {plain_sql('s.name')} AS name, s.area_code AS area, "
        "coalesce(s.citizen_no, regexp_replace(upper(s.citizen_no_raw), '[^0-9X]', '', 'g'), '') AS digits "
        f"FROM whose_{code} w JOIN said_{code} s USING (batch, row_no) WHERE length(s.area_code) = 12"
        for code in (roll, other)
    )
    apart = "hamming(left(l.digits, 17), left(r.digits, 17))"
    swapped = f"{apart} = 2 AND list_sort(string_split(left(l.digits, 17), '')) = list_sort(string_split(left(r.digits, 17), ''))"
    nearly = f"CASE WHEN length(l.digits) = 18 AND length(r.digits) = 18 THEN {apart} <= 1 OR ({swapped}) ELSE false END"
    con.execute(
        f"""INSERT INTO near SELECT * FROM (
            SELECT l.batch, l.row_no, l.k, r.batch, r.row_no, CASE WHEN {nearly} THEN {_NEAR} ELSE {_AREA} END AS how
            FROM ({left}) l JOIN ({right}) r ON r.area = l.area AND left(r.name, 1) = left(l.name, 1)
            WHERE (l.how = {_ALONE} OR r.how = {_ALONE}) AND l.k <> r.k
                AND (({nearly}) OR (l.name = r.name AND (l.digits = '' OR r.digits = '')))
            QUALIFY count(DISTINCT r.k) OVER (PARTITION BY l.k) = 1 AND count(DISTINCT l.k) OVER (PARTITION BY r.k) = 1)"""
    )


_CODES = {name: code for code, name in HOWS.items()}
_NEAR, _AREA, _ALONE = _CODES["number_near"], _CODES["name_area"], _CODES["alone"]


def _hit(con: duckdb.DuckDBPyConnection, lists: Lists, roll: str, one: Compiled, month: tuple[date, date]) -> None:
    """Add what one check finds to `hits`."""
    check, other = one.check, one.check.other(roll)
    itself = "(o.batch, o.row_no) > (r.batch, r.row_no) AND" if check.against == ROLL else ""
    rows = "r.batch AS roll_batch, r.row_no AS roll_row, r.k, o.batch AS other_batch, o.row_no AS other_row"
    same_person = " UNION ALL ".join(
        f"SELECT {rows}, {how}::UTINYINT AS how FROM whose_{roll} r JOIN whose_{other} o ON {itself} o.{by} = r.{by}"
        for by, how in (("k", "greatest(r.how, o.how)"), ("number", _OTHER_NAME))
    )
    same_person += " UNION ALL FROM near"
    cells = [f"rs.{name_of(column.name)} AS {name_of('roll_' + column.name)}" for column in lists[roll]]
    cells += [f"os.{name_of(column.name)} AS {name_of('other_' + column.name)}" for column in lists[other]]
    unless = f"NOT coalesce({one.unless}, false)" if one.unless else "true"
    here = "PARTITION BY roll_batch, roll_row"
    chosen = "SELECT *, 0::BIGINT AS total FROM kept"
    if check.sum:
        added = name_of("other_" + check.sum)
        known = f"count(*) OVER ({here}) = count({added}) OVER ({here})"
        chosen = (
            f"SELECT *, CASE WHEN {known} THEN sum({added}) OVER ({here}) END AS total "
            f"FROM kept QUALIFY row_number() OVER ({here} ORDER BY other_batch, other_row) = 1"
        )
    elif check.latest:
        each = "".join(f", {name_of('other_' + name)}" for name in check.same)
        last = f"{name_of('other_' + check.latest)} DESC NULLS LAST, other_batch DESC, other_row DESC"
        chosen = f"SELECT *, 0::BIGINT AS total FROM kept QUALIFY row_number() OVER ({here}{each} ORDER BY {last}) = 1"
    first, last_day = (f"DATE '{day}'" for day in month)
    types = _types("roll", lists[roll]) | _types("other", lists[other])
    con.execute(
        f"""INSERT INTO hits WITH pairs AS (
            SELECT roll_batch, roll_row, min(k) AS k, other_batch, other_row, min(how) AS how FROM ({same_person})
            GROUP BY roll_batch, roll_row, other_batch, other_row),
        kept AS (SELECT * FROM (SELECT pairs.*, {", ".join(cells)}, {first} AS month_first, {last_day} AS month_last FROM pairs
            JOIN said_{roll} rs ON rs.batch = roll_batch AND rs.row_no = roll_row
            JOIN said_{other} os ON os.batch = other_batch AND os.row_no = other_row) p WHERE {unless}),
        chosen AS ({chosen})
        SELECT {quote(roll)}, roll_batch, roll_row, {quote(check.code)}, {quote(other)}, other_batch, other_row,
            {quote(check.article)}, CASE how {_HOW_NAMES} END, {_sentence(check, types)}, k
        FROM chosen p WHERE coalesce({one.test}, false)"""
    )


_OTHER_NAME = max(HOWS) + 1  # the same number, though linking took the two for different people
_HOW_NAMES = " ".join(f"WHEN {code} THEN {quote(name)}" for code, name in (HOWS | {_OTHER_NAME: "number_other_name"}).items())


def _types(side: str, columns: Iterable[Column]) -> dict[str, str]:
    return {f"{side}_{column.name}": column.type for column in columns}


def _sentence(check: RollCheck, types: Mapping[str, str]) -> str:
    """SQL: what the check says about a pair of rows."""
    pieces = []
    for text, name in re.findall(r"([^{}]*)(?:\{(\w+)\})?", check.says):
        if text:
            pieces.append(quote(text))
        if name:
            kind = types.get(name, "money" if name == "total" else "date")
            cell = name_of(name)
            if kind == "money":
                cell = f"rtrim(rtrim(({cell} / 100)::DECIMAL(18, 2)::VARCHAR, '0'), '.')"
            pieces.append(f"coalesce({cell}::VARCHAR, '不详')")
    return " || ".join(pieces) or "''"


_GROUP = 50_000  # rows written at a time, so that a roll of millions takes no more memory than a small one


def write_pairs(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write every pair of rows found, in the order of the roll, each with the id its person has everywhere in doudi."""
    columns = ", ".join(name for name, _ in ANOMALY)
    order = "roll_batch, roll_row, kind, other_batch, other_row"
    _write(con, f"SELECT {columns} FROM hits JOIN ids ON ids.n = hits.k ORDER BY {order}", path)


def write_people(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], roll: str, path: Path) -> None:
    """Write who is on the roll: pid, one of their rows, their place, and whether anything was found; no name, no number."""
    area = "s.area_code" if "area_code" in contracts[roll].by_name else "NULL::VARCHAR"
    _write(
        con,
        f"SELECT pid, batch AS roll_batch, row_no AS roll_row, coalesce({area}, '') AS area, k IN (SELECT k FROM hits) AS hit "
        f"FROM (SELECT k, min((batch, row_no)) AS first FROM whose_{roll} GROUP BY k) w JOIN ids ON ids.n = w.k "
        f"JOIN said_{roll} s ON (s.batch, s.row_no) = (w.first[1], w.first[2]) ORDER BY pid",
        path,
    )


def _write(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    reader = con.sql(sql).to_arrow_reader(_GROUP)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as file:
        for batch in reader:
            file.write_batch(batch, row_group_size=_GROUP)


def whole_hits(
    con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract], roll: str, checks: Sequence[RollCheck], *, pairs: int
) -> Iterator[tuple[Any, ...]]:
    """Whom each check found, with what both rows say: kind, pid, place, name, number, pairs (at most so many), how many in all.

    A pair is (roll batch, roll row, other batch, other row, how, said, the roll's row, the other row), the rows as JSON.
    The connection must not be asked anything else before the last one is read.
    """
    place = "rs.area_code" if "area_code" in contracts[roll].by_name else "NULL::VARCHAR"
    for check in checks:
        other = check.other(roll)
        beside = "os.area_code" if "area_code" in contracts[other].by_name else "NULL::VARCHAR"
        number = "coalesce(rs.citizen_no, rs.citizen_no_raw, '')"
        found = con.execute(
            f"""SELECT {quote(check.code)}, pid,
                coalesce(min({place}), min({beside}), ''), coalesce(min(rs.name), ''), min({number}),
                list((roll_batch, roll_row, other_batch, other_row, h.how, said, to_json(rs), to_json(os))
                    ORDER BY roll_batch, roll_row, other_batch, other_row)[:{pairs:d}], count(*)
            FROM hits h JOIN ids ON ids.n = h.k
            JOIN said_{roll} rs ON rs.batch = roll_batch AND rs.row_no = roll_row
            JOIN said_{other} os ON os.batch = other_batch AND os.row_no = other_row
            WHERE h.kind = {quote(check.code)} AND h.other_dataset = {quote(other)} GROUP BY pid ORDER BY pid"""
        )
        while rows := found.fetchmany(_GROUP // 10):
            yield from rows
