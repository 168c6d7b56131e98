"""A county with 20,000 open cases, 300 for each officer: how long the pages of a working day take, and how many queries they ask.

Run it with PYTHONPATH=.:tests. The officers at once are bench/officers.py. Four cases go the real road by acts; the others are
copies of their rows, with their members, lines, questions, assessments and clocks, spread over townships, officers and days.
With BENCH_KEEP the county made before is asked again, what was told of its clocks forgotten.
"""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from typing import Any

from bench.measure import django_on, spent
from bench.officers import _NoPatch
from bench.table import Row

EACH = 300  # open cases of one officer
TIMES = 30  # each page is asked so often


def measure(root: Path, profile: str) -> list[Row]:
    """On the database DATABASE_URL names, else a new SQLite file. CASES says how many; 20,000 by default."""
    home = root / "home-county"
    if not os.environ.get("BENCH_KEEP"):
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    django_on(home)
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.ALLOWED_HOSTS = ["testserver"]
    import people

    wanted = int(os.environ.get("CASES", "20000"))
    real = _set(wanted)
    _forget_what_was_told()
    if connection.vendor == "postgresql":
        with connection.cursor() as asked:
            asked.execute("ANALYZE")
    from doudi.office import queries

    queries.now = lambda: _NOW  # the pages of one day
    rows = []
    for who, what, address in (
        (people.clerk_li(), f"an officer's day, {EACH} open of {wanted:,}", "/desk/"),
        (people.clerk_li(), "an officer's list of all cases", "/desk/cases/"),
        (people.clerk_li(), "a case being investigated", f"/desk/cases/{real}/"),
        (people.clerk_li(), "the clocks of a case", f"/desk/cases/{real}/clocks/"),
        (people.officer_zhao(), f"the county's day, {wanted:,} open", "/desk/"),
        (people.officer_zhao(), "what is overdue in the county", "/desk/late/"),
        (people.director_lin(), "who is at work, where nobody is", "/desk/staff/"),
    ):
        client = Client()
        client.force_login(who)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        number = len(asked)  # before the next request forgets them
        taken = [spent(lambda client=client, address=address: client.get(address)) for _ in range(TIMES)]
        wall, cpu = (statistics.median(getattr(one, name) * 1000 for one in taken) for name in ("wall", "cpu"))
        beside = f"{cpu:.0f} ms of it CPU of this process"
        rows.append(Row(f"{connection.vendor}: {what}", f"{wall:.0f} ms, {number} queries", beside, "≤ 100 ms"))
    from doudi.casework import jobs

    for name in ("recount_clocks", "climb_clocks"):
        took = spent(lambda name=name: jobs.ITS_OWN[name](_NOW))
        rows.append(
            Row(f"{connection.vendor}: job {name}, {wanted:,} open cases", f"{took.wall:.1f} s, {took.answer} done", "", "")
        )
        again = spent(lambda name=name: jobs.ITS_OWN[name](_NOW))
        rows.append(Row(f"{connection.vendor}: job {name} again, nothing new", f"{again.wall * 1000:.0f} ms", "", ""))
    return rows


_NOW: Any = None


def _set(wanted: int) -> str:
    """Make the county; the ref of the case that went the real road and is being investigated."""
    global _NOW
    import people
    import walk
    from doudi.casework import actions
    from doudi.casework.models import Case
    from doudi.office.core import Role

    _NOW = people.NOON + timedelta(days=12)
    walk.everything_answers(walk.Sources().install(_NoPatch()))
    if Case.objects.count() > wanted:
        return Case.objects.filter(state="investigating").earliest("pk").ref
    people.places()
    first = people.NOON + timedelta(days=5)
    asked = [people.person(f"王{letter}兰", date(1950, 1, 1 + n), order=100 + n) for n, letter in enumerate("桂玉秀春")]
    for n, person in enumerate(asked):
        people.household("h" + f"{n:020d}", (person, "self"))
    new, at_work, shown, at_county = (walk.applied(one.pid, first) for one in asked)
    li = people.clerk_li()
    people.director_lin()
    actions.accept(ref=at_work.ref, by=li, at=first)
    walk.visited(at_work, first, li)
    for case in (shown, at_county):
        walk.proposed(case, first)
    actions.end_showing(ref=at_county.ref, by=people.HALL, at=_NOW + timedelta(days=1))
    townships = -(-wanted // (2 * EACH))
    officers = [li]
    for n in range(2 * townships - 1):
        area = f"990101{1 + (n + 1) // 2:03d}"
        officers.append(people.clerk(f"officer{n}", f"同志{n}", Role.TOWNSHIP, area))
    _copy([new, at_work, at_work, shown, at_county], officers, wanted)
    return at_work.ref


def _copy(models: list[Any], officers: list[Any], wanted: int) -> None:
    """Copies of whole cases: each officer has 300, and every row that belongs to a case is copied with it."""
    from doudi.casework.models import Application, Assessment, Case, CaseMember, Line, Question, RunningClock

    for one in models:  # as the acts left them
        one.refresh_from_db()
        one.application.refresh_from_db()
    numbers = count(1)

    def fresh() -> Iterator[tuple[int, Any, Any]]:
        for n in range(wanted):
            yield n, models[n % len(models)], officers[n // EACH]

    beside = {table: {one.pk: list(table.objects.filter(case=one)) for one in models} for table in (
        CaseMember, Line, Question, Assessment, RunningClock)}  # fmt: skip
    todo = fresh()
    while batch := list(islice(todo, 2000)):
        applications, cases, rows = [], [], {table: [] for table in beside}
        for n, model, officer in batch:
            area = officer.posts.first().area + "201"
            applications.append(_again(model.application, receipt=f"99010126{n + 1000:06d}0", ref=f"zb{n:014d}", area=area))
            on = _NOW.date() + timedelta(days=n * 7 % 36 - 3)
            cases.append(_again(model, receipt=f"99010126{n + 1000:06d}0", ref=f"ab{n:014d}", area=area, due_on=on,
                                handler=officer.ref, recipient=f"p{n:020d}", in_doubt=n % 5 == 0))  # fmt: skip
        Application.objects.bulk_create(applications, batch_size=500)
        for one, application in zip(cases, applications, strict=True):
            one.application = application
        Case.objects.bulk_create(cases, batch_size=500)
        for (_, model, _), case in zip(batch, cases, strict=True):
            for table, kept in beside.items():
                for one in kept[model.pk]:
                    more = _shifted(one, n * 7 % 36 - 20) if table is RunningClock else {}
                    rows[table].append(_again(one, case=case, area=case.area, ref=f"b{next(numbers):018d}", **more))
        for table, made in rows.items():
            table.objects.bulk_create(made, batch_size=500)


def _forget_what_was_told() -> None:
    """Let nobody have been told of a clock yet, as in a county made anew."""
    from doudi.casework.models import Climb

    Climb.objects.all().delete()


def _shifted(clock: Any, days: int) -> dict[str, Any]:
    """A clock that began so many days later, counted anew."""
    from doudi.casework.core import runs_out

    started = clock.started_at + timedelta(days=days)
    return {"started_at": started, "due_on": runs_out(started.date(), clock.count, clock.unit, on=_NOW.date())}


def _again(row: Any, **changed: Any) -> Any:
    """A copy of a row that is not kept yet."""
    copy = type(row)(
        **{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    )
    for name, value in changed.items():
        if name in {field.name for field in row._meta.get_fields()}:
            setattr(copy, name, value)
    return copy
