"""The choice of tests that touch the database, and the one browser of all page tests; settings are in trial_settings.py."""

import os
import shutil
import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from hypothesis import settings

from web.browser import Eyes, chromium, open_browser

__all__ = ["chromium", "open_browser"]

# A clean machine tries the same examples each time, so that red means the change; other runs go on looking for new ones.
# How long one example takes says how busy the machine is, so none has a deadline.
settings.register_profile("few", max_examples=30, deadline=None)
settings.register_profile("same", settings.get_profile("few"), derandomize=True)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("same" if os.environ.get("CI") else "few"))

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """Keeps a copy of the new tables as a file, on SQLite. And PostgreSQL drops no database somebody is connected to: what a
    thread of the site left open is ended before the end."""
    fresh = None
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            fresh = tmp_path_factory.mktemp("tables") / "fresh.sqlite3"
            connection.ensure_connection()
            with closing(sqlite3.connect(fresh)) as file:
                connection.connection.backup(file)
    yield fresh
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture
def lay_tables(django_db_setup):
    """Makes a SQLite file with all tables, in the time of a copy; on PostgreSQL nothing, for there they are already."""
    return lambda file: django_db_setup and shutil.copy(django_db_setup, file)


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that touch the database: what is worth running again on PostgreSQL",
    )


def _worth_again(item):
    """What another database can change. How a page looks is not (nobody looks then); that a road is walked to its end is."""
    if item.get_closest_marker("lake"):
        return False
    if item.get_closest_marker("browser"):
        return "journeys" in item.path.parts and "[360]" not in item.name
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def _how_long(item):
    """Where a file stands in the queue: stories in a browser first, then what is slow, so that the last ones out are short."""
    if "journeys" in item.path.parts:
        return 0
    if item.get_closest_marker("slow"):
        return 1
    return 2 if item.get_closest_marker("browser") else 3


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    first = {}
    for item in items:
        first[item.path] = min(_how_long(item), first.get(item.path, 3))
    items.sort(key=lambda item: first[item.path])
    if not config.getoption("--database-only"):
        return
    Eyes.open = False
    again = [item for item in items if _worth_again(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again
