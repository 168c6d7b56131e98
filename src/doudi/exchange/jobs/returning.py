"""Rejected rows go back to whoever sent them, with what to do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from doudi.engine import landing
from doudi.engine.contract import Contract
from doudi.engine.readable import write_table
from doudi.exchange import actions, queries
from doudi.exchange.models import Load
from doudi.office.actions import By


@dataclass(frozen=True)
class Returned:
    """A file of rejected rows for the department that sent them."""

    load: int
    dataset: str
    file_name: str
    rows: int
    path: Path


def return_rejects(folder: Path, *, by: By, at: datetime, dataset: str = "", snapshot: str = "", to: str = "") -> list[Returned]:
    """Write the rejected rows of each load as a table to send back: the row as it came, what is wrong, what to do.

    :param dataset: only this one; all by default
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for load in queries.with_rejects(dataset, snapshot):
        path = folder / f"{load.dataset}-{load.pk}.csv"
        found.append(Returned(load.pk, load.dataset, load.file_name, _write(load, path), path))
    if found:
        actions.return_rejects(loads=[one.load for one in found], to=to, by=by, at=at)
    return found


def write_rejects(load: Load, path: Path, *, to: str, by: By, at: datetime) -> None:
    """Write the rejected rows of one load for the sender it came from; written already, it is left alone."""
    if not path.exists():
        draft = path.with_name(f".{path.name}")
        _write(load, draft)
        actions.return_rejects(loads=[load.pk], to=to, by=by, at=at)
        os.replace(draft, path)


def _write(load: Load, path: Path) -> int:
    contract = queries.contracts().get(load.dataset)
    rows = landing.read_rejects(queries.lake().object(load.rejects))
    headings = list(dict.fromkeys(heading for row in rows for heading in row["raw"]))
    write_table(path, ["行号", "哪里不对", "怎么改", *headings], (_returned(contract, row, headings) for row in rows))
    return len(rows)


def rejected_table(load_id: int) -> tuple[list[str], list[list[Any]]]:
    """The rejected rows of a load as a table: number, what is wrong, what to do, and the row as it came."""
    load = Load.objects.get(pk=load_id)
    contract = queries.contracts().get(load.dataset)
    rows = landing.read_rejects(queries.lake().object(load.rejects)) if load.rejects else []
    headings = list(dict.fromkeys(heading for row in rows for heading in row["raw"]))
    return ["行号", "哪里不对", "怎么改", *headings], [_returned(contract, row, headings) for row in rows]


def _returned(contract: Contract | None, row: dict[str, Any], headings: Sequence[str]) -> list[Any]:
    problems = [queries.problem(contract, told) for told in row["problems"]]
    wrong = "；".join(f"{one.label}：{one.message}" + (f"（{one.value}）" if one.value else "") for one in problems)
    fix = "；".join(dict.fromkeys(one.fix for one in problems))
    return [row["row_no"], wrong, fix, *(row["raw"].get(heading) for heading in headings)]
