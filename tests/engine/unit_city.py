"""The unit city of the sample, loaded and judged once in a home of its own: a published cycle of six thousand people."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake

DAY = "2026-06-30"
_MADE: list[tuple[Lake, Cycle]] = []


def judged(home: Path) -> tuple[Lake, Cycle]:
    """Make the city, load it, judge it; everything lies under `home`. Made once for all tests of a run: nobody writes in it."""
    if not _MADE:
        _MADE.append(_judged(home))
    return _MADE[0]


def _judged(home: Path) -> tuple[Lake, Cycle]:
    environment = {**os.environ, "DOUDI_HOME": str(home / "home"), "DOUDI_DEMO": "1"}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    doudi = str(Path(sys.executable).with_name("doudi"))
    for words in (
        ("city", "make", str(home / "unit"), "--profile", "unit", "--seed", "1"),
        ("feeds", "load", str(home / "unit" / "feeds")),
        ("cycle", "--on", DAY),
    ):
        done = subprocess.run([doudi, *words, "--json"], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), (words, done.stdout[-500:], done.stderr[-1500:])
    lake = Lake(home / "home" / "lake")
    published = cycle.current(lake)
    assert published is not None
    return lake, published
