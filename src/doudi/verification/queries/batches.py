"""Reading checks of whole rolls: counts, and who was found, with both rows."""

from __future__ import annotations

from dataclasses import dataclass, fields

from doudi.exchange import queries as exchange
from doudi.office.core import NotAllowed, Viewer, mask_name, mask_number
from doudi.verification.core import Batch
from doudi.verification.gateways import rolls
from doudi.verification.models import BatchCheck


def kept_batch(ref: str) -> Batch | None:
    """A comparison of a whole roll made before under this ref, or None."""
    found = BatchCheck.objects.filter(ref=ref).first()
    return _batch(found) if found else None


def batches(viewer: Viewer, *, first: int = 0, count: int = 50) -> list[Batch]:
    """Checks of whole rolls, newest first: counts only, no personal data.

    :raises NotAllowed: this viewer's post does not look after checks of rolls
    """
    viewer.need("check.batch")
    return [_batch(one) for one in BatchCheck.objects.order_by("-at", "-id")[first : first + count]]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Somebody on a roll who may not be, with both rows. A hit is not fraud; `innocent` says what it may be."""

    roll_row: int
    name: str
    number: str
    area: str
    problem: str
    said: str
    other_label: str
    other_batch: str
    other_row: str
    article: str
    how: str
    innocent: str


def anomalies(ref: str, viewer: Viewer, *, problem: str = "", first: int = 0, count: int = 50) -> list[Anomaly]:
    """A page of what a check of a whole roll found, in the viewer's area; names and numbers masked, both rows named.

    :raises NotAllowed: no such check, its rows were not kept, or the post does not look after checks of rolls
    """
    viewer.need("check.batch")
    if not BatchCheck.objects.filter(ref=ref).exists() or not viewer.within:
        raise NotAllowed("没有这次核对。")
    try:
        rows = rolls.read(exchange.lake(), ref, area=viewer.within, kind=problem, first=first, count=count)
    except FileNotFoundError:
        raise NotAllowed("这次核对的明细没有留下来，请重新核对一次。") from None
    return [
        Anomaly(
            roll_row=int(row["名单行号"]),
            name=mask_name(row["姓名"]),
            number=mask_number(row["公民身份号码"]),
            area=row["区划代码"],
            problem=row["问题"],
            said=row["说明"],
            other_label=row["对方名单"],
            other_batch=row["对方批次"],
            other_row=row["对方行号"],
            article=row["依据"],
            how=row["怎么认出是同一个人"],
            innocent=row["也可能是"],
        )
        for row in rows
    ]


def _batch(kept: BatchCheck) -> Batch:
    return Batch(**{field.name: getattr(kept, field.name) for field in fields(Batch)})
