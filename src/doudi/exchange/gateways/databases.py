"""Departments' databases: one table or view, read as it stands at one moment, streamed, never written to.

No SQL comes from outside: of a source we know only names, and every name is quoted by the rules of its database.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from zoneinfo import ZoneInfo

import psycopg
import pymysql
from pymysql.cursors import SSCursor

AT_ONCE = 5_000  # rows fetched in one go
_HERE = ZoneInfo("Asia/Shanghai")
KINDS = {"postgresql": "PostgreSQL", "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MySQL", "sqlite": "SQLite"}


class SourceTrouble(Exception):
    """A source that cannot be read, in words; never with a password."""


@dataclass(frozen=True)
class Place:
    """Where a source is, without user or password."""

    kind: str
    words: str


def place(dsn: str) -> Place:
    """What may be shown of a DSN.

    :raises SourceTrouble: it names no database we read from
    """
    parts = urlsplit(dsn)
    if parts.scheme not in KINDS:
        raise SourceTrouble("只会读 postgresql://、mysql:// 和 sqlite:/// 开头的数据库地址。")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    return Place(KINDS[parts.scheme], f"{host}{unquote(parts.path)}")


@contextmanager
def reading(dsn: str, table: str, columns: Sequence[str], *, cursor: str = "", after: Any = None) -> Iterator[Rows]:
    """The rows of a table at one moment; with a cursor in its order, from `after` on (rows that equal it too).

    columns: all when empty.

    :raises SourceTrouble: it cannot be reached, the table or a column is not there, the cursor has empty cells
    """
    kind = place(dsn).kind
    names = table.split(".")
    if not all(names) or any("\0" in name for name in (*names, *columns, cursor)):
        raise SourceTrouble(f"表名 {table!r} 不成一个名字。")
    opened = {"PostgreSQL": _postgresql, "MySQL": _mysql, "SQLite": _sqlite}[kind]
    try:
        with opened(dsn, names, list(columns), cursor, after) as rows:
            yield rows
    except (psycopg.Error, pymysql.Error, sqlite3.Error) as why:
        raise SourceTrouble(f"读不了 {kind} 里的 {table}：{_told(why)}") from None


@dataclass(frozen=True)
class Rows:
    """Names of the columns, and their rows one after another; each can be gone through once."""

    columns: list[str]
    rows: Iterator[Sequence[Any]]


def _told(why: Exception) -> str:
    said = why.args[-1] if why.args else ""
    return str(said).strip().splitlines()[0][:300] if str(said).strip() else type(why).__name__


def _checked(has_empty: bool, cursor: str) -> None:
    if has_empty:
        raise SourceTrouble(f"按 {cursor} 取增量，可是这一列有空格子，那些行会漏掉。请换一列只增不减、没有空值的。")


@contextmanager
def _postgresql(dsn: str, table: list[str], columns: list[str], cursor: str, after: Any) -> Iterator[Rows]:
    with psycopg.connect(dsn, connect_timeout=15, options="-c default_transaction_read_only=on") as session:
        session.read_only = True
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        query, values = _query(table, columns, cursor, after, '"', "%s")
        if cursor:
            _checked(session.execute(_empty(table, cursor, '"')).fetchone() is not None, cursor)
        with session.cursor("doudi") as reader:
            reader.itersize = AT_ONCE
            reader.execute(query, values)
            yield Rows([one.name for one in reader.description or ()], iter(reader))


@contextmanager
def _mysql(dsn: str, table: list[str], columns: list[str], cursor: str, after: Any) -> Iterator[Rows]:
    parts = urlsplit(dsn)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    where = {"unix_socket": options["socket"]} if "socket" in options else {"host": parts.hostname, "port": parts.port or 3306}
    session = pymysql.connect(
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=unquote(parts.path.lstrip("/")),
        charset="utf8mb4",
        connect_timeout=15,
        ssl={"ca": options["ssl_ca"]} if "ssl_ca" in options else None,
        **where,
    )
    with closing(session):
        with session.cursor() as once:
            once.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            once.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')")  # quoting by doubling only
            once.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            query, values = _query(table, columns, cursor, after, "`", "%s")
            if cursor:
                once.execute(_empty(table, cursor, "`"))
                _checked(once.fetchone() is not None, cursor)
        with session.cursor(SSCursor) as reader:
            reader.execute(query, values)
            yield Rows([one[0] for one in reader.description or ()], _pieces(reader))


@contextmanager
def _sqlite(dsn: str, table: list[str], columns: list[str], cursor: str, after: Any) -> Iterator[Rows]:
    path = unquote(urlsplit(dsn).path)
    if not Path(path).is_file():
        raise SourceTrouble(f"没有 {path} 这个文件。")
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None, timeout=15)) as session:
        session.text_factory = _decoded
        session.execute("PRAGMA query_only = ON")
        session.execute("BEGIN")
        query, values = _query(table, columns, cursor, after, '"', "?")
        there = session.execute("SELECT name FROM pragma_table_info(?)", (table[-1],)).fetchall()
        if missing := [name for name in (*columns, cursor) if name and name not in {one[0] for one in there}]:
            raise SourceTrouble(f"{'.'.join(table)} 里没有这些列：{'、'.join(missing)}。")  # SQLite would take "x" for a text
        if cursor:
            _checked(session.execute(_empty(table, cursor, '"')).fetchone() is not None, cursor)
        reader = session.execute(query, values)
        yield Rows([one[0] for one in reader.description], _pieces(reader))


def _quoted(name: str, mark: str) -> str:
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def _query(table: list[str], columns: list[str], cursor: str, after: Any, mark: str, value: str) -> tuple[str, tuple[Any, ...]]:
    source = ".".join(_quoted(name, mark) for name in table)
    query = f"SELECT {', '.join(_quoted(name, mark) for name in columns) or '*'} FROM {source}"
    ends = (f" WHERE {_quoted(cursor, mark)} >= \0" if after is not None else "") + f" ORDER BY {_quoted(cursor, mark)}"
    query += ends if cursor else ""
    if value == "%s":  # these drivers read every % as a place for a value, also inside names
        query = query.replace("%", "%%")
    return query.replace("\0", value), (after,) if cursor and after is not None else ()


def _empty(table: list[str], cursor: str, mark: str) -> str:
    source = ".".join(_quoted(name, mark) for name in table)
    return f"SELECT 1 FROM {source} WHERE {_quoted(cursor, mark)} IS NULL LIMIT 1"


def _pieces(reader: Any) -> Iterator[Sequence[Any]]:
    while rows := reader.fetchmany(AT_ONCE):
        yield from rows


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def text_of(value: Any) -> str:
    """A cell of a database as the text its contract reads; nothing is rounded on the way."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        here = value.astimezone(_HERE).replace(tzinfo=None) if value.tzinfo else value
        return here.date().isoformat() if here.time() == time(0) else here.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(value)).replace("\0", "")
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


# ---- how far increments are, kept as JSON and given back as the database gave it ---------------------------------------

_KEPT = {
    "int": (int, str, int),
    "text": (str, str, str),
    "decimal": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "day": (date, date.isoformat, date.fromisoformat),
    "number": (float, repr, float),
}


def kept(value: Any) -> dict[str, str]:
    """A cursor's value as it can be kept.

    :raises SourceTrouble: nothing of this kind only grows
    """
    for name, (kind, written, _) in _KEPT.items():
        if isinstance(value, kind) and not isinstance(value, bool):
            return {"kind": name, "value": written(value)}
    raise SourceTrouble(f"{type(value).__name__} 类型的列不能用来取增量，请用编号或时间。")


def given_back(told: dict[str, str]) -> Any:
    """A kept value as the database gave it, None where nothing was kept."""
    return _KEPT[told["kind"]][2](told["value"]) if told else None
