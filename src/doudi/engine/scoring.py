"""How likely is it that a row is about a person? Candidates, the levels at which they agree, and probabilities, in SQL.

The model is that of Fellegi and Sunter: each agreement multiplies the odds by m/u (`weights`). How rare a name is counts by how
many people here bear it. One row is at most one person, so the odds of all its candidates are weighed together with nobody's.
`placing` does the same for one record in Python; a test holds both to the same figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from doudi.engine.linkage import AREA, BIRTH, CERTIFICATE, HOUSEHOLD, NEAR, SOUND, born_of
from doudi.engine.names import heard
from doudi.engine.weights import COUNTED, EVIDENCE, LEVELS, NEAR_NAME, Weights

RARE = 60  # people of one blurred sound up to which it alone brings candidates
COMMON = 3000  # people of one key above which it brings none


def learn_names(con: duckdb.DuckDBPyConnection, names: str) -> None:
    """Add every name a query gives to `heard`: name, folded, sound, blurred, gapped."""
    con.execute(
        "CREATE TEMP TABLE IF NOT EXISTS heard (name VARCHAR, folded VARCHAR, sound VARCHAR, blurred VARCHAR, gapped VARCHAR)"
    )
    unheard = "name IS NOT NULL AND name NOT IN (SELECT name FROM heard)"
    new = con.sql(f"SELECT DISTINCT name FROM ({names}) AS asked(name) WHERE {unheard}").to_arrow_table()["name"].to_pylist()
    columns = {"name": new, **heard(new)}
    con.register("learned", pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()}))
    con.execute("INSERT INTO heard SELECT * FROM learned")
    con.unregister("learned")


def know_people(con: duckdb.DuckDBPyConnection, people: str, weights: Weights) -> None:
    """Lay out whom rows are compared with, `person` (n, k, names, born, day, area, lives, place), and how common agreements are.

    :param people: query giving n, k, name, area (as registered), lives (where a roll says, if elsewhere), place
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE person AS
        SELECT n, k, folded AS name, sound, blurred, gapped, {born_of("k")} AS born, {day_of(born_of("k"))} AS day,
            area, lives, place
        FROM ({people}) p LEFT JOIN heard ON heard.name = p.name"""
    )
    for column in ("name", "sound", "blurred"):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE common_{column} AS SELECT {column} AS key, count(*)::INTEGER AS bearers "
            f"FROM person WHERE {column} IS NOT NULL GROUP BY 1"
        )
    shares = []
    for level, digits in (("village", 12), ("town", 9), ("county", 6)):
        shares.append(
            f"SELECT '{level}' AS level, (sum(here * here) / (sum(here) * sum(here)))::DOUBLE AS u FROM "
            f"(SELECT count(*) AS here FROM person WHERE length(area) >= {digits} GROUP BY left(area, {digits}))"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE place_share AS {' UNION ALL '.join(shares)}")


def day_of(born: str) -> str:
    """SQL: days since 1970 of a birth date yyyymmdd, NULL where it is no day."""
    return f"(try_strptime({born}::VARCHAR, '%Y%m%d')::DATE - DATE '1970-01-01')::INTEGER"


def find(con: duckdb.DuckDBPyConnection, asked: str, into: str, weights: Weights) -> None:
    """Weigh every row's candidates: `into` (id, n, probability, weight, levels of each comparison, how), the likeliest first.

    :param asked: table with id, name (plain), digits (of the number as written), born (yyyymmdd), area, place, certificate,
        bad (a k it is not), whole (digits are a good number), and known (the share of such rows that are about somebody known);
        partners of the other spouse in `partner` (id, n)
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE row_asked AS
        SELECT id, folded AS name, sound, blurred, gapped, {day_of("born")} AS day, born, area, place, certificate, bad, whole,
            usable AS digits, coalesce(born, CASE WHEN length(usable) = 18 THEN try_cast(substr(usable, 7, 8) AS INTEGER)
                WHEN length(usable) = 15 THEN try_cast('19' || substr(usable, 7, 6) AS INTEGER) END) AS hint
        FROM (SELECT *, CASE WHEN length(digits) BETWEEN 15 AND 19 AND replace(digits, left(digits, 1), '') <> '' THEN digits END
            AS usable FROM {asked}) a LEFT JOIN heard ON heard.name = a.name"""
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE blocked AS {_blocks()}")
    counts = con.execute("SELECT count(*) FROM person").fetchone()
    people = max(counts[0] if counts else 0, 1)
    shares = {level: share or 0.0 for level, share in con.execute("SELECT level, u FROM place_share").fetchall()}
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE levelled AS
        SELECT id, n, {", ".join(f"({sql})::TINYINT AS {name}_level" for name, sql in levels().items())},
            coalesce(cn.bearers, 1) AS name_bearers, coalesce(cs.bearers, 1) AS sound_bearers,
            coalesce(cb.bearers, 1) AS blurred_bearers
        FROM blocked b JOIN row_asked l USING (id) JOIN person p USING (n)
        LEFT JOIN common_name cn ON cn.key = p.name LEFT JOIN common_sound cs ON cs.key = p.sound
        LEFT JOIN common_blurred cb ON cb.key = p.blurred
        WHERE l.bad IS DISTINCT FROM p.k"""
    )
    # People of one house or birthday are many; without a name in common, or most of a number, none of them is worth weighing.
    con.execute("DELETE FROM levelled WHERE name_level >= 5 AND coalesce(number_level, 9) > 2")
    weight = " + ".join(weight_sql(comparison, weights, people, shares) for comparison in LEVELS)
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE {into} AS
        SELECT *, odds / (sum(odds) OVER (PARTITION BY id) + 1 - known) AS probability,
            row_number() OVER (PARTITION BY id ORDER BY odds DESC, n) AS turn,
            {how_sql()} AS how, ({agrees_sql(EVIDENCE)}) AS evidence
        FROM (SELECT *, exp2_(weight) * known / {people} AS odds FROM (
            SELECT levelled.*, known, {weight} AS weight FROM levelled JOIN (SELECT id, known FROM {asked}) USING (id))
            WHERE weight > 0)"""
    )
    con.execute("DROP TABLE row_asked; DROP TABLE blocked; DROP TABLE levelled")


def _blocks() -> str:
    """SQL of (id, n): whom a row may be about at all."""
    few = f"JOIN common_blurred c ON c.key = l.blurred AND c.bearers <= {RARE}"
    village = "p.area = l.area AND p.born // 10000 = l.hint // 10000"
    order = "left(l.digits, 6) || substr(l.digits, 15, 3) = left(p.k::VARCHAR, 6) || right(p.k::VARCHAR, 3)"
    return f"""SELECT DISTINCT id, n FROM (
        SELECT l.id, p.n FROM row_asked l JOIN common_name c ON c.key = l.name AND c.bearers <= {COMMON}
            JOIN person p ON p.name = l.name
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN common_sound c ON c.key = l.sound AND c.bearers <= {COMMON}
            JOIN person p ON p.sound = l.sound
        UNION ALL SELECT l.id, p.n FROM row_asked l {few} JOIN person p ON p.blurred = l.blurred
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON p.born = l.hint
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON p.place = l.place
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON {village}
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON {village.replace("p.area", "p.lives")}
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON p.area = l.area AND left(p.blurred, 1) = left(l.blurred, 1)
            WHERE l.hint IS NULL
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON {order} WHERE length(l.digits) = 18
        UNION ALL SELECT l.id, p.n FROM row_asked l JOIN person p ON p.k = l.certificate
        UNION ALL SELECT id, n FROM partner SEMI JOIN row_asked USING (id))"""


def levels(*, numbers: bool = True) -> dict[str, str]:
    """SQL: the place of the level in LEVELS, for a row l and a person p; NULL where there is nothing to compare.

    :param numbers: whether numbers are compared too; a birth date says nothing beside a number that has it in it
    """
    same_length = "length(l.blurred) = length(p.blurred)"
    shared = "substr(l.blurred, 2, 1) = substr(p.blurred, 2, 1) OR substr(l.blurred, 3, 1) = substr(p.blurred, 3, 1)"
    ends = "left(l.blurred, 2) = left(p.blurred, 2) OR right(l.blurred, 2) = right(p.blurred, 2)"
    close = f"{same_length} AND CASE length(l.blurred) WHEN 1 THEN false WHEN 2 THEN false WHEN 3 THEN {shared} ELSE {ends} END"
    k = "p.k::VARCHAR"
    old = f"left({k}, 6) || substr({k}, 9)"
    apart = f"hamming(left(l.digits, 17), {k})"
    swapped = f"{apart} = 2 AND list_sort(string_split(left(l.digits, 17), '')) = list_sort(string_split({k}, ''))"
    days = "p.day - l.day"
    number = f"""(CASE WHEN l.certificate = p.k THEN 0 WHEN l.digits IS NULL OR p.k IS NULL THEN NULL
            WHEN length(l.digits) = 18 THEN CASE WHEN {apart} <= 1 OR ({swapped}) THEN 1 WHEN {apart} <= 3 THEN 2
                WHEN l.whole THEN NULL
                WHEN substr(l.digits, 7, 8) = substr({k}, 7, 8) THEN 3 ELSE 4 END
            WHEN length(l.digits) = 15 THEN CASE WHEN hamming(l.digits, {old}) <= 1 THEN 1
                WHEN hamming(l.digits, {old}) <= 3 THEN 2
                WHEN substr(l.digits, 7, 6) = substr({k}, 9, 6) THEN 3 ELSE 4 END
            ELSE CASE WHEN levenshtein(l.digits, {k}) <= 2 THEN 1 WHEN levenshtein(l.digits, {k}) <= 4 THEN 2 ELSE 4 END END)"""
    told = f"coalesce({number} < 4, false)" if numbers else "false"
    return {
        "name": f"""CASE WHEN l.name IS NULL OR p.name IS NULL THEN NULL WHEN l.name = p.name THEN 0 WHEN l.sound = p.sound THEN 1
            WHEN l.blurred = p.blurred THEN 2
            WHEN (l.gapped IS NOT NULL AND p.name LIKE l.gapped) OR (p.gapped IS NOT NULL AND l.name LIKE p.gapped) THEN 3
            WHEN left(l.blurred, 1) = left(p.blurred, 1) THEN CASE WHEN {close} THEN 4 ELSE 5 END ELSE 6 END""",
        "birth": f"""CASE WHEN l.born IS NULL OR p.born IS NULL OR {told} THEN NULL
            WHEN l.born = p.born THEN 0
            WHEN {days} BETWEEN 18 AND 52 THEN 1 WHEN hamming(l.born::VARCHAR, p.born::VARCHAR) = 1 THEN 2
            WHEN l.born // 10000 = p.born // 10000 THEN 3 ELSE 4 END""",
        "number": number,
        "place": f"""CASE WHEN l.place = p.place THEN 0 WHEN l.area IS NULL OR p.area IS NULL THEN NULL
            ELSE least({_nearness("p.area")}, {_nearness("p.lives")}) END""",
        "couple": """CASE WHEN id NOT IN (SELECT id FROM partner) THEN NULL
            WHEN (id, n) IN (SELECT (id, n) FROM partner) THEN 0 ELSE 1 END""",
    }


def _nearness(area: str) -> str:
    """SQL: the place level of two areas; the last where there is nothing to compare."""
    return (
        f"CASE WHEN length(l.area) = 12 AND l.area = {area} THEN 1 "
        f"WHEN length(l.area) >= 9 AND left(l.area, 9) = left({area}, 9) THEN 2 "
        f"WHEN left(l.area, 6) = left({area}, 6) THEN 3 ELSE 4 END"
    )


def weight_sql(comparison: str, weights: Weights, people: int, shares: dict[str, float]) -> str:
    """SQL: what a comparison adds; u of names is counted among the people here, and u of places is not below what it is here."""
    cases = []
    for place, level in enumerate(LEVELS[comparison]):
        m, u = weights.m[comparison][level], weights.u[comparison][level]
        if comparison == "name" and level in COUNTED:
            bearers = {"same": "name_bearers", "sound": "sound_bearers", "blurred": "blurred_bearers"}[level]
            cases.append(f"WHEN {place} THEN log2({m!r} * {people} / {bearers})")
        elif comparison == "place" and level in shares:
            cases.append(f"WHEN {place} THEN log2({m!r} / {max(u, shares[level])!r})")
        else:
            cases.append(f"WHEN {place} THEN log2({m!r} / {u!r})")
    return f"CASE {comparison}_level {' '.join(cases)} ELSE 0 END"


def how_sql() -> str:
    """SQL: what a join by these levels is called (a code of HOWS)."""
    return (
        f"(CASE WHEN number_level = 0 THEN {CERTIFICATE} WHEN name_level > 0 THEN {SOUND} "
        f"WHEN number_level IN (1, 2) THEN {NEAR} WHEN birth_level = 0 OR number_level = 3 THEN {BIRTH} "
        f"WHEN place_level = 0 OR couple_level = 0 THEN {HOUSEHOLD} "
        f"ELSE {AREA} END)::UTINYINT"
    )


def agrees_sql(agreements: Mapping[str, Sequence[str]]) -> str:
    """SQL: whether one of these agreements holds; nothing to compare is no agreement."""
    return " OR ".join(
        f"coalesce({comparison}_level IN ({', '.join(str(LEVELS[comparison].index(level)) for level in levels)}), false)"
        for comparison, levels in agreements.items()
    )


def why_sql() -> str:
    """SQL: the levels as JSON, [["name", "sound"], ["birth", "same"]], in the order of LEVELS."""
    told = []
    for comparison, levels in LEVELS.items():
        words = " ".join(f'WHEN {place} THEN \'["{comparison}","{level}"]\'' for place, level in enumerate(levels))
        told.append(f"CASE {comparison}_level {words} END")
    return f"'[' || concat_ws(',', {', '.join(told)}) || ']'"


def near_name() -> str:
    """SQL: whether the names are one name, however written."""
    return f"name_level <= {NEAR_NAME}"


def enough() -> str:
    """SQL: whether a candidate may be joined at all: something beside the name agrees, and the name or the number does."""
    return f"evidence AND ({near_name()} OR number_level <= 1 OR (name_level = {NEAR_NAME + 1} AND birth_level = 0))"


def macros(con: duckdb.DuckDBPyConnection) -> None:
    """What the expressions lean on."""
    con.execute("CREATE OR REPLACE MACRO exp2_(x) AS pow(2.0, x)")


def drop(con: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Give memory back."""
    for table in tables:
        con.execute(f"DROP TABLE IF EXISTS {table}")
