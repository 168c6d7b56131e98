"""Mending a delivery: what a list would give, and taking in what it gave. Killed anywhere, nothing is half done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from doudi.engine import landing, mending, rejected
from doudi.engine.apart import Landed
from doudi.engine.mending import BadMend, Changes
from doudi.engine.readable import write_book, write_table
from doudi.engine.recognise import Refused
from doudi.exchange import actions, queries
from doudi.exchange.core import day_in_name, month_before, part_of
from doudi.exchange.jobs.receiving import keep
from doudi.exchange.jobs.returning import rejected_table
from doudi.exchange.models import Load
from doudi.office import queries as office
from doudi.office.actions import By

__all__ = [
    "BadMend",
    "Preview",
    "Refused",
    "apply_mends",
    "change_mends",
    "groups",
    "headings",
    "preview",
    "row_as_it_came",
    "take_corrections",
    "write_left",
    "wrong",
]


@dataclass(frozen=True)
class Preview:
    """What a list would make of a delivery: counts, cells changed by each mend, and what would still be wrong."""

    rows: int
    accepted: int
    rejected: int
    repeated: int
    skipped: int
    changed: Sequence[int]
    dropped: int
    groups: Sequence[rejected.Group]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _beside(source: queries.Source) -> Path:
    """Where the texts of a delivery lie between two looks."""
    return queries.lake().root / "tmp" / f"texts-{source.delivery}-{source.dataset}"


def _opened(source: queries.Source, mends: Sequence[mending.Mend], workshop: Path) -> mending.Opened:
    if not source.path.exists():
        raise Refused("no_original", "原件已经不在了（可能按保存期限销毁了），不能在这里改。", "请部门重新发送。")
    return mending.open_delivery(
        source.path,
        source.contract,
        queries.contracts(),
        workshop,
        file_name=source.file_name,
        mends=mends,
        beside=_beside(source),
    )


def _landed(source: queries.Source, told: Sequence[Mapping[str, Any]], workshop: Path) -> tuple[Landed, Changes]:
    mends = mending.read_mends(told, source.contract)
    return mending.land(_opened(source, mends, workshop), mends, workshop)


def preview(source: queries.Source, told: Sequence[Mapping[str, Any]]) -> Preview:
    """What a list would make of a delivery. Nothing is kept.

    :raises BadMend: a mend cannot be meant, or names a column or row the file does not have
    :raises Refused: the original is gone, or still cannot be read as this dataset
    """
    with queries.lake().workshop() as workshop:
        landed, changes = _landed(source, told, workshop)
        left = rejected.groups(landed.bad) if landed.bad else []
        return Preview(
            landed.rows,
            landed.accepted,
            landed.rejected,
            landed.repeated,
            landed.skipped,
            changes.cells,
            changes.dropped,
            left,
        )


def groups(source: queries.Source) -> list[rejected.Group]:
    """What is wrong with what was not taken of a delivery as it stands now."""
    return rejected.groups(queries.lake().object(source.rejects)) if source.rejects else []


def change_mends(
    source: queries.Source, *, ref: str, told: Sequence[Mapping[str, Any]], by: By, at: datetime
) -> tuple[queries.Source, Preview]:
    """Write a draft's list anew once it is known what it gives.

    :raises BadMend: a mend cannot be meant
    :raises Refused: the original cannot be read
    :raises NotAllowed: the post does not allow it, or the list is no draft
    """
    mends = mending.written(mending.read_mends(told, source.contract))
    seen = preview(source, mends)
    actions.set_mends(ref=ref, mends=mends, preview=seen.as_json(), by=by, at=at)
    return source, seen


def apply_mends(source: queries.Source, *, told: Sequence[Mapping[str, Any]], by: By, at: datetime, ref: str = "") -> Load:
    """Read the original by a list and take in what it gives, instead of what was taken in before.

    :param ref: the draft that is applied; none: a list of its own

    :raises BadMend: a mend cannot be meant
    :raises Refused: the original cannot be read
    :raises NotAllowed: the post does not allow it, the list changed, or the delivery no longer counts
    """
    lake = queries.lake()
    with lake.workshop() as workshop:
        landed, changes = _landed(source, told, workshop)
        name = PurePosixPath(source.file_name).name
        return actions.apply_mends(
            ref=ref,
            load=source.load,
            mends=list(told),
            arrival=keep(lake, landed),
            changed={"cells": changes.total, "dropped": changes.dropped},
            by=by,
            at=at,
            file_name=source.file_name,
            as_of=day_in_name(name) or month_before(office.today(at)),
            part=part_of(name),
        )


def take_corrections(*, by: By, at: datetime, load: int | None = None) -> dict[int, int]:
    """Bring in values departments answered as corrected, each as one cell of its row: load made → how many came with it.

    A load whose original is gone waits for the department's next delivery.

    :param load: only this one's; all by default

    :raises NotAllowed: the post does not mend data
    """
    done: dict[int, int] = {}
    for waited_for in [load] if load else queries.loads_with_corrected_cells():
        source = queries.source_of(waited_for)
        waiting = queries.corrected_cells(waited_for)
        if source is None or not source.path.exists() or not waiting:
            continue
        cells = [{"kind": "cell", "row": row, "column": field, "value": value} for _, row, field, value in waiting]
        # A cell corrected twice says what it was corrected to last.
        latest = {(one["row"], one["column"]) for one in cells}
        before = [one for one in source.mends if one["kind"] != "cell" or (one["row"], one["column"]) not in latest]
        told = mending.written(mending.read_mends([*before, *cells], source.contract))
        try:
            made = apply_mends(source, told=told, by=by, at=at)
        except (Refused, BadMend):
            continue
        done[made.pk] = actions.apply_corrections(refs=[ref for ref, *_ in waiting], load=made.pk, by=by, at=at)
    return done


def wrong(source: queries.Source, seen: Mapping[str, Any] | None) -> list[tuple[rejected.Group, list[rejected.Offer]]]:
    """What is still wrong, most frequent first, each with what might mend it at once.

    :param seen: what a draft would leave (its kept preview); None: what was not taken as it stands now
    """
    found = groups(source) if seen is None else [_group(one) for one in seen["groups"]]
    return [(one, rejected.offers(one, source.contract)) for one in found]


def _group(told: Mapping[str, Any]) -> rejected.Group:
    values = tuple(rejected.Value(**one) for one in told["values"])
    return rejected.Group(**{**told, "values": values})


def headings(source: queries.Source) -> list[str]:
    """The headings of a delivery as they stand in the file.

    :raises Refused: the original is gone or is no table
    """
    if not source.path.exists():
        raise Refused("no_original", "原件已经不在了（可能按保存期限销毁了），不能在这里改。", "请部门重新发送。")
    known = mending.headings_beside(_beside(source)) or queries.headings_of_rejects(source)
    return known or landing.headings_of(source.path, queries.contracts())


def row_as_it_came(source: queries.Source, told: Sequence[Mapping[str, Any]], row: int) -> dict[str, str] | None:
    """One row of a delivery by column, as a list leaves it; None beyond the end of the file.

    :raises BadMend: a mend cannot be meant
    :raises Refused: the original cannot be read
    """
    with queries.lake().workshop() as workshop:
        mends = mending.read_mends(told, source.contract)
        opened = _opened(source, mends, workshop)
        if not 1 <= row <= opened.table.num_rows:
            return None
        table, _ = mending.apply(opened, mends)
        cells = table.slice(row - 1, 1)
        return {name: cells[f"c{at}"][0].as_py() or "" for name, at in opened.match.positions.items()}


def write_left(load: int, folder: Path, *, kind: str, by: By, at: datetime) -> Path:
    """Write what was not taken of a load as a table to work on: each row as it came, what is wrong, what to do.

    :param kind: csv or xlsx
    :raises NotAllowed: this post does not look after departments' data
    """
    head, rows = rejected_table(load)
    path = folder / f"left-{load}.{kind}"
    (write_book if kind == "xlsx" else write_table)(path, head, rows)
    actions.return_rejects(loads=[load], to="下载", by=by, at=at)
    return path
