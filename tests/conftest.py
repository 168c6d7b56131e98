"""The choice of tests that touch the database, and the one browser of all page tests; settings are in trial_settings.py."""

import os

from hypothesis import settings

from web.browser import chromium, open_browser

__all__ = ["chromium", "open_browser"]

# A clean machine tries the same examples each time, so that red means the change; other runs go on looking for new ones.
settings.register_profile("same", derandomize=True, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("same")

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that touch the database: what is worth running again on PostgreSQL",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--database-only"):
        return
    touching, pure = [], []
    for item in items:
        uses_database = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        (touching if uses_database else pure).append(item)
    config.hook.pytest_deselected(items=pure)
    items[:] = touching
