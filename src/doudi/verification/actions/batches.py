"""Checks of whole rolls: asked for under an order, ended with what they gave, or failed. Nothing a person decided is undone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, prefix
from doudi.office.queries import need, today
from doudi.verification.actions.orders import under_order
from doudi.verification.core import Batch
from doudi.verification.core.anomalies import REOPENED, AnomalyState, FoundOne, Problem, Seen, ref_of, seen_again
from doudi.verification.models import Anomaly, BatchCheck, BatchRun, Sighting, TaskOrder

CHUNK = 500
T = TypeVar("T")


class _Known(NamedTuple):
    """What is there already of an anomaly."""

    pk: int
    state: str
    digest: str
    again_on: date | None
    there: bool
    opened_at: datetime
    whom: str
    due_on: date | None


@transaction.atomic
def ask_run(
    *, order: str, roll: str, words: Sequence[str], datasets: Collection[str], by: By, at: datetime, day: date | None = None,
    snapshot: str = "",
) -> BatchRun:  # fmt: skip
    """Ask for a check of a roll; a worker carries it out. The same asked for while it still waits is the same run.

    :param words: checks and datasets, as people name them
    :param datasets: every list the words look at
    :param day: the day judged; None for the day the roll tells about
    :raises NoOrder: the order is not in force, or does not name this roll or one of these lists
    :raises NotAllowed: this clerk's post does not check rolls there
    """
    stands = under_order(order, roll=roll, datasets=datasets, by=by, at=at)
    told = {"roll": roll, "words": list(words), "day": day, "snapshot": snapshot}
    row = TaskOrder.objects.select_for_update().get(number=stands.number)
    waiting = BatchRun.objects.filter(order=row, state="waiting", **told).first()
    if waiting is not None:
        return waiting
    number = BatchRun.objects.filter(order=row).count() + 1
    run = BatchRun.objects.create(
        ref="pc" + hashlib.sha256(f"{row.number}|{number}".encode()).hexdigest()[:16],
        order=row,
        area=row.area,
        state="waiting",
        asked_at=at,
        asked_by=office.party(by),
        **told,
    )
    detail = {
        "order": row.number,
        "roll": roll,
        "words": list(words),
        "snapshot": snapshot,
        "day": day.isoformat() if day else "",
    }
    office.record("verification.ask_run", subject=run.ref, by=by, at=at, detail=detail)
    return run


def _locked(ref: str) -> BatchRun:
    found = BatchRun.objects.select_for_update().select_related("order").filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这次核对。")
    return found


@transaction.atomic
def fail_run(*, run: str, why: str, by: By, at: datetime) -> BatchRun:
    """Note that a check could not be made, and why in words; asked for again it is another run."""
    row = _locked(run)
    if row.state != "waiting":
        return row
    need(by, "check.batch", area=row.area, at=at)
    row.state, row.problem, row.ended_at = "failed", why, at
    row.save(update_fields=["state", "problem", "ended_at"])
    office.record("verification.fail_run", subject=row.ref, by=by, at=at, detail={"order": row.order.number})
    return row


@transaction.atomic
def finish_run(
    found: Iterable[FoundOne],
    *,
    run: str,
    batch: Batch,
    problems: Mapping[str, Problem],
    lists: Sequence[Mapping[str, Any]],
    by: By,
    at: datetime,
) -> BatchRun:
    """Keep what a check gave, all or none: its counts, whom it found, and how that differs from the check before.

    Somebody found before is the same anomaly: what a person handed on or closed stays so, unless its rows say something else
    now or the cause they gave was for a while. Who is not found any more lapses only while nobody works on it. A look back at
    a day before the latest one checked counts, and changes no anomaly.

    :param problems: every check made, by its code; only these can find that somebody is gone
    """
    row = _locked(run)
    if row.state != "waiting":
        return row
    need(by, "check.batch", area=row.area, at=at)
    kept, new = BatchCheck.objects.get_or_create(
        ref=batch.ref,
        defaults={**vars(batch), "at": at, "by": office.party(by)},
    )
    row.state, row.ended_at, row.lists = "done", at, list(lists)
    before = BatchRun.objects.filter(order=row.order, batch=kept, state="done").first()
    if before is not None:
        row.same_as = before
    else:
        row.batch = kept
        if not _looks_back(row, batch.on):
            row.seen = {}
            row.save()  # sightings point to it
            row.seen = _bring(found, row, batch, problems, at)
    row.save()
    told = ("against", "anomalies", "kinds", "object", "persons", "roll", "snapshot")
    detail = {name: getattr(batch, name) for name in told} | {
        "batch": batch.ref,
        "first": new,
        "on": batch.on.isoformat(),
        "order": row.order.number,
        "seen": row.seen,
    }
    office.record("verification.finish_run", subject=row.ref, by=by, at=at, detail=detail)
    return row


def _looks_back(row: BatchRun, on: date) -> bool:
    """Whether a later day of this roll was checked already, here or in a place that overlaps."""
    here = prefix(row.area)
    done = BatchRun.objects.filter(state="done", roll=row.roll, snapshot=row.snapshot, batch__isnull=False).exclude(pk=row.pk)
    around = [row.area[:size] for size in range(6, len(row.area) + 1)] + [row.area[:4] + "00"]
    latest = (done.filter(area__startswith=here) | done.filter(area__in=around)).aggregate(on=Max("batch__on"))["on"]
    return latest is not None and latest > on


def _bring(
    found: Iterable[FoundOne], row: BatchRun, batch: Batch, problems: Mapping[str, Problem], at: datetime
) -> dict[str, int]:
    """Compare what was found with the anomalies there are, and write what differs."""
    before = Anomaly.objects.filter(
        snapshot=batch.snapshot, roll=batch.roll, kind__in=list(problems), area__startswith=prefix(row.area)
    )
    known = _known(before)
    counted = dict.fromkeys(map(str, Seen), 0)
    here, on = set(), today(at)
    for some in _chunks(found):
        new, changed, seen = [], [], []
        refs = [ref_of(batch.snapshot, batch.roll, one.kind, one.pid) for one in some]
        known |= _known(Anomaly.objects.filter(ref__in=[ref for ref in refs if ref not in known]))  # handed on to another place
        for ref, one in zip(refs, some, strict=True):
            here.add(ref)
            fresh = _fresh(one, row)
            if ref not in known:
                new.append(_new(ref, one, problems[one.kind], fresh, row, batch, at))
                counted[Seen.NEW] += 1
                continue
            was = known[ref]
            how = seen_again(was.state, same_rows=was.digest == one.digest, again_on=was.again_on, on=on)
            counted[how] += 1
            changed.append(_changed(was, how, fresh, at))
            seen.append(Sighting(run=row, anomaly_id=was.pk, seen=how))
        Anomaly.objects.bulk_create(new)
        seen += [Sighting(run=row, anomaly=anomaly, seen=Seen.NEW) for anomaly in new]
        _refresh(changed)
        Sighting.objects.bulk_create(seen)
    missed = [was for ref, was in known.items() if was.there and ref not in here]
    counted[Seen.GONE] = len(missed)
    for gone in _chunks(missed):
        Sighting.objects.bulk_create(Sighting(run=row, anomaly_id=was.pk, seen=Seen.GONE) for was in gone)
        Anomaly.objects.filter(pk__in=[was.pk for was in gone]).update(there=False)
        lapsed = [was.pk for was in gone if was.state == AnomalyState.OPEN]
        Anomaly.objects.filter(pk__in=lapsed).update(state=AnomalyState.LAPSED)
    return counted


def _known(rows: QuerySet[Anomaly]) -> dict[str, _Known]:
    return {told[0]: _Known(*told[1:]) for told in rows.values_list("ref", *_Known._fields).iterator(chunk_size=5000)}


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    rows = iter(rows)
    while some := list(islice(rows, CHUNK)):
        yield some


_REFRESHED = ["name", "number", "pairs", "more", "digest", "last_run", "there", "state", "opened_at", "whom", "due_on"]


def _refresh(rows: Sequence[Anomaly]) -> None:
    """Write what a check changed, a statement a row: the CASE of many rows Django makes of it takes ten times as long."""
    columns = [Anomaly._meta.get_field(name) for name in _REFRESHED]
    told = ", ".join(f"{field.column} = %s" for field in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Anomaly._meta.db_table} SET {told} WHERE id = %s",
            [(*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in columns), row.pk) for row in rows],
        )


def _fresh(one: FoundOne, row: BatchRun) -> dict[str, Any]:
    """What the latest rows say of somebody."""
    return {
        "name": one.name,
        "number": one.number,
        "pairs": [asdict(pair) for pair in one.pairs],
        "more": one.more,
        "digest": one.digest,
        "last_run": row,
        "there": True,
    }


def _new(ref: str, one: FoundOne, problem: Problem, fresh: dict[str, Any], row: BatchRun, batch: Batch, at: datetime) -> Anomaly:
    return Anomaly(
        ref=ref,
        snapshot=batch.snapshot,
        roll=batch.roll,
        kind=one.kind,
        label=problem.label,
        article=problem.article,
        innocent=list(problem.innocent),
        other=one.other,
        pid=one.pid,
        area=one.area or row.area,
        state=AnomalyState.OPEN,
        opened_at=at,
        first_run=row,
        **fresh,
    )


def _changed(was: _Known, how: Seen, fresh: dict[str, Any], at: datetime) -> Anomaly:
    """An anomaly as this check leaves it; only a reopened one changes its state."""
    one = Anomaly(pk=was.pk, state=was.state, opened_at=was.opened_at, whom=was.whom, due_on=was.due_on, **fresh)
    if how in REOPENED:
        one.state, one.opened_at, one.whom, one.due_on = AnomalyState.OPEN, at, "", None
    return one
