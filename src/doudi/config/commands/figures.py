"""`doudi city figures`: the papers' batch checks, made on the made-up city; `doudi city order`: its task order."""

from __future__ import annotations

import time
from pathlib import Path

import click

from doudi.config.cli import DONE, FOUND_WRONG, answer, could_not, new_database, say, start_django
from doudi.config.commands.city import city


def register(cli: click.Group) -> None:
    city.add_command(figures)
    city.add_command(order)


@click.command()
@click.option("--another", is_flag=True, help="draft and approve another one, though one is in force")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def order(another: bool, as_json: bool) -> None:
    """Say the number of the made-up city's task order, drafted by one of its directors and approved by the other."""
    start_django()
    new_database()
    from doudi.office.queries import now
    from doudi.sample import orders

    number = orders.in_force(now(), another=another)
    answer({"order": number}, as_json=as_json, lines=lambda: [number])


@click.command()
@click.argument("where", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def figures(where: Path, as_json: bool) -> None:
    """Make the papers' checks of whole rolls under one task order, and count; exit code 1 when a figure is not what was planted.

    WHERE is a city whose WHERE/feeds are loaded; WHERE/checks is loaded here, each list as a snapshot of its own.
    """
    start_django()
    new_database()
    from doudi.office.queries import now
    from doudi.sample import orders
    from doudi.verification.jobs import NotLoaded

    began = time.monotonic()
    try:
        told = list(orders.papers_checks(where, at=now(), say=lambda name: say(f"… {name}")))
    except (FileNotFoundError, NotLoaded, LookupError) as why:
        could_not(f"{why}", as_json=as_json)
    right = all(one.right for one in told)
    result = {
        "figures": [{**vars(one), "right": one.right} for one in told],
        "right": right,
        "seconds": round(time.monotonic() - began, 3),
    }

    def lines() -> list[str]:
        shown = [
            f"{one.name}  {one.roll:20} {one.listed:>9,} on the list → {one.anomalies:>6,} people to look at"
            f"{'' if one.right else f'   WRONG, planted {one.planted_listed:,} → {one.planted_anomalies:,}'}"
            for one in told
        ]
        return [*shown, f"{len(told)} checks in {result['seconds']} s"]

    answer(result, as_json=as_json, lines=lines, code=DONE if right else FOUND_WRONG)
