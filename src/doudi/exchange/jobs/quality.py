"""What the schedule starts: loads are scored once they are here, and compared with the register once a cycle linked them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pyarrow.parquet as pq

from doudi.engine import cycle, quality
from doudi.exchange import actions, queries
from doudi.exchange.core import FULL
from doudi.exchange.core import quality as core
from doudi.exchange.models import Load, Score
from doudi.office import queries as office
from doudi.office.core import Party

_BY = Party.system("quality")


def score_loads(*, at: datetime, loads: Sequence[int] = (), most: int = 2_000) -> int:
    """Count over every load not scored yet (or over these), and keep the scores. Run again, it changes nothing."""
    waiting = Load.objects.filter(score__isnull=True).order_by("received_at", "id")
    if loads:
        waiting = waiting.filter(pk__in=loads)
    found = []
    for load in waiting[:most]:
        one = _score(load, at, found)
        if one is not None:
            found.append(one)
    return actions.keep_scores(found, by=_BY, at=at) if found else 0


def _score(load: Load, at: datetime, pending: Sequence[Score]) -> Score | None:
    contract, path = queries.contracts().get(load.dataset), queries.lake().object(load.object)
    if contract is None or not path.exists():
        return None
    counted = quality.measure(path, contract)
    before = _before(load)
    earlier = _scores_before(load, pending)
    filled: dict[str, float] = {}
    for one in earlier:
        for name, told in one.cells.get("filled", {}).items():
            filled[name] = max(filled.get(name, 0.0), told)
    share = {name: round(1 - n / counted.rows, 6) for name, n in counted.empty.items()} if counted.rows else {}
    previous = next((one for one in earlier if before and one.load_id == before.pk), None)
    again = before if before and load.kind == FULL and before.object == load.object and before.as_of < load.as_of else None
    promised = core.promised_on(contract.rhythm, load.as_of)
    signs = core.signs(
        rows=load.rows,
        rows_before=before.rows if before and load.kind == FULL else None,
        medians=counted.medians,
        medians_before=previous.cells.get("medians", {}) if previous else {},
        again=again is not None,
    )
    return Score(
        load=load,
        late_days=(office.today(load.received_at) - promised).days if promised else None,
        again_of=again,
        completeness=core.completeness(contract, counted.rows, counted.empty, filled),
        validity=1 - load.rejected / load.rows if load.rows else None,
        uniqueness=1 - (load.repeated + counted.same_key) / (load.accepted + load.repeated) if load.accepted else None,
        cells={
            "empty": {name: n for name, n in counted.empty.items() if n},
            "filled": share,
            "medians": dict(counted.medians),
            "same_key": counted.same_key,
        },
        signs=signs,
        scored_at=at,
    )


def _before(load: Load) -> Load | None:
    """The delivery of the same part before this one."""
    rows = Load.objects.filter(
        dataset=load.dataset, snapshot=load.snapshot, part=load.part, kind=load.kind, mended_from__isnull=True
    ).exclude(pk__in=[one for one in (load.pk, load.mended_from_id) if one])
    return rows.filter(as_of__lt=load.as_of, withdrawn_at__isnull=True).order_by("-as_of", "-received_at", "-id").first()


def _scores_before(load: Load, pending: Sequence[Score]) -> list[Score]:
    kept = Score.objects.filter(load__dataset=load.dataset, load__snapshot=load.snapshot, load__as_of__lt=load.as_of)
    here = [
        one
        for one in pending
        if (one.load.dataset, one.load.snapshot) == (load.dataset, load.snapshot) and one.load.as_of < load.as_of
    ]
    return [*kept.order_by("-load__as_of")[:24], *here]


def compare(*, at: datetime) -> int:
    """Compare the loads of the current cycle with its register, once a cycle; how many loads were compared."""
    lake = queries.lake()
    made = cycle.current(lake)
    if made is None:
        return 0
    batches = [one["batch"] for one in made.manifest["inputs"] if one["batch"]]
    score_loads(at=at, loads=batches)
    scores = {one.load_id: one for one in Score.objects.filter(load__in=batches).exclude(cycle=made.id).select_related("load")}
    loads = [
        queries.LoadRow(one.load.dataset, one.load_id, lake.object(one.load.object), one.load.as_of) for one in scores.values()
    ]
    if not loads:
        return 0
    agreed = quality.agreement(lake, made, queries.contracts(), loads)
    with lake.workshop() as workshop:
        for batch, one in scores.items():
            one.cycle = made.id
            told = agreed.get(batch)
            if told is None:
                one.agreement, one.checks, one.differing = None, {}, ""
                continue
            one.checks = {name: {"compared": n, "differ": told.differ[name]} for name, n in told.compared.items()}
            one.agreement = core.agreement(told.compared, told.differ)
            one.differing = ""
            if len(told.differing):
                draft = workshop / f"differing-{batch}.parquet"
                pq.write_table(told.differing, draft, compression="snappy", store_schema=False)
                one.differing = lake.keep_object(draft)
    return actions.keep_agreement(list(scores.values()), cycle=made.id, by=_BY, at=at)
