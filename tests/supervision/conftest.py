"""The stage of supervision's tests: one family helped as the law says, by acts alone, and a register that knows them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

import people
import walk
from doudi.casework import actions
from doudi.casework.core.asking import Photo
from doudi.casework.models import Case
from doudi.monitoring import actions as monitoring
from doudi.office.core import Party
from doudi.payment import actions as payment
from doudi.supervision.core import Told
from doudi.supervision.gateways import register
from doudi.supervision.queries import boards

ON = date(2026, 8, 28)
NOBODY_ON_LISTS = dict.fromkeys(register.LISTS, False)


@pytest.fixture
def sources(monkeypatch):
    """Departments' data, all delivered lately and empty."""
    return walk.everything_answers(walk.Sources().install(monkeypatch))


@pytest.fixture
def told(monkeypatch):
    """What the register says about people: everybody alive and on no list, unless a test says otherwise."""
    known: dict[str, Told] = {}
    alive = Told(None, True, NOBODY_ON_LISTS)
    monkeypatch.setattr("doudi.supervision.gateways.register.told", lambda pids: {pid: known.get(pid, alive) for pid in pids})
    return known


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test asks anew: rows changed behind the acts leave no line in the journal."""
    boards._swept.cache_clear()


@pytest.fixture
def helped(db, sources, told, monkeypatch) -> Case:
    """Granny Wang: applied on 1 July, confirmed on 10 July, paid for August, told and seen; nothing wrong."""
    granny = people.granny_wang()
    case = walk.applied(granny.pid)
    walk.confirmed(case)
    photographed(people.NOON + timedelta(days=9))
    walk.served(case, people.NOON + timedelta(days=10))
    Case.objects.filter(pk=case.pk).update(account_way="same")
    monitoring.publish([], cycle="c0", judged_on=date(2026, 7, 31), counts={}, by=Party.system("cycle"), at=people.NOON)
    pay(date(2026, 8, 1))
    case.refresh_from_db()
    return case


def photographed(at: datetime) -> None:
    """The village's board was photographed while it showed her."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (90, 90, 90)).save(out, "JPEG")
    photo = Photo("image/jpeg", out.getvalue())
    on = (at - timedelta(days=5)).date()
    actions.photograph_board(area=people.VILLAGE, on=on, photo=photo, by=people.worker_wang(), at=at)


def pay(month: date) -> None:
    """The county pays a month, and the bank says that all of it arrived."""
    from doudi.payment.models import Line

    at = datetime(month.year, month.month, 20, 10, 0, tzinfo=people.HERE)
    run = payment.build(county=people.COUNTY, month=month, by=people.officer_zhao(), at=at)
    payment.approve(ref=run.ref, by=people.director_lin(), at=at)
    payment.send(ref=run.ref, by=people.officer_zhao(), at=at)
    Line.objects.filter(run=run).update(state="paid", answered_at=at, answered_by="system:bank")
