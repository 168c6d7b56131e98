"""Many officers at once: double clicks, one page in many browsers, one child referred by all; `bench officers` has fifty."""

import pytest
from django.db import connection

from casework.rush import Rush
from casework.test_many import in_threads


@pytest.mark.django_db(transaction=True)
def test_officers_at_once_lose_nothing_and_nobody_waits_for_ever(sources, tmp_path, lay_tables):
    sqlite = connection.vendor == "sqlite"
    database = tmp_path / "rush.sqlite3"
    lay_tables(database)
    rush = Rush(officers=4 if sqlite else 8, database=database if sqlite else None)
    assert not in_threads(database, rush.set)
    rush.at_once()
    assert not in_threads(database, rush.holds)
