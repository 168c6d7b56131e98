"""Whose row is this: every row of every dataset is joined to one person, and nobody is dropped.

A number that can be trusted decides, unless the row's name and birth both disagree with the person of that number. Rows without
a number are matched to the one person who fits by name and something more (`matching`). Whoever fits nobody becomes a person of
their own.

While a cycle is built a row is its `line` (batch and row number in one integer) and a person is `n`, counted from 0 in the order
of the household register; `k` is the first seventeen digits of a number, which say as much as all eighteen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Protocol

import duckdb

from doudi.engine.contract import Column, Contract
from doudi.engine.sql import name_of, quote
from doudi.facts.number import CHECK_CHARACTERS, WEIGHTS

# How a row was joined, and the code it is kept under while a cycle is built.
HOWS = {
    1: "number",  # the number as written
    2: "number15",  # an old number of 15 digits
    3: "certificate",  # the number inside a disability certificate's
    4: "number_near",  # same name, a number two digits away at most
    5: "name_birth",  # same name and birth date
    6: "name_household",  # same name in the household of the others in the row's household, or of the spouse or guardian
    7: "name_area",  # the only one of this name in the village
    8: "sound",  # as the ones above, the name written otherwise: characters of the same sound, or one another
    9: "review",  # the number belongs to somebody with another name and birth: for a person to look at
    10: "alone",  # nobody fits: a person of their own
    11: "decided",  # a person gave the row to whom it is joined
}
NUMBER, NUMBER15, CERTIFICATE, NEAR, BIRTH, HOUSEHOLD, AREA, SOUND, REVIEW, ALONE, DECIDED = HOWS

LINE = "batch::BIGINT * 4294967296 + row_no"  # SQL: where a row stands among all of its dataset, as one integer
CERTIFICATE_FORM = "[0-9]{17}[0-9X][1-7][1-4]"  # the number of a disability certificate: citizen number, kind, grade
CHILD_STAGES = ("kindergarten", "primary", "junior", "senior")
# What is told about a row that is not plainly somebody's, and its type.
_PARTICULARS = {
    "k": "BIGINT",
    "number": "VARCHAR",
    "name": "VARCHAR",
    "raw": "VARCHAR",
    "born": "INTEGER",
    "area": "VARCHAR",
    "place_no": "VARCHAR",
    "guardian": "BIGINT",
    "young": "BOOLEAN",
    "certificate": "BIGINT",
    "identity": "VARCHAR",
    "mark": "VARCHAR",
}


class Landed(Protocol):
    """A landed load: the dataset, its batch, its Parquet object, the day it speaks of."""

    @property
    def dataset(self) -> str: ...
    @property
    def batch(self) -> int: ...
    @property
    def object(self) -> Path: ...
    @property
    def as_of(self) -> date: ...


@dataclass(frozen=True, order=True)
class Settled:
    """What a person decided about a doubtful pair; every later cycle keeps to it.

    kind: "row" (left is the fingerprint of a row) or "person" (left is a pid). right: a pid. verdict: "same" or "apart". Of two
    people who are the same the right one stays, unless only the left one has a number. Where a row is apart from one person and
    the same as another, both hold; what names nobody any more is passed over.
    """

    kind: Literal["row", "person"]
    left: str
    right: str
    verdict: Literal["same", "apart"]


@dataclass(frozen=True)
class Role:
    """One person a row speaks of: the column of the number, of the name, and what the role is called ('' for the row's own)."""

    number: str
    name: str
    called: str


def roles(contract: Contract) -> tuple[Role, ...]:
    """The people a row of this dataset is about. A guardian is only mentioned; a spouse's name is a name column of its own."""
    names = {column.name for column in contract.columns if column.type == "name"}
    found = []
    for column in contract.columns:
        name = "name" if column.name == "citizen_no" else column.name.removesuffix("_no") + "_name"
        if column.type == "citizen_no" and name in names:
            found.append(Role(column.name, name, "" if name == "name" else name.removesuffix("_name")))
    return tuple(found)


def rows_table(dataset: str, role: Role) -> str:
    """The name of the table of a dataset's rows while a cycle is built."""
    return f"rows_{dataset}" + (f"_{role.called}" if role.called else "")


def key_of(number: str) -> str:
    """SQL: the integer of a trusted number. The eighteenth character adds nothing to seventeen digits."""
    return f"left({number}, 17)::BIGINT"


def born_of(k: str) -> str:
    """SQL: the birth date in a key, as the integer yyyymmdd."""
    return f"(({k} // 1000) % 100000000)::INTEGER"


def source(loads: Sequence[Landed]) -> str:
    """SQL giving all rows of the loads of one dataset, each with its batch."""
    return " UNION ALL BY NAME ".join(
        f"SELECT *, {load.batch:d}::INTEGER AS batch FROM read_parquet({quote(str(load.object))})" for load in loads
    )


def _identifying(contract: Contract, role: Role) -> tuple[str, ...]:
    """The columns that tell one row of a dataset from another: what the fingerprint is made of."""
    own = ("birth_date", "area_code", "household_no", "booklet_no") if not role.called else ()
    there = [name for name in own if name in contract.by_name]
    return (role.name, *there, *(name for name in contract.key if name not in (role.number, role.name, *there)))


def fingerprint_sql(contract: Contract, role: Role, key: str) -> str:
    """SQL over a landed row: 24 hex digits that stay the same when the same row is delivered again, whatever its batch and place.

    :param key: the linking key; without it nobody can make a fingerprint from what a row says
    """
    written = f"coalesce({name_of(role.number + '_raw')}, {name_of(role.number)}, '')"
    told = ", ".join(f"coalesce({name_of(name)}::VARCHAR, '')" for name in _identifying(contract, role))
    head = quote(f"{key}:row:{contract.code}|{role.called}|")
    return f"left(sha256({head} || concat_ws('|', {written}, {told})), 24)"


def fingerprint(contract: Contract, role: Role, record: Mapping[str, Any], key: str) -> str:
    """The same in Python, of a row as it landed (with the number as written beside it, column `…_raw`)."""
    written = record.get(role.number + "_raw") or record.get(role.number) or ""
    told = ["" if record.get(name) is None else _as_text(record[name]) for name in _identifying(contract, role)]
    said = "|".join([f"{key}:row:{contract.code}", role.called, written, *told])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _as_text(value: Any) -> str:
    """A value as DuckDB writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def whose_sql(contract: Contract, role: Role) -> str:
    """SQL: whose each row of a dataset is, once settled: batch, row_no, n, how (a code of HOWS)."""
    place = "(line >> 32)::INTEGER AS batch, (line & 4294967295)::INTEGER AS row_no"
    return f"SELECT {place}, n, how FROM {rows_table(contract.code, role)}"


def number_of(k: str) -> str:
    """SQL: the number of a key, with its check character."""
    digits = " + ".join(f"({k} // {10 ** (16 - place)}) % 10 * {weight}" for place, weight in enumerate(WEIGHTS))
    return f"{k}::VARCHAR || substr({quote(CHECK_CHARACTERS)}, (({digits}) % 11 + 1)::INTEGER, 1)"


def pid_of(k: str, key: str) -> str:
    """SQL: the pid of who has the number of a key."""
    return f"'p' || left(sha256({quote(key + ':')} || ({number_of(k)})), 20)"


def ids_sql(key: str) -> str:
    """SQL: the id everybody has everywhere in doudi, once settled: n, pid, number and k (NULL for people without a number).

    :param key: the linking key; without it nobody can make an id from a number
    """
    salt = quote(key + ":")
    return (
        f"SELECT n, 'p' || left(sha256({salt} || number), 20) AS pid, number, k FROM ("
        f"SELECT n, k, {number_of('k')} AS number FROM (SELECT n, k FROM known UNION ALL SELECT n, k FROM newcomers)) "
        f"UNION ALL SELECT n, 'x' || left(sha256({salt} || identity || '|' || turn), 20), NULL, NULL FROM alone"
    )


# ---- reading ------------------------------------------------------------------------------------------------------------


def read_base(con: duckdb.DuckDBPyConnection, loads: Sequence[Landed]) -> None:
    """Read who the household register knows, on which all else is laid: `known` (n, k, hash of the name, line).

    People stand in the order of the register, so households stand together. Of two rows with one number the first names the
    person.
    """
    con.execute(
        f"""CREATE TEMP TABLE known AS SELECT (row_number() OVER (ORDER BY line) - 1)::INTEGER AS n, k, named, line FROM (
            SELECT k, min(line) AS line, min_by(named, line) AS named FROM (
                SELECT {key_of("citizen_no")} AS k, {LINE} AS line, hash(name) AS named
                FROM ({source(loads)}) WHERE citizen_no IS NOT NULL)
            GROUP BY k)"""
    )
    _no_doubt(con)


def no_base(con: duckdb.DuckDBPyConnection) -> None:
    """Begin without a household register: everybody is known from the other datasets alone."""
    con.execute("CREATE TEMP TABLE known (n INTEGER, k BIGINT, named UBIGINT, line BIGINT)")
    _no_doubt(con)


def _no_doubt(con: duckdb.DuckDBPyConnection) -> None:
    told = ", ".join(f"{name} {kind}" for name, kind in _PARTICULARS.items())
    con.execute(f"CREATE TEMP TABLE doubt (dataset VARCHAR, role VARCHAR, line BIGINT, n INTEGER, {told})")


def read_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, role: Role, loads: Sequence[Landed], keep: Iterable[str], key: str
) -> None:
    """Read one dataset: n, how, and the columns to keep; what is not plainly somebody's goes to `doubt` with its particulars.

    :param key: the linking key, for the fingerprints of doubtful rows
    """
    table = rows_table(contract.code, role)
    said = particulars(contract, role) | {"mark": fingerprint_sql(contract, role, key)}
    told = ", ".join(f"CASE WHEN doubtful THEN {said[column]} END AS d_{column}" for column in _PARTICULARS)
    kept = "".join(f", {compact(contract.by_name[column])} AS {name_of(column)}" for column in dict.fromkeys(keep))
    number, state = name_of(role.number), name_of(f"{role.number}_state")
    how = f"CASE WHEN {number} IS NULL THEN {ALONE} WHEN {state} = 'from15' THEN {NUMBER15} ELSE {NUMBER} END::UTINYINT"
    con.execute(
        f"""CREATE TEMP TABLE {table} AS SELECT {LINE} AS line, n, {how} AS how{kept}, doubtful, {told} FROM (
            SELECT s.*, known.n, known.named IS DISTINCT FROM hash({name_of(role.name)}) AS doubtful
            FROM (SELECT *, {key_of(number)} AS k FROM ({source(loads)})) s LEFT JOIN known ON known.k = s.k)"""
    )
    con.execute(
        f"INSERT INTO doubt SELECT {quote(contract.code)}, {quote(role.called)}, line, n, "
        f"{', '.join('d_' + column for column in _PARTICULARS)} FROM {table} WHERE doubtful"
    )


def compact(column: Column) -> str:
    """SQL: a column as it is held while a cycle is built. Areas become integers and codes enumerations: both move fast."""
    if column.type == "area":
        return f"{name_of(column.name)}::BIGINT"
    if column.codes:
        return f"{name_of(column.name)}::ENUM({', '.join(map(quote, column.codes))})"
    return name_of(column.name)


def particulars(contract: Contract, role: Role) -> dict[str, str]:
    """SQL of everything a row says about who it is; NULL where the dataset does not say."""
    columns = contract.by_name if not role.called else {}
    said = {name: f"NULL::{kind}" for name, kind in _PARTICULARS.items()}
    said |= {"k": "k", "number": name_of(role.number), "name": name_of(role.name), "raw": name_of(role.number + "_raw")}
    if "birth_date" in columns:
        said["born"] = "(year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date))::INTEGER"
    if "area_code" in columns:
        said["area"] = "area_code"
    said["place_no"] = next((name for name in ("household_no", "booklet_no") if name in columns), said["place_no"])
    if "guardian_no" in columns:
        said["guardian"] = key_of("guardian_no")
    said["young"] = "false"
    if contract.code == "student":
        said["young"] = f"coalesce(stage IN ({', '.join(map(quote, CHILD_STAGES))}), false)"
    elif contract.code == "child_benefit":
        said["young"] = "true"
    if contract.code == "disability_certificate":  # number, kind and grade in twenty characters (GB/T 26341)
        whole = f"regexp_full_match(certificate_no, '{CERTIFICATE_FORM}')"
        said["certificate"] = f"CASE WHEN {whole} THEN left(certificate_no, 17)::BIGINT END"
    told_apart = [f"{name_of(column)}::VARCHAR" for column in contract.key if column not in (role.number, role.name)]
    said["identity"] = f"concat_ws('|', {', '.join(told_apart)})" if told_apart else "''"
    return said
