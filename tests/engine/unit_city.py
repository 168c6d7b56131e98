"""The unit city of the sample, loaded and judged once in a home of its own: a published cycle of six thousand people."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import doudi
from doudi.engine import cycle
from doudi.engine.cycle import Cycle
from doudi.engine.lake import Lake

DAY = "2026-06-30"


def judged() -> tuple[Lake, Cycle]:
    """The city made, loaded and judged; once for these sources, whoever asks in whatever process: nobody writes in it."""
    home = Path(tempfile.gettempdir()) / f"doudi-unit-city-{os.getuid()}" / _of_these_sources()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "ready").exists():
            for left in ("unit", "home"):
                shutil.rmtree(home / left, ignore_errors=True)
            _make(home)
            (home / "ready").touch()
    lake = Lake(home / "home" / "lake")
    published = cycle.current(lake)
    assert published is not None
    return lake, published


def _of_these_sources() -> str:
    """A name that changes with any file the city or its judgement could come from."""
    root = Path(doudi.__file__).parent
    files = sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()[:16]


def _make(home: Path) -> None:
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
