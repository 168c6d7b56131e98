"""Reading anomalies: lists by place, state and how a check saw them; one with both rows and its story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from doudi.exchange import queries as exchange
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Role, Viewer, mask_name, mask_number
from doudi.verification.core.anomalies import AnomalyState, Whom, causes, may_close
from doudi.verification.gateways import rolls
from doudi.verification.models import Anomaly, AnomalyStep

PAGE = 50
HEADING = ("姓名", "公民身份号码", "哪里", "什么问题", "说明", "依据", "名单", "另一份", "现在", "交给谁", "期限", "原因")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of anomalies is asked for; empty: whatever it is."""

    run: str = ""  # of this run …
    seen: str = ""  # … as it saw them: new, still, gone …
    state: str = ""
    whom: str = ""
    kind: str = ""
    roll: str = ""
    area: str = ""
    late_on: date | None = None  # whose day to answer was before this one


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """One anomaly in a list: names and numbers masked."""

    ref: str
    pid: str
    masked_name: str
    masked_number: str
    area: str
    area_label: str
    label: str
    kind: str
    article: str
    said: str
    roll: str
    roll_label: str
    other_label: str
    state: AnomalyState
    state_label: str
    whom_label: str
    due_on: date | None
    cause_label: str
    there: bool


def seen_by(viewer: Viewer) -> QuerySet[Anomaly]:
    """The anomalies a viewer may know of: in their area; a township only what was handed to it, supervision what reached it.

    :raises NotAllowed: this viewer's post has nothing to do with anomalies
    """
    viewer.need("anomaly.read")
    if not viewer.within:
        return Anomaly.objects.none()
    rows = Anomaly.objects.filter(area__startswith=viewer.within)
    if viewer.role is Role.TOWNSHIP:
        handed = AnomalyStep.objects.filter(act="hand", whom=Whom.TOWNSHIP).values("anomaly")
        return rows.filter(pk__in=handed)
    return rows


def anomalies(viewer: Viewer, wanted: Wanted, *, after: int = 0, count: int = PAGE) -> list[tuple[int, AnomalyRow]]:
    """A page of anomalies in the order they were found, each with the place to go on after.

    :raises NotAllowed: this viewer's post has nothing to do with anomalies, or asks beyond its area
    """
    rows = list(_asked(viewer, wanted).filter(pk__gt=after).order_by("pk")[:count])
    return list(zip((row.pk for row in rows), _rows(rows), strict=True))


def anomalies_table(viewer: Viewer, wanted: Wanted) -> Iterator[list[Any]]:
    """A whole list of anomalies as a table to take away: its heading, then a line each, masked; safe to open in a spreadsheet.

    :raises NotAllowed: this viewer's post takes no lists away, or asks beyond its area
    """
    viewer.need("anomaly.work")
    yield list(HEADING)
    after = 0
    while found := anomalies(viewer, wanted, after=after, count=1000):
        after = found[-1][0]
        for _, row in found:
            cells = [row.masked_name, row.masked_number, row.area_label, row.label, row.said, row.article, row.roll_label]
            cells += [row.other_label, row.state_label, row.whom_label, row.due_on and row.due_on.isoformat(), row.cause_label]
            yield [rolls.safe(cell) for cell in cells]


def anomalies_count(viewer: Viewer, wanted: Wanted) -> int:
    """How many anomalies a list holds.

    :raises NotAllowed: this viewer's post has nothing to do with anomalies, or asks beyond its area
    """
    return _asked(viewer, wanted).count()


def _asked(viewer: Viewer, wanted: Wanted) -> QuerySet[Anomaly]:
    rows = seen_by(viewer)
    if wanted.area:
        if not viewer.sees(wanted.area):
            raise NotAllowed("这个地方不归您负责。")
        rows = rows.filter(area__startswith=wanted.area)
    for name in ("state", "whom", "kind", "roll"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.run:
        of_run = Q(sightings__run__ref=wanted.run)
        rows = rows.filter(of_run & Q(sightings__seen=wanted.seen)) if wanted.seen else rows.filter(of_run)
    if wanted.late_on:
        rows = rows.filter(state=AnomalyState.HANDED, due_on__lt=wanted.late_on)
    return rows


@dataclass(frozen=True, slots=True)
class AnomalyCounts:
    """How many anomalies are where, in a viewer's area."""

    open: int
    township: int
    supervision: int
    late: int
    closed: int


def anomaly_counts(viewer: Viewer, *, on: date) -> AnomalyCounts:
    """How many anomalies wait, are handed on, are late, are closed.

    :raises NotAllowed: this viewer's post has nothing to do with anomalies
    """
    handed = Q(state=AnomalyState.HANDED)
    told = seen_by(viewer).aggregate(
        open=Count("pk", filter=Q(state=AnomalyState.OPEN)),
        township=Count("pk", filter=handed & Q(whom=Whom.TOWNSHIP)),
        supervision=Count("pk", filter=handed & Q(whom=Whom.SUPERVISION)),
        late=Count("pk", filter=handed & Q(due_on__lt=on)),
        closed=Count("pk", filter=Q(state=AnomalyState.CLOSED)),
    )
    return AnomalyCounts(**told)


def anomalies_by_place(viewer: Viewer, wanted: Wanted) -> dict[str, int]:
    """How many anomalies of a list lie in each township (or county, for a whole city), by code."""
    size = 6 if viewer.whole_city and len(wanted.area) < 6 else 9
    found: dict[str, int] = {}
    for area, count in _asked(viewer, wanted).values_list("area").annotate(n=Count("pk")).order_by("area"):
        found[area[:size]] = found.get(area[:size], 0) + count
    return found


def causes_given(viewer: Viewer, run: str) -> dict[str, int]:
    """What the anomalies one run saw turned out to be: cause → how many, in the viewer's area."""
    rows = _asked(viewer, Wanted(run=run)).filter(state=AnomalyState.CLOSED)
    counted = dict(rows.values_list("cause").annotate(n=Count("pk")).order_by())
    return {code: counted[code] for code in causes() if code in counted}


def _rows(rows: Iterable[Anomaly]) -> list[AnomalyRow]:
    rows = list(rows)
    labels = office.area_labels([row.area for row in rows])
    contracts = exchange.contracts()
    return [
        AnomalyRow(
            ref=row.ref,
            pid=row.pid,
            masked_name=mask_name(row.name),
            masked_number=mask_number(row.number),
            area=row.area,
            area_label=labels.get(row.area, row.area),
            label=row.label,
            kind=row.kind,
            article=row.article,
            said=row.pairs[0]["said"] if row.pairs else "",
            roll=row.roll,
            roll_label=contracts[row.roll].label,
            other_label=contracts[row.other].label,
            state=AnomalyState(row.state),
            state_label=AnomalyState(row.state).label,
            whom_label=Whom(row.whom).label if row.whom else "",
            due_on=row.due_on,
            cause_label=causes()[row.cause].label if row.cause else "",
            there=row.there,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing a person did with an anomaly."""

    act: str
    at: datetime
    by: str
    whom_label: str
    due_on: date | None
    cause_label: str
    note: str
    came: str


@dataclass(frozen=True, slots=True)
class AnomalyPage:
    """One anomaly: who, both rows, what it may innocently be, what people did. A hit is not fraud."""

    row: AnomalyRow
    name: str
    number: str
    innocent: tuple[str, ...]
    pairs: tuple[Mapping[str, Any], ...]
    more: int
    opened_at: datetime
    again_on: date | None
    first_run: str
    last_run: str
    sightings: tuple[tuple[str, date, str], ...]  # run, day judged, how it saw them
    steps: tuple[StepRow, ...]
    closable: bool


def anomaly(ref: str, viewer: Viewer) -> AnomalyPage:
    """One anomaly with its rows, the name and number whole; the page that shows it notes the look.

    :raises NotAllowed: no such anomaly, another place's, or not for this post
    """
    found = seen_by(viewer).select_related("first_run", "last_run").filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这条疑点，或者不归您看。")
    steps = list(found.steps.order_by("pk"))
    names = office.clerk_names([step.by.partition(":")[2] for step in steps])
    seen = found.sightings.select_related("run__batch").order_by("-pk")[:24]
    return AnomalyPage(
        row=_rows([found])[0],
        name=found.name,
        number=found.number,
        innocent=tuple(found.innocent),
        pairs=tuple(found.pairs),
        more=found.more,
        opened_at=found.opened_at,
        again_on=found.again_on,
        first_run=found.first_run.ref,
        last_run=found.last_run.ref,
        sightings=tuple((one.run.ref, one.run.batch.on, one.seen) for one in seen if one.run.batch),
        steps=tuple(
            StepRow(
                act=step.act,
                at=step.at,
                by=names.get(step.by.partition(":")[2], "系统"),
                whom_label=Whom(step.whom).label if step.whom else "",
                due_on=step.due_on,
                cause_label=causes()[step.cause].label if step.cause else "",
                note=step.note,
                came=step.came,
            )
            for step in steps
        ),
        closable=viewer.may("anomaly.close") and may_close(viewer.role, found.state, found.whom),
    )


def area_of_anomaly(ref: str) -> tuple[str, str]:
    """The person an anomaly is about and where they are said to live, for rooms above that act on it.

    :raises NotAllowed: no such anomaly
    """
    found = Anomaly.objects.filter(ref=ref).values_list("pid", "area").first()
    if found is None:
        raise NotAllowed("没有这条疑点。")
    return found


def times_handed(ref: str) -> int:
    """How often an anomaly was handed on before."""
    return AnomalyStep.objects.filter(anomaly__ref=ref, act="hand").count()
