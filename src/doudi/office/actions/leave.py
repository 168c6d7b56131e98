"""Days away: entered, handed to a stand-in, ended. No work is moved: what is left over comes back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from doudi.office import core, queries
from doudi.office.actions.journal import By, party, record
from doudi.office.core import NotAllowed, Party
from doudi.office.models import Clerk, Leave
from doudi.office.queries import today


def _may_enter(clerk: Clerk, *, by: By, at: datetime) -> None:
    """Own days everybody enters; a colleague's, who oversees all their posts.

    :raises NotAllowed: neither
    """
    if isinstance(by, Party):
        raise NotAllowed("请假要由工作人员登记。")
    if by.pk == clerk.pk:
        queries.need(by, "leave.enter", area=None, at=at)
        return
    held = [post for post in queries.posts(clerk, at) if not post.stands_for]
    if not held:
        raise NotAllowed("这位同事现在没有岗位。")
    for post in held:
        queries.need(by, "leave.keep", area=post.area, at=at)


@transaction.atomic
def enter_leave(
    *,
    clerk: str,
    kind: str,
    from_on: date,
    to_on: date,
    by: By,
    at: datetime,
    stand_in: str = "",
    groups: Sequence[str] = (),
) -> Leave:
    """Note that a clerk will be away, and who does their work meanwhile. Entered twice, it is one.

    :param clerk: user name
    :param from_on: the first day away, at the earliest today; `to_on` the last
    :param stand_in: user name; empty: nobody yet, and the director's list says so
    :param groups: which of their work, of core.HANDED_OVER; none named: all of it
    :raises NotAllowed: not theirs to enter; days passed, turned around or taken; a colleague who may not stand in or is away
    """
    person = Clerk.objects.select_for_update().filter(username=clerk).first()
    if person is None:
        raise NotAllowed("没有这位同事。")
    _may_enter(person, by=by, at=at)
    if kind not in Leave.Kind.values:
        raise NotAllowed("请选是哪一种。")
    if from_on < today(at) or to_on < from_on:
        raise NotAllowed("日期不对：从今天或以后的一天起，到同一天或更晚的一天。")
    if (to_on - from_on).days > 366:
        raise NotAllowed("一次最多登记一年。更久的请重新安排岗位。")
    unknown = set(groups) - set(core.HANDED_OVER)
    if unknown:
        raise NotAllowed("请从列出的几类工作里选。")
    others = Leave.objects.filter(clerk=person, ended_at__isnull=True, from_on__lte=to_on, to_on__gte=from_on)
    found = others.first()
    if found is not None:
        if (found.from_on, found.to_on, found.kind) == (from_on, to_on, kind):
            return found
        raise NotAllowed(f"这几天已经登记过：{found.from_on} 到 {found.to_on}。要改，先结束原来的。")
    made = Leave.objects.create(
        clerk=person,
        stand_in=_stand_in(person, stand_in, from_on, to_on, at) if stand_in else None,
        kind=kind,
        from_on=from_on,
        to_on=to_on,
        groups=",".join(group for group in core.HANDED_OVER if group in groups),
        at=at,
        by=party(by),
    )
    record("office.enter_leave", subject=person.ref, by=by, at=at, detail=_detail(made))
    return made


def _detail(leave: Leave) -> dict[str, str | None]:
    return {
        "from": leave.from_on.isoformat(),
        "groups": leave.groups,
        "leave": leave.ref,
        "stand_in": leave.stand_in.ref if leave.stand_in else None,
        "to": leave.to_on.isoformat(),
    }


def _stand_in(person: Clerk, username: str, from_on: date, to_on: date, at: datetime) -> Clerk:
    other = queries.need_stand_in(person, username, at)
    both = Leave.objects.filter(ended_at__isnull=True, from_on__lte=to_on, to_on__gte=from_on)
    if both.filter(clerk=other).exists():
        raise NotAllowed(f"{other.name}这几天自己也不在，请选另一位。")
    if both.filter(Q(clerk=other) | Q(stand_in=person)).exists():
        raise NotAllowed(f"{person.name}这几天正代别人办事。先给那位同事另选一位代办。")
    return other


@transaction.atomic
def name_stand_in(*, ref: str, stand_in: str, by: By, at: datetime) -> Leave:
    """Choose who does the work of somebody away, or somebody else from now on.

    :raises NotAllowed: not theirs to choose, the days are over, or this colleague may not stand in
    """
    leave = Leave.objects.select_for_update().filter(ref=ref, ended_at__isnull=True, to_on__gte=today(at)).first()
    if leave is None:
        raise NotAllowed("这段请假已经结束了。")
    _may_enter(leave.clerk, by=by, at=at)
    other = _stand_in(leave.clerk, stand_in, leave.from_on, leave.to_on, at)
    if leave.stand_in_id == other.pk:
        return leave
    if leave.from_on >= today(at):
        leave.stand_in = other
        leave.save(update_fields=["stand_in"])
    else:  # the days the first one stood in stay written down as they were
        last, leave.ended_at, leave.ended_by = leave.to_on, at, party(by)
        leave.save(update_fields=["ended_at", "ended_by"])
        leave = Leave.objects.create(
            clerk=leave.clerk, stand_in=other, kind=leave.kind, from_on=today(at), to_on=last, groups=leave.groups,
            at=at, by=party(by),
        )  # fmt: skip
    record("office.name_stand_in", subject=leave.clerk.ref, by=by, at=at, detail=_detail(leave))
    return leave


@transaction.atomic
def end_leave(*, ref: str, by: By, at: datetime) -> Leave:
    """End days away before their last: back earlier, or not going. Twice is once.

    :raises NotAllowed: not theirs to end
    """
    leave = Leave.objects.select_for_update().filter(ref=ref).first()
    if leave is None:
        raise NotAllowed("没有登记过这段请假。")
    _may_enter(leave.clerk, by=by, at=at)
    if leave.ended_at is not None or leave.to_on < today(at):
        return leave
    leave.ended_at, leave.ended_by = at, party(by)
    leave.save(update_fields=["ended_at", "ended_by"])
    record("office.end_leave", subject=leave.clerk.ref, by=by, at=at, detail={"leave": leave.ref})
    return leave
