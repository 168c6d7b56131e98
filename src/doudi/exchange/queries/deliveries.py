"""Reading: contracts, which loads count on a day, what was received and refused, rejected rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, Q

from doudi.engine import landing
from doudi.engine.contract import Contract, read_contracts
from doudi.engine.lake import Lake
from doudi.exchange.core import ADD, REASONS
from doudi.exchange.models import Load, Refusal, Sender, Withdrawal
from doudi.office.core import Viewer


@cache
def contracts() -> dict[str, Contract]:
    """Every written contract, by dataset code."""
    return read_contracts(Path(__file__).parent.parent / "contracts")


def lake() -> Lake:
    """The lake of this installation."""
    return Lake(Path(settings.LAKE))


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A landed load that counts on a day: `batch` is its id, `object` its Parquet file."""

    dataset: str
    batch: int
    object: Path
    as_of: date


def current_loads(on: date, snapshot: str = "", *, known_at: datetime | None = None) -> list[LoadRow]:
    """The loads that say how things stood on a day, by dataset and batch.

    Of each dataset: the latest full delivery not after that day with all its parts (of a dataset that comes by county, the
    latest of each part), the latest received where one part came twice, and what was added since. Loads that were withdrawn
    are left out, so that what they had replaced counts again.

    :param known_at: as we knew it at that moment: only what had been received by then and was not withdrawn then
    """
    rows = Load.objects.filter(snapshot=snapshot, as_of__lte=on)
    if known_at is None:
        rows = rows.filter(withdrawn_at__isnull=True)
    else:
        still = Q(reinstated_at__isnull=True) | Q(reinstated_at__gt=known_at)
        out = Withdrawal.objects.filter(still, withdrawn_at__lte=known_at).values("load")
        rows = rows.filter(received_at__lte=known_at).exclude(pk__in=out)
    loads = _mended(list(rows.order_by("dataset", "as_of", "received_at", "id")))
    kept: list[Load] = []
    for code in dict.fromkeys(load.dataset for load in loads):
        of_code = [load for load in loads if load.dataset == code]
        full = [load for load in of_code if load.kind != ADD]
        contract = contracts().get(code)
        latest = max((load.as_of for load in full), default=None)
        if contract is None or not contract.in_parts:
            full = [load for load in full if load.as_of == latest]
        current = list({load.part: load for load in full}.values())
        since = min((load.as_of for load in current), default=None)
        kept += current + [load for load in of_code if load.kind == ADD and (since is None or load.as_of >= since)]
    root = lake()
    return [
        LoadRow(load.dataset, load.pk, root.object(load.object), load.as_of)
        for load in sorted(kept, key=lambda x: (x.dataset, x.pk))
    ]


def _mended(loads: list[Load]) -> list[Load]:
    """A mended load counts instead of what it was made from, the latest where there are several; never without it."""
    here = {load.pk for load in loads}
    latest: dict[int, int] = {}
    for load in loads:
        if load.mended_from_id in here:
            latest[load.mended_from_id] = max(load.pk, latest.get(load.mended_from_id, 0))
    return [
        load
        for load in loads
        if load.pk not in latest and (load.mended_from_id is None or latest.get(load.mended_from_id) == load.pk)
    ]


def sent_by(department: str) -> list[str]:
    """Codes of the datasets a department sends."""
    return [code for code, contract in contracts().items() if contract.department_code == department]


def datasets_of(on: date, snapshot: str = "") -> dict[str, list[LoadRow]]:
    """The current loads by dataset."""
    found: dict[str, list[LoadRow]] = {}
    for row in current_loads(on, snapshot):
        found.setdefault(row.dataset, []).append(row)
    return found


def loads_at(batches: Collection[int]) -> list[LoadRow]:
    """The loads of these ids, whether they still count or not, for rooms that compared them before."""
    rows, root = Load.objects.filter(pk__in=batches).order_by("pk"), lake()
    return [LoadRow(row.dataset, row.pk, root.object(row.object), row.as_of) for row in rows]


def of_delivery(delivery: str, snapshot: str) -> list[Load]:
    """What an earlier load of the very same file became."""
    return list(Load.objects.filter(delivery=delivery, snapshot=snapshot).order_by("id"))


def with_rejects(dataset: str = "", snapshot: str = "") -> list[Load]:
    """Loads some rows of which were rejected, oldest first."""
    found = Load.objects.filter(snapshot=snapshot).exclude(rejects="").order_by("id")
    return list(found.filter(dataset=dataset) if dataset else found)


def of_batch(dataset: str, sender: str, batch_key: str) -> Load | None:
    """A pushed batch received before under this key."""
    return Load.objects.filter(dataset=dataset, sender=sender, batch_key=batch_key).first()


@dataclass(frozen=True, slots=True)
class LoadLine:
    """A load as the list of deliveries shows it."""

    id: int
    dataset: str
    label: str
    department: str
    part: str
    as_of: date
    file_name: str
    rows: int
    accepted: int
    rejected: int
    repeated: int
    reasons: list[tuple[str, int]]
    without_number: dict[str, int]
    received_at: datetime
    sender: str
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


def loads(viewer: Viewer, *, dataset: str = "", snapshot: str = "", first: int = 0, count: int = 50) -> list[LoadLine]:
    """The latest loads, newest first; no personal data.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    rows = Load.objects.filter(snapshot=snapshot).order_by("-received_at", "-id")
    if dataset:
        rows = rows.filter(dataset=dataset)
    if viewer.department:
        rows = rows.filter(dataset__in=sent_by(viewer.department))
    return [_line(load) for load in rows[first : first + count]]


def load(load_id: int, viewer: Viewer) -> LoadLine | None:
    """One load, or None.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    found = _seen(load_id, viewer)
    return _line(found) if found else None


def _seen(load_id: int, viewer: Viewer) -> Load | None:
    """A load this viewer may look at: of their own department, where they belong to one."""
    found = Load.objects.filter(pk=load_id).first()
    return found if found and (not viewer.department or found.dataset in sent_by(viewer.department)) else None


def _line(load: Load) -> LoadLine:
    contract = contracts().get(load.dataset)
    return LoadLine(
        id=load.pk,
        dataset=load.dataset,
        label=contract.label if contract else load.dataset,
        department=contract.department if contract else "",
        part=load.part,
        as_of=load.as_of,
        file_name=load.file_name,
        rows=load.rows,
        accepted=load.accepted,
        rejected=load.rejected,
        repeated=load.repeated,
        reasons=[
            (REASONS[code][0] if code in REASONS else code, n) for code, n in sorted(load.reasons.items(), key=lambda x: -x[1])
        ],
        without_number=load.without_number,
        received_at=load.received_at,
        sender=load.sender,
        withdrawn_at=load.withdrawn_at,
        withdrawn_why=load.withdrawn_why,
    )


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A refused file as the list of deliveries shows it."""

    file_name: str
    reason: str
    message: str
    fix: str
    received_at: datetime
    id: int = 0


def refusals(viewer: Viewer, *, snapshot: str = "", first: int = 0, count: int = 50) -> list[RefusalLine]:
    """Files that were not loaded, newest first.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    rows = Refusal.objects.filter(snapshot=snapshot).order_by("-received_at", "-id")
    if viewer.department:  # which dataset a refused file was to be, nobody knows; whose it is, its sender tells
        rows = rows.filter(sender__in=Sender.objects.filter(department_code=viewer.department).values("code"))
    return [
        RefusalLine(row.file_name, row.reason, row.message, row.fix, row.received_at, row.pk)
        for row in rows[first : first + count]
    ]


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell of a rejected row: the column's label, what stood there, why it was not taken, what to do."""

    field: str
    label: str
    value: str | None
    reason: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One rejected row: its number below the heading, everything that was wrong, the row as it came."""

    row_no: int
    problems: list[Problem]
    raw: dict[str, Any]


def rejects(load_id: int, viewer: Viewer, *, first: int = 0, count: int = 50) -> list[RejectLine]:
    """Rejected rows of a load, a page at a time. Below the city, only rows of the viewer's own area are shown.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    found = _seen(load_id, viewer)
    if found is None or not found.rejects:
        return []
    contract, within = contracts().get(found.dataset), None
    if len(viewer.within) > 4:
        column = next((c for c in contract.columns if c.type == "area"), None) if contract else None
        if column is None:
            return []
        within = (column, viewer.within)
    rows = landing.read_rejects(lake().object(found.rejects), first=first, count=count, within=within)
    return [RejectLine(row["row_no"], [problem(contract, told) for told in row["problems"]], row["raw"]) for row in rows]


def problem(contract: Contract | None, told: dict[str, Any]) -> Problem:
    """A problem of a cell in words."""
    column = contract.by_name.get(told["field"]) if contract else None
    message, fix = REASONS.get(told["reason"], (told["reason"], ""))
    if told["reason"] == "unknown_code" and column:
        fix += "：" + "、".join(words[0] for words in column.codes.values())
    return Problem(told["field"], column.label if column else "整行", told["value"], told["reason"], message, fix)


def latest_day(dataset: str, snapshot: str = "") -> date | None:
    """The latest day a dataset was told about, or None when it never came."""
    rows = Load.objects.filter(dataset=dataset, snapshot=snapshot, withdrawn_at__isnull=True)
    return rows.aggregate(day=Max("as_of"))["day"]
