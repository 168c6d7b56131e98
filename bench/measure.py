"""Running things and saying what they cost, in CPU seconds and peak memory."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOUDI = str(Path(sys.executable).with_name("doudi"))


@dataclass(frozen=True)
class Cost:
    """What a command used: CPU seconds of all its threads, seconds on the wall, peak resident megabytes."""

    cpu: float
    wall: float
    peak_mb: float
    answer: Any

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.cpu + other.cpu, self.wall + other.wall, max(self.peak_mb, other.peak_mb), None)


def run(*words: str, home: Path, database_url: str | None = None) -> Cost:
    """Run `doudi words… --json` in a process of its own.

    :raises SystemExit: the command could not do its work
    """
    environment = {**os.environ, "DOUDI_HOME": str(home), "DOUDI_DEMO": "1"}
    environment.pop("DATABASE_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen([DOUDI, *words], stdout=out, stderr=subprocess.DEVNULL, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if process.returncode not in (0, 1):
        raise SystemExit(f"doudi {' '.join(words)} ended with {process.returncode}: {text[:500]}")
    answer = json.loads(text) if text.lstrip().startswith(("{", "[")) else text
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, answer)


def django_on(home: Path) -> None:
    """Start Django in this process, and whatever it starts, on the installation in this folder."""
    os.environ.update(DOUDI_HOME=str(home), DOUDI_DEMO="1", DJANGO_SETTINGS_MODULE="doudi.config.settings")
    import django

    django.setup()


@dataclass(frozen=True)
class Spent:
    """What one call in this process took: CPU seconds, threads included, and seconds on the wall; and what it answered."""

    cpu: float
    wall: float
    answer: Any


def spent(work: Callable[[], object]) -> Spent:
    """Call it once."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = work()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall, answer)


def cpu_of(work: Callable[[], object]) -> float:
    """CPU seconds this process spends on one call, threads included."""
    return spent(work).cpu


def median_ms(work: Callable[[], object], times: int) -> float:
    """Median wall milliseconds of one call; the first call (warming up) is not counted."""
    work()
    return statistics.median(spent(work).wall * 1000 for _ in range(times))


def until(holds: Callable[[], bool], otherwise: str) -> None:
    """Wait for what is being started.

    :raises SystemExit: it took longer than two minutes
    """
    limit = time.monotonic() + 120
    while not holds():
        if time.monotonic() > limit:
            raise SystemExit(otherwise)
        time.sleep(0.2)


def answers(port: int) -> bool:
    """Whether the site of this machine answers at this port."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
