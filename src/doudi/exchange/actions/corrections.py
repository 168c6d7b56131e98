"""Writing: a request to check a value (校核申请) asked, sent, answered, given more time, withdrawn, and its value come in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from doudi.exchange import queries
from doudi.exchange.core import corrections as core
from doudi.exchange.core.corrections import Direction, NotAMove, Origin, State
from doudi.exchange.models import Correction, Load
from doudi.office import actions as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party, Role, Viewer
from doudi.office.queries import need, today


@transaction.atomic
def ask_correction(
    *,
    dataset: str,
    field: str,
    believed: str | None,
    evidence: str,
    by: By,
    at: datetime,
    held: str | None = None,
    batch: int | None = None,
    row_no: int | None = None,
    pid: str = "",
    area: str = "",
    origin: Origin | str = Origin.DISAGREEMENT,
    cause: str = "",
) -> Correction:
    """Ask whoever keeps a dataset to check one value; asking again while a request about it is open gives that request.

    Who asks decides the direction: the data officer of another department asks us (`in`), everybody else asks the
    department that sends the dataset (`out`). A resident may ask about their own rows (`Party.resident`, `pid` theirs).

    :param dataset: code of the contract
    :param field: column of the contract, or empty for the whole row
    :param believed: what we believe is right; None where we only know that it is wrong
    :param evidence: what shows it, in words
    :param held: what stands there now, as people read it
    :param batch: the load and `row_no` the row in it, where the row is known
    :param pid: the person, where it is about one; `area` is where they live
    :param cause: reference of the objection, pair or check it came from
    :raises NotAllowed: the post does not allow it, no such dataset or column, no evidence, another department's data
    """
    contract = queries.contracts().get(dataset)
    if contract is None or (field and field not in contract.by_name):
        raise NotAllowed("没有这个数据集，或者数据集里没有这一列。")
    if not evidence.strip():
        raise NotAllowed("请写清楚凭什么说不对，对方要据此核实。")
    department, direction = contract.department_code, Direction.OUT
    if isinstance(by, Party) and by.kind == "resident":
        if not pid or by.ref != pid or origin != Origin.OBJECTION:
            raise NotAllowed("只能对自己的信息提出。")
    elif viewer := _asker(by, area, at):
        if viewer.department and viewer.department != department:
            department, direction, origin = viewer.department, Direction.IN, Origin.DEPARTMENT
        elif viewer.department:
            raise NotAllowed("这是您自己部门的数据，请直接改正后再送，不用提校核申请。")
    load = Load.objects.filter(pk=batch, dataset=dataset).first() if batch is not None else None
    if batch is not None and load is None:
        raise NotAllowed("没有这一次送来的数据。")
    told = "|".join(map(str, (direction, department, dataset, batch, row_no, pid, field)))
    same = hashlib.sha256(told.encode()).hexdigest()
    if standing := Correction.objects.filter(same=same, state__in=core.OPEN).first():
        return standing
    asked = Correction(
        direction=direction,
        department=department,
        dataset=dataset,
        load=load,
        row_no=row_no if load else None,
        pid=pid,
        area=area,
        field=field,
        held=held,
        believed=believed,
        evidence=evidence.strip(),
        origin=origin,
        cause=cause,
        same=same,
        due_on=core.due_on(today(at)),
        asked_at=at,
        asked_by=party(by),
    )
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError:  # somebody asked the same in this very moment
        return Correction.objects.get(same=same, state__in=core.OPEN)
    office.record("exchange.ask_correction", subject=asked.ref, by=by, at=at, detail=_told(asked) | {"due": f"{asked.due_on}"})
    return asked


def _asker(by: By, area: str, at: datetime) -> Viewer | None:
    """The post somebody asks from; posts that work with people ask only about people of their area."""
    viewer = need(by, "correction.ask", area=area or None, at=at)
    if viewer and viewer.role != Role.DATA and not area:
        raise NotAllowed("请写明这个人住在哪里；只能就自己负责的地方提出。")
    return viewer


def _told(one: Correction) -> dict[str, object]:
    """What the journal says of a request: where it is about, never the values."""
    return {
        "direction": one.direction,
        "department": one.department,
        "dataset": one.dataset,
        "load": one.load_id,
        "row": one.row_no,
        "field": one.field,
        "origin": str(one.origin),
    }


def _locked(ref: str) -> Correction:
    found = Correction.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这件校核申请。")
    return found


def _answering(one: Correction, by: By, at: datetime) -> None:
    """Stop whoever does not answer this request.

    What a department is asked it answers itself, or our data officer writes down what it answered on paper. What a
    department asks us, our data officer answers, or the county where the person lives.
    """
    viewer = need(by, "correction.answer", area=None, at=at)
    if viewer is None:
        return
    if one.area and not viewer.sees(one.area):
        raise NotAllowed("没有这件校核申请。")
    if one.direction == Direction.OUT:
        if viewer.role != Role.DATA or not viewer.answers_for(one.department):
            raise NotAllowed("这件校核申请要由送数据的部门答复。")
    elif viewer.department or (viewer.role == Role.COUNTY and not viewer.sees(one.area)):
        raise NotAllowed("这件校核申请是部门向我们提的，要由我们负责这件事的人答复。")


@transaction.atomic
def send_corrections(*, refs: Sequence[str], to: str, by: By, at: datetime) -> int:
    """Note that requests went to their department as a letter or a file; how many had not gone before.

    :raises NotAllowed: the post does not ask for corrections
    """
    need(by, "correction.ask", area=None, at=at)
    going = list(
        Correction.objects.select_for_update().filter(ref__in=refs, sent_at=None, direction=Direction.OUT, state__in=core.OPEN)
    )
    for one in going:
        one.sent_at, one.sent_by = at, party(by)
    Correction.objects.bulk_update(going, ["sent_at", "sent_by"])
    if going:
        detail = {"refs": sorted(one.ref for one in going), "to": to}
        office.record("exchange.send_corrections", subject="corrections", by=by, at=at, detail=detail)
    return len(going)


def _answer(ref: str, name: str, by: By, at: datetime, value: str | None, why: str) -> Correction:
    one = _locked(ref)
    _answering(one, by, at)
    one.state = core.move(one.state, name)
    one.answered_at, one.answered_by, one.answer, one.answer_why = at, party(by), value, why.strip()
    one.save(update_fields=["state", "answered_at", "answered_by", "answer", "answer_why"])
    detail = _told(one) | {"late": today(at) > one.due_on}
    office.record(f"exchange.{name}_correction", subject=one.ref, by=by, at=at, detail=detail)
    return one


@transaction.atomic
def correct_correction(*, ref: str, value: str, why: str, by: By, at: datetime) -> Correction:
    """Answer that the value was wrong, with the right one; it comes in with the next mended row or delivery.

    :param value: the right value as it would stand in a file; empty where the cell should say nothing
    :raises NotAllowed: not for this post to answer
    :raises NotAMove: it has been answered or withdrawn
    """
    return _answer(ref, "correct", by, at, value.strip(), why)


@transaction.atomic
def stand_correction(*, ref: str, why: str, by: By, at: datetime) -> Correction:
    """Answer that the value was checked and stands, and why.

    :raises NotAllowed: not for this post to answer, or no reason
    :raises NotAMove: it has been answered or withdrawn
    """
    if not why.strip():
        raise NotAllowed("请写明怎么核实的、为什么没有错。")
    return _answer(ref, "stand", by, at, None, why)


@transaction.atomic
def extend_correction(*, ref: str, why: str, by: By, at: datetime) -> Correction:
    """Take ten working days more to answer, once, for a reason.

    :raises NotAllowed: not for this post to answer, or no reason
    :raises NotAMove: it was extended before, answered or withdrawn
    """
    if not why.strip():
        raise NotAllowed("请写明为什么还要时间。")
    one = _locked(ref)
    _answering(one, by, at)
    one.state = core.move(one.state, "more_time")
    one.due_on = core.extended_to(one.due_on)
    one.extended_at, one.extended_by, one.extended_why = at, party(by), why.strip()
    one.save(update_fields=["state", "due_on", "extended_at", "extended_by", "extended_why"])
    office.record("exchange.extend_correction", subject=one.ref, by=by, at=at, detail=_told(one) | {"due": f"{one.due_on}"})
    return one


@transaction.atomic
def withdraw_correction(*, ref: str, by: By, at: datetime) -> Correction:
    """Take a request back before it is answered.

    :raises NotAllowed: this post did not ask
    :raises NotAMove: it has been answered or withdrawn
    """
    one = _locked(ref)
    viewer = need(by, "correction.ask", area=one.area or None, at=at)
    if viewer and (viewer.department != (one.department if one.direction == Direction.IN else "")):
        raise NotAllowed("只有提出的一方可以撤回。")
    one.state = core.move(one.state, "withdraw")
    one.closed_at, one.closed_by = at, party(by)
    one.save(update_fields=["state", "closed_at", "closed_by"])
    office.record("exchange.withdraw_correction", subject=one.ref, by=by, at=at, detail=_told(one))
    return one


@transaction.atomic
def apply_corrections(*, refs: Sequence[str], load: int, by: By, at: datetime) -> int:
    """Note that corrected values came in with a load; how many had been waited for."""
    waiting = list(Correction.objects.select_for_update().filter(ref__in=refs, state=State.CORRECTED))
    for one in waiting:
        one.state = core.move(one.state, "apply")
        one.closed_at, one.closed_by, one.applied_id = at, party(by), load
    Correction.objects.bulk_update(waiting, ["state", "closed_at", "closed_by", "applied"])
    if waiting:
        detail = {"refs": sorted(one.ref for one in waiting), "load": load}
        office.record("exchange.apply_corrections", subject="corrections", by=by, at=at, detail=detail)
    return len(waiting)


__all__ = [
    "NotAMove",
    "apply_corrections",
    "ask_correction",
    "correct_correction",
    "extend_correction",
    "send_corrections",
    "stand_correction",
    "withdraw_correction",
]
