"""Reading what came from a delivery: before it is withdrawn, and what became of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from doudi.casework import queries as casework
from doudi.exchange import queries as exchange
from doudi.exchange.queries import LoadLine
from doudi.monitoring.core import CHANGES, State
from doudi.monitoring.gateways import origins
from doudi.monitoring.models import Aftermath, Alert, Evaluation, Touched
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Viewer
from doudi.rulebook import queries as rulebook
from doudi.verification import queries as verification

PAGE = 30
_AT_ONCE = 500  # SQLite takes a thousand names at a time


def cycles(*, until: datetime) -> list[str]:
    """The cycles that reached people's desks up to a moment, latest first."""
    rows = Evaluation.objects.filter(published_at__lte=until).order_by("-published_at", "-id")
    return list(rows.values_list("cycle", flat=True))


def publications() -> list[tuple[datetime, str]]:
    """When which cycle reached people's desks, first to last."""
    return list(Evaluation.objects.order_by("published_at", "id").values_list("published_at", "cycle"))


def looked_through(withdrawal: int) -> bool:
    """Whether what came from a withdrawn delivery has been listed."""
    return Aftermath.objects.filter(withdrawal=withdrawal).exists()


def states(refs: Iterable[str]) -> dict[str, str]:
    """Where alerts stand, by ref; of those there are."""
    wanted, found = sorted(set(refs)), {}
    for first in range(0, len(wanted), _AT_ONCE):
        found.update(Alert.objects.filter(ref__in=wanted[first : first + _AT_ONCE]).values_list("ref", "state"))
    return found


def withdrawn_behind(ref: str) -> str:
    """Why an alert is gone or changed, when a delivery it leaned on was withdrawn; "" otherwise."""
    row = Touched.objects.filter(kind="alert", ref=ref).select_related("aftermath").order_by("-aftermath_id").first()
    if row is None:
        return ""
    why = next((one for one in exchange.withdrawals(load=row.aftermath.load) if one.id == row.aftermath.withdrawal), None)
    return f"背后的数据撤回了（{why.label}，{why.withdrawn_at:%Y-%m-%d}）：{why.why}" if why and not why.reinstated_at else ""


@dataclass(frozen=True, slots=True)
class Coming:
    """What leans on a delivery now, in numbers, before it is withdrawn. None: it is in no cycle that counts."""

    load: LoadLine
    persons: int | None
    households: int | None
    alerts: dict[str, int]  # words of a state → alerts
    checks: int
    cases: int


def coming(load_id: int, viewer: Viewer) -> Coming | None:
    """What came from a delivery: people, alerts by state, means checks, cases; numbers only, and nothing changes.

    :raises NotAllowed: this viewer's post does not withdraw deliveries
    """
    viewer.need("feed.withdraw")
    load = exchange.load(load_id, viewer)
    contract = exchange.contracts().get(load.dataset) if load else None
    if load is None or not viewer.answers_for(contract.department_code if contract else ""):
        return None
    last = Evaluation.objects.order_by("-published_at", "-id").first()
    came = None
    if last is not None and origins.used(last.cycle, {load_id}):
        came = origins.came_of(last.cycle, {load_id}, rulebook.pack())
    refs = [row.ref for row in came.findings] if came else []
    stand = Counter(State(state).label for state in states(refs).values())
    checks = verification.leaning(load_id)
    cases = casework.leaning(load_id, checks, refs)
    return Coming(load, came.persons if came else None, came.households if came else None, dict(stand), len(checks), len(cases))


@dataclass(frozen=True, slots=True)
class Aftermaths:
    """What became of what came from a withdrawn delivery, in numbers."""

    load: int
    before: str
    after: str
    counts: dict[str, int]
    found_at: datetime


def aftermath(withdrawal: int) -> Aftermaths | None:
    """What a withdrawal led to, in numbers; None until the first cycle without the delivery."""
    one = Aftermath.objects.filter(withdrawal=withdrawal).first()
    return Aftermaths(one.load, one.before, one.after, one.counts, one.found_at) if one else None


@dataclass(frozen=True, slots=True)
class TouchedRow:
    """An alert or a case that came from a withdrawn delivery, for those who work there."""

    kind: str  # alert | case
    ref: str
    area_label: str
    change: str
    state: str
    dataset: str
    why: str


def touched(viewer: Viewer, *, kind: str = "alert", first: int = 0, count: int = PAGE) -> list[TouchedRow]:
    """Alerts or cases of the viewer's area that came from withdrawn deliveries, latest withdrawal first.

    :raises NotAllowed: the post reads no alerts, or no cases
    """
    if kind not in ("alert", "case"):
        raise NotAllowed("没有这种清单。")
    viewer.need("alert.list" if kind == "alert" else "case.list")
    if not viewer.within:
        return []
    rows = Touched.objects.filter(kind=kind, area__startswith=viewer.within).select_related("aftermath")
    found = list(rows.order_by("-aftermath_id", "ref")[first : first + count])
    labels = office.area_labels([one.area for one in found])
    told = {one.id: one for one in exchange.withdrawals()} if found else {}
    return [
        TouchedRow(
            one.kind,
            one.ref,
            labels.get(one.area, one.area),
            CHANGES[one.change],
            one.state,
            told[one.aftermath.withdrawal].label,
            told[one.aftermath.withdrawal].why,
        )
        for one in found
    ]
