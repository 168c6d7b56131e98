"""What an act needs that writes very many rows at once; a step inside acts, not one itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def room_to_write() -> Iterator[None]:
    """SQLite keeps two megabytes of pages in memory; filling indexes in random order through so few takes thrice as long."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute("PRAGMA cache_size = -200000")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {int(before)}")
