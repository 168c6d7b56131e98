"""A random sample of a check, drawn from the lake."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from doudi.exchange import queries as exchange
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Viewer
from doudi.verification import actions, queries
from doudi.verification.core.samples import AT_MOST, check_draw
from doudi.verification.gateways import rolls
from doudi.verification.models import Sample


def draw_sample(*, run: str, hits: bool, permille: int, viewer: Viewer, by: By, at: datetime, seed: str = "") -> Sample:
    """Draw a share of those a check found, or of the rest of its roll, in the viewer's part of its area.

    Who is drawn follows from the seed and each person's id: in the order of their SHA-256, from the smallest.

    :param permille: the share, in thousandths
    :param seed: letters and digits; made here when empty
    :raises NotAllowed: no such check, it has not ended, its rows are not here any more, or not for this post
    """
    told = queries.run(run, viewer)
    seed = seed.strip() or token_hex(8)
    check_draw(permille, seed)
    if told.batch is None:
        raise NotAllowed("这次核对还没有做完，不能抽查。")
    area = told.area if viewer.sees(told.area) else viewer.area
    batches = [one["batch"] for one in told.batch.sources if one["dataset"] == told.roll]
    try:
        drawn = rolls.draw(
            exchange.lake(),
            told.batch.ref,
            exchange.loads_at(batches),
            hits=hits,
            seed=seed,
            permille=permille,
            within=rolls.within(area),
            at_most=AT_MOST,
        )
    except FileNotFoundError:
        raise NotAllowed("这次核对的明细没有留下来，请重新核对一次。") from None
    if not drawn.population:
        raise NotAllowed("这一边一个人也没有，不用抽。")
    return actions.keep_sample(
        drawn.rows, run=run, hits=hits, seed=seed, permille=permille, population=drawn.population, area=area, by=by, at=at
    )
