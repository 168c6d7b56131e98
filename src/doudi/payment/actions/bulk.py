"""Many rows at once: a county's month is half a million lines, which row objects would take minutes to write.

Both ways below belong to the caller's transaction: all rows are there, or none.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

from doudi.payment.models import Entry

NAME, ACCOUNT = "payment_line.name", "payment_line.account"  # what the sealed columns of lines are bound to
COPIED = 20_000  # rows of one COPY


@contextmanager
def uncollected() -> Iterator[None]:
    """No looking for cycles while very many rows are in memory: they make none, and every look would go through all of them.

    Acts at once may overlap: whoever found the collector on turns it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of plain values in the order of `columns` (attribute names); sealed columns come sealed, days as ISO text.

    Rows are asked for in pieces and each piece is written when it is whole: making a row may ask the database, which no
    connection can while it copies. SQLite gets several rows a statement: what checks of columns cost is then paid once for all.
    """
    named = connection.ops.quote_name
    names = ", ".join(named(model._meta.get_field(name).column) for name in columns)
    into, one = f"{named(model._meta.db_table)} ({names})", f"({', '.join(['%s'] * len(columns))})"
    copies = connection.vendor == "postgresql"
    size, left = COPIED if copies else connection.features.max_query_params // len(columns), iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(left, size)):
            if copies:
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in some:
                        copy.write_row(row)
            else:
                cursor.execute(f"INSERT INTO {into} VALUES {', '.join([one] * len(some))}", list(chain.from_iterable(some)))


def among(values: Sequence[int] | Sequence[str]) -> RawSQL:
    """What `__in` takes however many values there are: the database is told one list, not a parameter for each."""
    if connection.vendor == "postgresql":
        kind = "bigint" if values and isinstance(values[0], int) else "text"
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(values)])


def book_lines(
    lines: models.QuerySet[Any], source: str, target: str, *, county: str, month: date, at: datetime, by: str, fen: str = "net"
) -> None:
    """Write one entry of the ledger for each line of a query, by the database itself.

    :param fen: `net` (what is paid), `gross` (what is owed) or `withheld`
    """
    amount = {
        "net": models.F("amount_fen") - models.F("withheld_fen"),
        "gross": models.F("amount_fen"),
        "withheld": models.F("withheld_fen"),
    }[fen]
    told = lines.order_by().annotate(fen=amount).filter(fen__gt=0).values_list("id", "area", "decision", "fen")
    inner, values = told.query.sql_with_params()
    named, ops = connection.ops.quote_name, connection.ops
    columns = ("line_id", "area", "decision", "amount_fen", "county", "month", "about", "source", "target", "at", "by")
    fixed = (county, ops.adapt_datefield_value(month), "", source, target, ops.adapt_datetimefield_value(at), by)
    picked = ", ".join(f"told.{named(name)}" for name in ("id", "area", "decision", "fen"))
    statement = (
        f"INSERT INTO {named(Entry._meta.db_table)} ({', '.join(map(named, columns))}) "
        f"SELECT {picked}, {', '.join(['%s'] * len(fixed))} FROM ({inner}) told"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, (*fixed, *values))
