"""Reading: departments' databases we may read from, and what the last readings brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Window
from django.db.models.functions import RowNumber

from doudi.exchange.gateways import databases
from doudi.exchange.models import Heard, Pull, Source
from doudi.exchange.queries.deliveries import contracts
from doudi.office.core import Viewer

_SHOWN = 10  # last readings of each source


@dataclass(frozen=True, slots=True)
class PullRow:
    """One reading of a source: how many rows, and its receipt or the problem."""

    ended_at: datetime
    rows: int
    problem: str
    receipt: int | None
    receipt_number: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as it is shown: never with user or password."""

    code: str
    sender: str
    sender_label: str
    dataset: str
    dataset_label: str
    kind: str
    place: str
    table: str
    cursor: str
    every_hours: int
    active: bool
    pulls: tuple[PullRow, ...]

    def due(self, at: datetime) -> bool:
        """Whether it is time to read it again."""
        last = self.pulls[0].ended_at if self.pulls else None
        return self.active and (last is None or at - last >= timedelta(hours=self.every_hours))


def _row(source: Source, pulls: list[Pull]) -> SourceRow:
    known, where = contracts(), databases.place(source.dsn)
    return SourceRow(
        code=source.code,
        sender=source.sender.code,
        sender_label=source.sender.label,
        dataset=source.dataset,
        dataset_label=known[source.dataset].label if source.dataset in known else source.dataset,
        kind=where.kind,
        place=where.words,
        table=source.table,
        cursor=source.cursor,
        every_hours=source.every_hours,
        active=source.active and source.sender.stopped_at is None,
        pulls=tuple(
            PullRow(one.ended_at, one.rows, one.problem, one.receipt_id, str(one.receipt) if one.receipt else "") for one in pulls
        ),
    )


def sources() -> list[SourceRow]:
    """Every source, each with its last readings, newest first."""
    return _rows(list(Source.objects.select_related("sender").order_by("code")))


def sources_seen(viewer: Viewer) -> list[SourceRow]:
    """The sources whose departments this viewer looks after.

    :raises NotAllowed: this viewer's post does not look after departments' data
    """
    viewer.need("feed.list")
    found = Source.objects.select_related("sender").order_by("code")
    return _rows([one for one in found if viewer.answers_for(one.sender.department_code)])


def _rows(found: list[Source]) -> list[SourceRow]:
    ids = [one.pk for one in found]
    latest: dict[int, list[Pull]] = {pk: [] for pk in ids}
    order = Window(RowNumber(), partition_by="source", order_by=["-ended_at", "-id"])
    for pull in Pull.objects.filter(source__in=ids).annotate(place=order).filter(place__lte=_SHOWN).select_related("receipt"):
        latest[pull.source_id].append(pull)
    return [_row(one, sorted(latest[one.pk], key=lambda pull: pull.place)) for one in found]


def heard(digests: list[str]) -> set[str]:
    """Which of these messages were taken in before."""
    found: set[str] = set()
    for first in range(0, len(digests), 500):
        found |= set(Heard.objects.filter(digest__in=digests[first : first + 500]).values_list("digest", flat=True))
    return found
