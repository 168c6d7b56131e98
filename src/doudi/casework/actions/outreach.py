"""People another department points out: each is gone to and asked; only their own yes begins an application."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import steps
from doudi.casework.actions.drafts import start_draft
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.core.doors import NotAList, OutreachState, Pointed, read_list
from doudi.casework.models import OutreachList, OutreachOffer
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Viewer, mask_name
from doudi.office.queries import need, today
from doudi.registry import queries as registry

CHANNELS = {"list": "部门送来的名单", "referral": "部门转来的一个人"}


@transaction.atomic
def take_list(
    *, department: str, basis: str, data: bytes, viewer: Viewer, by: By, at: datetime, channel: str = "list"
) -> OutreachList:
    """Take a department's list of people: each known here becomes an offer, each bad line is named with what is wrong.

    The same bytes again are the same list; somebody still to be asked for this department is not asked twice.

    :param data: a CSV with 姓名, 身份证号 and 情况
    :param viewer: within whose area people are looked for
    :raises Missing: no department, or no basis by which they pass it on
    :raises NotAllowed: not a list
    """
    need(by, "outreach.take", area=viewer.within, at=at)
    department, basis = steps.say(department, "是哪个部门"), steps.say(basis, "依据")
    if channel not in CHANNELS:
        raise Missing("请选是名单，还是一个人。")
    digest = sha256(data).hexdigest()
    kept = OutreachList.objects.filter(department=department, digest=digest).first()
    if kept is not None:
        return kept
    try:
        good, wrong = read_list(data)
    except NotAList as why:
        raise NotAllowed(str(why)) from None
    row = OutreachList.objects.create(
        department=department[:40], basis=basis[:120], channel=channel, area=viewer.within, digest=digest,
        rows=len(good) + len(wrong), at=at, by=office.party(by),
    )  # fmt: skip
    made = 0
    for line in good:
        problem = _offer(row, line, viewer, at)
        if problem:
            wrong.append((line.row_no, problem))
        else:
            made += 1
    row.wrong = sorted([no, why] for no, why in wrong)
    row.save(update_fields=["wrong"])
    detail = {"department": row.department, "channel": channel, "rows": row.rows, "offers": made, "wrong": len(wrong)}
    office.record("casework.take_list", subject=row.ref, by=by, at=at, detail=detail)
    return row


def _offer(row: OutreachList, line: Pointed, viewer: Viewer, at: datetime) -> str:
    """Make the offer of one line; what is wrong with it, or ""."""
    found = registry.find_by_number(line.number, viewer)
    if found is None:
        return "这里没有登记这个人。去看一看，再用“说一个数据里没有的人”补上"
    me = registry.me(found.pid)
    if me.name != line.name:
        return "姓名和身份证号对不上"
    if OutreachOffer.objects.filter(department=row.department, pid=me.pid, settled_at=None).exists():
        return "这个部门先前说过他，还没有问到"
    OutreachOffer.objects.create(
        of=row, department=row.department, row_no=line.row_no, pid=me.pid, name=me.name, masked_name=mask_name(me.name),
        area=me.area, why=line.why,
        due_on=days.add_working_days(today(at), core.road("dibao").clock["contact_wd"]),
    )  # fmt: skip
    return ""


@transaction.atomic
def settle_offer(*, ref: str, state: str, note: str = "", by: By, at: datetime) -> OutreachOffer:
    """Note what somebody pointed out said: a yes begins an application prefilled; a no is respected.

    :param state: begun | declined | helped | away
    :raises AlreadyDone: a colleague asked them
    """
    row = _lock(ref, by, at)
    now = OutreachState(state) if state in list(OutreachState) else OutreachState.WAITING
    if now is OutreachState.WAITING:
        raise Missing("请选问下来怎么样。")
    if now is OutreachState.BEGUN:
        row.draft = start_draft(pid=row.pid, by=by, at=at, channel=row.of.channel)
    row.state, row.note = now.value, note.strip()[:300]
    row.settled_at, row.settled_by = at, office.party(by)
    row.save(update_fields=["draft", "state", "note", "settled_at", "settled_by"])
    detail = {"outcome": now.value, "draft": row.draft.ref if row.draft else ""}
    office.record("casework.settle_offer", subject=row.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def miss_offer(*, ref: str, by: By, at: datetime) -> OutreachOffer:
    """Note that nobody was there or answered; they are asked again, and nothing ends by it."""
    row = _lock(ref, by, at)
    row.tries, row.due_on = row.tries + 1, days.add_working_days(today(at), core.road("dibao").clock["contact_wd"])
    row.save(update_fields=["tries", "due_on"])
    office.record("casework.miss_offer", subject=row.ref, by=by, at=at, detail={"tries": row.tries})
    return row


def _lock(ref: str, by: By, at: datetime) -> OutreachOffer:
    row = OutreachOffer.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这个人，或者不归您去。")
    need(by, "outreach.work", area=row.area, at=at)
    if row.settled_at is not None:
        raise AlreadyDone(f"已经问过了：{OutreachState(row.state).label}。")
    return row
