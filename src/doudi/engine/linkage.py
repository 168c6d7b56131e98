"""Whose row is this: every row of every dataset is joined to one person, and nobody is dropped.

A number that can be trusted decides. A row whose name and birth both disagree with the person of its number is not joined
to them (somebody else's number). Rows without a number are matched to the one person who fits by name and something more:
nearly the same number, the birth date, the household, the village. Whoever fits nobody becomes a person of their own.

While a cycle is built a row is its `line` (batch and row number in one integer) and a person is `n`, counted from 0 in the order of the household register; `k` is the first
seventeen digits of a number, which say as much as all eighteen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from doudi.engine.contract import Contract
from doudi.engine.names import plain_sql, sounds
from doudi.engine.typing import name_of, quote
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
    8: "sound",  # as the three above, the name written with other characters of the same sound
    9: "review",  # the number belongs to somebody with another name and birth: for a person to look at
    10: "alone",  # nobody fits: a person of their own
}
_NUMBER, _NUMBER15, _CERTIFICATE, _NEAR, _BIRTH, _HOUSEHOLD, _AREA, _SOUND, _REVIEW, _ALONE = HOWS

_LINE = "batch::BIGINT * 4294967296 + row_no"  # SQL: where a row stands among all of its dataset, as one integer
_ENOUGH = 30  # evidence a candidate needs
_AHEAD = 8  # and how far it must be ahead of the next
_ADULT = 25  # years from which nobody goes to school or draws a child's benefit
_CHILD_STAGES = ("kindergarten", "primary", "junior", "senior")
_LOST = "?？□*＊〓�"  # what stands where a character could not be stored


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


def whose_sql(contract: Contract, role: Role) -> str:
    """SQL: whose each row of a dataset is, once settled: batch, row_no, n, how (a code of HOWS)."""
    return (
        f"SELECT (line >> 32)::INTEGER AS batch, (line & 4294967295)::INTEGER AS row_no, n, how FROM {rows_table(contract.code, role)}"
    )


def ids_sql(key: str) -> str:
    """SQL: the id everybody has everywhere in doudi, once settled: n, pid, number and k (NULL for people without a number).

    :param key: the linking key; without it nobody can make an id from a number
    """
    salt = quote(key + ":")
    digits = " + ".join(f"(k // {10 ** (16 - place)}) % 10 * {weight}" for place, weight in enumerate(WEIGHTS))
    number = f"k::VARCHAR || substr({quote(CHECK_CHARACTERS)}, (({digits}) % 11 + 1)::INTEGER, 1)"
    return (
        f"SELECT n, 'p' || left(sha256({salt} || number), 20) AS pid, number, k FROM ("
        f"SELECT n, k, {number} AS number FROM (SELECT n, k FROM known UNION ALL SELECT n, k FROM newcomers)) "
        f"UNION ALL SELECT n, 'x' || left(sha256({salt} || identity || '|' || turn), 20), NULL, NULL FROM alone"
    )


# ---- reading ------------------------------------------------------------------------------------------------------------


def read_base(con: duckdb.DuckDBPyConnection, loads: Sequence[Landed]) -> None:
    """Read who the household register knows, on which all else is laid: `known` (n, k, hash of the name, line).

    People stand in the order of the register, so households stand together. Of two rows with one number the first names the person.
    """
    con.execute(
        f"CREATE TEMP TABLE known AS SELECT (row_number() OVER (ORDER BY line) - 1)::INTEGER AS n, k, named, line FROM ("
        f"SELECT k, min(line) AS line, min_by(named, line) AS named FROM (SELECT {key_of('citizen_no')} AS k, {_LINE} AS line, hash(name) AS named "
        f"FROM ({source(loads)}) WHERE citizen_no IS NOT NULL) GROUP BY k)"
    )
    _no_doubt(con)


def no_base(con: duckdb.DuckDBPyConnection) -> None:
    """Begin without a household register: everybody is known from the other datasets alone."""
    con.execute("CREATE TEMP TABLE known (n INTEGER, k BIGINT, named UBIGINT, line BIGINT)")
    _no_doubt(con)


def _no_doubt(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TEMP TABLE doubt (dataset VARCHAR, role VARCHAR, line BIGINT, n INTEGER, k BIGINT, number VARCHAR, name VARCHAR, "
        "raw VARCHAR, born INTEGER, area VARCHAR, place_no VARCHAR, guardian BIGINT, young BOOLEAN, certificate BIGINT, identity VARCHAR)"
    )


def read_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, role: Role, loads: Sequence[Landed], keep: Iterable[str]
) -> None:
    """Read one dataset: n, how, and the columns to keep; rows that are not plainly somebody's go to `doubt` with their particulars."""
    table = rows_table(contract.code, role)
    has = contract.by_name
    own = not role.called
    number, name, raw = role.number, role.name, role.number + "_raw"
    young = "false"
    if contract.code == "student":
        young = f"coalesce(stage IN ({', '.join(map(quote, _CHILD_STAGES))}), false)"
    elif contract.code == "child_benefit":
        young = "true"
    certificate = "NULL::BIGINT"
    if contract.code == "disability_certificate":  # number, kind and grade in twenty characters (GB/T 26341)
        certificate = (
            "CASE WHEN regexp_full_match(certificate_no, '[0-9]{17}[0-9X][1-7][1-4]') THEN left(certificate_no, 17)::BIGINT END"
        )
    place = next((column for column in ("household_no", "booklet_no") if own and column in has), "NULL::VARCHAR")
    told_apart = [f"{name_of(column)}::VARCHAR" for column in contract.key if column not in (number, name)]
    particulars = {
        "k": "k",
        "number": number,
        "name": name,
        "raw": raw,
        "born": _yyyymmdd("birth_date") if own and "birth_date" in has else "NULL::INTEGER",
        "area": "area_code" if own and "area_code" in has else "NULL::VARCHAR",
        "place": place,
        "guardian": key_of("guardian_no") if own and "guardian_no" in has else "NULL::BIGINT",
        "young": young,
        "certificate": certificate,
        "identity": f"concat_ws('|', {', '.join(told_apart)})" if told_apart else "''",
    }
    kept = "".join(f", {name_of(column)}" for column in dict.fromkeys(keep))
    told = ", ".join(f"CASE WHEN doubtful THEN {sql} END AS d_{column}" for column, sql in particulars.items())
    con.execute(
        f"CREATE TEMP TABLE {table} AS SELECT {_LINE} AS line, n, how{kept}, doubtful, {told} FROM ("
        f"SELECT s.*, known.n, known.named IS DISTINCT FROM hash({name_of(name)}) AS doubtful "
        f"FROM (SELECT *, {key_of(number)} AS k, {_how(number)} AS how FROM ({source(loads)})) s LEFT JOIN known ON known.k = s.k)"
    )
    con.execute(
        f"INSERT INTO doubt SELECT {quote(contract.code)}, {quote(role.called)}, line, n, "
        f"{', '.join('d_' + column for column in particulars)} FROM {table} WHERE doubtful"
    )


def _how(number: str) -> str:
    return f"CASE WHEN {name_of(number)} IS NULL THEN {_ALONE} WHEN {name_of(number + '_state')} = 'from15' THEN {_NUMBER15} ELSE {_NUMBER} END::UTINYINT"


def _yyyymmdd(column: str) -> str:
    return f"(year({column}) * 10000 + month({column}) * 100 + day({column}))::INTEGER"


# ---- whose are the doubtful ones ----------------------------------------------------------------------------------------

_NAMED_BY = ("dibao", "tekun", "near_dibao", "rigid_expenditure", "monitored", "disability_certificate", "child_benefit")


def settle(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str], on: date) -> None:
    """Join every row in `doubt` to somebody: corrects n and how of the rows, and says who there is beside the `known`.

    Leaves `newcomers` (people with a number whom the household register does not know) and `alone` (people without one), whose
    n go on where the rowids of `known` end.

    :param read: dataset and role of every rows table
    :param households: dataset → its column that says which rows are one household
    """
    first = " ".join(f"WHEN {quote(code)} THEN {turn}" for turn, code in enumerate(_NAMED_BY))
    con.execute(
        "CREATE TEMP TABLE newcomers AS SELECT ((SELECT count(*) FROM known) + row_number() OVER (ORDER BY k) - 1)::INTEGER AS n, * FROM ("
        f"SELECT k, min_by(number, turn) AS number, min_by(name, turn) AS name, min_by(area, turn) AS area FROM ("
        f"SELECT *, (CASE dataset {first} ELSE 99 END)::HUGEINT * 18446744073709551616 + line AS turn FROM doubt WHERE k IS NOT NULL AND n IS NULL) "
        "GROUP BY k) ORDER BY n"
    )
    con.execute(
        f"CREATE TEMP TABLE people AS SELECT n, k, {plain_sql('name')} AS name, area, NULL::UBIGINT AS place FROM newcomers"
    )
    if any(dataset == "hukou" for dataset, _ in read):
        con.execute(
            f"INSERT INTO people SELECT known.n, k, {plain_sql('name')}, area_code, hash(booklet_no) FROM known "
            "JOIN rows_hukou USING (line)"
        )
    _doubt_sounds(con)
    con.execute(
        f"CREATE TEMP TABLE late AS SELECT row_number() OVER (ORDER BY dataset, role, line) AS id, dataset, role, line, k AS bad, "
        f"name AS written, {plain_sql('name')} AS name, regexp_replace(upper(CASE WHEN k IS NULL THEN raw END), '[^0-9X]', '', 'g') AS digits, born, area, "
        f"place_no, guardian, certificate, identity FROM doubt WHERE k IS NULL OR {_contradicted(on.year)}"
    )
    _places(con, read, households)
    find(con, "late_placed", "people", "found")
    who = "concat_ws('|', dataset, role, written, born, area, digits, bad, identity)"
    con.execute(
        f"""CREATE TEMP TABLE alone AS SELECT ((SELECT count(*) FROM people) + row_number() OVER (ORDER BY id) - 1)::INTEGER AS n, id, written AS name,
        born, area, {who} AS identity, row_number() OVER (PARTITION BY {who} ORDER BY id) AS turn FROM late ANTI JOIN found USING (id) ORDER BY n"""
    )
    con.execute(
        f"""CREATE TEMP TABLE settled AS
        SELECT dataset, role, line, coalesce(found.n, alone.n) AS n,
            CASE WHEN found.id IS NOT NULL THEN found.how WHEN bad IS NOT NULL THEN {_REVIEW} ELSE {_ALONE} END::UTINYINT AS how
        FROM late LEFT JOIN found USING (id) LEFT JOIN alone USING (id)
        UNION ALL
        SELECT dataset, role, line, newcomers.n, NULL FROM doubt JOIN newcomers ON newcomers.k = doubt.k
        WHERE doubt.n IS NULL AND (dataset, role, line) NOT IN (SELECT (dataset, role, line) FROM late)"""
    )
    for dataset, role in read:
        table = rows_table(dataset, role)
        con.execute(
            f"UPDATE {table} SET n = s.n, how = coalesce(s.how, {table}.how) FROM settled s "
            f"WHERE s.dataset = {quote(dataset)} AND s.role = {quote(role.called)} AND s.line = {table}.line"
        )


def _doubt_sounds(con: duckdb.DuckDBPyConnection) -> None:
    """Rows whose name is not the name their number's owner is known by, with the sound of both: `off`."""
    con.execute(
        f"CREATE TEMP TABLE off AS SELECT d.dataset, d.role, d.line, d.k, {plain_sql('d.name')} AS name, p.name AS owner, p.area AS owner_area, d.born, d.area, "
        f"d.guardian, d.young FROM doubt d JOIN people p ON p.k = d.k WHERE p.name <> {plain_sql('d.name')}"
    )
    learn_sounds(con, "SELECT name FROM off UNION SELECT owner FROM off")


def _contradicted(year: int) -> str:
    """SQL over `doubt`: the number's owner has another name, and what else the row says does not fit them either."""
    lost = f"translate(name, {quote(_LOST)}, '') <> name OR regexp_matches(name, '[A-Z]')"
    shared = "list_has_any(string_split(substr(name, 2), ''), string_split(substr(owner, 2), ''))"
    apart = f"abs({_day_count('born')} - {_day_count(born_of('k'))}) > 62"  # a lunar birthday is 18 to 52 days early
    return (
        f"(dataset, role, line) IN (SELECT (dataset, role, line) FROM off JOIN sound_of a ON a.name = off.name JOIN sound_of b ON b.name = off.owner "
        f"WHERE a.sound <> b.sound AND NOT ({lost.replace('name', 'off.name')}) AND NOT {shared.replace('(name', '(off.name')} AND (({apart}) OR guardian = k "
        f"OR (young AND {born_of('k')} // 10000 < {year:d} - {_ADULT}) "
        "OR (born IS NULL AND left(off.name, 1) <> left(owner, 1) AND left(area, 6) IS DISTINCT FROM left(owner_area, 6))))"
    )


def _day_count(yyyymmdd: str) -> str:
    """SQL: a day as a rough running number, for saying whether two are weeks apart; a damaged day does no harm here."""
    return f"({yyyymmdd} // 10000 * 372 + ({yyyymmdd} // 100) % 100 * 31 + {yyyymmdd} % 100)"


def learn_sounds(con: duckdb.DuckDBPyConnection, names: str) -> None:
    """Add the sound of every name a query gives to `sound_of`."""
    con.execute("CREATE TEMP TABLE IF NOT EXISTS sound_of (name VARCHAR, sound VARCHAR)")
    new = con.sql(
        f"SELECT DISTINCT name FROM ({names}) AS n(name) WHERE name NOT IN (SELECT name FROM sound_of)"
    ).to_arrow_table()
    table = pa.table({"name": new["name"], "sound": pa.array(sounds(new["name"].to_pylist()), pa.string())})
    con.register("heard", table)
    con.execute("INSERT INTO sound_of SELECT * FROM heard")
    con.unregister("heard")


def _places(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str]) -> None:
    """Give every late row the register household it most likely belongs to, and a spouse the other's village: `late_placed`."""
    found = [
        "SELECT id, hash(place_no) AS place, NULL::VARCHAR AS area FROM late WHERE dataset = 'hukou'",
        "SELECT id, p.place, NULL FROM late JOIN people p ON p.k = late.guardian",
    ]
    for dataset, role in read:
        if not role.called and dataset in households and dataset != "hukou":
            column = name_of(households[dataset])
            found.append(
                f"SELECT id, min(p.place), NULL FROM late JOIN {rows_table(dataset, role)} r ON r.{column} = late.place_no "
                f"JOIN people p ON p.n = r.n WHERE late.dataset = {quote(dataset)} GROUP BY id"
            )
        if role.called:
            for one, called in ((rows_table(dataset, role), ""), (rows_table(dataset, Role("", "", "")), role.called)):
                found.append(
                    f"SELECT id, p.place, p.area FROM late JOIN {one} r ON r.line = late.line JOIN people p ON p.n = r.n "
                    f"WHERE late.dataset = {quote(dataset)} AND late.role = {quote(called)}"
                )
    con.execute(
        "CREATE TEMP TABLE late_placed AS SELECT late.* REPLACE (coalesce(late.area, there.area) AS area), place FROM late LEFT JOIN ("
        f"SELECT id, min(place) AS place, min(area) AS area FROM ({' UNION ALL '.join(found)}) GROUP BY id) there ON there.id = late.id"
    )


def find(con: duckdb.DuckDBPyConnection, late: str, people: str, into: str) -> None:
    """Find for each late row the one person it fits: `into` (id, n, how). Rows that fit nobody, or two, are not in it.

    :param late: table with id, name (plain), digits (of the number as written), born (yyyymmdd), area, place, certificate, bad (a k it is not)
    :param people: table with n, k, name (plain), area, place
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE asked AS SELECT id, name, area, place, certificate, bad, digits, length(digits) AS long, "
        "coalesce(born, CASE length(digits) WHEN 18 THEN try_cast(substr(digits, 7, 8) AS INTEGER) "
        f"WHEN 15 THEN try_cast('19' || substr(digits, 7, 6) AS INTEGER) END) AS born FROM {late}"
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {into} AS {_best(f'asked l JOIN {people} p ON p.name = l.name', _NEAR, _BIRTH, _HOUSEHOLD, _AREA, 0)}"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE still AS SELECT * FROM asked ANTI JOIN {into} USING (id)")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE blocked AS
        SELECT id, p.k FROM still l JOIN {people} p ON {born_of("p.k")} = l.born
        UNION SELECT id, p.k FROM still l JOIN {people} p ON p.place = l.place
        UNION SELECT id, p.k FROM still l JOIN {people} p ON p.k = l.certificate"""
    )
    learn_sounds(con, f"SELECT name FROM still UNION SELECT name FROM {people} WHERE k IN (SELECT k FROM blocked)")
    alike = f"a.sound = b.sound OR (translate(l.name, {quote(_LOST)}, '') <> l.name AND p.name LIKE translate(l.name, {quote(_LOST)}, {quote('_' * len(_LOST))}))"
    heard = f"blocked JOIN still l USING (id) JOIN {people} p ON p.k = blocked.k JOIN sound_of a ON a.name = l.name JOIN sound_of b ON b.name = p.name AND ({alike})"
    con.execute(f"INSERT INTO {into} {_best(heard, _SOUND, _SOUND, _SOUND, _SOUND, 5)}")
    con.execute("DROP TABLE asked; DROP TABLE still; DROP TABLE blocked")


def _best(pairs: str, near: int, birth: int, household: int, area: int, less: int) -> str:
    """SQL: of each row's candidates the best, if it has evidence enough and is well ahead of the next."""
    person = "p.k::VARCHAR"
    is_near = (
        f"CASE WHEN long = 18 THEN hamming(left(digits, 17), {person}) <= 2 "  # CASE, for hamming refuses unequal lengths
        f"WHEN long = 15 THEN hamming(digits, left({person}, 6) || substr({person}, 9)) <= 1 "
        f"WHEN long IN (16, 17, 19) THEN levenshtein(digits, {person}) <= 2 ELSE false END"
    )
    return f"""SELECT id, arg_max(n, score) AS n, arg_max(how, score)::UTINYINT AS how FROM (
        SELECT id, n, CASE WHEN certified THEN 200 WHEN near THEN 100 ELSE 0 END
            + CASE WHEN same_birth THEN 40 WHEN other_birth THEN -60 ELSE 0 END + CASE WHEN same_place THEN 40 ELSE 0 END
            + CASE WHEN same_village AND no_birth THEN 32 WHEN same_village THEN 20 WHEN same_township THEN 12 WHEN same_county THEN 5
                   WHEN other_county THEN -10 ELSE 0 END - {less} AS score,
            CASE WHEN certified THEN {_CERTIFICATE} WHEN near THEN {near} WHEN same_birth THEN {birth} WHEN same_place THEN {household} ELSE {area} END AS how
        FROM (SELECT id, p.n, {is_near} AS near, coalesce(l.certificate = p.k, false) AS certified, l.born = {born_of("p.k")} AS same_birth,
                l.born <> {born_of("p.k")} AS other_birth, l.born IS NULL AS no_birth, l.place = p.place AS same_place,
                length(l.area) = 12 AND l.area = p.area AS same_village, length(l.area) >= 9 AND left(l.area, 9) = left(p.area, 9) AS same_township,
                left(l.area, 6) = left(p.area, 6) AS same_county, left(l.area, 6) <> left(p.area, 6) AS other_county
            FROM {pairs} WHERE l.bad IS DISTINCT FROM p.k)
        ) GROUP BY id HAVING max(score) >= {_ENOUGH} AND (count(*) = 1 OR list_extract(max(score, 2), 2) <= max(score) - {_AHEAD})"""
