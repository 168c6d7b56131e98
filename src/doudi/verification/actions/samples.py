"""Random samples of a check kept with their seed, and what looking at each person drawn gave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.verification.core.samples import RESULTS, check_draw
from doudi.verification.models import BatchRun, Sample, SampleRow


@transaction.atomic
def keep_sample(
    rows: Sequence[tuple[str, str, int, int, str, str]],
    *,
    run: str,
    hits: bool,
    seed: str,
    permille: int,
    population: int,
    area: str,
    by: By,
    at: datetime,
) -> Sample:
    """Keep who was drawn, with the seed that draws them again; the same draw again is the same sample.

    :param rows: pid, place, batch and row on the roll, name, number, in the order drawn
    :raises NotAllowed: a share or a seed that is none, or not for this post or place
    """
    need(by, "anomaly.work", area=area, at=at)
    check_draw(permille, seed)
    of = BatchRun.objects.select_for_update().get(ref=run)
    told = f"{run}|{hits}|{seed}|{area}"
    made, new = Sample.objects.get_or_create(
        run=of,
        hits=hits,
        seed=seed,
        area=area,
        defaults={
            "ref": "cj" + hashlib.sha256(told.encode()).hexdigest()[:16],
            "population": population,
            "asked_permille": permille,
            "drawn_at": at,
            "drawn_by": office.party(by),
        },
    )
    if not new:
        return made
    SampleRow.objects.bulk_create(
        (
            SampleRow(
                sample=made, place=place, pid=pid, area=where or area, roll_batch=batch, roll_row=row_no, name=name, number=number
            )
            for place, (pid, where, batch, row_no, name, number) in enumerate(rows, start=1)
        ),
        batch_size=500,
    )
    detail = {
        "area": area,
        "hits": hits,
        "permille": permille,
        "population": population,
        "run": run,
        "seed": seed,
        "size": len(rows),
    }
    office.record("verification.keep_sample", subject=made.ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def keep_look(*, sample: str, place: int, result: str, note: str, by: By, at: datetime) -> SampleRow:
    """Say what looking at one person drawn gave; said again, the later one counts and both stand in the journal.

    :param result: right, wrong, unclear
    :raises NotAllowed: nobody drawn at this place, no result or reason, or not for this post or place
    """
    row = SampleRow.objects.select_for_update().filter(sample__ref=sample, place=place).first()
    if row is None:
        raise NotAllowed("抽出来的人里没有这一个。")
    need(by, "anomaly.work", area=row.area, at=at)
    if result not in RESULTS:
        raise NotAllowed("请选核实下来怎么样。")
    if not note.strip():
        raise NotAllowed("请写一句怎么核实的。")
    row.result, row.note, row.looked_at, row.looked_by = result, note.strip(), at, office.party(by)
    row.save(update_fields=["result", "note", "looked_at", "looked_by"])
    detail = {"pid": row.pid, "place": place, "result": result}
    office.record("verification.keep_look", subject=sample, by=by, at=at, detail=detail)
    return row
