"""One confirmation counts for all (LAW Art. 42): a department asks whether one person's status is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from doudi.casework import queries as casework
from doudi.casework.queries import Recognised
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.services import core
from doudi.services.core import Missing, TooOften
from doudi.services.models import Lookup


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look-up says.

    in_force: True, False, or None when this office does not know the person or they live elsewhere: not known is not a no.
    """

    ref: str
    in_force: bool | None
    statuses: tuple[Recognised, ...]


@transaction.atomic
def look_up(*, name: str, number: str, kind: str, by: By, at: datetime) -> Looked:
    """Say whether one person's status is in force, to a department that needs it for one kind of help. Only one person, only by
    name and whole number together, never a list; each look-up leaves a row, a line, and a note the person reads.

    :param kind: what it is needed for: a key of the catalogue that is this department's own
    :raises TooOften: more look-ups than one login may make in an hour or a day
    :raises Missing: name or whole number is not given
    :raises NotAllowed: the post, or another department's kind of help
    """
    viewer = need(by, "recognition.look", area=None, at=at)
    if viewer is None:
        raise NotAllowed("查询救助身份要由人或者部门的系统登录来查。")
    what = core.kind(kind)
    if what not in core.kinds_of(viewer.department):
        raise NotAllowed("只能为你们部门自己办的事查询。")
    if not name.strip() or len(number.strip()) != 18:
        raise Missing("请写姓名和 18 位身份证号，一次查一个人。")
    _not_too_often(office.party(by), at)
    pid = registry.sign_in(name, number) or ""
    held, known = (), False
    if pid:
        held = tuple(one for one in casework.recognised(pid, on=today(at)) if one.programme in core.STATUSES)
        known = viewer.sees(registry.me(pid).area) or any(viewer.sees(one.area) for one in held)
        held = tuple(one for one in held if viewer.sees(one.area))
    in_force = bool(held) if known else None
    row = Lookup.objects.create(
        pid=pid if known else "", kind=kind, department=viewer.department, in_force=in_force, at=at, by=office.party(by)
    )
    if known:
        office.look(
            subject=pid, viewer=viewer, at=at, why=f"{what.department_label}办{what.label}", what=f"救助身份（查询号 {row.ref}）"
        )
    detail = {"department": viewer.department, "kind": kind, "known": known}
    office.record("services.look_up", subject=row.ref, by=by, at=at, detail=detail)
    return Looked(row.ref, in_force, held)


def _not_too_often(who: str, at: datetime) -> None:
    """Stop a login that asks about more people than one does by hand.

    :raises TooOften: with when it may again
    """
    limits = core.lookup_limits()
    mine = Lookup.objects.filter(by=who)
    if mine.filter(at__gt=at - timedelta(hours=1)).count() >= limits.per_hour:
        raise TooOften(f"一小时最多查 {limits.per_hour} 次，请过一会儿再查。")
    if mine.filter(at__gt=at - timedelta(days=1)).count() >= limits.per_day:
        raise TooOften(f"一天最多查 {limits.per_day} 次，请明天再查。要核对一份名册，请走核对任务单。")
