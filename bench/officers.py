"""Fifty officers at work in the same moment on PostgreSQL, ten on SQLite: how long an act takes, waiting included."""

from __future__ import annotations

import os
import shutil
import statistics
import sys
from pathlib import Path
from time import perf_counter

from bench.measure import django_on
from bench.table import Row


class _NoPatch:
    """What tests use to stand in for the lake, here for good."""

    def setattr(self, target: str, value: object) -> None:
        from importlib import import_module

        module, _, name = target.rpartition(".")
        setattr(import_module(module), name, value)


def measure(root: Path, profile: str) -> list[Row]:
    """On the database DATABASE_URL names, else a new SQLite file. OFFICERS says how many; every check of the test is made."""
    home = root / "home-officers"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    django_on(home)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
    import walk
    from casework.rush import Rush

    walk.everything_answers(walk.Sources().install(_NoPatch()))
    sqlite = connection.vendor == "sqlite"
    officers = int(os.environ.get("OFFICERS", "10" if sqlite else "50"))
    rush = Rush(officers=officers, database=home / connection.settings_dict["NAME"] if sqlite else None)
    rush.set()
    begun = perf_counter()
    rush.at_once()
    whole = perf_counter() - begun
    rush.holds()
    ordered = sorted(rush.times)
    middle, slow = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return [
        Row(
            f"{officers} officers at once on {connection.vendor}: an act, waiting included",
            f"median {middle * 1000:.0f} ms, 95th {slow * 1000:.0f} ms",
            f"{len(ordered)} acts in {whole:.1f} s; no update lost, no deadlock, no double number",
            "50 on PostgreSQL, 10 on SQLite",
        )
    ]
