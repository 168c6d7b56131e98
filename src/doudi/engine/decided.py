"""What people decided about doubtful pairs, carried out on a finished linkage: no later cycle undoes it.

Rows move to the person they were given, rows taken from somebody become a person of their own, two people who are the same become
one. It costs a pass over all rows, and only where somebody decided something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from doudi.engine.contract import Contract
from doudi.engine.linkage import (
    ALONE,
    DECIDED,
    LINE,
    Landed,
    Role,
    Settled,
    fingerprint_sql,
    ids_sql,
    particulars,
    rows_table,
    source,
)  # fmt: skip
from doudi.engine.sql import name_of, quote


def carry_out(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    read: Sequence[tuple[str, Role]],
    loads: Mapping[str, Sequence[Landed]],
    key: str,
    settled: Sequence[Settled],
) -> None:
    """Change n of the rows, and who there is, as people decided; what they settled is asked no more (`pair`)."""
    if not settled:
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE pids AS SELECT n, pid FROM ({ids_sql(key)})")
    _rows(con, contracts, read, loads, key, [one for one in settled if one.kind == "row"])
    _persons(con, read, [one for one in settled if one.kind == "person"])
    _close_up(con, read)
    told = pa.table({"a": [one.left for one in settled], "b": [one.right for one in settled]})
    con.register("told", told)
    con.execute('DELETE FROM pair WHERE ("left", pid) IN (SELECT (a, b) FROM told) OR (pid, "left") IN (SELECT (a, b) FROM told)')
    con.execute(
        "DELETE FROM pair WHERE pid NOT IN (SELECT pid FROM pids) OR (kind = 'same' AND \"left\" NOT IN (SELECT pid FROM pids))"
    )
    con.unregister("told")
    con.execute("DROP TABLE pids")


def _rows(
    con: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    read: Sequence[tuple[str, Role]],
    loads: Mapping[str, Sequence[Landed]],
    key: str,
    settled: Sequence[Settled],
) -> None:
    """Give rows to people and take rows from them."""
    if not settled:
        return
    marks = pa.table({"mark": [one.left for one in settled], "pid": [one.right for one in settled],
                      "same": [one.verdict == "same" for one in settled]})  # fmt: skip
    con.register("marks", marks)
    every = []
    for code, role in read:
        contract = contracts[code]
        told = particulars(contract, role)
        every.append(
            f"SELECT {quote(code)} AS dataset, {quote(role.called)} AS role, {LINE} AS line, mark, "
            f"{name_of(role.name)} AS name, {told['born']} AS born, {told['area']} AS area "
            f"FROM (SELECT *, {fingerprint_sql(contract, role, key)} AS mark FROM ({source(loads[code])})) "
            "WHERE mark IN (SELECT mark FROM marks)"
        )
    con.execute(f"CREATE OR REPLACE TEMP TABLE marked AS {' UNION ALL '.join(every)}")
    now = " UNION ALL ".join(
        f"SELECT {quote(code)} AS dataset, {quote(role.called)} AS role, line, n FROM {rows_table(code, role)} SEMI JOIN "
        f"(SELECT line FROM marked WHERE dataset = {quote(code)} AND role = {quote(role.called)}) USING (line)"
        for code, role in read
    )
    # A row given to somebody goes there; a row only taken from whom it has been joined to becomes somebody's own.
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE moved AS
        SELECT m.*, given.n AS n, taken.mark IS NOT NULL AS taken
        FROM marked m JOIN ({now}) now USING (dataset, role, line) JOIN pids ON pids.n = now.n
        LEFT JOIN (SELECT mark, min(p.n) AS n FROM marks JOIN pids p USING (pid)
            WHERE same AND (mark, pid) NOT IN (SELECT (mark, pid) FROM marks WHERE NOT same) GROUP BY mark) given USING (mark)
        LEFT JOIN (SELECT DISTINCT mark, pid FROM marks WHERE NOT same) taken ON taken.mark = m.mark AND taken.pid = pids.pid
        WHERE given.n IS NOT NULL OR taken.mark IS NOT NULL"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE apart AS
        SELECT ((SELECT max(n) + 1 FROM pids) + row_number() OVER (ORDER BY mark) - 1)::INTEGER AS n, mark, name, born, area
        FROM (SELECT mark, min(name) AS name, min(born) AS born, min(area) AS area FROM moved WHERE n IS NULL GROUP BY mark)"""
    )
    con.execute("INSERT INTO alone BY NAME SELECT n, name, born, area, 'apart|' || mark AS identity, 1 AS turn FROM apart")
    con.execute("UPDATE moved SET n = apart.n FROM apart WHERE apart.mark = moved.mark AND moved.n IS NULL")
    for code, role in read:
        table = rows_table(code, role)
        con.execute(
            f"UPDATE {table} SET n = m.n, how = (CASE WHEN m.mark IN (SELECT mark FROM apart) THEN {ALONE} "
            f"ELSE {DECIDED} END)::UTINYINT "
            f"FROM moved m WHERE m.dataset = {quote(code)} AND m.role = {quote(role.called)} AND m.line = {table}.line"
        )
    con.unregister("marks")
    con.execute("DROP TABLE marked; DROP TABLE moved; DROP TABLE apart")


def _persons(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], settled: Sequence[Settled]) -> None:
    """Make one person of those who are the same."""
    apart = {frozenset((one.left, one.right)) for one in settled if one.verdict == "apart"}
    wanted = [one for one in settled if one.verdict == "same" and frozenset((one.left, one.right)) not in apart]
    named = sorted({pid for one in wanted for pid in (one.left, one.right)})
    con.register("named", pa.table({"pid": pa.array(named, pa.string())}))
    known = dict(con.execute("SELECT pid, n FROM pids SEMI JOIN named USING (pid)").fetchall())
    con.unregister("named")
    merge(con, read, joined([(one.left, one.right) for one in sorted(wanted)], known))


def joined(pairs: Iterable[tuple[str, str]], known: Mapping[str, int]) -> dict[int, int]:
    """n → n it becomes, from pairs (goes, stays) of pids; who has a number stays before who has none."""
    stays: dict[str, str] = {}

    def root(pid: str) -> str:
        while pid in stays:
            pid = stays[pid]
        return pid

    for left, right in pairs:
        if left in known and right in known:
            goes, keeps = root(left), root(right)
            if goes[0] == "p" and keeps[0] == "x":
                goes, keeps = keeps, goes
            if goes != keeps:
                stays[goes] = keeps
    return {known[pid]: known[root(pid)] for pid in stays}


def merge(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]], into: Mapping[int, int]) -> None:
    """Give all rows of some people to others."""
    if not into:
        return
    con.register("merged", pa.table({"n": pa.array(into.keys(), pa.int32()), "m": pa.array(into.values(), pa.int32())}))
    for table in (*(rows_table(code, role) for code, role in read), "placeable"):
        con.execute(f"UPDATE {table} SET n = merged.m FROM merged WHERE merged.n = {table}.n")
    con.unregister("merged")


def _close_up(con: duckdb.DuckDBPyConnection, read: Sequence[tuple[str, Role]]) -> None:
    """Let nobody stand without a row: the last people take the places of those who have none left."""
    alive = " UNION ".join(f"SELECT n FROM {rows_table(code, role)}" for code, role in read)
    con.execute(f"CREATE OR REPLACE TEMP TABLE living AS SELECT DISTINCT n FROM ({alive})")
    for name in ("known", "newcomers", "alone"):
        con.execute(f"DELETE FROM {name} WHERE n NOT IN (SELECT n FROM living)")
    con.execute("DELETE FROM pids WHERE n NOT IN (SELECT n FROM living)")
    con.execute("DELETE FROM placeable WHERE n NOT IN (SELECT n FROM living)")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE closing AS SELECT l.n, h.n AS m FROM
        (SELECT n, row_number() OVER (ORDER BY n DESC) AS turn FROM living WHERE n >= (SELECT count(*) FROM living)) l JOIN
        (SELECT n, row_number() OVER (ORDER BY n) AS turn FROM (SELECT unnest(range((SELECT count(*) FROM living)))::INTEGER AS n)
            ANTI JOIN living USING (n)) h USING (turn)"""
    )
    (moving,) = con.execute("SELECT count(*) FROM closing").fetchone() or (0,)
    if moving:
        tables = [rows_table(code, role) for code, role in read]
        for table in (*tables, "known", "newcomers", "alone", "placeable"):
            con.execute(f"UPDATE {table} SET n = closing.m FROM closing WHERE closing.n = {table}.n")
    con.execute("DROP TABLE living; DROP TABLE closing")
