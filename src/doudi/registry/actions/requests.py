"""Asking about one's own data, and answering: a person answers, with reasons, by a day that is said at once."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import queries
from doudi.registry.actions.people import keep_contact
from doudi.registry.core.requests import ANSWER_WORKING_DAYS, AlreadyAnswered, Outcome, Wish
from doudi.registry.models import Person, Request

OPEN_AT_MOST = 20  # requests of one person that wait at a time


@transaction.atomic
def ask(
    *,
    pid: str,
    wish: Wish,
    words: str,
    by: By,
    at: datetime,
    about: str = "",
    whose_name: str = "",
    whose_number: str = "",
    relation: str = "",
) -> Request:
    """Keep a resident's request, or one a clerk writes down for them; it gets a number and a day.

    :param about: a fact, a dataset or a case, by its code
    :param whose_name: the relative who died, for PIPL Art. 49
    :raises NotAllowed: for another resident, by a clerk elsewhere, without words, or with too many waiting
    :raises NotKnown: nobody of this id
    """
    who = queries.me(pid)
    if not isinstance(by, Party):
        need(by, "request.answer", area=who.area, at=at)
    elif by.kind == "resident" and by.ref != pid:
        raise NotAllowed("您只能为自己提。替别人办，请到村里或打 12345。")
    if not words.strip():
        raise NotAllowed("请写一句您要什么。")
    if wish == Wish.KIN and not (whose_name.strip() and relation.strip()):
        raise NotAllowed("请写去世的亲人叫什么、您是他的什么人。")
    if Request.objects.filter(pid=pid, answered_at=None).count() >= OPEN_AT_MOST:
        raise NotAllowed(f"您已经有 {OPEN_AT_MOST} 件在等答复。急的话请打 12345。")
    made = Request.objects.create(
        number=f"{today(at):%y%m%d}{uuid4().int % 10**6:06d}",
        pid=pid,
        area=who.area,
        wish=Wish(wish),
        about=about[:80],
        words=words.strip(),
        whose_name=whose_name.strip(),
        whose_number=whose_number.strip(),
        relation=relation.strip()[:20],
        made_at=at,
        made_by=office.party(by),
        due_on=days.add_working_days(today(at), ANSWER_WORKING_DAYS),
    )
    detail = {"due": made.due_on.isoformat(), "person": pid, "wish": str(made.wish)}
    office.record("registry.ask", subject=made.ref, by=by, at=at, detail=detail)
    return made


@transaction.atomic
def answer(*, ref: str, outcome: Outcome, words: str, by: By, at: datetime) -> Request:
    """Answer a request, with reasons; only a person of the place may, never a job. The asker is told by a message.

    :raises NotAllowed: not a clerk of the place, no such request there, or no reasons
    :raises AlreadyAnswered: it was answered before
    """
    found = Request.objects.select_for_update().filter(ref=ref).first()
    if isinstance(by, Party):
        raise NotAllowed("答复要由工作人员来办。")
    need(by, "request.answer", area=found.area if found else None, at=at)
    if found is None:
        raise NotAllowed("没有这件请求。")
    if found.answered_at is not None:
        raise AlreadyAnswered("这件已经答复过了。")
    if not words.strip():
        raise NotAllowed("请写清楚怎么办的、为什么。")
    found.outcome, found.answer = Outcome(outcome), words.strip()
    found.answered_at, found.answered_by = at, office.party(by)
    found.save(update_fields=["outcome", "answer", "answered_at", "answered_by"])
    phone = next((one.phone for one in Person.objects.filter(pid=found.pid)), "")
    if phone:
        body = f"您 {found.made_at:%m} 月提的请求（{found.number}）有答复了，请在“我的事”里看，或打 12345。"
        office.notify(body=body, subject=found.ref, by=by, at=at, phone=phone, pid=found.pid)
    detail = {"late": today(at) > found.due_on, "outcome": str(found.outcome), "person": found.pid}
    office.record("registry.answer", subject=found.ref, by=by, at=at, detail=detail)
    return found


@transaction.atomic
def take_copy(*, pid: str, form: str, by: By, at: datetime) -> None:
    """Note that somebody took a copy of everything known of them along (PIPL Art. 45).

    :param form: page or json
    :raises NotAllowed: not their own
    """
    if not isinstance(by, Party) or by.ref != pid:
        raise NotAllowed("您只能带走自己的。")
    office.record("registry.take_copy", subject=pid, by=by, at=at, detail={"form": form})


@transaction.atomic
def change_phone(*, pid: str, phone: str, by: By, at: datetime) -> None:
    """Change a resident's own telephone number, at once; the old number is told, in case it was somebody else.

    :raises NotAllowed: by another resident, or by a clerk elsewhere
    :raises NotKnown: the person is not in the database
    """
    before = queries.me(pid).phone
    keep_contact(pid=pid, phone=phone, by=by, at=at)
    if before and before != phone:
        body = f"您在民政留的手机号刚改成尾号 {phone[-4:]}。不是您改的，请马上打 12345。"
        office.notify(body=body, subject=pid, by=by, at=at, phone=before, pid=pid)
