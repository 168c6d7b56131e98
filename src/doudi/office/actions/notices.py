"""Messages to people, and the codes residents sign in with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest
from secrets import randbelow

from django.db import transaction

from doudi.office import gateways
from doudi.office.actions.journal import By, party, record, record_all
from doudi.office.core import CouldNotSend, Message, Party, TooMany
from doudi.office.models import (
    Notice,
    SignInCode,
)
from doudi.office.sealing import blind

CODE_MINUTES = 10
CODE_TRIES = 5
CODES_IN_TEN_MINUTES = 3
CODES_A_DAY = 10
NOTICE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Text:
    """A text to a person: to a phone, or to whoever's phone it is. `subject`: the ref of what it is about."""

    body: str
    subject: str
    phone: str = ""
    pid: str = ""
    channel: str = "sms"


@transaction.atomic
def notify(*, body: str, subject: str, by: By, at: datetime, phone: str = "", pid: str = "", channel: str = "sms") -> Notice:
    """Queue a text to a person, inside the act it tells about; a job sends it after the act is kept.

    :param subject: the ref of what it is about
    :raises ValueError: nobody to send to, or a text message longer than 70 characters (one part)
    """
    return notify_all([Text(body, subject, phone, pid, channel)], by=by, at=at)[0]


@transaction.atomic
def notify_all(texts: Sequence[Text], *, by: By, at: datetime) -> list[Notice]:
    """Queue many texts at once, each with its line in the journal.

    :raises ValueError: as `notify` does; then none of them is queued
    """
    for text in texts:
        if not text.phone and not text.pid:
            raise ValueError("a notice needs a phone or a person")
        if text.channel == Notice.Channel.SMS and len(text.body) > 70:
            raise ValueError(f"a text message has {len(text.body)} characters; 70 fit one message")
    notices = [
        Notice(
            channel=text.channel, pid=text.pid, phone=text.phone, body=text.body, subject=text.subject, queued_at=at,
            queued_by=party(by),
        )
        for text in texts
    ]  # fmt: skip
    Notice.objects.bulk_create(notices, batch_size=500)
    lines = [("office.notify", one.subject, {"channel": str(one.channel), "notice": one.ref}) for one in notices]
    if lines:
        record_all(lines, by=by, at=at)
    return notices


@transaction.atomic
def mark_sent(*, ref: str, by: By, at: datetime) -> None:
    """Note that a gateway took a message over; a second time changes nothing."""
    notice = Notice.objects.select_for_update().get(ref=ref)
    if notice.sent_at is not None:
        return
    notice.sent_at, notice.tries, notice.problem = at, notice.tries + 1, ""
    notice.save(update_fields=["sent_at", "tries", "problem"])
    record("office.mark_sent", subject=notice.subject, by=by, at=at, detail={"notice": ref})


@transaction.atomic
def mark_failed(*, ref: str, problem: str, by: By, at: datetime) -> None:
    """Note that a message could not be handed over; after five tries it waits for a person."""
    notice = Notice.objects.select_for_update().get(ref=ref)
    notice.tries, notice.problem = notice.tries + 1, problem[:200]
    notice.save(update_fields=["tries", "problem"])
    record("office.mark_failed", subject=notice.subject, by=by, at=at, detail={"notice": ref, "tries": notice.tries})


def deliver(message: Message, *, by: By, at: datetime) -> bool:
    """Hand one message to the gateway, outside any transaction, and note how it went.

    :returns: whether the gateway took it
    """
    try:
        gateways.send(message)
    except CouldNotSend as why:
        mark_failed(ref=message.ref, problem=str(why), by=by, at=at)
        return False
    mark_sent(ref=message.ref, by=by, at=at)
    return True


@transaction.atomic
def send_code(*, pid: str, phone: str, at: datetime) -> None:
    """Send a resident a code to sign in with, at once; older codes are void.

    :raises TooMany: three in ten minutes or ten in a day were sent to this person or this phone
    """
    who, where = blind(pid, "sign-in"), blind(phone, "phone")
    for mine in (SignInCode.objects.filter(who=who), SignInCode.objects.filter(phone=where)):
        if mine.filter(made_at__gt=at - timedelta(minutes=10)).count() >= CODES_IN_TEN_MINUTES:
            raise TooMany("验证码发得太多了，请过十分钟再试，或打 12345。")
        if mine.filter(made_at__gt=at - timedelta(days=1)).count() >= CODES_A_DAY:
            raise TooMany("今天的验证码次数用完了，请明天再试，或打 12345 找人办。")
    code = f"{randbelow(1_000_000):06d}"
    SignInCode.objects.filter(who=who, used_at=None).update(used_at=at)
    SignInCode.objects.create(who=who, phone=where, code=blind(f"{pid}:{code}", "code"), made_at=at)
    me = Party.resident(pid)
    body = f"验证码 {code}，{CODE_MINUTES} 分钟内有效。工作人员不会向您要验证码。"
    notice = notify(body=body, subject=pid, by=me, at=at, phone=phone, pid=pid)
    record("office.send_code", subject=pid, by=me, at=at)
    message = Message(notice.ref, notice.channel, phone, pid, body)
    transaction.on_commit(partial(deliver, message, by=Party.system("send_code"), at=at))


@transaction.atomic
def check_code(*, pid: str, code: str, at: datetime) -> bool:
    """Say whether this is the code last sent to the person and still good; a wrong try counts, a right one uses it up."""
    sent = SignInCode.objects.select_for_update().filter(who=blind(pid, "sign-in"), used_at=None).order_by("-id").first()
    good = False
    if sent is not None and sent.tries < CODE_TRIES and at - sent.made_at <= timedelta(minutes=CODE_MINUTES):
        good = compare_digest(sent.code, blind(f"{pid}:{code.strip()}", "code"))
        if good:
            sent.used_at = at
        sent.tries += 1
        sent.save(update_fields=["tries", "used_at"])
    record("office.check_code", subject=pid, by=Party.resident(pid), at=at, detail={"good": good})
    return good
