"""A check of one person with its report, ready to be objected to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import people
from doudi.exchange.models import Load
from doudi.office.core import Party
from doudi.registry.models import Person
from doudi.verification import actions
from doudi.verification.core import Asked, Basis, asked_datasets
from doudi.verification.models import Check, Report
from people import NOON

DIBAO = [("dibao", "最低生活保障")]
CAR = {"plate": "禾A1", "class": "car", "first_registered": date(2015, 5, 1), "status": "normal"}
SOLD = "号牌号码 禾A1；车辆类型 小型轿车；初次登记日期 2015-05-01；状态 正常"
# The smallest picture there is: one white dot.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8ffff3f0005fe02fea72d81cd0000000049454e44ae426082"
)


def delivered() -> None:
    """The delivery the made-up rows stand in, so that a correction request can name it."""
    Load.objects.get_or_create(
        pk=7, defaults={
            "dataset": "vehicle", "as_of": date(2026, 6, 30), "delivery": "0" * 64, "file_name": "vehicle.csv",
            "object": "0" * 64,
            "rows": 1, "accepted": 1, "rejected": 0, "repeated": 0, "received_at": NOON, "received_by": "system:hall",
        },
    )  # fmt: skip


def signed(who: Person, *, household: tuple[str, ...] = (), subject: str = "case", at: datetime = NOON) -> Any:
    """They signed on screen, for the minimum living guarantee, under a case."""
    return actions.authorise(
        subject=subject, area=who.area, programmes=DIBAO, pid=who.pid, name=who.name, household=household or (who.pid,),
        way="screen", typed_name=who.name, by=Party.resident(who.pid), at=at,
    )  # fmt: skip


def checked(who: Person, *, subject: str = "case", at: datetime = NOON, datasets: list[str] | None = None) -> Check:
    """Clerk Li asked every source about them."""
    return actions.request(
        subject=subject, area=who.area, programme="dibao", people=[Asked(who.pid, who.name, True)],
        sources=datasets or [one.dataset for one in asked_datasets("dibao")], basis=Basis.CONSENT, by=people.clerk_li(), at=at,
    )  # fmt: skip


def reported(sources: Any, who: Person, *, at: datetime = NOON) -> tuple[Check, Report]:
    """A check that found a car, and its first report."""
    sources.row(who.pid, "vehicle", **CAR)
    delivered()
    signed(who, at=at)
    check = checked(who, at=at)
    return check, actions.issue(check=check.ref, by=people.clerk_li(), at=at)
