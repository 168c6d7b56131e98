"""A month's payment at full size: build, approve, write the banks' files, take over the answers, close; and killed in between."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
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
BANKS = ("农村信用社", "邮政储蓄银行", "农业银行")  # one for each format
SCATTER = 0x9E3779B97F4A7C15  # odd, so that numbers times this stay different in 64 bits, and lie far apart


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
    from doudi.payment.models import Run

    zhao, lin, at = people.officer_zhao(), people.director_lin(), datetime(2026, 8, 5, 10, 0, tzinfo=people.HERE)
    kind = "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    killed = _killed_while_building(home)
    built = _step("build", lambda: actions.build(county=people.COUNTY, month=MONTH, by=zhao, at=at))
    run = built.answer
    approved = _step("approve", lambda: actions.approve(ref=run.ref, by=lin, at=at))
    sent = _step("send", lambda: actions.send(ref=run.ref, by=zhao, at=at))
    told, back = _answers(run), at + timedelta(days=1)
    answered = _step("answers", lambda: [actions.read_returns(ref=run.ref, content=one, by=zhao, at=back) for one in told])
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
    application, case, decision = benefit.case.application_id, benefit.case_id, benefit.decision_id
    _numbers()
    for model, key, changed in (
        (Application, application, {"ref": "'d' || mark", "receipt": "mark", "ended_ref": "mark"}),
        (Case, case, {"ref": "'a' || mark", "receipt": "mark", "application_id": f"{application} + number",
                      "applicant": "'p' || mark", "account_bank": "bank"}),
        (Decision, decision, {"ref": "mark", "case_id": f"{case} + number"}),
        (Benefit, benefit.pk, {"ref": "mark", "case_id": f"{case} + number", "decision_id": f"{decision} + number",
                               "payee": "'p' || mark"}),
        (Award, Award.objects.get(benefit=benefit).pk,
         {"ref": "mark", "benefit_id": f"{benefit.pk} + number", "decision_id": f"{decision} + number"}),
    ):  # fmt: skip
        _copies(model, key, changed)


def _numbers() -> None:
    """A number for every copy, a mark that looks like a ref, in no order, and a bank."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copies (number bigint, mark varchar(16), bank varchar(20))")
        rows = ((number, f"{number * SCATTER % 2**64:016x}", BANKS[number % len(BANKS)]) for number in range(1, PAYEES))
        while some := list(islice(rows, 300)):
            cursor.execute(f"INSERT INTO copies VALUES {', '.join(['(%s, %s, %s)'] * len(some))}", list(chain(*some)))


def _copies(model: Any, key: int, changed: dict[str, str]) -> None:
    """Copies of one row, made by the database; PostgreSQL counts them now, as it does by itself within a minute."""
    from django.db import connection, transaction

    from doudi.office.actions import room_to_write

    table = model._meta.db_table
    names = [field.column for field in model._meta.concrete_fields if not field.generated]
    cells = [f"{key} + number" if name == "id" else changed.get(name, f'one."{name}"') for name in names]
    into, picked = ", ".join(f'"{name}"' for name in names), ", ".join(cells)
    with transaction.atomic(), room_to_write(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({into}) SELECT {picked} FROM {table} one CROSS JOIN copies WHERE one.id = {key}")
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            cursor.execute(f"ANALYZE {table}")


def _answers(run: Any) -> list[bytes]:
    """What each bank says, in its format: most arrived, every hundredth came back."""
    from doudi.payment.gateways import banks

    files: dict[str, list[tuple[str, int, bool]]] = {}
    rows = run.lines.filter(state="sent").order_by("id").values_list("ref", "amount_fen", "bank")
    for number, (ref, fen, bank) in enumerate(rows.iterator(), 1):
        files.setdefault(banks.bank_of(bank).form.code, []).append((ref, fen, number % FAILS != 0))
    return [SAYS[form](told) for form, told in files.items()]


def _comma(told: list[tuple[str, int, bool]]) -> bytes:
    rows = (f"{ref},{'成功,' if paid else '失败,'}{fen // 100}.{fen % 100:02d},{'' if paid else WHY}" for ref, fen, paid in told)
    return "\n".join(["行号,结果,金额,原因", *rows]).encode()


def _fixed(told: list[tuple[str, int, bool]]) -> bytes:
    rows = (f"R{ref:<20}{0 if paid else 1}{fen:015d}{'' if paid else WHY}\r\n" for ref, fen, paid in told)
    return "".join(rows).encode("gb18030")


def _control(told: list[tuple[str, int, bool]]) -> bytes:
    rows = [f"R|{ref}|{'00' if paid else '07'}|{fen}|{'' if paid else WHY}" for ref, fen, paid in told]
    return "\n".join([*rows, f"T|{len(rows)}|{sum(fen for _, fen, _ in told)}", ""]).encode()


WHY = "账户已销户"
SAYS: dict[str, Callable[[list[tuple[str, int, bool]]], bytes]] = {"comma": _comma, "fixed": _fixed, "control": _control}


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
        "import people; from bench.payment import MONTH, PAYEES; from datetime import datetime\n"
        "from doudi.payment import actions; from doudi.payment.actions.building import Writer\n"
        "row = Writer.row\n"
        "def told(writer, *values, **more):\n"
        "    if writer.count == PAYEES // 2: print('half of it', flush=True)\n"
        "    return row(writer, *values, **more)\n"
        "Writer.row = told\n"
        "at = datetime(2026, 8, 5, 10, tzinfo=people.HERE)\n"
        "actions.build(county=people.COUNTY, month=MONTH, by=people.officer_zhao(), at=at)\n"
    )
    connection.close()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    over = process.wait() != -signal.SIGKILL
    left = (Run.objects.count(), Line.objects.count(), Entry.objects.count())
    return "was over before" if over else "nothing left of it" if left == (0, 0, 0) else f"left {left}"
