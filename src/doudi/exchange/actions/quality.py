"""Writing: scores of loads, worked out once and kept; agreement added when a cycle has linked the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.exchange.models import Score
from doudi.office import actions as office
from doudi.office.actions import By

_AGREED = ["agreement", "checks", "differing", "cycle"]


@transaction.atomic
def keep_scores(scores: Sequence[Score], *, by: By, at: datetime) -> int:
    """Keep what was counted about loads; those scored already stay as they are. How many are new."""
    known = set(Score.objects.filter(load__in=[one.load_id for one in scores]).values_list("load", flat=True))
    new = [one for one in scores if one.load_id not in known]
    Score.objects.bulk_create(new)
    if new:
        office.record("exchange.keep_scores", subject="quality", by=by, at=at, detail={"loads": [one.load_id for one in new]})
    return len(new)


@transaction.atomic
def keep_agreement(scores: Sequence[Score], *, cycle: str, by: By, at: datetime) -> int:
    """Keep how scored loads agree with the register of a cycle; how many had not been compared with it before."""
    new = [one for one in scores if one.cycle == cycle]
    Score.objects.bulk_update(new, _AGREED)
    if new:
        detail = {"loads": [one.load_id for one in new], "cycle": cycle}
        office.record("exchange.keep_agreement", subject="quality", by=by, at=at, detail=detail)
    return len(new)
