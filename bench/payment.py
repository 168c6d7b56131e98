"""A month's payment at full size: build, approve, write the banks' files, take over the answers, close; and killed in between."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from bench.measure import Spent, django_on, spent
from bench.table import Row

PAYEES = int(os.environ.get("BENCH_PAYEES", "550000"))
MONTH = date(2026, 8, 1)
FAILS = 100  # every so many lines comes back


def measure(root: Path, profile: str) -> list[Row]:
    """Each step in this process, on the database DATABASE_URL names or a new SQLite file; beside it, writing the same bytes."""
    home = root / "home-payment"
    if not os.environ.get("BENCH_KEEP"):
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    django_on(home)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    _county()
    import people
    from doudi.payment import actions
    from doudi.payment.models import Line, Run

    zhao, lin, at = people.officer_zhao(), people.director_lin(), datetime(2026, 8, 5, 10, 0, tzinfo=people.HERE)
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    killed = _killed_while_building(home)
    built = _step("build", lambda: actions.build(county=people.COUNTY, month=MONTH, by=zhao, at=at))
    run = built.answer
    approved = _step("approve", lambda: actions.approve(ref=run.ref, by=lin, at=at))
    sent = _step("send", lambda: actions.send(ref=run.ref, by=zhao, at=at))
    content = _answers(Line.objects.filter(run=run))
    answered = _step("answers", lambda: actions.read_returns(ref=run.ref, content=content, by=zhao, at=at + timedelta(days=1)))
    closed = _step("close", lambda: actions.close_month(county=people.COUNTY, month=MONTH, by=zhao, at=at + timedelta(days=2)))
    steps = [("build", built), ("approve", approved), ("files for the banks", sent), ("answers of the banks", answered)]
    whole = sum(one.cpu for _, one in steps), sum(one.wall for _, one in steps)
    run = Run.objects.get(pk=run.pk)
    wrote = spent(lambda: _write(home / "bytes", run.files.count(), run.lines_count))
    page = spent(lambda: _page(run.ref))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = [
        Row(f"{kind}: {what}, {run.lines_count:,} payees", f"{one.wall:.1f} s", f"{one.cpu:.1f} CPU seconds here")
        for what, one in steps
    ]
    limit = f"writing {2 * run.lines_count:,} rows of 300 bytes to disk {wrote.wall:.1f} s"
    beside = f"{whole[0]:.1f} CPU seconds here, {peak_mb:,.0f} MB at most; {limit}"
    rows.append(Row(f"{kind}: the whole run", f"{whole[1]:.1f} s", beside, "< 60 s"))
    rows.append(
        Row(f"{kind}: setting the month against itself and closing it", f"{closed.wall:.1f} s", f"{closed.cpu:.1f} CPU seconds")
    )
    rows.append(Row(f"{kind}: the run's page", f"{page.answer:.0f} ms", "median of 5", "≤ 100 ms"))
    rows.append(Row(f"{kind}: killed while building, then built again", killed))
    return rows


def _step(what: str, work: Callable[[], Any]) -> Spent:
    """Do a step, and say at once what it took: the whole is long."""
    found = spent(work)
    click.echo(f"  {what}: {found.cpu:.1f} CPU seconds, {found.wall:.1f} s", err=True)
    return found


def _county() -> None:
    """The cast's county with so many benefits: one made by acts, the others its copies with refs of their own."""
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    import pytest

    import people
    import walk
    from doudi.casework.models import Application, Award, Benefit, Case, Decision

    if Benefit.objects.count() >= PAYEES:
        return
    walk.everything_answers(walk.Sources().install(pytest.MonkeyPatch()))
    people.places()
    walk.confirmed(walk.applied(people.granny_wang().pid))
    benefit = Benefit.objects.select_related("case__application", "decision").get()
    first = {Application: benefit.case.application_id, Case: benefit.case_id, Decision: benefit.decision_id, Benefit: benefit.pk}
    first[Award] = Award.objects.get(benefit=benefit).pk
    for model, changed in (
        (Application, {"ref": "d", "receipt": "", "ended_ref": ""}),
        (Case, {"ref": "a", "receipt": "", "application_id": first[Application], "applicant": "p"}),
        (Decision, {"ref": "", "case_id": first[Case]}),
        (Benefit, {"ref": "", "case_id": first[Case], "decision_id": first[Decision], "payee": "p"}),
        (Award, {"ref": "", "benefit_id": first[Benefit], "decision_id": first[Decision]}),
    ):
        _copies(model, first[model], changed)


def _copies(model: Any, key: int, changed: dict[str, Any]) -> None:
    """Copies of one row: refs are numbered, keys of other rows go up with the copy's own."""
    from django.db import connection, transaction

    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE id = %s", [key])
        names = [column[0] for column in cursor.description]
        row = list(cursor.fetchone())

    def each() -> Iterator[Sequence[Any]]:
        places = [(names.index(name), start) for name, start in changed.items() if name in names]
        own = names.index("id")
        for number in range(1, PAYEES):
            copy = list(row)
            copy[own] = key + number
            for place, start in places:
                copy[place] = start + number if isinstance(start, int) else f"{start}{number:016d}"
            yield copy

    quoted = ", ".join(f'"{name}"' for name in names)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg.types.json import Jsonb

            with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
                for one in each():
                    copy.write_row([Jsonb(cell) if isinstance(cell, (dict, list)) else cell for cell in one])
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        else:
            left, one = each(), f"({', '.join(['%s'] * len(names))})"
            while some := list(islice(left, connection.features.max_query_params // len(names))):
                values = ", ".join([one] * len(some))
                cursor.execute(f"INSERT INTO {table} ({quoted}) VALUES {values}", list(chain.from_iterable(some)))


def _answers(lines: Any) -> bytes:
    """What a bank says: most arrived, every hundredth came back."""
    told = ["行号,结果,金额,原因"]
    for number, (ref, fen) in enumerate(lines.filter(state="sent").values_list("ref", "amount_fen").iterator(), 1):
        told.append(
            f"{ref},失败,{fen // 100}.{fen % 100:02d},账户已销户"
            if number % FAILS == 0
            else f"{ref},成功,{fen // 100}.{fen % 100:02d},"
        )
    return "\n".join(told).encode()


def _write(path: Path, files: int, lines: int) -> None:
    """The physical limit: as many bytes as lines and entries take, written and flushed."""
    with path.open("wb") as out:
        for _ in range(2 * lines // 1000):
            out.write(b"0" * 300_000)
        out.flush()
        os.fsync(out.fileno())
    path.unlink()


def _page(ref: str) -> float:
    from django.conf import settings
    from django.test import Client

    import people
    from bench.measure import median_ms

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(people.officer_zhao())
    return median_ms(lambda: client.get(f"/desk/payment/{ref}/"), 5)


def _killed_while_building(home: Path) -> str:
    """Start building in a process of its own, kill it in the middle, and see that nothing of it is there."""
    from django.db import connection

    from doudi.payment.models import Entry, Line, Run

    code = (
        "import sys; sys.path[:0] = ['.', 'tests']\n"
        f"from pathlib import Path; from bench.measure import django_on; django_on(Path({str(home)!r}))\n"
        "import people; from bench.payment import MONTH; from datetime import datetime; from doudi.payment import actions\n"
        "print('begun', flush=True)\n"
        "at = datetime(2026, 8, 5, 10, tzinfo=people.HERE)\n"
        "actions.build(county=people.COUNTY, month=MONTH, by=people.officer_zhao(), at=at)\n"
    )
    connection.close()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(min(3 + PAYEES / 60_000, 12))
    over = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = (Run.objects.count(), Line.objects.count(), Entry.objects.count())
    return "was over before" if over else "nothing left of it" if left == (0, 0, 0) else f"left {left}"
