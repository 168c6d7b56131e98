"""One at a time, over every process and machine that shares the database: what two must not do side by side."""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def turn(name: str, *, wait: bool) -> Iterator[bool]:
    """Hold the turn of a name. PostgreSQL keeps it for the connection, a file beside SQLite's for the process: whoever dies
    gives it back.

    :param wait: until whoever holds it is done
    :returns: whether it is held; only without `wait` may it not be
    """
    if connection.vendor == "postgresql":
        number = zlib.crc32(f"doudi.{name}".encode())
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_{'' if wait else 'try_'}advisory_lock(%s)", [number])
            ((held,),) = cursor.fetchall()
        if not wait and not held:
            yield False
            return
        try:
            yield True
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
        return
    file = os.open(settings.HOME.root / f".turn-{name}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(file)
