"""`doudi linkage`: train the weights rows are joined to people by, on the data of this installation."""

from __future__ import annotations

import datetime
import time
from pathlib import Path
from typing import Any

import click

from doudi.config.cli import answer, could_not, start_django


def register(cli: click.Group) -> None:
    cli.add_command(linkage)


@click.group()
def linkage() -> None:
    """Joining rows to people."""


@linkage.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="with the data of this day; today by default")
@click.option(
    "--to", type=click.Path(path_type=Path, dir_okay=False), help="where to write; by default the lake: from then on they count"
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def train(on: datetime.datetime | None, to: Path | None, as_json: bool) -> None:
    """Learn from rows with a good number how departments write names, births and places; needs no labels."""
    start_django()
    from django.conf import settings

    from doudi.engine import register as linking
    from doudi.engine import splinking, sql, weights
    from doudi.engine.facts import HOUSEHOLD_COLUMN
    from doudi.engine.lake import Lake
    from doudi.engine.linkage import Landed, roles
    from doudi.exchange import queries
    from doudi.office import queries as office

    began = time.monotonic()
    day = on.date() if on else office.today(office.now())
    lake, contracts = Lake(Path(settings.LAKE)), queries.contracts()
    loads: dict[str, list[Landed]] = {}
    for load in queries.current_loads(day):
        loads.setdefault(load.dataset, []).append(load)
    with lake.workshop() as workshop, sql.connect(workshop) as con:
        datasets = linking.link(con, contracts, loads, day, key=settings.LINKING_KEY)
        read = [(code, role) for code in datasets for role in roles(contracts[code])]
        households = {code: column for code, column in HOUSEHOLD_COLUMN.items() if code in datasets}
        try:
            learned, gold = splinking.train(con, contracts, read, loads, households, weights.trained())
        except splinking.TooFew as why:
            could_not(str(why), as_json=as_json)
    target = to or lake.root / weights.FILE
    why = f"Trained on {gold} rows with a good number, data of {day}: `doudi linkage train`."
    draft = target.with_suffix(".draft")
    draft.write_text(weights.text_of(learned, why))
    draft.replace(target)
    told: dict[str, Any] = {
        "gold": gold,
        "written": str(target),
        "weights": {
            name: dict(zip(levels, (round(weight, 3) for weight in learned.list(name)), strict=True))
            for name, levels in weights.LEVELS.items()
        },
        "seconds": round(time.monotonic() - began, 1),
    }

    def lines() -> list[str]:
        shown = [
            f"{name:7} " + "  ".join(f"{level} {weight:+.1f}" for level, weight in levels.items())
            for name, levels in told["weights"].items()
        ]
        return [*shown, f"{gold:,} rows with a good number in {told['seconds']} s: {target}"]

    answer(told, as_json=as_json, lines=lines)
