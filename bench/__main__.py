"""`make bench`: the sizes of the issues, measured; medians and ratios, the physical limit beside each."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import click

from bench.table import Row, show

PARTS = (
    "city",
    "household",
    "pages",
    "search",
    "live",
    "linkage",
    "whatif",
    "rules",
    "openfisca_dibao",
    "equality",
    "ways_in",
    "batches",
    "matching",
    "checking",
    "county",
    "officers",
    "payment",
    "files",
)


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
def main(parts: tuple[str, ...]) -> None:
    """Measure everything, or only the PARTS named, in one run on one machine, so that ratios mean something.

    `pages`, `search`, `live`, `whatif` and `rules` ask the city that `city` made. HOUSEHOLDS says how many `equality` compares.
    """
    root = Path(os.environ.get("BENCH_DIR", "build/bench")).resolve()
    profile = os.environ.get("PROFILE", "city")
    rows: list[Row] = []
    for part in parts or PARTS:
        click.echo(f"… {part}", err=True)
        rows += importlib.import_module(f"bench.{part}").measure(root, profile)
    click.echo(show(rows))


if __name__ == "__main__":
    main()
