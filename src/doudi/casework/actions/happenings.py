"""Something happened to a family in receipt of help: told by them, for them, or by data. Nothing follows by itself."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from doudi.casework.actions import steps
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.core import causes as core
from doudi.casework.core.causes import CAUSES
from doudi.casework.gateways import replay
from doudi.casework.models import Benefit, CaseMember, Happening
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries as registry


def lock(ref: str) -> Benefit:
    """A benefit, locked until the act is kept.

    :raises NotAllowed: there is none
    """
    benefit = Benefit.objects.select_for_update().filter(ref=ref).first()
    if benefit is None:
        raise NotAllowed("没有这份救助，或者不归您办。")
    return benefit


def is_family(benefit: Benefit, by: By) -> bool:
    """Whether this is somebody the help is for, or who receives it."""
    if not isinstance(by, Party) or by.kind != "resident":
        return False
    mine = set(registry.pids_of(by.ref))
    living = {one.pid for one in CaseMember.objects.filter(case=benefit.case_id) if one.counts}
    return bool(mine & (living | {benefit.payee}))


@transaction.atomic
def tell_happening(
    *, benefit: str, kind: str, on: date | None, channel: str, by: By, at: datetime, pid: str = "", said: str = "",
    figure_fen: int | None = None, source_ref: str = "",
) -> Happening:  # fmt: skip
    """Note what happened to a family in receipt of help. Told twice from the same data it is one.

    :param pid: whom it happened to, of the family
    :param figure_fen: the family's new sum a month, where they know it
    :raises NotAllowed: not their family, not where the clerk's post is, or the help is over
    :raises Missing: no day, or one that has not come
    """
    held = lock(benefit)
    cause = CAUSES.get(kind)
    who = "data" if isinstance(by, Party) and by.kind == "system" else "family" if isinstance(by, Party) else "clerk"
    if cause is None or who not in cause.tells or channel not in core.CHANNELS:
        raise Missing("请选发生了什么、从哪里知道的。")
    if who == "family":
        if not is_family(held, by):
            raise NotAllowed("只能说自己家的变化。")
    else:
        need(by, "benefit.tell", area=held.area, at=at)
    if on is None or on > today(at):
        raise Missing("请写哪一天发生的，不能晚于今天。")
    if held.to_month is not None and held.to_month < on.replace(day=1):
        raise NotAllowed("这份救助那时已经停了。有难处，可以再申请。")
    if source_ref:
        there = Happening.objects.filter(benefit=held, kind=kind, source_ref=source_ref).first()
        if there is not None:
            return there
    late = core.is_late(on, today(at), replay.number("change_late_months", held.area, today(at)))
    kept = Happening.objects.create(
        benefit=held, kind=kind, pid=pid, on=on, known_on=today(at), channel=channel, source_ref=source_ref, said=said.strip(),
        figure_fen=figure_fen, is_late=late, at=at, by=office.party(by),
    )  # fmt: skip
    detail = {"happening": kept.ref, "kind": kind, "channel": channel, "late": late}
    office.record("casework.tell_happening", subject=held.ref, by=by, at=at, detail=detail)
    return kept


@transaction.atomic
def leave_happening(*, ref: str, reason: str, by: By, at: datetime) -> Happening:
    """Say that something that was told changes nothing about the help, and why.

    :raises Missing: no reason
    :raises AlreadyDone: settled before
    """
    kept = Happening.objects.select_for_update().select_related("benefit").filter(ref=ref).first()
    if kept is None:
        raise NotAllowed("没有这件事，或者不归您办。")
    need(by, "adjustment.propose", area=kept.benefit.area, at=at)
    if kept.state != "open":
        raise AlreadyDone("这件事已经处理过了。")
    kept.left_reason = steps.say(reason, "为什么不用改")
    kept.state, kept.settled_at, kept.settled_by = "left", at, office.party(by)
    kept.save(update_fields=["state", "settled_at", "settled_by", "left_reason"])
    office.record("casework.leave_happening", subject=kept.benefit.ref, by=by, at=at, detail={"happening": ref})
    return kept
