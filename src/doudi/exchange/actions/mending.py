"""Writing: a list of mends begun, changed, applied, undone. The delivery itself is never touched."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.exchange import queries
from doudi.exchange.actions.receiving import Arrival
from doudi.exchange.core import FULL
from doudi.exchange.models import Load, Mending, Refusal, Withdrawal
from doudi.exchange.models.mending import APPLIED, DRAFT, UNDONE
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed
from doudi.office.queries import need


def _may_mend(by: By, dataset: str, at: datetime) -> None:
    """Stop whoever may not mend this dataset: posts that look after data, those of a department only its own.

    :raises NotAllowed: in words for the person
    """
    contract = queries.contracts().get(dataset)
    if contract is None:
        raise NotAllowed("没有这个数据集。")
    viewer = need(by, "feed.mend", area=None, at=at)
    if viewer and not viewer.answers_for(contract.department_code):
        raise NotAllowed("这是别的部门的数据，请由送数据的部门来改。")
    if viewer and not viewer.whole_city:
        raise NotAllowed("一份数据里有别处的人，要由全市的数据管理员来改。")
    if dataset == "division":
        raise NotAllowed("区划是所有人办事的范围，不能在这里改；请改好原表再送。")


def _draft(ref: str, by: By, at: datetime) -> Mending:
    found = Mending.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这份修改。")
    _may_mend(by, found.dataset, at)
    if found.state != DRAFT:
        raise NotAllowed("这份修改已经用过了，要再改请重新开始。")
    return found


@transaction.atomic
def start_mending(
    *,
    by: By,
    at: datetime,
    load: int | None = None,
    refusal: int | None = None,
    dataset: str = "",
    mends: Sequence[dict[str, Any]] = (),
) -> Mending:
    """Begin a list for a load (or for a file that was refused as a whole); where one is begun already, that one comes back.

    :param dataset: what a refused file was to be
    :param mends: what the list begins with, as `engine.mending.written` gives it
    :raises NotAllowed: the post does not allow it, there is no such delivery, or it was withdrawn
    """
    base = Load.objects.select_for_update().filter(pk=load).first() if load is not None else None
    turned = Refusal.objects.select_for_update().filter(pk=refusal).first() if refusal is not None else None
    if base is None and turned is None:
        raise NotAllowed("没有这一次送来的数据。")
    dataset = base.dataset if base else dataset
    _may_mend(by, dataset, at)
    if base and base.withdrawn_at:
        raise NotAllowed("这一次送来的数据已经撤回，不用再改。")
    standing = Mending.objects.filter(load=base, refusal=turned, state=DRAFT).first()
    if standing:
        return standing
    if turned and Mending.objects.filter(refusal=turned, state=APPLIED).exists():
        raise NotAllowed("这个文件已经改好收下了，要再改请打开收下的那一次。")
    begun = Mending.objects.create(
        dataset=dataset, load=base, refusal=turned, mends=list(mends), started_at=at, started_by=party(by)
    )
    detail = {"load": load, "refusal": refusal, "dataset": dataset, "kinds": _kinds(mends)}
    office.record("exchange.start_mending", subject=begun.ref, by=by, at=at, detail=detail)
    return begun


def _kinds(mends: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many mends of each kind, for the journal; never what they say."""
    return dict(sorted(Counter(str(one.get("kind")) for one in mends).items()))


@transaction.atomic
def set_mends(*, ref: str, mends: Sequence[dict[str, Any]], preview: dict[str, Any] | None, by: By, at: datetime) -> Mending:
    """Write a draft's list anew, with what it would give.

    :raises NotAllowed: the post does not allow it, or the list is no draft any more
    """
    found = _draft(ref, by, at)
    found.mends, found.preview = list(mends), preview
    found.save(update_fields=["mends", "preview"])
    office.record("exchange.set_mends", subject=ref, by=by, at=at, detail={"dataset": found.dataset, "kinds": _kinds(mends)})
    return found


@transaction.atomic
def apply_mends(
    *,
    mends: Sequence[dict[str, Any]],
    arrival: Arrival,
    changed: dict[str, int],
    by: By,
    at: datetime,
    ref: str = "",
    load: int | None = None,
    file_name: str = "",
    as_of: Any = None,
    part: str = "",
) -> Load:
    """Take what a list made of a delivery into the books; it counts instead of what it was made from.

    :param mends: the list the arrival was made by
    :param ref: the draft it was; if that says something else by now, nothing is done
    :param load: without a draft, the load whose delivery was read: cells that came back corrected
    :param as_of: the day and `part` of a file that was refused before
    :raises NotAllowed: the post does not allow it, the list changed meanwhile, or the delivery no longer counts
    """
    if ref:
        found = _draft(ref, by, at)
        if found.mends != list(mends):
            raise NotAllowed("这份修改刚刚又变了，请看过再用。")
    else:
        found = _aside(load, list(mends), by, at)
    ref = found.ref
    base, turned = found.load, found.refusal
    if base:
        _still_counts(base)
    source = base.delivery if base else (turned.delivery if turned else "")
    told = json.dumps([ref, source, found.mends], ensure_ascii=False, sort_keys=True)
    load = Load.objects.create(
        dataset=found.dataset,
        snapshot=base.snapshot if base else (turned.snapshot if turned else ""),
        part=base.part if base else part,
        as_of=base.as_of if base else as_of,
        kind=base.kind if base else FULL,
        delivery=hashlib.sha256(told.encode()).hexdigest(),
        file_name=(base.file_name if base else file_name)[-200:],
        object=arrival.object,
        rejects=arrival.rejects,
        **arrival.counts,
        without_number=arrival.without_number,
        reasons=arrival.reasons,
        heading_row=arrival.heading_row,
        notes=[*arrival.notes, f"按一份修改（{ref}）从原件重新读入"],
        sender=base.sender if base else (turned.sender if turned else ""),
        received_at=at,
        received_by=party(by),
        mended_from=base,
    )
    found.state, found.mended, found.changed, found.preview = APPLIED, load, changed, None
    found.applied_at, found.applied_by = at, party(by)
    found.save()
    detail = {
        "mending": ref,
        "load": load.pk,
        "from": base.pk if base else None,
        "dataset": load.dataset,
        "kinds": _kinds(found.mends),
        "object": arrival.object,
        **changed,
        **arrival.counts,
    }
    office.record("exchange.apply_mends", subject=f"delivery:{source}", by=by, at=at, detail=detail)
    return load


def _aside(load: int | None, mends: list[dict[str, Any]], by: By, at: datetime) -> Mending:
    """A list beside whatever somebody may have begun for the same load; what it adds is added to theirs too.

    :raises NotAllowed: the post does not allow it, or there is no such load
    """
    base = Load.objects.select_for_update().filter(pk=load).first()
    if base is None:
        raise NotAllowed("没有这一次送来的数据。")
    _may_mend(by, base.dataset, at)
    for draft in Mending.objects.select_for_update().filter(load=base, state=DRAFT):
        draft.mends = [*draft.mends, *(one for one in mends if one not in draft.mends)]
        draft.preview = None
        draft.save(update_fields=["mends", "preview"])
    return Mending(dataset=base.dataset, load=base, mends=mends, started_at=at, started_by=party(by))


def _still_counts(base: Load) -> None:
    """Stop a list for a delivery that something else stands for by now.

    :raises NotAllowed: it was withdrawn, or sent anew
    """
    if base.withdrawn_at:
        raise NotAllowed("这一次送来的数据已经撤回，不能再改。")
    newer = Load.objects.filter(
        dataset=base.dataset,
        snapshot=base.snapshot,
        part=base.part,
        as_of=base.as_of,
        kind=FULL,
        received_at__gt=base.received_at,
        withdrawn_at__isnull=True,
    ).exclude(mended_from=base)
    if base.kind == FULL and newer.exists():
        raise NotAllowed("部门后来又送了同一期的数据，请在新送的那一次上改。")


@transaction.atomic
def undo_mends(*, ref: str, why: str, by: By, at: datetime) -> Load:
    """Let what a list was applied to count again, as if it had not been applied; the mended load stays, withdrawn.

    :returns: the load that was made by the list
    :raises NotAllowed: the post does not allow it, no reason, or the list was not applied or is undone
    """
    found = Mending.objects.select_for_update().filter(ref=ref).first()
    if found is None or found.state != APPLIED or found.mended is None:
        raise NotAllowed("没有这份用过的修改，或者已经撤销了。")
    _may_mend(by, found.dataset, at)
    if not why.strip():
        raise NotAllowed("请写一句为什么撤销。")
    mended = found.mended
    found.state, found.undone_at, found.undone_by, found.undone_why = UNDONE, at, party(by), why.strip()
    found.save(update_fields=["state", "undone_at", "undone_by", "undone_why"])
    if mended.withdrawn_at is None:
        mended.withdrawn_at, mended.withdrawn_by, mended.withdrawn_why = at, party(by), why.strip()
        mended.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        Withdrawal.objects.create(load=mended, why=why.strip(), withdrawn_at=at, withdrawn_by=party(by))
    detail = {"mending": ref, "load": mended.pk, "dataset": found.dataset, "why": why.strip()}
    office.record("exchange.undo_mends", subject=f"delivery:{mended.delivery}", by=by, at=at, detail=detail)
    return mended
