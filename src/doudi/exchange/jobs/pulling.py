"""Departments' databases read by contract: a table becomes a file as if its department had sent it, then goes the same way."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from doudi.engine.lake import digest
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.core import Door, Promise
from doudi.exchange.gateways import databases
from doudi.exchange.gateways.databases import SourceTrouble
from doudi.exchange.jobs.receiving import pick_up
from doudi.exchange.jobs.uploading import Busy
from doudi.exchange.models import Source
from doudi.office.actions import By
from doudi.office.queries import today


@dataclass(frozen=True)
class Pulled:
    """What one reading brought: rows read, and its receipt or the problem."""

    source: str
    rows: int
    problem: str
    receipt: queries.ReceiptRow | None


def pull(code: str, *, by: By, at: datetime) -> Pulled:
    """Read one source. Killed anywhere, nothing half stays, and the next reading goes on where the books are.

    :raises Refused: no such source, or it was stopped
    :raises Busy: it is being read right now
    """
    source = Source.objects.select_related("sender").filter(code=code).first()
    if source is None or not source.active:
        raise Refused("no_source", f"没有 {code!r} 这个数据源，或已经停用。", "请核对代码。")
    with _alone(code):
        lake = queries.lake()
        with lake.workshop() as workshop:
            path = workshop / f"{code}.csv"
            try:
                read = _write(source, path)
            except SourceTrouble as why:
                return _ended(source, Pulled(code, 0, str(why), None), by, at)
            if not read.rows:
                empty = "" if source.cursor else "一行也没有读到，没有当成全部注销。请核对这张表。"
                return _ended(source, Pulled(code, 0, empty, None), by, at)
            day, contract = today(at), queries.contracts()[source.dataset]
            outcome = pick_up(
                path,
                by=by,
                at=at,
                sender=source.sender.code,
                door=Door.PULL,
                name=f"{code}_{day}.csv",
                promise=Promise(
                    dataset=source.dataset,
                    as_of=day,
                    rows=read.rows,
                    sha256=digest(path),
                    part=code if contract.in_parts else "",
                    kind=source.kind,
                    unchanged=True,
                ),
                ours=True,
                then=lambda _: actions.reach(source=source.pk, reached=read.reached, by=by, at=at),
            )
    (receipt,) = outcome.receipts
    problem = "；".join(f"{one.message}{one.fix}" for one in outcome.refused)
    return _ended(source, Pulled(code, read.rows, problem, receipt), by, at)


def pull_due(*, by: By, at: datetime) -> list[Pulled]:
    """Read every source whose time has come."""
    found = []
    for source in queries.sources():
        if source.due(at):
            try:
                found.append(pull(source.code, by=by, at=at))
            except Busy:
                continue
    return found


def _ended(source: Source, pulled: Pulled, by: By, at: datetime) -> Pulled:
    receipt = pulled.receipt.id if pulled.receipt else None
    actions.note_pull(source=source.pk, rows=pulled.rows, problem=pulled.problem, receipt=receipt, by=by, at=at)
    return pulled


@dataclass(frozen=True)
class _Read:
    rows: int
    reached: dict[str, Any]


def _write(source: Source, path: Path) -> _Read:
    """Write what a source has, or has new, as a file; how many rows, and how far that is.

    Rows that equal the last cursor value are read again each time, since more may have come with it; those taken before are
    known by their content.
    """
    after = databases.given_back(source.reached.get("cursor", {}))
    taken = set(source.reached.get("taken", ()))
    top, at_top, count = after, set(taken), 0
    with (
        databases.reading(source.dsn, source.table, list(source.columns), cursor=source.cursor, after=after) as found,
        path.open("w", encoding="utf-8", newline="") as file,
    ):
        place = found.columns.index(source.cursor) if source.cursor else -1
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([source.columns.get(name, name) for name in found.columns])
        for row in found.rows:
            if place >= 0:
                content = _content(row)
                if row[place] == after and content in taken:
                    continue
                if row[place] != top:
                    top, at_top = row[place], set()
                at_top.add(content)
            writer.writerow([databases.text_of(value) for value in row])
            count += 1
    reached = {"cursor": databases.kept(top), "taken": sorted(at_top)} if source.cursor and top is not None else {}
    return _Read(count, reached)


def _content(row: Sequence[Any]) -> str:
    told = json.dumps([databases.text_of(value) for value in row], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


@contextmanager
def _alone(code: str) -> Iterator[None]:
    folder = queries.lake().root / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / f"source-{code}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(code) from None
        yield
