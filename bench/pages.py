"""Pages at full size: server time at the median, and how many queries each asks."""

from __future__ import annotations

from pathlib import Path

from bench.measure import django_on, median_ms
from bench.table import Row


def measure(root: Path, profile: str) -> list[Row]:
    """The inbox of alerts, one alert and one person page, asked as the township's clerk, in this process."""
    django_on(root / f"home-{profile}")
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from doudi.monitoring import queries as monitoring
    from doudi.office import queries as office
    from doudi.sample import staff

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", verbosity=0, interactive=False)
    staff.appoint_all(at=office.now())
    client = Client()
    clerk = office.clerk("zhao")
    client.force_login(clerk)
    sees = office.viewer(clerk, "alert.list", office.now())
    first = monitoring.inbox(sees).rows[0]
    detail = monitoring.alert(first.ref, sees)
    rows = []
    waiting = monitoring.counts(sees)["all"]
    for what, address in (
        (f"inbox of alerts, {waiting:,} waiting in the county", "/desk/alerts/"),
        ("one alert with its sources", f"/desk/alerts/{first.ref}/"),
        ("everything about one person", f"/desk/person/{detail.pid}/?alert={first.ref}"),
        ("the county's day", "/desk/"),
    ):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        count = len(asked)  # before the next request forgets them
        spent = median_ms(lambda address=address: client.get(address), 40)
        rows.append(Row(f"page: {what}", f"{spent:.0f} ms, {count} queries", "", "≤ 100 ms"))
    return rows
