"""Departments' real databases: PostgreSQL, MariaDB, SQLite; types, increments, hostile names, kills."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psycopg
import pymysql
import pytest

from doudi.exchange import actions, jobs, queries
from doudi.exchange.gateways import databases
from doudi.exchange.models import Load, Pull, Receipt, Source
from exchange import servers
from exchange_feeds import TEKUN, tekun_row
from people import HALL, NOON

pytestmark = pytest.mark.django_db
NAMES = ("no", "idcard", "xm", "area", "care", "mode", "je", "qs", "zz")  # of the department's own columns
TYPES = {
    "postgresql": "varchar(20), varchar(20), text, varchar(12), text, text, numeric(12,2), date, timestamptz",
    "mysql": "varchar(20), varchar(20), text, varchar(12), text, text, decimal(12,2), date, datetime",
    "sqlite": "text, text, text, text, text, text, real, text, text",
}


@pytest.fixture(scope="module")
def department_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    file = tmp_path_factory.mktemp("department") / "department.db"
    sqlite3.connect(file).close()
    with servers.postgresql() as first, servers.mariadb() as second:
        yield {"postgresql": first, "mysql": second, "sqlite": f"sqlite://{file}"}


@pytest.fixture(autouse=True)
def own_lake(tmp_path: Path, settings) -> None:
    settings.LAKE = tmp_path / "lake"


class Department:
    """A department's database: it writes, we only read."""

    def __init__(self, kind: str, dsn: str) -> None:
        self.kind, self.dsn = kind, dsn

    def run(self, *statements: str | tuple[str, list]) -> None:
        parts = urlsplit(self.dsn)
        if self.kind == "postgresql":
            connection = psycopg.connect(self.dsn, autocommit=True)
        elif self.kind == "mysql":
            connection = pymysql.connect(host="127.0.0.1", port=parts.port, user="root", database="ju", autocommit=True)
        else:
            connection = sqlite3.connect(parts.path, isolation_level=None)
        for statement in statements:
            query, rows = (statement, None) if isinstance(statement, str) else statement
            cursor = connection.cursor()
            if rows is None:
                cursor.execute(query)
            else:
                place = "?" if self.kind == "sqlite" else "%s"
                cursor.executemany(query.replace("?", place), rows)
        connection.close()

    def roll(self, orders: range, *, table: str = "tk", new: bool = True) -> None:
        if new:
            columns = ", ".join(f"{name} {kind}" for name, kind in zip(NAMES, TYPES[self.kind].split(", "), strict=True))
            self.run(f"DROP TABLE IF EXISTS {table}", f"CREATE TABLE {table} (id integer, {columns})")
        rows = [[order, *row[:6], float(row[6]), row[7], None] for order in orders for row in [tekun_row(order)]]
        self.run((f"INSERT INTO {table} VALUES ({', '.join('?' * 10)})", rows))


@pytest.fixture(params=["postgresql", "mysql", "sqlite"])
def department(request: pytest.FixtureRequest, department_servers: dict[str, str]) -> Department:
    return Department(request.param, department_servers[request.param])


def register(dsn: str, **more: object) -> None:
    told = {"label": "民政局", "department_code": "civil_affairs", "datasets": ["tekun"], "doors": ["pull"]}
    actions.keep_sender(code="civil", **told, by=HALL, at=NOON)
    source = {"table": "tk", "columns": dict(zip(NAMES, TEKUN, strict=True))}
    actions.keep_source(code="roll", sender="civil", dataset="tekun", dsn=dsn, by=HALL, at=NOON, **{**source, **more})


def pull(at=NOON) -> jobs.Pulled:
    return jobs.pull("roll", by=HALL, at=at)


def numbers(on: date = date(2026, 12, 31)) -> list[str]:
    paths = [str(row.object) for row in queries.current_loads(on)]
    return [no for (no,) in duckdb.connect().execute("SELECT case_no FROM read_parquet(?) ORDER BY 1", [paths]).fetchall()]


@pytest.mark.lake
def test_a_whole_table_is_read_typed_and_checked_and_the_same_again_is_taken_for_unchanged(department: Department) -> None:
    department.roll(range(300))
    department.run("UPDATE tk SET zz = '2026-05-31 00:00:00' WHERE id = 7", "UPDATE tk SET qs = NULL WHERE id = 8")
    register(department.dsn)
    done = pull()
    assert (done.rows, done.problem) == (300, "")
    (load,) = Load.objects.all()
    assert (load.accepted, load.rejected, load.reasons, load.sender) == (299, 1, {"empty": 1}, "civil")
    row = duckdb.connect().execute(
        "SELECT citizen_no, amount_month, from_date, to_date FROM read_parquet(?) WHERE case_no = 'TK000007'",
        [str(queries.lake().object(load.object))],
    ).fetchone()  # fmt: skip
    assert row == (tekun_row(7)[1], 98850, date(2020, 1, 1), date(2026, 5, 31))
    assert pull().receipt == done.receipt and Load.objects.count() == 1
    assert pull(NOON + timedelta(days=1)).problem == "" and Load.objects.count() == 2  # of another day, and nothing changed
    assert [one.rows for one in queries.sources()[0].pulls] == [300, 300, 300]


def test_increments_lose_nothing_at_the_seam_and_take_nothing_twice(department: Department) -> None:
    department.roll(range(10))
    register(department.dsn, cursor="id")
    assert [pull().rows, pull().rows] == [10, 0]
    department.roll(range(10, 15), new=False)
    late = [[14, *tekun_row(99)[:6], 1.5, "2020-01-01", None]]
    department.run((f"INSERT INTO tk VALUES ({', '.join('?' * 10)})", late))
    assert pull().rows == 6
    department.run((f"INSERT INTO tk VALUES ({', '.join('?' * 10)})", [[14, *tekun_row(98)[:6], 1.5, "2020-01-01", None]]))
    assert [pull().rows, pull().rows] == [1, 0]
    assert len(numbers()) == len(set(numbers())) == 17
    assert {load.kind for load in Load.objects.all()} == {"add"}


class Killed(BaseException):
    pass


@pytest.mark.parametrize("where", ["_write", "receive_load", "reach", "give_receipt"])
def test_killed_anywhere_the_next_reading_goes_on_where_the_books_are(
    department_servers: dict[str, str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    department = Department("sqlite", department_servers["sqlite"])
    department.roll(range(10))
    register(department.dsn, cursor="id")
    pull()
    department.roll(range(10, 20), new=False)

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(f"doudi.exchange.jobs.pulling.{where}" if where == "_write" else f"doudi.exchange.actions.{where}", dies)
        pull()
    department.roll(range(20, 25), new=False)
    pull()
    assert len(numbers()) == len(set(numbers())) == 25


HOSTILE = ["Robert'); DROP TABLE tk;--", 'a"b', "a`b", "列 名", "100%s", "%(x)s", "select", "a\\"]


@pytest.mark.lake
def test_names_are_only_names(department: Department) -> None:
    mark = "`" if department.kind == "mysql" else '"'
    department.roll(range(3))
    for name in HOSTILE:
        quoted = f"{mark}{name.replace(mark, mark * 2)}{mark}"
        department.run(f"DROP TABLE IF EXISTS {quoted}", f"CREATE TABLE {quoted} ({quoted} integer, b text)")
        department.run(f"INSERT INTO {quoted} VALUES (1, 'x'), (2, 'y')")
        for after, rows in ((None, 2), (2, 1)):
            with databases.reading(department.dsn, name, [name, "b"], cursor=name, after=after) as found:
                assert (found.columns, len(list(found.rows))) == ([name, "b"], rows)
        with pytest.raises(databases.SourceTrouble), databases.reading(department.dsn, "tk", [name]) as found:
            list(found.rows)
    with databases.reading(department.dsn, "tk", []) as found:
        assert len(list(found.rows)) == 3


@pytest.mark.lake
def test_nothing_can_be_written(department: Department, monkeypatch: pytest.MonkeyPatch) -> None:
    department.roll(range(3))
    with monkeypatch.context() as patch:
        patch.setattr(databases, "_query", lambda *_: ("INSERT INTO tk (id) VALUES (9)", ()))
        with pytest.raises(databases.SourceTrouble), databases.reading(department.dsn, "tk", []) as found:
            list(found.rows)
    with databases.reading(department.dsn, "tk", []) as found:
        assert len(list(found.rows)) == 3


@pytest.mark.lake
def test_what_cannot_be_read_is_told_in_words_without_the_password(department: Department) -> None:
    department.roll(range(3))
    register(department.dsn, table="nothing")
    assert "nothing" in pull().problem
    register(department.dsn, columns={"nobody": "姓名"})
    assert "nobody" in pull().problem
    register(department.dsn, columns=dict(zip(NAMES[1:], TEKUN[1:], strict=True)) | {"no": "别的"})
    assert pull().problem == "" or "缺" in pull().problem
    department.run("DELETE FROM tk")
    register(department.dsn)
    assert "没有当成全部注销" in pull().problem
    department.run("INSERT INTO tk (id) VALUES (NULL)")
    register(department.dsn, cursor="id")
    assert "空格子" in pull().problem
    register("postgresql://somebody:Geheim-7@127.0.0.1:9/nothing")
    assert pull().problem and "Geheim" not in pull().problem
    assert Load.objects.count() <= 1 and Pull.objects.filter(receipt=None).count() >= 5
    assert b"Geheim" not in bytes(Source.objects.extra(select={"raw": "dsn"}).values_list("raw", flat=True)[0])
    assert "Geheim" not in queries.sources()[0].place


def test_a_source_needs_a_sender_that_may_and_a_database_we_read() -> None:
    with pytest.raises(ValueError, match="没有登记"):
        actions.keep_source(code="x", sender="nobody", dataset="tekun", dsn="sqlite:///x", table="t", by=HALL, at=NOON)
    with pytest.raises(ValueError, match="只会读"):
        register("oracle://x")
    register("sqlite:///nothing/here.db")
    assert "没有" in pull().problem and Receipt.objects.count() == 0
    assert [one.source for one in jobs.pull_due(by=HALL, at=NOON + timedelta(hours=23))] == []
    assert [one.source for one in jobs.pull_due(by=HALL, at=NOON + timedelta(hours=24))] == ["roll"]
