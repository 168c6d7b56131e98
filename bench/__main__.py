"""`make bench`: the sizes of the issue, measured; medians and ratios, the physical limit beside each."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bench import city, household, pages, whatif
from bench.table import Row, show


def main() -> None:
    """Measure everything in one run on one machine, so that ratios mean something."""
    root = Path(os.environ.get("BENCH_DIR", "build/bench")).resolve()
    profile = os.environ.get("PROFILE", "city")
    rows: list[Row] = []
    for part in (city.measure, household.measure, pages.measure, whatif.measure):
        click.echo(f"… {part.__module__}", err=True)
        rows += part(root, profile)
    click.echo(show(rows))


main()
