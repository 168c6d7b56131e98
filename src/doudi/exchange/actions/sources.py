"""Writing: databases of departments we may read from, and what each reading brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from doudi.exchange import queries
from doudi.exchange.core import ADD, FULL, Door
from doudi.exchange.gateways import databases
from doudi.exchange.models import Heard, Pull, Sender, Source
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.queries import need

REMEMBERED = timedelta(days=14)  # of messages; twice as long as a broker keeps them for us


@transaction.atomic
def keep_source(
    *,
    code: str,
    sender: str,
    dataset: str,
    dsn: str,
    table: str,
    by: By,
    at: datetime,
    columns: Mapping[str, str] | None = None,
    cursor: str = "",
    every_hours: int = 24,
    active: bool = True,
) -> Source:
    """Register a table of a department's database to read from, or write it down anew. Another table begins from its start.

    columns: column of the table → heading of the contract; all its columns under their own names when empty

    :raises NotAllowed: this clerk does not look after senders
    :raises ValueError: no such sender or dataset, or not a database we read; in words
    """
    need(by, "sender.keep", area=None, at=at)
    registered = queries.sender(sender)
    if registered is None or not registered.may_send(dataset, Door.PULL):
        raise ValueError(f"发送方 {sender!r} 没有登记用“{Door.PULL.label}”送 {dataset!r}。")
    try:
        where = databases.place(dsn)
    except databases.SourceTrouble as why:
        raise ValueError(str(why)) from None
    if not code or not table or every_hours < 1:
        raise ValueError("要写代码、表名，和几小时取一次（至少 1）。")
    wanted = dict(columns or {})
    if cursor and wanted and cursor not in wanted:
        wanted[cursor] = f"#{cursor}"  # read for the order only; no contract has such a heading
    before = Source.objects.filter(code=code).first()
    same = before is not None and (before.table, before.cursor, before.dsn) == (table, cursor, dsn)
    source, _ = Source.objects.update_or_create(
        code=code,
        defaults={
            "sender": Sender.objects.get(code=sender),
            "dataset": dataset,
            "dsn": dsn,
            "table": table,
            "columns": wanted,
            "cursor": cursor,
            "kind": ADD if cursor else FULL,
            "every_hours": every_hours,
            "reached": before.reached if before and same else {},
            "active": active,
            "kept_at": at,
            "kept_by": party(by),
        },
    )
    detail = {"active": active, "cursor": cursor, "dataset": dataset, "kind": where.kind, "sender": sender, "table": table}
    office.record("exchange.keep_source", subject=f"source:{code}", by=by, at=at, detail=detail)
    return source


@transaction.atomic
def reach(*, source: int, reached: dict[str, Any], by: By, at: datetime) -> None:
    """Note how far a source's increments are; called in the transaction that writes the rows into the books.

    :raises NotAllowed: this clerk does not take in data
    """
    need(by, "feed.load", area=None, at=at)
    found = Source.objects.select_for_update().get(pk=source)
    found.reached = reached
    found.save(update_fields=["reached"])
    office.record("exchange.reach", subject=f"source:{found.code}", by=by, at=at)


@transaction.atomic
def note_pull(*, source: int, rows: int, problem: str, receipt: int | None, by: By, at: datetime) -> Pull:
    """Keep what one reading of a source brought.

    :raises NotAllowed: this clerk does not take in data
    """
    need(by, "feed.load", area=None, at=at)
    pull = Pull.objects.create(
        source_id=source, rows=rows, problem=problem[:2000], receipt_id=receipt, ended_at=at, ended_by=party(by)
    )
    detail = {"problem": bool(problem), "receipt": receipt, "rows": rows}
    office.record("exchange.note_pull", subject=f"source:{pull.source.code}", by=by, at=at, detail=detail)
    return pull


@transaction.atomic
def hear(*, digests: Sequence[str], by: By, at: datetime) -> None:
    """Note messages as taken in, with the rows they became; a broker hands out only what it has lately, so old ones go.

    :raises NotAllowed: this clerk does not take in data
    """
    need(by, "feed.load", area=None, at=at)
    Heard.objects.filter(heard_at__lt=at - REMEMBERED).delete()
    Heard.objects.bulk_create([Heard(digest=one, heard_at=at) for one in digests], batch_size=500)
    office.record("exchange.hear", subject="messages", by=by, at=at, detail={"messages": len(digests)})
