"""Calls: written down with a number, answered, rung back by a promised day; an application may begin in one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from doudi.casework.actions import filing, steps
from doudi.casework.actions.drafts import start_draft
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.core.doors import CALL_MOODS, CALL_TOPICS
from doudi.casework.models import Call, CallCounter, Draft
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.registry import queries as registry

BACK_WD = 1  # working days within which a promised call is made (design, journey b: 1 working day)


@transaction.atomic
def take_call(
    *, once: str, area: str, topic: str, said: str, mood: str, answered: str = "", pid: str = "", phone: str = "",
    ring_back: bool = False, by: By, at: datetime,
) -> Call:  # fmt: skip
    """Write a call down: numbered without a gap; who is in need at once, or was promised it, is rung back by a day.

    :param once: of the page it was written on; a second press is the same call
    :param area: where the caller lives, or the office that answers
    :param pid: who they are, if they answered the two check questions; "" is no reason not to write it down
    :param topic: a key of CALL_TOPICS
    :param mood: a key of CALL_MOODS
    :raises Missing: nothing written, or one of the two not chosen; a promise without a number to ring
    """
    need(by, "call.take", area=area, at=at)
    written = Call.objects.filter(once=once).first()
    if written is not None:
        return written
    if topic not in CALL_TOPICS or mood not in CALL_MOODS:
        raise Missing("请选是什么事、急不急。")
    words = steps.say(said, "他说了什么")
    on, urgent = today(at), mood == "urgent"
    number = phone or (registry.me(pid).phone if pid else "")
    if ring_back and not number:
        raise Missing("答应回电，要记下电话号码。")
    back_on = on if urgent else days.add_working_days(on, BACK_WD) if ring_back or not answered.strip() else None
    serial = office.next_number(CallCounter, county=area[:6], year=on.year)
    row = Call.objects.create(
        number=f"HX{on.year % 100:02d}{area[:6]}{serial:05d}", once=once, area=area, pid=pid, phone=number, topic=topic,
        said=words[:1000], mood=mood, answered=answered.strip()[:1000], at=at, by=office.party(by), back_on=back_on,
    )  # fmt: skip
    detail = {"number": row.number, "topic": topic, "mood": mood, "back_on": back_on.isoformat() if back_on else ""}
    office.record("casework.take_call", subject=row.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def ring_back(*, ref: str, reached: bool, said: str = "", by: By, at: datetime) -> Call:
    """Note that we rang back. Nobody answered is noted and tried again the next working day; a missed call ends nothing.

    :raises AlreadyDone: a colleague reached them
    :raises Missing: reached, and nothing written
    """
    row = _lock(ref, by, at)
    if row.rung_at is not None:
        raise AlreadyDone("同事已经回过这个电话了。")
    if reached:
        row.rung_said, row.rung_at, row.rung_by = steps.say(said, "回电说了什么")[:1000], at, office.party(by)
    else:
        row.tries, row.back_on = row.tries + 1, days.add_working_days(today(at), BACK_WD)
    row.save(update_fields=["rung_said", "rung_at", "rung_by", "tries", "back_on"])
    detail = {"number": row.number, "reached": reached, "tries": row.tries}
    office.record("casework.ring_back", subject=row.ref, by=by, at=at, detail=detail)
    return row


@transaction.atomic
def apply_for_caller(*, ref: str, agreed: bool, recording: Sequence[filing.File] = (), by: By, at: datetime) -> Draft:
    """Begin an application in the agent's hands, by the caller's spoken yes, which is recorded (and kept with their papers).

    The same call begins one application.

    :raises NotAllowed: nobody answered the two check questions in this call
    :raises Missing: they did not say yes
    """
    row = _lock(ref, by, at)
    if row.draft is not None:
        return row.draft
    if not row.pid:
        raise NotAllowed("先对一下他的名字和身份证后四位，再替他申请。")
    if not agreed:
        raise Missing("要他口头同意，才能替他申请。")
    draft = start_draft(pid=row.pid, by=by, at=at, channel="hotline")
    if Call.objects.filter(draft=draft).exists():
        raise AlreadyDone("他上次来电的申请还没有交，接着那一份填。")
    papers = [
        office.keep_paper(kind=kind, content_type=called, data=data, area=row.area, subject=row.pid, by=by, at=at).ref
        for kind, called, data in recording
    ]
    row.draft = draft
    row.save(update_fields=["draft"])
    detail = {"number": row.number, "draft": draft.ref, "papers": papers}
    office.record("casework.apply_for_caller", subject=row.ref, by=by, at=at, detail=detail)
    return draft


def _lock(ref: str, by: By, at: datetime) -> Call:
    row = Call.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NotAllowed("没有这通电话，或者不归您办。")
    need(by, "call.take", area=row.area, at=at)
    return row
