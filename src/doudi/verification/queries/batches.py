"""Reading checks of whole rolls: what was asked for under which order, how far it is, what it counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.verification.core import Batch
from doudi.verification.gateways import rolls
from doudi.verification.models import BatchCheck, BatchRun


def _batch(kept: BatchCheck) -> Batch:
    return Batch(**{field.name: getattr(kept, field.name) for field in fields(Batch)})


# ---- for the worker -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunAsked:
    """A check somebody asked for: what the worker needs to make it."""

    order: str
    roll: str
    words: tuple[str, ...]
    day: date | None
    snapshot: str
    area: str


@dataclass(frozen=True, slots=True)
class RunBefore:
    """The run that made this very comparison under this order before."""

    ref: str
    batch: Batch
    seen: dict[str, int]
    lists: list[dict[str, Any]]


def run_asked(ref: str) -> RunAsked:
    """What a run was asked to check."""
    row = BatchRun.objects.select_related("order").get(ref=ref)
    return RunAsked(row.order.number, row.roll, tuple(row.words), row.day, row.snapshot, row.area)


def run_waiting() -> str | None:
    """The run that waits longest, or None."""
    return BatchRun.objects.filter(state="waiting").order_by("id").values_list("ref", flat=True).first()


def run_before(order: str, batch: str) -> RunBefore | None:
    """The run that made a comparison under an order before, or None."""
    row = (
        BatchRun.objects.filter(order__number=order, batch__ref=batch, state="done")
        .select_related("batch")
        .order_by("id")
        .first()
    )
    if row is None or row.batch is None:
        return None
    return RunBefore(row.ref, _batch(row.batch), dict(row.seen), list(row.lists))


# ---- for pages ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list a check looked at. `nothing` is None where its silence does not mean nothing."""

    dataset: str
    label: str
    department: str
    said: str  # answered | stale | no_answer
    found: int | None
    nothing: int | None
    as_of: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One check of a roll as people read it: counts only, no personal data."""

    ref: str
    order: str
    roll: str
    roll_label: str
    area: str
    area_label: str
    snapshot: str
    state: str  # waiting | done | failed
    problem: str
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None
    batch: Batch | None
    same_as: str
    seen: Mapping[str, int]
    lists: tuple[ListRow, ...]

    @property
    def silent(self) -> tuple[ListRow, ...]:
        """Lists whose silence is no answer."""
        return tuple(one for one in self.lists if one.said != "answered")


def runs(viewer: Viewer, *, order: str = "", first: int = 0, count: int = 50) -> list[RunRow]:
    """Checks of rolls in the viewer's area, newest first: counts only.

    :raises NotAllowed: this viewer's post does not look after checks of rolls
    """
    viewer.need("check.batch")
    rows = runs_seen(viewer).select_related("order", "batch", "same_as__batch").order_by("-id")
    if order:
        rows = rows.filter(order__number=order)
    return _rows(list(rows[first : first + count]))


def run(ref: str, viewer: Viewer) -> RunRow:
    """One check of a roll.

    :raises NotAllowed: no such check, another place's, or the post does not look after checks of rolls
    """
    viewer.need("check.batch")
    row = runs_seen(viewer).select_related("order", "batch", "same_as__batch").filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这次核对。")
    return _rows([row])[0]


def runs_seen(viewer: Viewer) -> QuerySet[BatchRun]:
    """The runs a viewer may know of: those inside their area; counts of a wider place are not of their people alone."""
    return BatchRun.objects.filter(area__startswith=viewer.within) if viewer.within else BatchRun.objects.none()


def run_progress(ref: str, viewer: Viewer) -> rolls.Progress | None:
    """How far a check is; None while no worker began, and when it has ended.

    :raises NotAllowed: no such check, or another place's
    """
    run(ref, viewer)
    return rolls.progress(exchange.lake(), ref)


def lists_of_people() -> list[tuple[str, str, str]]:
    """Every list about people an order may name: code, label, department."""
    contracts = exchange.contracts()
    return [(code, contracts[code].label, contracts[code].department) for code in rolls.of_people(contracts)]


def _rows(rows: list[BatchRun]) -> list[RunRow]:
    labels = office.area_labels([row.area for row in rows])
    names = office.clerk_names([row.asked_by.partition(":")[2] for row in rows])
    contracts = exchange.contracts()

    def lists(row: BatchRun, batch: Batch | None) -> tuple[ListRow, ...]:
        return tuple(
            ListRow(
                dataset=one["dataset"],
                label=contracts[one["dataset"]].label,
                department=contracts[one["dataset"]].department,
                said=one["said"],
                found=one["found"],
                nothing=batch.persons - one["found"] if batch and one["said"] == "answered" else None,
                as_of=one["as_of"] or "",
            )
            for one in row.lists
        )

    found = []
    for row in rows:
        kept = row.batch or (row.same_as.batch if row.same_as else None)
        batch = _batch(kept) if kept else None
        kind, _, ref = row.asked_by.partition(":")
        found.append(
            RunRow(
                ref=row.ref,
                order=row.order.number,
                roll=row.roll,
                roll_label=contracts[row.roll].label if row.roll in contracts else row.roll,
                area=row.area,
                area_label=labels.get(row.area, row.area),
                snapshot=row.snapshot,
                state=row.state,
                problem=row.problem,
                asked_at=row.asked_at,
                asked_by=names.get(ref, "") if kind == "clerk" else "命令",
                ended_at=row.ended_at,
                batch=batch,
                same_as=row.same_as.ref if row.same_as else "",
                seen=row.seen,
                lists=lists(row, batch),
            )
        )
    return found
