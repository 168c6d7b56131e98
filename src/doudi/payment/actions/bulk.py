"""Many rows at once: a county's month is half a million lines, which row objects would take minutes to write.

Both ways below are one statement inside the caller's transaction: all rows are there, or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from doudi.payment.models import Entry


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows of plain values in the order of `columns` (attribute names); sealed columns come sealed, days as ISO text."""
    named = connection.ops.quote_name
    table = named(model._meta.db_table)
    names = ", ".join(named(model._meta.get_field(name).column) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", rows)


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
