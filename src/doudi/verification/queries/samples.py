"""Reading random samples of a check: how many were drawn, of how many, who, and what looking at them gave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer, mask_name, mask_number
from doudi.verification.core.samples import LABELS, Share
from doudi.verification.models import Anomaly, Sample, SampleRow
from doudi.verification.queries.anomalies import PAGE
from doudi.verification.queries.batches import runs_seen


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A random sample and what looking gave so far. `share`: of hits how many were real, of the rest how many were missed."""

    ref: str
    run: str
    hits: bool
    seed: str
    area: str
    area_label: str
    population: int
    permille: int
    size: int
    looked: int
    unclear: int
    drawn_at: datetime
    drawn_by: str
    share: Share


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One person drawn, masked, with what looking at them gave."""

    place: int
    pid: str
    masked_name: str
    masked_number: str
    area_label: str
    roll_batch: int
    roll_row: int
    result: str
    result_label: str
    note: str
    anomalies: tuple[tuple[str, str], ...]  # ref, label: why they were found


def samples(run: str, viewer: Viewer) -> list[SampleLine]:
    """The samples drawn of a run, newest first, in the viewer's area.

    :raises NotAllowed: this viewer's post does not look after checks of rolls
    """
    viewer.need("check.batch")
    return _lines(_samples(viewer).filter(run__ref=run).order_by("-pk"))


def sample(ref: str, viewer: Viewer, *, first: int = 0, count: int = PAGE) -> tuple[SampleLine, list[DrawnRow]]:
    """One sample and a page of who was drawn; the page that shows it notes the look.

    :raises NotAllowed: no such sample, another place's, or not for this post
    """
    viewer.need("check.batch")
    found = _lines(_samples(viewer).filter(ref=ref))
    if not found:
        raise NotAllowed("没有这次抽查。")
    (line,) = found
    rows = list(SampleRow.objects.filter(sample__ref=ref).order_by("place")[first : first + count])
    labels = office.area_labels([row.area for row in rows])
    why: dict[str, list[tuple[str, str]]] = {}
    if line.hits:
        of_run = Anomaly.objects.filter(pid__in=[row.pid for row in rows], sightings__run__ref=line.run)
        for pid, anomaly_ref, label in of_run.order_by("pk").values_list("pid", "ref", "label"):
            why.setdefault(pid, []).append((anomaly_ref, label))
    return line, [
        DrawnRow(
            place=row.place,
            pid=row.pid,
            masked_name=mask_name(row.name),
            masked_number=mask_number(row.number),
            area_label=labels.get(row.area, row.area),
            roll_batch=row.roll_batch,
            roll_row=row.roll_row,
            result=row.result,
            result_label=LABELS[line.hits].get(row.result, ""),
            note=row.note,
            anomalies=tuple(why.get(row.pid, ())),
        )
        for row in rows
    ]


def _samples(viewer: Viewer) -> QuerySet[Sample]:
    rows = Sample.objects.filter(run__in=runs_seen(viewer)) | Sample.objects.filter(area__startswith=viewer.within)
    if not viewer.within:
        return Sample.objects.none()
    return rows.distinct().annotate(
        size=Count("rows"),
        right=Count("rows", filter=Q(rows__result="right")),
        wrong=Count("rows", filter=Q(rows__result="wrong")),
        unclear=Count("rows", filter=Q(rows__result="unclear")),
    )


def _lines(rows: QuerySet[Any]) -> list[SampleLine]:
    found = list(rows.select_related("run"))
    labels = office.area_labels([row.area for row in found])
    names = office.clerk_names([row.drawn_by.partition(":")[2] for row in found])
    return [
        SampleLine(
            ref=row.ref,
            run=row.run.ref,
            hits=row.hits,
            seed=row.seed,
            area=row.area,
            area_label=labels.get(row.area, row.area),
            population=row.population,
            permille=row.asked_permille,
            size=row.size,
            looked=row.right + row.wrong,
            unclear=row.unclear,
            drawn_at=row.drawn_at,
            drawn_by=names.get(row.drawn_by.partition(":")[2], "系统"),
            share=Share(row.right if row.hits else row.wrong, row.right + row.wrong, row.population),
        )
        for row in found
    ]
