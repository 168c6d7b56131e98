"""Rows that are not plainly somebody's, matched to the one person who fits, or kept as people of their own.

Evidence is counted in points: nearly the same number, the birth date, the household, the village, always with the same name or
one of the same sound. A match needs enough points and must be well ahead of the next candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from doudi.engine.linkage import (
    ALONE,
    AREA,
    BIRTH,
    CERTIFICATE,
    HOUSEHOLD,
    NEAR,
    REVIEW,
    SOUND,
    Role,
    born_of,
    ids_sql,
    rows_table,
)  # fmt: skip
from doudi.engine.names import plain_sql, sounds
from doudi.engine.sql import name_of, quote

_ENOUGH = 30  # points a candidate needs
_AHEAD = 8  # and how far it must be ahead of the next
_ADULT = 25  # years from which nobody goes to school or draws a child's benefit
_LOST = "?？□*＊〓�"  # what stands where a character could not be stored
_NAMED_BY = ("dibao", "tekun", "near_dibao", "rigid_expenditure", "monitored", "disability_certificate", "child_benefit")


def settle(
    con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str], on: date, key: str
) -> None:
    """Join every row in `doubt` to somebody: corrects n and how of the rows, and says who there is beside the `known`.

    Leaves `newcomers` (people with a number whom the household register does not know) and `alone` (people without one), whose
    n go on where those of `known` end.

    :param read: dataset and role of every rows table
    :param households: dataset → its column that says which rows are one household
    """
    _people(con, registered=any(dataset == "hukou" for dataset, _ in read))
    _late(con, on)
    _places(con, read, households)
    find(con, "late_placed", "people", "found")
    who = "concat_ws('|', dataset, role, written, born, area, digits, bad, identity)"
    con.execute(
        f"""CREATE TEMP TABLE alone AS
        SELECT ((SELECT count(*) FROM people) + row_number() OVER (ORDER BY id) - 1)::INTEGER AS n, id, written AS name,
            born, area, {who} AS identity, row_number() OVER (PARTITION BY {who} ORDER BY id) AS turn
        FROM late ANTI JOIN found USING (id) ORDER BY n"""
    )
    con.execute(
        f"""CREATE TEMP TABLE settled AS
        SELECT dataset, role, line, coalesce(found.n, alone.n) AS n,
            CASE WHEN found.id IS NOT NULL THEN found.how WHEN bad IS NOT NULL THEN {REVIEW} ELSE {ALONE} END::UTINYINT AS how
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
    _pairs(con, key)


def _pairs(con: duckdb.DuckDBPyConnection, key: str) -> None:
    """The doubtful pairs for a person to settle: `pair`."""
    con.execute(
        f"""CREATE TEMP TABLE pair AS
        SELECT 'row' AS kind, mark AS "left", ids.pid, dataset, role, (line >> 32)::INTEGER AS batch,
            (line & 4294967295)::INTEGER AS row_no, 0::FLOAT AS weight, 0::FLOAT AS probability,
            '[["number","same"],["name","other"]]' AS why, late.area
        FROM late JOIN settled USING (dataset, role, line) JOIN people p ON p.k = late.bad JOIN ({ids_sql(key)}) ids ON ids.n = p.n
        WHERE settled.how = {REVIEW}"""
    )


def _people(con: duckdb.DuckDBPyConnection, *, registered: bool) -> None:
    """Everybody with a number: `newcomers`, named by the roll that knows them best, and with them all in `people`."""
    first = " ".join(f"WHEN {quote(code)} THEN {turn}" for turn, code in enumerate(_NAMED_BY))
    con.execute(
        f"""CREATE TEMP TABLE newcomers AS
        SELECT ((SELECT count(*) FROM known) + row_number() OVER (ORDER BY k) - 1)::INTEGER AS n, * FROM (
            SELECT k, min_by(number, turn) AS number, min_by(name, turn) AS name, min_by(area, turn) AS area FROM (
                SELECT *, (CASE dataset {first} ELSE 99 END)::HUGEINT * 18446744073709551616 + line AS turn
                FROM doubt WHERE k IS NOT NULL AND n IS NULL)
            GROUP BY k)
        ORDER BY n"""
    )
    con.execute(
        f"CREATE TEMP TABLE people AS SELECT n, k, {plain_sql('name')} AS name, area, NULL::UBIGINT AS place FROM newcomers"
    )
    if registered:
        con.execute(
            f"INSERT INTO people SELECT known.n, k, {plain_sql('name')}, area_code::VARCHAR, hash(booklet_no) "
            "FROM known JOIN rows_hukou USING (line)"
        )


def _late(con: duckdb.DuckDBPyConnection, on: date) -> None:
    """The rows to be matched: those without a number, and those whose number is somebody else's: `late`."""
    con.execute(
        f"""CREATE TEMP TABLE off AS SELECT d.dataset, d.role, d.line, d.k, {plain_sql("d.name")} AS name, p.name AS owner,
            p.area AS owner_area, d.born, d.area, d.guardian, d.young
        FROM doubt d JOIN people p ON p.k = d.k WHERE p.name <> {plain_sql("d.name")}"""
    )
    learn_sounds(con, "SELECT name FROM off UNION SELECT owner FROM off")
    contradicted = f"(dataset, role, line) IN (SELECT (dataset, role, line) FROM ({_contradicted(on.year)}))"
    con.execute(
        f"""CREATE TEMP TABLE late AS
        SELECT row_number() OVER (ORDER BY dataset, role, line) AS id, dataset, role, line, k AS bad,
            name AS written, {plain_sql("name")} AS name,
            regexp_replace(upper(CASE WHEN k IS NULL THEN raw END), '[^0-9X]', '', 'g') AS digits,
            born, area, place_no, guardian, certificate, identity, mark
        FROM doubt WHERE k IS NULL OR {contradicted}"""
    )


def _contradicted(year: int) -> str:
    """SQL: rows whose number's owner has another name, and what else the row says does not fit the owner either."""
    lost = f"translate(off.name, {quote(_LOST)}, '') <> off.name OR regexp_matches(off.name, '[A-Z]')"
    shared = "list_has_any(string_split(substr(off.name, 2), ''), string_split(substr(owner, 2), ''))"
    weeks_apart = f"abs({_day_count('born')} - {_day_count(born_of('k'))}) > 62"  # a lunar birthday is 18 to 52 days early
    elsewhere = "born IS NULL AND left(off.name, 1) <> left(owner, 1) AND left(area, 6) IS DISTINCT FROM left(owner_area, 6)"
    return (
        "SELECT dataset, role, line FROM off JOIN sound_of a ON a.name = off.name JOIN sound_of b ON b.name = off.owner "
        f"WHERE a.sound <> b.sound AND NOT ({lost}) AND NOT {shared} AND (({weeks_apart}) OR guardian = k "
        f"OR (young AND {born_of('k')} // 10000 < {year - _ADULT:d}) OR ({elsewhere}))"
    )


def _day_count(yyyymmdd: str) -> str:
    """SQL: a day as a rough running number, for saying whether two are weeks apart."""
    return f"({yyyymmdd} // 10000 * 372 + ({yyyymmdd} // 100) % 100 * 31 + {yyyymmdd} % 100)"


def learn_sounds(con: duckdb.DuckDBPyConnection, names: str) -> None:
    """Add the sound of every name a query gives to `sound_of`."""
    con.execute("CREATE TEMP TABLE IF NOT EXISTS sound_of (name VARCHAR, sound VARCHAR)")
    unheard = "name IS NOT NULL AND name NOT IN (SELECT name FROM sound_of)"
    new = con.sql(f"SELECT DISTINCT name FROM ({names}) AS asked(name) WHERE {unheard}").to_arrow_table()["name"]
    con.register("heard", pa.table({"name": new, "sound": pa.array(sounds(new.to_pylist()), pa.string())}))
    con.execute("INSERT INTO sound_of SELECT * FROM heard")
    con.unregister("heard")


def _places(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str]) -> None:
    """Give every late row the register household it most likely belongs to: `late_placed`."""
    found = [
        "SELECT id, hash(place_no) AS place FROM late WHERE dataset = 'hukou'",
        "SELECT id, p.place FROM late JOIN people p ON p.k = late.guardian",
    ]
    for dataset, role in read:
        if not role.called and dataset in households and dataset != "hukou":
            found.append(
                f"SELECT id, min(p.place) FROM late JOIN {rows_table(dataset, role)} r "
                f"ON r.{name_of(households[dataset])} = late.place_no JOIN people p ON p.n = r.n "
                f"WHERE late.dataset = {quote(dataset)} GROUP BY id"
            )
        if role.called:
            for one, called in ((rows_table(dataset, role), ""), (rows_table(dataset, Role("", "", "")), role.called)):
                found.append(
                    f"SELECT id, p.place FROM late JOIN {one} r ON r.line = late.line JOIN people p ON p.n = r.n "
                    f"WHERE late.dataset = {quote(dataset)} AND late.role = {quote(called)}"
                )
    con.execute(
        "CREATE TEMP TABLE late_placed AS SELECT late.*, place FROM late "
        f"LEFT JOIN (SELECT id, min(place) AS place FROM ({' UNION ALL '.join(found)}) GROUP BY id) USING (id)"
    )


def find(con: duckdb.DuckDBPyConnection, late: str, people: str, into: str) -> None:
    """Find for each late row the one person it fits: `into` (id, n, how). Rows that fit nobody, or two, are not in it.

    :param late: table with id, name (plain), digits (of the number as written), born (yyyymmdd), area, place, certificate, and
        bad (a k it is not)
    :param people: table with n, k, name (plain), area, place
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE asked AS SELECT id, name, area, place, certificate, bad, digits, length(digits) AS long,
            coalesce(born, CASE length(digits) WHEN 18 THEN try_cast(substr(digits, 7, 8) AS INTEGER)
                WHEN 15 THEN try_cast('19' || substr(digits, 7, 6) AS INTEGER) END) AS born FROM {late}"""
    )
    same_name = f"asked l JOIN {people} p ON p.name = l.name"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {_best(same_name, (NEAR, BIRTH, HOUSEHOLD, AREA), 0)}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE still AS SELECT * FROM asked ANTI JOIN {into} USING (id)")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE blocked AS
        SELECT id, p.n FROM still l JOIN {people} p ON {born_of("p.k")} = l.born
        UNION SELECT id, p.n FROM still l JOIN {people} p ON p.place = l.place
        UNION SELECT id, p.n FROM still l JOIN {people} p ON p.k = l.certificate"""
    )
    learn_sounds(con, f"SELECT name FROM still UNION SELECT name FROM {people} WHERE n IN (SELECT n FROM blocked)")
    lost = quote(_LOST)
    gaps = f"translate(l.name, {lost}, '') <> l.name AND p.name LIKE translate(l.name, {lost}, {quote('_' * len(_LOST))})"
    same_sound = (
        f"blocked JOIN still l USING (id) JOIN {people} p ON p.n = blocked.n "
        f"JOIN sound_of a ON a.name = l.name JOIN sound_of b ON b.name = p.name AND (a.sound = b.sound OR ({gaps}))"
    )
    con.execute(f"INSERT INTO {into} {_best(same_sound, (SOUND, SOUND, SOUND, SOUND), 5)}")
    con.execute("DROP TABLE asked; DROP TABLE still; DROP TABLE blocked")


def _best(pairs: str, hows: tuple[int, int, int, int], less: int) -> str:
    """SQL: of each row's candidates the best, if it has evidence enough and is well ahead of the next.

    hows: what a match by number, birth, household or village is called. less: points taken off for a name only heard.
    """
    near, birth, household, village = hows
    k = "p.k::VARCHAR"
    return f"""SELECT id, arg_max(n, score) AS n, arg_max(how, score)::UTINYINT AS how FROM (
        SELECT id, n, CASE WHEN certified THEN 200 WHEN near THEN 100 ELSE 0 END
            + CASE WHEN same_birth THEN 40 WHEN other_birth THEN -60 ELSE 0 END + CASE WHEN same_place THEN 40 ELSE 0 END
            + CASE WHEN same_village AND no_birth THEN 32 WHEN same_village THEN 20 WHEN same_township THEN 12
                WHEN same_county THEN 5 WHEN other_county THEN -10 ELSE 0 END - {less} AS score,
            CASE WHEN certified THEN {CERTIFICATE} WHEN near THEN {near} WHEN same_birth THEN {birth}
                WHEN same_place THEN {household} ELSE {village} END AS how
        FROM (SELECT id, p.n, coalesce(l.certificate = p.k, false) AS certified,
                CASE WHEN long = 18 THEN hamming(left(digits, 17), {k}) <= 2
                    WHEN long = 15 THEN hamming(digits, left({k}, 6) || substr({k}, 9)) <= 1
                    WHEN long IN (16, 17, 19) THEN levenshtein(digits, {k}) <= 2 ELSE false END AS near,
                l.born = {born_of("p.k")} AS same_birth, l.born <> {born_of("p.k")} AS other_birth, l.born IS NULL AS no_birth,
                l.place = p.place AS same_place, length(l.area) = 12 AND l.area = p.area AS same_village,
                length(l.area) >= 9 AND left(l.area, 9) = left(p.area, 9) AS same_township,
                left(l.area, 6) = left(p.area, 6) AS same_county, left(l.area, 6) <> left(p.area, 6) AS other_county
            FROM {pairs} WHERE l.bad IS DISTINCT FROM p.k)
        ) GROUP BY id HAVING max(score) >= {_ENOUGH}
            AND (count(*) = 1 OR list_extract(max(score, 2), 2) <= max(score) - {_AHEAD})"""
