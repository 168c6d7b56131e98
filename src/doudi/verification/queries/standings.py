"""Reading how sources fare: their health, their clocks, how many questions wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from doudi.exchange import queries as exchange
from doudi.office.core import NotAllowed, Viewer
from doudi.office.queries import today
from doudi.verification.core import SourceRow, State, Way, asked_datasets
from doudi.verification.core.questions import OPEN
from doudi.verification.models import Source
from doudi.verification.queries.asking import questions_within
from doudi.verification.queries.sources import built_in, row_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A source as it fares. Counts are of questions about people in the viewer's area."""

    source: SourceRow
    dataset_label: str
    clock: str
    waiting: int
    sent: int
    late: int
    answered: int
    last_answer_at: datetime | None
    last_sent_at: datetime | None
    failures: int
    last_error: str
    rests_until: datetime | None
    sent_today: int

    @property
    def health(self) -> str:
        """One word: stopped, resting, shaky or well."""
        if not self.source.active:
            return "stopped"
        if self.rests_until is not None:
            return "resting"
        return "shaky" if self.failures else "well"

    @property
    def left_today(self) -> int | None:
        """Questions its day still allows; None: as many as there are."""
        quota = self.source.daily_quota
        return max(quota - self.sent_today, 0) if quota else None


def standings(viewer: Viewer, at: datetime) -> list[Standing]:
    """Every registered source, and the kinds of data read from deliveries; by department.

    :raises NotAllowed: the post does not look after sources
    """
    viewer.need("source.list")
    registered = list(Source.objects.order_by("department", "id"))
    counts = _counts(viewer, at)
    found = [_standing(one, counts.get(one.code, (0, 0, 0, 0)), at) for one in registered]
    replaced = {one.dataset for one in registered if one.active and not one.area}
    for one in asked_datasets():
        if one.dataset not in replaced:
            found.append(_of_deliveries(one.dataset, counts))
    return found


def standing_of_source(code: str, viewer: Viewer, at: datetime) -> Standing:
    """One source.

    :raises NotAllowed: no such source, or the post does not look after sources
    """
    viewer.need("source.list")
    found = Source.objects.filter(code=code).first()
    if found is not None:
        return _standing(found, _counts(viewer, at, code).get(code, (0, 0, 0, 0)), at)
    if code in {one.dataset for one in asked_datasets()}:
        return _of_deliveries(code, _counts(viewer, at, code))
    raise NotAllowed("没有这个来源。")


def _counts(viewer: Viewer, at: datetime, code: str = "") -> dict[str, tuple[int, int, int, int]]:
    rows = questions_within(viewer).filter(**({"source": code} if code else {}))
    told = rows.values("source").annotate(
        waiting=Count("id", filter=Q(state=State.WAITING)),
        sent=Count("id", filter=Q(state=State.SENT)),
        late=Count("id", filter=Q(state__in=OPEN, due_at__lt=at)),
        answered=Count("id", filter=Q(state=State.ANSWERED)),
    )
    return {one["source"]: (one["waiting"], one["sent"], one["late"], one["answered"]) for one in told}


def _standing(one: Source, counts: tuple[int, int, int, int], at: datetime) -> Standing:
    waiting, sent, late, answered = counts
    source = row_of(one)
    return Standing(
        source=source,
        dataset_label=exchange.contracts()[one.dataset].label,
        clock=clock_in_words(source),
        waiting=waiting,
        sent=sent,
        late=late,
        answered=answered,
        last_answer_at=one.last_answer_at,
        last_sent_at=one.last_sent_at,
        failures=one.failures,
        last_error=one.last_error,
        rests_until=one.rests_until if one.rests_until and one.rests_until > at else None,
        sent_today=one.sent_that_day if one.counted_on == today(at) else 0,
    )


def _of_deliveries(dataset: str, counts: dict[str, tuple[int, int, int, int]]) -> Standing:
    source = built_in(dataset)
    waiting, sent, late, answered = counts.get(dataset, (0, 0, 0, 0))
    return Standing(
        source,
        exchange.contracts()[dataset].label,
        clock_in_words(source),
        waiting,
        sent,
        late,
        answered,
        None,
        None,
        0,
        "",
        None,
        0,
    )


def clock_in_words(source: SourceRow) -> str:
    """How long a source may take, for people."""
    if source.adapter is Way.LAKE:
        return "当场"
    if source.answer_seconds is not None:
        return f"{source.answer_seconds} 秒"
    return f"{source.answer_wd} 个工作日"
