"""What every step of a referral does: lock, permit, tell the family, leave a line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party, Viewer
from doudi.office.queries import need
from doudi.registry import queries as registry
from doudi.services.core import Missing
from doudi.services.models import Referral
from doudi.services.queries import NoReferral

SMS_LENGTH = 70  # one part of a text message


def say(text: str, what: str) -> str:
    """A text a person has to write.

    :raises Missing: it is empty
    """
    if not text.strip():
        raise Missing(f"还没有写{what}。")
    return text.strip()[:1000]


def on_day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


def tell(row: Referral, words: str, *, by: By, at: datetime) -> None:
    """Queue a text to the family where a telephone is known: no illness, no amount, no programme, no link."""
    pid = row.speaker or row.pid
    phone = registry.me(pid).phone if pid else ""
    if not phone and row.pid and row.speaker:
        pid, phone = row.pid, registry.me(row.pid).phone
    if phone:
        body = f"{words}有事打{settings.SITE['hotline']}。"
        body += settings.SITE["office"][: SMS_LENGTH - len(body)]
        office.notify(body=body[:SMS_LENGTH], subject=row.ref, by=by, at=at, phone=phone, pid=pid)


def record(act: str, row: Referral, *, by: By, at: datetime, detail: dict[str, Any]) -> None:
    detail = {"case": row.case, "department": row.department, "kind": row.kind, "state": str(row.state), **detail}
    office.record(f"services.{act}", subject=row.ref, by=by, at=at, detail=detail)


def lock(ref: str, version: int | None) -> Referral:
    """A referral, locked until the act is kept.

    :raises NoReferral: there is none
    :raises NotAllowed: it was changed after the page with this `version` was opened
    """
    row = Referral.objects.select_for_update().filter(ref=ref).first()
    if row is None:
        raise NoReferral("没有这件转介，或者不归您办。")
    if version is not None and version != row.version:
        raise NotAllowed("这件刚被改过。先看看改了什么，您写的字还在。")
    return row


def of_department(row: Referral, *, by: By, at: datetime) -> Viewer:
    """Stop whoever is not of the department the referral was sent to.

    :raises NotAllowed: another department, or not a department's helper
    """
    viewer = need(by, "referral.receive", area=row.area, at=at)
    if viewer is None or viewer.department != row.department:
        raise NoReferral("没有这件转介，或者不归您办。")
    return viewer


def keep(row: Referral, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def family_or(row: Referral, act: str, *, by: By, at: datetime) -> bool:
    """Whether it is the person, or who speaks for them; a clerk needs the permit.

    :raises NotAllowed: neither
    """
    if isinstance(by, Party) and by.kind == "resident":
        if {row.pid, row.speaker}.isdisjoint(registry.pids_of(by.ref)):
            raise NoReferral("没有这件事，或者不是您的。")
        return True
    need(by, act, area=row.area, at=at)
    return False
