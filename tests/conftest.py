"""What every test starts from: a home of its own, never the developer's; and the choice of database tests only."""

import os
import tempfile

os.environ["DOUDI_HOME"] = tempfile.mkdtemp(prefix="doudi-test-")
os.environ["DOUDI_DEMO"] = "1"
os.environ["DOUDI_DEBUG"] = "1"  # static files under their own names; pytest-django turns Django's DEBUG off again
os.mkdir(os.path.join(os.environ["DOUDI_HOME"], "static"))

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
