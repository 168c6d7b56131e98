"""Writing: somebody no department speaks of; whom the register has for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, mask_name
from doudi.office.queries import need
from doudi.registry.models import Told

_NAME = re.compile(r"[\u3400-\u9fff·•]{1,20}")
_REF = re.compile(r"t[0-9a-f]{20}")


@transaction.atomic
def tell_of(
    *, ref: str, name: str, about_age: int | None, area: str, place: str, trouble: str, said_by: str, by: By, at: datetime
) -> Told:
    """Keep that somebody lives in a village of whom no data speak: who, about how old, where, what is the trouble, who said it.

    :param ref: made with the form; the same again is the same person told of once
    :raises NotAllowed: another place, no village, no name, no trouble, or nobody who said it
    """
    if (kept := Told.objects.filter(ref=ref).first()) is not None:
        return kept
    need(by, "person.tell", area=area, at=at)
    if not _REF.fullmatch(ref):
        raise NotAllowed("这一页的编号不对，请重新打开再填。")
    if len(area) != 12:
        raise NotAllowed("请选到村（社区）。")
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise NotAllowed("请写姓名；不知道全名，写大家怎么叫他。只写汉字。")
    if about_age is not None and not 0 <= about_age <= 120:
        raise NotAllowed("年纪大概多少？请写 0 到 120 之间的数，不知道就空着。")
    if not trouble.strip() or not said_by.strip():
        raise NotAllowed("请写清有什么难处、是谁说的。")
    kept = Told.objects.create(
        ref=ref,
        name=name,
        masked_name=mask_name(name),
        about_age=about_age,
        area=area,
        place=place.strip(),
        trouble=trouble.strip(),
        said_by=said_by.strip(),
        told_at=at,
        told_by=office.party(by),
    )
    office.record("registry.tell_of", subject=ref, by=by, at=at, detail={"area": area})
    return kept


@transaction.atomic
def place_told(found: Mapping[str, str], *, by: By, at: datetime) -> int:
    """Keep whom the register has for people told of; says for how many it is new.

    :param found: ref of the telling → pid
    """
    changed = []
    for kept in Told.objects.select_for_update().filter(ref__in=sorted(found)[:500]).order_by("ref"):
        if kept.pid != found[kept.ref]:
            kept.pid, kept.placed_at, kept.placed_by = found[kept.ref], at, office.party(by)
            changed.append(kept)
    if changed:
        Told.objects.bulk_update(changed, ["pid", "placed_at", "placed_by"])
        office.record("registry.place_told", subject="told", by=by, at=at, detail={"people": len(changed)})
    return len(changed)
