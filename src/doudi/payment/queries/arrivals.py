"""Reading what payees say about whether their money arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from doudi.office import queries as office
from doudi.office.core import Viewer, mask_name
from doudi.payment.core import interval
from doudi.payment.models import Arrival, Run
from doudi.registry import queries as registry

ANSWERS = {"yes": "收到了", "no": "没收到", "unsure": "说不清", "unreached": "没联系上", "": "还没问到"}


@dataclass(frozen=True, slots=True)
class ArrivalRow:
    ref: str
    masked_name: str
    area_label: str
    for_month: date
    amount_fen: int
    account_tail: str
    answer: str
    answer_label: str
    at: datetime
    answered_at: datetime | None
    is_settled: bool
    case_ref: str


@dataclass(frozen=True, slots=True)
class ArrivalFigures:
    """What a run's sample says; `low` and `high`: between which shares of all payees it arrived, with 95 % confidence."""

    run_ref: str
    number: str
    seed: str
    asked: int
    yes: int
    no: int
    unsure: int
    silent: int  # not reached or not answered: no answer is neither yes nor no
    low: float | None
    high: float | None


def arrivals(viewer: Viewer, *, waiting: bool = True, limit: int = 100) -> tuple[ArrivalRow, ...]:
    """Whom to ask in the viewer's area, and who says that nothing came; those first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("arrival.ask")
    rows = Arrival.objects.filter(area__startswith=viewer.within) if viewer.within else Arrival.objects.none()
    if waiting:
        rows = rows.filter(settled_at__isnull=True).exclude(answer="yes")
    found = sorted(rows.select_related("line").order_by("-pk")[:limit], key=lambda row: row.answer not in ("no", "unsure"))
    return _rows(found)


def has_arrival(ref: str, viewer: Viewer) -> bool:
    """Say whether there is such a question inside the viewer's area."""
    area = Arrival.objects.filter(ref=ref).values_list("area", flat=True).first()
    return area is not None and viewer.sees(area)


def _rows(rows: list[Arrival]) -> tuple[ArrivalRow, ...]:
    labels = office.area_labels([row.area for row in rows])
    return tuple(
        ArrivalRow(
            ref=row.ref,
            masked_name=mask_name(row.line.name),
            area_label=labels.get(row.area, row.area),
            for_month=row.line.for_month,
            amount_fen=row.line.amount_fen - row.line.withheld_fen,
            account_tail=row.line.account[-4:],
            answer=row.answer,
            answer_label=ANSWERS[row.answer],
            at=row.at,
            answered_at=row.answered_at,
            is_settled=row.settled_at is not None,
            case_ref=row.line.case,
        )
        for row in rows
    )


def arrival_figures(viewer: Viewer, *, limit: int = 12) -> tuple[ArrivalFigures, ...]:
    """What the samples of the viewer's counties say, latest run first.

    :raises NotAllowed: the post does not allow it
    """
    viewer.need("payment.read")
    if len(viewer.within) > 6:
        return ()
    runs = list(Run.objects.filter(county__startswith=viewer.within, arrivals__isnull=False).distinct().order_by("-pk")[:limit])
    told: dict[int, dict[str, int]] = {}
    for run, answer, count in Arrival.objects.filter(run__in=runs).values_list("run", "answer").annotate(Count("id")):
        told.setdefault(run, {})[answer] = count
    seeds = dict(Arrival.objects.filter(run__in=runs).values_list("run", "seed").distinct())
    found = []
    for run in runs:
        said = told.get(run.pk, {})
        yes, no, unsure = said.get("yes", 0), said.get("no", 0), said.get("unsure", 0)
        span = interval(yes, yes + no)
        silent = said.get("", 0) + said.get("unreached", 0)
        low, high = span or (None, None)
        found.append(ArrivalFigures(run.ref, run.number, seeds[run.pk], sum(said.values()), yes, no, unsure, silent, low, high))
    return tuple(found)


def my_arrivals(pid: str) -> tuple[ArrivalRow, ...]:
    """The questions to a resident that wait for an answer."""
    rows = Arrival.objects.filter(payee__in=registry.pids_of(pid), answer__in=["", "unreached"]).select_related("line")
    return _rows(list(rows.order_by("-pk")[:5]))
