"""Reading: what a delivery to be mended is made from, lists begun and applied, and those that helped last time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from doudi.engine import landing, mending, rejected
from doudi.engine.contract import Contract
from doudi.engine.recognise import named
from doudi.exchange.models import Load, Mending, Refusal
from doudi.exchange.models.mending import APPLIED, DRAFT
from doudi.exchange.queries.deliveries import RejectLine, contracts, lake, problem, sent_by
from doudi.office.core import Viewer, mask_name, mask_number


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list begins: the delivery as it came, what it is called, which load it makes, and what was mended already."""

    dataset: str
    load: int | None
    refusal: int | None
    delivery: str
    file_name: str
    mends: list[dict[str, Any]]
    rows: int
    accepted: int
    rejected: int
    repeated: int
    rejects: str
    sender: str

    @property
    def path(self) -> Path:
        return lake().delivery(self.delivery)

    @property
    def contract(self) -> Contract:
        return contracts()[self.dataset]


def source_of(load_id: int) -> Source | None:
    """What mending a load begins with; a mended load leads back to what it was made from, with its list."""
    load = Load.objects.filter(pk=load_id).first()
    if load is None or load.dataset not in contracts():
        return None
    base = Load.objects.get(pk=load.mended_from_id) if load.mended_from_id else load
    from_refusal = Mending.objects.filter(mended=base, refusal__isnull=False).select_related("refusal").first()
    delivery = from_refusal.refusal.delivery if from_refusal and from_refusal.refusal else base.delivery
    latest = Mending.objects.filter(load=base, state=APPLIED).order_by("-id").first() or from_refusal
    now = (latest.mended if latest else None) or base
    return Source(
        base.dataset,
        base.pk,
        None,
        delivery,
        base.file_name,
        list(latest.mends) if latest else [],
        now.rows,
        now.accepted,
        now.rejected,
        now.repeated,
        now.rejects,
        base.sender,
    )


def source_of_refusal(refusal_id: int, dataset: str) -> Source | None:
    """What mending a refused file begins with; nothing was taken of it yet."""
    found = Refusal.objects.filter(pk=refusal_id).first()
    if found is None or dataset not in contracts():
        return None
    return Source(dataset, None, found.pk, found.delivery, found.file_name, [], 0, 0, 0, 0, "", found.sender)


@dataclass(frozen=True, slots=True)
class MendingRow:
    """A list: what it says, what it would give (a draft) or gave."""

    ref: str
    dataset: str
    label: str
    load: int | None
    refusal: int | None
    state: str
    mends: list[dict[str, Any]]
    preview: dict[str, Any] | None
    mended: int | None
    changed: Mapping[str, int]
    started_at: datetime
    applied_at: datetime | None
    applied_by: str
    undone_at: datetime | None
    undone_why: str


def _row(one: Mending) -> MendingRow:
    return MendingRow(
        one.ref,
        one.dataset,
        contracts()[one.dataset].label,
        one.load_id,
        one.refusal_id,
        one.state,
        list(one.mends),
        one.preview,
        one.mended_id,
        one.changed,
        one.started_at,
        one.applied_at,
        one.applied_by,
        one.undone_at,
        one.undone_why,
    )


def _theirs(viewer: Viewer) -> Any:
    viewer.need("feed.list")
    rows = Mending.objects.all()
    return rows.filter(dataset__in=sent_by(viewer.department)) if viewer.department else rows


def mending_row(ref: str, viewer: Viewer) -> MendingRow | None:
    """One list, or None when this viewer may not see it.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    found = _theirs(viewer).filter(ref=ref).first()
    return _row(found) if found else None


def draft_of(viewer: Viewer, *, load: int | None = None, refusal: int | None = None) -> MendingRow | None:
    """The list begun for a delivery and not applied yet, or None.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    found = _theirs(viewer).filter(load=load, refusal=refusal, state=DRAFT).first()
    return _row(found) if found else None


def mendings_of(load_id: int, viewer: Viewer) -> list[MendingRow]:
    """Lists applied to a load, or that made it, newest first; undone ones too.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    base = Load.objects.filter(pk=load_id).values_list("mended_from", flat=True).first() or load_id
    rows = _theirs(viewer).exclude(state=DRAFT)
    found = {one.pk: one for one in [*rows.filter(load=base), *rows.filter(mended=load_id)]}
    return [_row(found[pk]) for pk in sorted(found, reverse=True)]


def saved_mends(dataset: str, sender: str, *, but: str = "") -> list[dict[str, Any]]:
    """What helped with the last delivery of this dataset from this sender and may help again: no single cells or rows."""
    rows = Mending.objects.filter(dataset=dataset, state=APPLIED, mended__sender=sender).exclude(ref=but).order_by("-id")
    last = rows.first()
    if last is None:
        return []
    read = mending.read_mends(last.mends, contracts()[dataset])
    return mending.written(mending.lasting(read))


def shown_value(contract: Contract | None, field: str, text: str | None) -> str:
    """A cell as a list of many may show it: numbers of people and names masked, everything else as written."""
    column = contract.by_name.get(field) if contract else None
    if column is None or not text:
        return text or ""
    if column.type == "citizen_no":
        return mask_number(text)
    return mask_name(text) if column.type == "name" else text


def column_of(contract: Contract, heading: str) -> str | None:
    """The column of a contract a heading is read as, a unit in brackets left out; None where it is none of them."""
    match = named(contract, heading)
    return match[0] if match else None


def rows_with(source: Source, field: str, reason: str, *, first: int, count: int) -> list[RejectLine]:
    """Rows that were not taken for this reason in this column, as they came."""
    if not source.rejects:
        return []
    path = lake().object(source.rejects)
    return rejects_of_rows(source, rejected.rows_of(path, field, reason, first=first, count=count))


def rejects_of_rows(source: Source, numbers: Sequence[int]) -> list[RejectLine]:
    """What is wrong with some rows, in their order; those that were taken are left out."""
    if not source.rejects or not numbers:
        return []
    table = pq.read_table(lake().object(source.rejects), filters=[("row_no", "in", list(numbers))])
    return [
        RejectLine(row["row_no"], [problem(source.contract, told) for told in row["problems"]], json.loads(row["raw"]))
        for row in table.sort_by("row_no").to_pylist()
    ]


def headings_of_rejects(source: Source) -> list[str]:
    """The headings of a delivery as its first row that was not taken tells them; none where every row was taken."""
    if not source.rejects:
        return []
    first = landing.read_rejects(lake().object(source.rejects), count=1)
    return [heading for heading in first[0]["raw"] if heading and "#" not in heading] if first else []
