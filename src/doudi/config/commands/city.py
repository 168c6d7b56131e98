"""`doudi city`: make the made-up city, recount it, score what was found in it."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import click
from tqdm import tqdm

from doudi.config.cli import answer, could_not


def register(cli: click.Group) -> None:
    cli.add_command(city)


@click.group()
def city() -> None:
    """The made-up city 禾安市: nobody in it is real."""


@city.command()
@click.argument("where", type=click.Path(path_type=Path))
@click.option("--profile", type=click.Choice(["unit", "pilot", "city"]), default="pilot", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default="2026-06-30", show_default=True, help="the snapshot day")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def make(where: Path, profile: str, seed: int, as_of: datetime.datetime, as_json: bool) -> None:
    """Write departments' files (WHERE/feeds), the papers' lists (WHERE/checks) and the truth (WHERE/truth)."""
    from doudi.sample.city.make import make_city
    from doudi.sample.city.plan import Plan

    began = time.monotonic()
    bar = tqdm(unit="part", leave=False, delay=2)

    def progress(step: str) -> None:
        bar.set_description_str(step, refresh=False)
        bar.update()

    try:
        made = make_city(where, Plan(profile, seed, as_of.date()), progress)
    except OSError as why:
        could_not(f"{where} cannot be written: {why}", as_json=as_json)
    finally:
        bar.close()
    result = {
        "where": str(where),
        "profile": profile,
        "seed": seed,
        "as_of": as_of.date(),
        **made,
        "seconds": round(time.monotonic() - began, 3),
    }

    def lines() -> list[str]:
        shown = [f"{dataset:24} {rows:>9,} rows" for dataset, rows in made["datasets"].items()]
        return [*shown, f"{made['rows']:,} rows about {made['persons']:,} persons in {result['seconds']} s: {where}"]

    answer(result, as_json=as_json, lines=lines)
