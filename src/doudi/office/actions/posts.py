"""Clerks, their posts, the places they work in, and the demo's clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from doudi.office import core, queries
from doudi.office.actions.journal import By, record
from doudi.office.core import NotAllowed, Role
from doudi.office.models import (
    Area,
    Clerk,
    DemoClock,
    Post,
)


@transaction.atomic
def hire(*, username: str, name: str, password: str | None, phone: str = "", by: By, at: datetime) -> Clerk:
    """Make the account of a clerk, who may do nothing until appointed to a post; `phone` is the telephone at work.

    :raises NotAllowed: by a clerk who does not look after posts
    """
    queries.need(by, "clerk.appoint", area=None, at=at)
    clerk = Clerk.objects.create_user(username=username, password=password, name=name, phone=phone)
    record("office.hire", subject=clerk.ref, by=by, at=at)
    return clerk


@transaction.atomic
def appoint(
    *,
    clerk: Clerk,
    role: Role,
    area: str,
    from_on: date,
    to_on: date | None = None,
    department: str = "",
    by: By,
    at: datetime,
) -> Post:
    """Give a clerk a post.

    :param department: code of the one department the post is at; only for data officers and, always, for departments' helpers
    :raises NotAllowed: with another post of the same days it would join two roles that control each other,
        or by a clerk who does not look after posts there
    """
    queries.need(by, "clerk.appoint", area=area, at=at)
    others = Post.objects.filter(clerk=clerk)
    for other in others:
        overlap = (other.to_on is None or other.to_on >= from_on) and (to_on is None or other.from_on <= to_on)
        if overlap and core.incompatible([role, other.role]):
            raise NotAllowed(f"{Role(role).label}和{Role(other.role).label}不能由同一个人担任。")
    if department and role not in core.DEPARTMENT_ROLES:
        raise NotAllowed("只有数据管理员和部门救助经办人的岗位可以属于一个部门。")
    if role == Role.SERVICE and not department:
        raise NotAllowed("部门救助经办人的岗位要写明是哪个部门。")
    post = Post.objects.create(clerk=clerk, role=role, area=area, department=department, from_on=from_on, to_on=to_on)
    detail = {
        "area": area,
        "department": department,
        "from": from_on.isoformat(),
        "role": str(role),
        "to": to_on.isoformat() if to_on else None,
    }
    record("office.appoint", subject=clerk.ref, by=by, at=at, detail=detail)
    return post


@transaction.atomic
def dismiss(*, post_id: int, on: date, by: By, at: datetime) -> Post:
    """End a post; `on` is its last day.

    :raises NotAllowed: by a clerk who does not look after posts there
    """
    post = Post.objects.select_for_update().get(pk=post_id)
    queries.need(by, "clerk.appoint", area=post.area, at=at)
    post.to_on = on
    post.save(update_fields=["to_on"])
    record("office.dismiss", subject=post.clerk.ref, by=by, at=at, detail={"post": post_id, "to": on.isoformat()})
    return post


@transaction.atomic
def pick_post(*, clerk: Clerk, post_id: int, at: datetime) -> Clerk:
    """Let a clerk with several posts work from one of them.

    :raises NotAllowed: it is not one of theirs today
    """
    if post_id not in [post.id for post in queries.posts(clerk, at)]:
        raise NotAllowed("这不是您现在的岗位。")
    clerk.post_id = post_id
    clerk.save(update_fields=["post"])
    record("office.pick_post", subject=clerk.ref, by=clerk, at=at, detail={"post": post_id})
    return clerk


@transaction.atomic
def set_areas(rows: Iterable[dict[str, Any]], *, by: By, at: datetime) -> int:
    """Take over the administrative division: rows of the `division` dataset (code, label, kind, parent, place_kind).

    :returns: how many places there are in `rows`
    :raises NotAllowed: by a clerk who does not take data in
    """
    queries.need(by, "feed.load", area=None, at=at)
    areas = [
        Area(
            code=row["code"],
            label=row["label"],
            kind=row["kind"],
            parent=row.get("parent") or "",
            place_kind=row.get("place_kind") or "",
        )
        for row in rows
    ]
    Area.objects.bulk_create(
        areas,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "kind", "parent", "place_kind"],
    )
    record("office.set_areas", subject="areas", by=by, at=at, detail={"count": len(areas)})
    return len(areas)


@transaction.atomic
def move_clock(*, by: By, at: datetime, days: int | None = None, to: datetime | None = None) -> datetime:
    """Move the demo's time forward, by days or to a moment; the first move sets the day the demo begins.

    :param at: the demo's time now
    :returns: the demo's new time
    :raises NotAllowed: this is not a demo, or the move goes backwards
    """
    if not settings.DEMO:
        raise NotAllowed("这里不是演示系统，时间不能改。")
    target = to if to is not None else at + timedelta(days=days or 0)
    clock = DemoClock.objects.select_for_update().filter(pk=1).first()
    if clock is not None and target < at:
        raise NotAllowed("时间只能往前走，不能往回走。")
    clock = clock or DemoClock(pk=1)
    clock.offset_seconds += round((target - at).total_seconds())
    clock.save()
    record("office.move_clock", subject="clock", by=by, at=target, detail={"offset_seconds": clock.offset_seconds})
    return target
