"""Rows that are not plainly somebody's, matched to the one person they fit, or kept as people of their own.

Three sorts are asked about: rows without a usable number; rows whose number belongs to somebody of another name; and people
whose number only a roll knows, who may be somebody the household register knows by another. `scoring` weighs them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from doudi.engine import scoring, weights
from doudi.engine.linkage import ALONE, NEAR, REVIEW, Role, born_of, ids_sql, pid_of, rows_table
from doudi.engine.names import plain_sql
from doudi.engine.sql import name_of, quote
from doudi.engine.weights import LEVELS, ONE_PERSON, Weights

ADULT = 25  # years from which nobody goes to school or draws a child's benefit
WEEKS_APART = 62  # days by which a birth date must differ to speak against a number
_LOST = "?？□*＊〓�"  # what stands where a character could not be stored
_HOMES = ("dibao", "tekun", "near_dibao", "rigid_expenditure")  # rolls that say where somebody lives
_NAMED_BY = ("dibao", "tekun", "near_dibao", "rigid_expenditure", "monitored", "disability_certificate", "child_benefit")


def settle(
    con: duckdb.DuckDBPyConnection,
    read: Sequence[tuple[str, Role]],
    households: Mapping[str, str],
    on: date,
    key: str,
    told: Weights | None = None,
    apart: Sequence[tuple[str, str]] = (),
) -> None:
    """Join every row in `doubt` to somebody: corrects n and how of the rows, and says who there is beside the `known`.

    Leaves `newcomers` (people with a number whom the household register does not know), `alone` (people without one), whose n
    go on where those of `known` end, and `pair`, what a person should look at.

    :param read: dataset and role of every rows table
    :param households: dataset → its column that says which rows are one household
    :param key: the linking key, for the pids in `pair`
    :param told: the weights; by default those the program comes with
    :param apart: pairs of pids a person found to be two people
    """
    told = told or weights.trained()
    scoring.macros(con)
    _fresh(con)
    rolls = [dataset for dataset, role in read if dataset in _HOMES and not role.called]
    _people(con, "fresh", rolls, registered=any(dataset == "hukou" for dataset, _ in read))
    scoring.learn_names(con, f"SELECT name FROM people UNION SELECT {plain_sql('name')} FROM doubt")
    scoring.know_people(con, "SELECT * FROM people", told)
    _partners(con, read)
    _keep_beside(con, read, households)
    _same_person(con, read, households, told)
    _keep_apart(con, key, apart)
    _late(con, read, on, told)
    _placed(con, read, households)
    con.execute("CREATE TEMP VIEW late_asked AS SELECT * FROM late_placed WHERE NOT doubted")
    con.execute("CREATE TEMP VIEW late_doubted AS SELECT * FROM late_placed WHERE doubted")
    scoring.find(con, "late_asked", "weighed", told)
    scoring.find(con, "late_doubted", "weighed_doubted", told)
    con.execute("INSERT INTO weighed SELECT * FROM weighed_doubted WHERE name_level = 0 AND (place_level = 0 OR birth_level = 0)")
    con.execute(
        "DELETE FROM late WHERE doubted AND id NOT IN (SELECT id FROM weighed WHERE turn = 1 AND probability >= "
        f"{told.threshold['sure']!r})"
    )
    _decide(con, told)
    _newly(con, told)
    _settled(con, read)
    _pairs(con, key, told)
    _keep_people(con)
    scoring.drop(con, ("heard", "person", "people", "common_name", "common_sound", "common_blurred", "beside"))


def _fresh(con: duckdb.DuckDBPyConnection) -> None:
    """Everybody with a number the household register does not know, named by the roll that knows them best: `fresh`."""
    first = " ".join(f"WHEN {quote(code)} THEN {turn}" for turn, code in enumerate(_NAMED_BY))
    con.execute(
        f"""CREATE TEMP TABLE fresh AS
        SELECT ((SELECT count(*) FROM known) + row_number() OVER (ORDER BY k) - 1)::INTEGER AS n, * FROM (
            SELECT k, min_by(number, turn) AS number, min_by(name, turn) AS name, min_by(area, turn) AS area,
                min_by(dataset, turn) AS dataset, min_by(role, turn) AS role, min_by(line, turn) AS line,
                min_by(place_no, turn) AS place_no
            FROM (SELECT *, (CASE dataset {first} ELSE 99 END)::HUGEINT * 18446744073709551616 + line AS turn
                FROM doubt WHERE k IS NOT NULL AND n IS NULL)
            GROUP BY k)
        ORDER BY n"""
    )


def _people(con: duckdb.DuckDBPyConnection, others: str, homes: Sequence[str], *, registered: bool) -> None:
    """Everybody with a number: `people` (n, k, name, area, lives, place).

    :param homes: the rolls that say where somebody lives
    """
    con.execute(
        f"CREATE TEMP TABLE people AS SELECT n, k, {plain_sql('name')} AS name, area, NULL::VARCHAR AS lives, "
        f"NULL::UBIGINT AS place FROM {others}"
    )
    lives = " UNION ALL ".join(f"SELECT n, area_code FROM {rows_table(code, Role('', '', ''))}" for code in homes)
    lives = (
        f"SELECT n, min(area_code) AS area_code FROM ({lives}) GROUP BY n"
        if homes
        else "SELECT NULL::INTEGER AS n, NULL::BIGINT AS area_code"
    )
    if registered:
        con.execute(
            f"INSERT INTO people SELECT known.n, k, {plain_sql('name')}, h.area_code::VARCHAR, "
            f"CASE WHEN h.area_code <> l.area_code THEN l.area_code::VARCHAR END, md5_number_lower(booklet_no) "
            f"FROM known JOIN rows_hukou h USING (line) LEFT JOIN ({lives}) l ON l.n = known.n"
        )


def _partners(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]]) -> None:
    """Who stands beside whom in rows of two people: `beside` (a, b), both known by number."""
    couples = [dataset for dataset, role in read if role.called]
    both = [
        f"SELECT x.n AS a, y.n AS b FROM {rows_table(code, Role('', '', ''))} x JOIN {rows_table(code, role)} y USING (line) "
        f"WHERE x.n IS NOT NULL AND y.n IS NOT NULL"
        for code, role in read
        if role.called and code in couples
    ]
    every = " UNION ALL ".join(both) or "SELECT NULL::INTEGER AS a, NULL::INTEGER AS b WHERE false"
    con.execute(f"CREATE TEMP TABLE beside AS SELECT DISTINCT a, b FROM ({every} UNION ALL SELECT b, a FROM ({every}))")
    con.execute("CREATE TEMP TABLE partner (id BIGINT, n INTEGER)")


def _same_person(
    con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str], told: Weights
) -> None:
    """Who of the `fresh` is somebody known by another number: `known_as` (n, m), and `alike`, who may be."""
    con.execute(
        f"""CREATE TEMP TABLE late AS SELECT n AS id, dataset, role, line, k AS bad, {plain_sql("name")} AS name,
            {told.prior["number"]!r} AS known, number AS digits, true AS whole, {born_of("k")} AS born, area,
            place_no, NULL::BIGINT AS guardian, NULL::BIGINT AS certificate
        FROM fresh"""
    )
    _placed(con, read, households)
    scoring.find(con, "late_placed", "alike", told)
    con.execute("DROP TABLE late; DROP TABLE late_placed")
    con.execute(
        f"""CREATE TEMP TABLE known_as AS SELECT id AS n, n AS m FROM alike
        WHERE turn = 1 AND ({scoring.agrees_sql(ONE_PERSON)}) AND {scoring.near_name()}
            AND probability >= {told.threshold["same"]!r} AND n < (SELECT count(*) FROM known)"""
    )


def _keep_apart(con: duckdb.DuckDBPyConnection, key: str, apart: Sequence[tuple[str, str]]) -> None:
    """Two numbers a person found to be two people stay two, whatever the weights say."""
    if not apart:
        return
    con.register("said_apart", pa.table({"a": [one for one, _ in apart], "b": [other for _, other in apart]}))
    con.execute(
        f"""DELETE FROM known_as WHERE n IN (
            SELECT n FROM (SELECT j.n, {pid_of("fresh.k", key)} AS a, {pid_of("known.k", key)} AS b FROM known_as j
                JOIN fresh ON fresh.n = j.n JOIN known ON known.n = j.m)
            WHERE (a, b) IN (SELECT (a, b) FROM said_apart) OR (b, a) IN (SELECT (a, b) FROM said_apart))"""
    )
    con.unregister("said_apart")


def _shares(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], told: Weights) -> None:
    """Which share of a dataset's rows is about somebody known from elsewhere too, told by its rows with a number: `share`."""
    few = " UNION ALL ".join(
        f"SELECT {quote(code)} AS dataset, {quote(role.called)} AS role, count(*) AS rows FROM {rows_table(code, role)} "
        f"WHERE how <> {ALONE}"
        for code, role in read
    )
    # Counted as if thirty-three known rows and one unknown one had been there before; never surer than one in five hundred.
    con.execute(
        f"""CREATE TEMP TABLE share AS SELECT dataset, role,
            least(1 - (34 * {1 - told.prior["row"]!r} + coalesce(unknown, 0)) / (34 + rows), 0.998) AS known FROM ({few})
        LEFT JOIN (SELECT dataset, role, count(*) AS unknown FROM doubt SEMI JOIN (
            SELECT k FROM doubt WHERE k IS NOT NULL AND n IS NULL GROUP BY k HAVING count(DISTINCT dataset) = 1) USING (k)
            GROUP BY dataset, role) USING (dataset, role)"""
    )


def _late(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], on: date, told: Weights) -> None:
    """The rows to be matched, `late`: without a number, or with somebody else's.

    doubted: the row's name is another than that of the number's owner. It stays the owner's unless something else it says does
    not fit the owner either (wrong), or somebody else fits it well.
    """
    con.execute(
        f"""CREATE TEMP TABLE off AS SELECT d.dataset, d.role, d.line, d.k, {plain_sql("d.name")} AS name, p.name AS owner,
            p.area AS owner_area, d.born, d.area, d.guardian, d.young
        FROM doubt d JOIN people p ON p.k = d.k WHERE p.name <> {plain_sql("d.name")}"""
    )
    _shares(con, read, told)
    con.execute(f"CREATE TEMP TABLE wrong AS {_contradicted(on.year)}")
    con.execute(
        f"""CREATE TEMP TABLE late AS
        SELECT row_number() OVER (ORDER BY d.dataset, d.role, d.line) AS id, d.dataset, d.role, d.line, d.k AS bad,
            d.name AS written, {plain_sql("d.name")} AS name,
            regexp_replace(upper(CASE WHEN d.k IS NULL THEN raw END), '[^0-9X]', '', 'g') AS digits, false AS whole,
            d.born, d.area, place_no, d.guardian, certificate, identity, mark, wrong.line IS NULL AND d.k IS NOT NULL AS doubted,
            CASE WHEN d.k IS NULL OR wrong.line IS NOT NULL THEN coalesce(s.known, {told.prior["row"]!r})
                ELSE {told.prior["probe"]!r} END AS known
        FROM doubt d LEFT JOIN share s USING (dataset, role) LEFT JOIN off USING (dataset, role, line)
            LEFT JOIN wrong USING (dataset, role, line)
        WHERE d.k IS NULL OR wrong.line IS NOT NULL OR ({_DOUBTED})"""
    )


# SQL: a name that is neither the owner's nor much like it
_DOUBTED = """off.line IS NOT NULL AND (d.dataset, d.role, d.line) IN (
    SELECT (dataset, role, line) FROM off JOIN heard a ON a.name = off.name JOIN heard b ON b.name = off.owner
    WHERE a.blurred <> b.blurred AND a.gapped IS NULL AND b.gapped IS NULL)"""


def _contradicted(year: int) -> str:
    """SQL: rows whose number's owner has another name, and what else the row says does not fit the owner either."""
    lost = f"translate(off.name, {quote(_LOST)}, '') <> off.name OR regexp_matches(off.name, '[A-Z]')"
    shared = "list_has_any(string_split(substr(off.name, 2), ''), string_split(substr(owner, 2), ''))"
    weeks_apart = (
        f"abs({_day_count('born')} - {_day_count(born_of('k'))}) > {WEEKS_APART}"  # a lunar birthday is 18 to 52 days early
    )
    elsewhere = "born IS NULL AND left(off.name, 1) <> left(owner, 1) AND left(area, 6) IS DISTINCT FROM left(owner_area, 6)"
    return (
        "SELECT dataset, role, line FROM off JOIN heard a ON a.name = off.name JOIN heard b ON b.name = off.owner "
        f"WHERE a.sound <> b.sound AND NOT ({lost}) AND NOT {shared} AND (({weeks_apart}) OR guardian = k "
        f"OR (young AND {born_of('k')} // 10000 < {year - ADULT:d}) OR ({elsewhere}))"
    )


def _day_count(yyyymmdd: str) -> str:
    """SQL: a day as a rough running number, for saying whether two are weeks apart."""
    return f"({yyyymmdd} // 10000 * 372 + ({yyyymmdd} // 100) % 100 * 31 + {yyyymmdd} % 100)"


def _placed(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str]) -> None:
    """Give every late row the register household it most likely belongs to, `late_placed`, and its spouse's partners."""
    found = [
        "SELECT id, md5_number_lower(place_no) AS place FROM late WHERE dataset = 'hukou'",
        "SELECT id, p.place FROM late JOIN people p ON p.k = late.guardian",
        # a number that is not one's own is most often that of somebody at home
        "SELECT id, p.place FROM late JOIN people p ON p.k = late.bad WHERE NOT whole",
    ]
    con.execute("DELETE FROM partner")
    for dataset, role in read:
        if not role.called and dataset in households and dataset != "hukou":
            found.append(
                f"SELECT id, min(p.place) FROM late JOIN {rows_table(dataset, role)} r "
                f"ON r.{name_of(households[dataset])} = late.place_no JOIN people p ON p.n = r.n "
                f"WHERE late.dataset = {quote(dataset)} GROUP BY id"
            )
        if role.called:
            for one, called in ((rows_table(dataset, role), ""), (rows_table(dataset, Role("", "", "")), role.called)):
                of_role = f"late.dataset = {quote(dataset)} AND late.role = {quote(called)}"
                found.append(
                    f"SELECT id, p.place FROM late JOIN {one} r ON r.line = late.line JOIN people p ON p.n = r.n WHERE {of_role}"
                )
                con.execute(
                    f"INSERT INTO partner SELECT DISTINCT id, b.b FROM late JOIN {one} r ON r.line = late.line "
                    f"JOIN beside b ON b.a = r.n WHERE {of_role}"
                )
                # Of two rows of one couple each may lack the other's number: then the names must cross.
                other = f"t.dataset = {quote(dataset)} AND t.role = {quote('' if called else role.called)}"
                across = rows_table(dataset, role if one != rows_table(dataset, role) else Role("", "", ""))
                con.execute(
                    f"INSERT INTO partner SELECT DISTINCT late.id, a.n FROM late JOIN {one} r ON r.line = late.line "
                    f"JOIN people p ON p.n = r.n JOIN late t ON t.name = p.name AND {other} "
                    f"JOIN {across} a ON a.line = t.line WHERE {of_role} AND a.n IS NOT NULL"
                )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE late_placed AS SELECT late.*, place FROM late "
        f"LEFT JOIN (SELECT id, min(place) AS place FROM ({' UNION ALL '.join(found)}) GROUP BY id) USING (id)"
    )


def _decide(con: duckdb.DuckDBPyConnection, told: Weights) -> None:
    """Whom each late row is joined to: `found` (id, n, how).

    A row with somebody else's number goes to a namesake, or to whom birth or household say; a name that only sounds alike is no
    reason to take a row from the number it bears, for the number's owner may be the one who is wrong.
    """
    con.execute(
        f"""CREATE TEMP TABLE found AS SELECT id, coalesce(known_as.m, w.n) AS n, how FROM weighed w
        LEFT JOIN known_as ON known_as.n = w.n
        WHERE turn = 1 AND {scoring.enough()} AND probability >= {told.threshold["sure"]!r}
            AND (name_level = 0 OR coalesce(birth_level = 0, false) OR coalesce(place_level = 0, false)
                OR id NOT IN (SELECT id FROM late WHERE bad IS NOT NULL))"""
    )


def _newly(con: duckdb.DuckDBPyConnection, told: Weights) -> None:
    """Number the people beside the known: `newcomers` (n, k, name, area) and `alone`."""
    con.execute(
        """CREATE TEMP TABLE newcomers AS
        SELECT ((SELECT count(*) FROM known) + row_number() OVER (ORDER BY n) - 1)::INTEGER AS n, n AS was, k, number, name, area
        FROM fresh ANTI JOIN known_as USING (n) ORDER BY n"""
    )
    con.execute("UPDATE found SET n = newcomers.n FROM newcomers WHERE newcomers.was = found.n")
    who = "concat_ws('|', dataset, role, written, born, area, digits, bad, identity)"
    con.execute(
        f"""CREATE TEMP TABLE alone AS
        SELECT ((SELECT count(*) FROM (SELECT n FROM known UNION ALL SELECT n FROM newcomers))
                + row_number() OVER (ORDER BY id) - 1)::INTEGER AS n, id, written AS name, born, area, {who} AS identity,
            row_number() OVER (PARTITION BY {who} ORDER BY id) AS turn
        FROM late ANTI JOIN found USING (id) ORDER BY n"""
    )


def _settled(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]]) -> None:
    """Write into the rows tables whose every doubtful row is."""
    con.execute(
        f"""CREATE TEMP TABLE settled AS
        SELECT dataset, role, line, coalesce(found.n, alone.n) AS n,
            CASE WHEN found.id IS NOT NULL THEN found.how WHEN bad IS NOT NULL THEN {REVIEW} ELSE {ALONE} END::UTINYINT AS how
        FROM late LEFT JOIN found USING (id) LEFT JOIN alone USING (id)
        UNION ALL
        SELECT doubt.dataset, doubt.role, doubt.line, coalesce(newcomers.n, known_as.m),
            CASE WHEN newcomers.n IS NULL THEN {NEAR} END
        FROM doubt JOIN fresh ON fresh.k = doubt.k LEFT JOIN newcomers ON newcomers.was = fresh.n
            LEFT JOIN known_as ON known_as.n = fresh.n
        WHERE doubt.n IS NULL AND (doubt.dataset, doubt.role, doubt.line) NOT IN (SELECT (dataset, role, line) FROM late)"""
    )
    for dataset, role in read:
        table = rows_table(dataset, role)
        con.execute(
            f"UPDATE {table} SET n = s.n, how = coalesce(s.how, {table}.how) FROM settled s "
            f"WHERE s.dataset = {quote(dataset)} AND s.role = {quote(role.called)} AND s.line = {table}.line"
        )


def _pairs(con: duckdb.DuckDBPyConnection, key: str, told: Weights) -> None:
    """The doubtful pairs for a person to settle: `pair`."""
    offered, levels = told.threshold["offered"], ", ".join(f"{name}_level" for name in LEVELS)
    worth = f"turn = 1 AND probability >= {offered!r}"
    place = "(line >> 32)::INTEGER AS batch, (line & 4294967295)::INTEGER AS row_no"
    nothing = ", ".join(f"NULL::TINYINT AS {name}_level" for name in LEVELS)
    con.execute(
        f"""CREATE TEMP TABLE offered AS
        SELECT 'row' AS kind, id, NULL::INTEGER AS other, coalesce(known_as.m, newcomers.n, w.n) AS n, weight, probability,
            {levels}
        FROM weighed w LEFT JOIN known_as ON known_as.n = w.n LEFT JOIN newcomers ON newcomers.was = w.n
        WHERE {worth} AND id IN (SELECT id FROM alone)
        UNION ALL
        SELECT 'same', NULL, newcomers.n, coalesce(other.n, a.n), weight, probability, {levels} FROM alike a
        JOIN newcomers ON newcomers.was = a.id LEFT JOIN newcomers other ON other.was = a.n
        WHERE {worth} AND evidence AND {scoring.near_name()} AND a.n < a.id AND a.n NOT IN (SELECT n FROM known_as)"""
    )
    con.execute(
        f"""INSERT INTO offered SELECT 'shared', late.id, NULL, coalesce(newcomers.n, p.n), 0, 0, {nothing}
        FROM late JOIN people p ON p.k = late.bad LEFT JOIN newcomers ON newcomers.was = p.n
        WHERE late.id IN (SELECT id FROM alone) AND late.id NOT IN (SELECT id FROM offered WHERE id IS NOT NULL)"""
    )
    con.execute(
        f"CREATE TEMP TABLE offered_ids AS SELECT n, pid FROM ({ids_sql(key)}) "
        "WHERE n IN (SELECT n FROM offered UNION SELECT other FROM offered)"
    )
    con.execute(
        f"""CREATE TEMP TABLE pair AS
        SELECT kind, coalesce(late.mark, other.pid) AS "left", ids.pid, dataset, role, {place}, round(weight, 3)::FLOAT AS weight,
            round(probability, 4)::FLOAT AS probability,
            CASE kind WHEN 'shared' THEN '[["number","same"],["name","other"]]' ELSE {scoring.why_sql()} END AS why,
            coalesce(late.area, newcomers.area) AS area
        FROM offered JOIN offered_ids ids USING (n) LEFT JOIN late ON late.id = offered.id
        LEFT JOIN offered_ids other ON other.n = offered.other LEFT JOIN newcomers ON newcomers.n = offered.other"""
    )


def _keep_beside(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], households: Mapping[str, str]) -> None:
    """What one record's household and couple are told by, as rows with a good number tell it: `placing_beside`.

    For the household number of a roll (kind 0, hashed) the register household of its people, and for a person (kind 1) whom rows
    of two people name beside them.
    """
    rolls = [
        f"SELECT 0::UTINYINT AS kind, md5_number_lower({quote(dataset + '|')} || r.{name_of(households[dataset])}) AS key, "
        f"min(p.place) AS value FROM {rows_table(dataset, role)} r JOIN people p ON p.n = r.n "
        f"WHERE p.place IS NOT NULL AND r.{name_of(households[dataset])} IS NOT NULL GROUP BY ALL"
        for dataset, role in read
        if not role.called and dataset in households and dataset != "hukou"
    ]
    couples = "SELECT 1::UTINYINT AS kind, a::UBIGINT AS key, b::UBIGINT AS value FROM beside"
    con.execute(f"CREATE TEMP TABLE placing_beside AS {' UNION ALL '.join([*rolls, couples])}")


def _keep_people(con: duckdb.DuckDBPyConnection) -> None:
    """Everybody rows are compared with, and which n they have in the end: `placeable`."""
    con.execute(
        """CREATE TEMP TABLE placeable AS
        SELECT coalesce(known_as.m, newcomers.n, person.n) AS n, person.k, person.name, sound, blurred, gapped,
            try_cast(person.area AS BIGINT) AS area, try_cast(lives AS BIGINT) AS lives, place, person.n AS was
        FROM person LEFT JOIN known_as ON known_as.n = person.n LEFT JOIN newcomers ON newcomers.was = person.n"""
    )


def kept(con: duckdb.DuckDBPyConnection) -> dict[str, pa.Table]:
    """The objects of a cycle that one record is placed with, and what its weights are laid on: shares of rows and of places."""
    people = con.sql("SELECT * FROM placeable ORDER BY was").to_arrow_table()
    known = con.execute("SELECT dataset || '|' || role, round(known, 9) FROM share ORDER BY ALL").fetchall()
    places = con.execute("SELECT level, round(coalesce(u, 0), 12) FROM place_share ORDER BY ALL").fetchall()
    told = json.dumps({"known": dict(known), "places": dict(places)}, sort_keys=True)
    return {
        "placing": people.replace_schema_metadata({"placing": told}),
        "placing_beside": con.sql("SELECT * FROM placing_beside ORDER BY ALL").to_arrow_table(),
    }
