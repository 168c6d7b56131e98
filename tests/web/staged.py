"""Cases at each step, made only through acts on a fixed day, for the tests of staff pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

import people
import walk
from doudi.casework import actions, jobs
from doudi.casework.models import Case
from doudi.monitoring import actions as monitoring
from doudi.monitoring.core import Finding
from doudi.office import queries as office
from doudi.office.core import Party, Viewer
from doudi.office.models import Clerk, DemoClock

TODAY = datetime(2026, 8, 25, 12, 0, tzinfo=people.HERE)


def set_the_stage(monkeypatch: Any) -> walk.Sources:
    """The pages' clock stands on a day in August 2026; departments' data are delivered, and empty."""
    offset = int((TODAY - timezone.now()).total_seconds())
    DemoClock.objects.update_or_create(pk=1, defaults={"offset_seconds": offset})
    people.places()
    return walk.everything_answers(walk.Sources().install(monkeypatch))


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever is written meanwhile is gone afterwards: a stage set once for many tests, or one test's steps on it."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def viewer_of(clerk: Clerk) -> Viewer:
    """Who this clerk is when looking now."""
    found = office.viewer(clerk, "case.read", TODAY)
    assert found is not None
    return found


def submitted(at: datetime = TODAY) -> Case:
    """Granny Wang applied from her phone."""
    people.officer_zhao()
    case = walk.applied(people.granny_wang().pid, at)
    case.refresh_from_db()
    return case


def accepted(at: datetime = TODAY) -> Case:
    """Clerk Li took it in; the sources were asked."""
    case = submitted(at)
    return actions.accept(ref=case.ref, by=people.clerk_li(), at=at)


def surveyed(at: datetime = TODAY) -> Case:
    """Two people were there, every question is settled."""
    case, li = accepted(at), people.clerk_li()
    walk.visited(case, at, li)
    walk.settled(case, at, li)
    return case


def shown(at: datetime = TODAY) -> Case:
    """The first opinion stands on the village's board."""
    case = surveyed(at)
    actions.propose(ref=case.ref, kind="help", reason="您家 2 口人，够得上。", by=people.clerk_li(), at=at)
    return case


def at_county(at: datetime = TODAY) -> Case:
    """Its seven days are over without objection; the county is to decide."""
    case = shown(at - timedelta(days=9))
    jobs.run_due(at)
    return case


def confirmed(at: datetime = TODAY - timedelta(days=30)) -> Case:
    """Officer Zhao confirmed it a month ago, so that it is paid this month."""
    case = at_county(at)
    actions.confirm(ref=case.ref, reason="同意镇里的意见", by=people.officer_zhao(), at=at)
    return case


def alerted(number: int = 0, *, level: str = "O", area: str = people.VILLAGE, indicator: str = "ST-01") -> str:
    """A cycle noticed something about Granny Wang; returns the alert's ref."""
    granny = people.granny_wang()
    finding = Finding(
        indicator=indicator, level=level, subject_kind="person", subject=granny.pid, pid=granny.pid, hid="h" + "1" * 20,
        area=area, masked_name="王*兰", basis=f"2026-06-{number}", mask=1, values="{}",
    )  # fmt: skip
    by = Party.system("cycle")
    monitoring.publish([finding], cycle=f"c{number}", judged_on=date(2026, 6, 30), counts={}, by=by, at=TODAY)
    return finding.ref


def signed_in(client: Client, clerk: Clerk) -> Client:
    """The same client, with this clerk at the keyboard."""
    client.force_login(clerk)
    return client
