"""Saying who lives with whom, and what happened in a family. Registers stay as they are; both versions are kept.

No benefit changes here: what a confirmed event may touch is shown to who looks after the benefit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries
from doudi.registry.core.homes import CHANNELS, EVENTS, SAYINGS, EventState, FamilyChange
from doudi.registry.gateways import homes, register
from doudi.registry.models import FamilyEvent, Member, Person, Saying


class NotAsSaid(NotAllowed):
    """What was said cannot be kept as it is; the text says which field and why."""


# ---- sayings ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def say(*, kind: str, a: str, b: str = "", holds: bool, since: date, reason: str, by: By, at: datetime) -> Saying:
    """Overrule one tie between two people, or what registers say of one, from a day on; the next cycle follows it.

    The same said before about the same people is taken back by it.

    :param kind: a word of SAYINGS; parent and guardian: a is the elder
    :raises NotAllowed: a clerk without a post there, a resident speaking of others, no reason, a day to come
    :raises NotKnown: nobody of this id
    """
    area = _place(a)
    if b:
        _place(b)
    _may_say(by, area, (a, b), at)
    _fits(kind, a, b, since, reason, at)
    return _say(kind, a, b, holds=holds, since=since, reason=reason, area=area, by=by, at=at)


def _fits(kind: str, a: str, b: str, since: date, reason: str, at: datetime) -> None:
    if kind not in SAYINGS:
        raise NotAsSaid(f"没有“{kind}”这种说法。")
    if SAYINGS[kind].two != bool(b) or a == b:
        raise NotAsSaid("请选两个不同的人。" if SAYINGS[kind].two else "这一项只说一个人。")
    if not reason.strip():
        raise NotAsSaid("请写一句怎么知道的。")
    if since > today(at):
        raise NotAsSaid("“从哪天起”不能晚于今天。")


def _say(kind: str, a: str, b: str, *, by: By, at: datetime, holds: bool, **more: Any) -> Saying:
    kept = _keep_saying(kind, a, b, holds=holds, by=by, at=at, **more)
    office.record("registry.say", subject=a, by=by, at=at, detail={"saying": kept.ref, "kind": kind, "other": b, "holds": holds})
    return kept


def _keep_saying(
    kind: str, a: str, b: str, *, holds: bool, since: date, reason: str, area: str, by: By, at: datetime,
    event: FamilyEvent | None = None,
) -> Saying:  # fmt: skip
    """Keep a saying in place of the same one said before, which stays to be read."""
    pair = Q(a=a, b=b) if kind in ("parent", "guardian") else Q(a=a, b=b) | Q(a=b, b=a)
    earlier = Saying.objects.select_for_update().filter(pair, kind=kind, undone_at__isnull=True)
    earlier.update(undone_at=at, undone_by=office.party(by))
    return Saying.objects.create(
        kind=kind, a=a, b=b, holds=holds, since=since, reason=reason.strip(), area=area, event=event, said_at=at,
        said_by=office.party(by),
    )  # fmt: skip


@transaction.atomic
def agree_home(*, pid: str, by: By, at: datetime) -> int:
    """Keep that somebody of a household says all of it is right: each counted member lives with them.

    :returns: how many members it was said of
    :raises NotAllowed: by another resident, or by a clerk whose post does not allow it there
    :raises NotKnown: the cycle proposes no household for this person
    """
    home = homes.living(pid)
    if home is None:
        raise queries.NotKnown(pid)
    area = _place(pid)
    _may_say(by, area, (pid,), at)
    members = [one.pid for one in home.people if one.counted and one.pid != pid]
    for one in members:
        _keep_saying("together", one, pid, holds=True, since=today(at), reason="看过，都对", area=area, by=by, at=at)
    office.record("registry.agree_home", subject=pid, by=by, at=at, detail={"members": len(members)})
    return len(members)


@transaction.atomic
def take_back(*, ref: str, why: str, by: By, at: datetime) -> Saying:
    """Take something said back; it stays, with who took it back and why, and the next cycle follows the registers again.

    :raises NotAllowed: not where the clerk's post is, said by somebody else than this resident, no reason
    :raises NotKnown: no such saying, or taken back before
    """
    kept = Saying.objects.select_for_update().filter(ref=ref, undone_at__isnull=True).first()
    if kept is None:
        raise queries.NotKnown(ref)
    if isinstance(by, Party):
        if by.kind == "resident" and kept.said_by != office.party(by):
            raise NotAllowed("只能撤回您自己说的。")
    else:
        need(by, "household.correct", area=kept.area, at=at)
        if not why.strip():
            raise NotAsSaid("请写一句为什么撤回。")
    kept.undone_at, kept.undone_by, kept.undone_why = at, office.party(by), why.strip()
    kept.save(update_fields=["undone_at", "undone_by", "undone_why"])
    office.record("registry.take_back", subject=kept.a, by=by, at=at, detail={"saying": ref})
    return kept


# ---- events -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def report_event(
    *, kind: str, person: str, other: str = "", named: str = "", on: date | None, channel: str, paper: str = "", note: str = "",
    by: By, at: datetime,
) -> FamilyEvent:  # fmt: skip
    """Note something that happened in a family, told at the window, on the phone, in the village or by themselves.

    Nothing follows from it before a person confirms it.

    :param person: whom it happened to; of a child just born without a number, "" and `named`
    :param on: the day it happened
    :raises NotAllowed: not where the clerk's post is, a resident speaking of others, a field that does not fit
    :raises NotKnown: nobody of this id
    """
    area = _place(person or other)
    _may_tell(by, area, (person, other), at)
    what = EVENTS.get(kind)
    if what is None or channel not in CHANNELS or channel == "data":
        raise NotAsSaid("请选发生了什么、从哪里知道的。")
    if what.two and not other:
        raise NotAsSaid(f"“{what.label}”要选另一个人。")
    if person == other or not (person or named.strip()):
        raise NotAsSaid("请选是谁；孩子还没有身份证号的，请写名字。")
    if on is None or on > today(at):
        raise NotAsSaid("请写发生的日期，不能晚于今天。")
    kept = FamilyEvent.objects.create(
        kind=kind, person=person, other=other, named=named.strip(), area=area, effective_on=on, known_on=today(at),
        channel=channel, paper=paper.strip(), note=note.strip(), reported_at=at, reported_by=office.party(by),
    )  # fmt: skip
    detail = {"event": kept.ref, "kind": kind, "channel": channel}
    office.record("registry.report_event", subject=person or other, by=by, at=at, detail=detail)
    return kept


@transaction.atomic
def confirm_event(*, ref: str, on: date | None, why: str, by: By, at: datetime) -> FamilyEvent:
    """Confirm that something happened, on the day given; what it says of the family is fed into the next cycle.

    :raises NotAllowed: not where the clerk's post is, no day, no word on how it was checked
    :raises NotKnown: no such event, or settled before
    """
    kept = _open(ref, by, at)
    day = on or kept.effective_on
    if day is None or day > today(at):
        raise NotAsSaid("请写发生的日期，不能晚于今天。")
    kept.effective_on = day
    _settle(kept, EventState.CONFIRMED, why, by, at)
    for kind, holds, swapped in EVENTS[kept.kind].said:
        a, b = (kept.person, "") if not SAYINGS[kind].two else (kept.person, kept.other)
        if swapped:
            a, b = b, a
        if a and (b or not SAYINGS[kind].two):
            reason = f"{EVENTS[kept.kind].label}：{why.strip()}"
            _say(kind, a, b, holds=holds, since=day, reason=reason, area=kept.area, by=by, at=at, event=kept)
    office.record("registry.confirm_event", subject=kept.person or kept.other, by=by, at=at, detail={"event": ref})
    return kept


@transaction.atomic
def dismiss_event(*, ref: str, why: str, by: By, at: datetime) -> FamilyEvent:
    """Say that something told or found did not happen; it stays, and the same is not found again.

    :raises NotAllowed: not where the clerk's post is, or no word on how it was checked
    :raises NotKnown: no such event, or settled before
    """
    kept = _open(ref, by, at)
    _settle(kept, EventState.DISMISSED, why, by, at)
    office.record("registry.dismiss_event", subject=kept.person or kept.other, by=by, at=at, detail={"event": ref})
    return kept


@transaction.atomic
def undo_event(*, ref: str, why: str, by: By, at: datetime) -> FamilyEvent:
    """Take a confirmation back: what it said of the family no longer counts; both stay to be read.

    :raises NotAllowed: not where the clerk's post is, or no reason
    :raises NotKnown: no such confirmed event
    """
    kept = FamilyEvent.objects.select_for_update().filter(ref=ref, state=EventState.CONFIRMED).first()
    if kept is None:
        raise queries.NotKnown(ref)
    need(by, "event.confirm", area=kept.area, at=at)
    _settle(kept, EventState.UNDONE, why, by, at)
    said = Saying.objects.filter(event=kept, undone_at__isnull=True)
    for one in said:  # sealed text cannot be written by a query
        one.undone_at, one.undone_by, one.undone_why = at, office.party(by), why.strip()
        one.save(update_fields=["undone_at", "undone_by", "undone_why"])
    office.record("registry.undo_event", subject=kept.person or kept.other, by=by, at=at, detail={"event": ref})
    return kept


@transaction.atomic
def note_changes(*, changes: Iterable[FamilyChange], cycle: str, by: By, at: datetime) -> int:
    """Note what two cycles show to have happened in families, each once; a person confirms it or says it is not so.

    :returns: how many are new
    """
    told = list(changes)
    known = set(
        FamilyEvent.objects.filter(kind__in={one.kind for one in told}).values_list("kind", "person", "other", "effective_on")
    )
    new = [one for one in dict.fromkeys(told) if (one.kind, one.pid, one.other, one.on) not in known]
    if not new:
        return 0
    FamilyEvent.objects.bulk_create(
        (
            FamilyEvent(
                kind=one.kind, person=one.pid, other=one.other, area=one.area, effective_on=one.on, known_on=today(at),
                channel="data", cycle=cycle, reported_at=at, reported_by=office.party(by),
            )
            for one in new
        ),
        batch_size=400,
    )  # fmt: skip
    office.record("registry.note_changes", subject="families", by=by, at=at, detail={"cycle": cycle, "new": len(new)})
    return len(new)


# ---- who may ------------------------------------------------------------------------------------------------------------


def _open(ref: str, by: By, at: datetime) -> FamilyEvent:
    kept = FamilyEvent.objects.select_for_update().filter(ref=ref, state=EventState.REPORTED).first()
    if kept is None:
        raise queries.NotKnown(ref)
    need(by, "event.confirm", area=kept.area, at=at)
    return kept


def _settle(kept: FamilyEvent, state: EventState, why: str, by: By, at: datetime) -> None:
    if not why.strip():
        raise NotAsSaid("请写一句怎么核实的、为什么。")
    kept.state, kept.settled_at, kept.settled_by, kept.settled_why = state, at, office.party(by), why.strip()
    kept.save(update_fields=["state", "settled_at", "settled_by", "settled_why", "effective_on"])


def _place(pid: str) -> str:
    kept = Person.objects.filter(pid=pid).values_list("area", flat=True).first()
    if kept is not None:
        return kept
    found = register.person(pid)
    if found is None:
        raise queries.NotKnown(pid)
    return found.area


def _may_say(by: By, area: str, people: tuple[str, ...], at: datetime) -> None:
    if not isinstance(by, Party):
        need(by, "household.correct", area=area, at=at)
    elif by.kind == "resident":
        _of_ones_own(by.ref, people)


def _may_tell(by: By, area: str, people: tuple[str, ...], at: datetime) -> None:
    if not isinstance(by, Party):
        need(by, "event.report", area=area, at=at)
    elif by.kind == "resident":
        _of_ones_own(by.ref, people)


def _of_ones_own(pid: str, people: tuple[str, ...]) -> None:
    """A resident speaks of themselves and of people the register or the proposal puts in one household with them."""
    home = homes.living(pid)
    own = {pid} | {one.pid for one in home.people} if home else {pid}
    own |= set(Member.objects.filter(household__members__person_id=pid).values_list("person_id", flat=True))
    if not set(people) - {""} <= own:
        raise NotAllowed("您只能说自己家里的情况。")
